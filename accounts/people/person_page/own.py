"""What accounts knows of a person: who they are, what they may do and why, signing in, their messages."""

from operator import itemgetter
from typing import Any, Final

from django import forms
from django.db.models import Case, Q, When
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import Membership, Message, Tag, User
from accounts.people.admin.place_choices import as_choices, places_from
from accounts.people.domain.people import permissions_of
from accounts.people.domain.single_keys import CHANGE, change_key, may_change_key
from accounts.people.person_page.contributions import Asked, Cell, PersonAct, Section, Table
from accounts.rights.domain.explaining import CHECKS, SOURCES, Explanation, LookedAt, explain_permission
from accounts.rights.domain.extras import EXTRA, LIST_KEY, WITHHELD
from accounts.rights.domain.granting import check_helpable
from accounts.rights.keys import KEYS
from accounts.sign_in.authentication import forget_failures, lockout_of
from accounts.sign_in.domain.passwords import end_all_tokens
from accounts.sign_in.domain.reset_requests import request_reset
from tenancy.errors import DomainError
from tenancy.scope import Scope, current_scope, scope_entered
from tenancy.zones import moment_of

SIGN_IN: Final = "sign_in.manage"
_MOST: Final = 20


def moment(value: Any) -> str:
    """Return a time as the page writes it."""
    return moment_of(value) if value else "—"


def place_of(row: Any) -> str:
    """Return the places of a row, from the organization down."""
    nodes = (row.organization, row.school, row.campus, row.classroom)
    return " › ".join(node.name for node in nodes if node is not None)


# --- Who this is ------------------------------------------------------------------------------------


def _who(asked: Asked) -> list[Table]:
    person = asked.person
    past = Membership.objects.filter(user=person).select_related(
        "role", "organization", "school", "campus", "classroom"
    )
    rows = [
        (place_of(row), row.role.name if row.role else "—", moment(row.valid_from), moment(row.valid_until))
        for row in past.order_by("-valid_from")[:_MOST]
    ]
    active = Cell(_("active"), "good") if person.is_active else Cell(_("deactivated"), "bad")
    return [
        Table(
            columns=(_("E-mail"), _("Role"), _("Place"), _("Account"), _("Last sign-in")),
            rows=[
                (
                    person.email,
                    person.role.name if person.role else _("none: a student's rights"),
                    place_of(person),
                    active,
                    moment(person.last_login),
                )
            ],
        ),
        Table(
            caption=_("Where they belonged"),
            columns=(_("Place"), _("Role"), _("From"), _("Until")),
            rows=rows,
        ),
    ]


# --- What they may do -------------------------------------------------------------------------------


class KeyForm(forms.Form):
    """Asks about one permission, in one place perhaps."""

    button = _("Explain")
    key = forms.ChoiceField(label=_("Why may they, or may they not"))
    scope = forms.ChoiceField(label=_("Where"), required=False)


def _key_form(asked: Asked) -> forms.Form:
    """Return the form with every permission, and with the places that its reader may choose from."""
    form: Any = KeyForm(initial={**asked.query})
    form.fields["key"].choices = sorted(((key, label) for key, label in KEYS.items()), key=itemgetter(1))
    scope = current_scope()
    top = scope if isinstance(scope, Scope) else asked.person.organization.scope
    with scope_entered(top):
        places = as_choices(places_from(top, user=asked.by))
    form.fields["scope"].choices = [("", _("any of their places")), *places]
    return form


def _rights(asked: Asked) -> list[Table]:
    tables = []
    if key := asked.query.get("key"):
        tables.append(_explained(asked, key, asked.query.get("scope") or None))
    rows = [
        (
            permission.name,
            permission.codename,
            _why(asked, permission),
        )
        for permission in permissions_of(user=asked.person)
    ]
    return [
        *tables,
        Table(caption=_("What they may do"), columns=(_("What"), _("Permission"), _("Why")), rows=rows),
    ]


_CHANGES: Final = {"custom_permissions_filter": "let-key", "custom_permission": "take-key"}


def _why(asked: Asked, permission: Any) -> Cell:
    tone = "bad" if permission.source == "custom_permissions_filter" else ""
    act = _CHANGES.get(permission.source, "")
    return Cell(SOURCES[permission.source], tone, acts=_acts_on(asked, permission.codename, act))


def _acts_on(asked: Asked, key: str, act: str) -> tuple[tuple[str, str], ...]:
    return ((act, key),) if act and may_change_key(by=asked.by, person=asked.person, key=key) else ()


def _explained(asked: Asked, key: str, scope: str | None) -> Table:
    person = asked.person
    try:
        told = explain_permission(person=person, key=key, scope=scope)
    except DomainError as refusal:
        return Table(caption=key, columns=(), rows=(), empty=refusal.detail)
    answer = _("Yes: %(key)s") if told.allowed else _("No: %(key)s")
    return Table(
        caption=answer % {"key": key},
        columns=(_("Looked at"), _("Speaks for"), _("Found")),
        rows=[
            (
                CHECKS[link.check],
                Cell(_("yes"), "good") if link.holds else Cell(_("no"), "bad"),
                Cell(link.detail, acts=_acts_on(asked, key, _mend(told, link))),
            )
            for link in told.chain
        ],
    )


# What mends it, by what decided, is offered beside this link of the chain.
_MENDS: Final = {
    "nothing": ("custom_permission", "give-key"),
    "custom_permissions_filter": ("custom_permissions_filter", "let-key"),
}


def _mend(told: Explanation, link: LookedAt) -> str:
    beside, act = _MENDS.get(told.decided_by, ("", ""))
    return act if not told.allowed and link.check == beside else ""


def _changes_list(name: str, *, add: bool) -> Any:
    """Return what puts a key into a list of a person's, or takes it out."""

    def do(*, by: User, person: User, about: str, reason: str) -> Any:
        change_key(by=by, person=person, name=name, key=about, add=add)
        return _("Done. It is in force with their next request.")

    return do


def _named_key(person: User, about: str) -> str:
    return about[:100]


# --- How they sign in -------------------------------------------------------------------------------


def _sign_in(asked: Asked) -> list[Table]:
    failures, until = lockout_of(asked.person.email)
    locked = (
        Cell(_("locked until %(time)s") % {"time": moment(until)}, "bad") if until else Cell(_("no"), "good")
    )
    chosen = _("chosen") if asked.person.has_usable_password() else _("not chosen yet")
    return [
        Table(
            columns=(_("Password"), _("Recent wrong passwords"), _("Locked out"), _("Last sign-in")),
            rows=[(chosen, failures, locked, moment(asked.person.last_login))],
        )
    ]


def _unlock(*, by: User, person: User, about: str, reason: str) -> Any:
    check_helpable(by=by, person=person)
    number = forget_failures(person.email)
    return ngettext("Forgot %(n)d wrong password.", "Forgot %(n)d wrong passwords.", number) % {"n": number}


def _send_link(*, by: User, person: User, about: str, reason: str) -> Any:
    check_helpable(by=by, person=person)
    request_reset(email=person.email)
    return _("A link to choose a password is on its way to %(email)s.") % {"email": person.email}


def _end_tokens(*, by: User, person: User, about: str, reason: str) -> Any:
    check_helpable(by=by, person=person)
    end_all_tokens(user=person)
    return _("Signed out everywhere.")


# --- What they were sent ----------------------------------------------------------------------------


def _messages(asked: Asked) -> list[Table]:
    between_two = Q(scope="") & Q(sender__isnull=False) & ~Q(sender=asked.by.pk)
    rows = Message.objects.filter(user=asked.person).order_by("-created_at", "-id")
    rows = rows.annotate(is_private=Case(When(between_two, then=True), default=False))[:_MOST]
    return [
        Table(
            columns=(_("Sent"), _("Message"), _("About"), _("Read")),
            rows=[
                (
                    moment(row.created_at),
                    _("between two people") if row.is_private else row.title,
                    Tag(row.tag).label,
                    moment(row.read_at),
                )
                for row in rows
            ],
        )
    ]


SECTIONS: Final = {
    "who": Section(_("Who this is"), ("users.list",), _who, rank=10),
    "sign-in": Section(
        _("Signing in"), (SIGN_IN,), _sign_in, rank=20, acts=("unlock-sign-in", "send-link", "end-tokens")
    ),
    "rights": Section(_("Permissions"), (LIST_KEY,), _rights, rank=60, form=_key_form),
    "messages": Section(_("Messages sent to them"), ("messages.list",), _messages, rank=80),
}

ACTS: Final = {
    "unlock-sign-in": PersonAct(
        _("Unlock sign-in"),
        _("Wrong passwords so far are forgotten, and the right one works at once."),
        SIGN_IN,
        _unlock,
    ),
    "give-key": PersonAct(
        _("Give this permission"),
        _("They hold it on top of their role from their next request on."),
        CHANGE,
        _changes_list(EXTRA, add=True),
        about=_named_key,
    ),
    "take-key": PersonAct(
        _("Take back"),
        _("They no longer hold it, unless their role grants it."),
        CHANGE,
        _changes_list(EXTRA, add=False),
        about=_named_key,
    ),
    "let-key": PersonAct(
        _("Withhold no longer"),
        _("What their role grants, or was given to them, holds again from their next request on."),
        CHANGE,
        _changes_list(WITHHELD, add=False),
        about=_named_key,
    ),
    "send-link": PersonAct(
        _("Send a sign-in link"),
        _("They get an e-mail with a link to choose a password; the present one works until they do."),
        SIGN_IN,
        _send_link,
    ),
    "end-tokens": PersonAct(
        _("End all tokens"),
        _("They are signed out everywhere and have to sign in again."),
        SIGN_IN,
        _end_tokens,
    ),
}
