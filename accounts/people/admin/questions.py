"""What is asked before something is done to people, and what it is said to do."""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.models import User
from accounts.people.admin.move_form import MoveForm
from accounts.people.admin.place_names import name_of_place
from accounts.people.domain.staffing import PLACE, changes_of, own_account
from accounts.rights.domain.extras import extras_of
from tenancy.admin import Confirmation

COLUMNS: Final = (_("E-mail"), _("Name"), _("Role"), _("Place"))


def waits(person: User) -> bool:
    """Whether someone may be invited: active, without a password of their own."""
    return person.is_active and not person.has_usable_password()


def row_of(person: User) -> tuple[Any, ...]:
    """Return what a page shows of someone."""
    nodes = (person.organization, person.school, person.campus, person.classroom)
    return person, person.name, person.role or "", name_of_place(nodes)


def about(
    people: list[User], rows: list[tuple[Any, ...]], *, button: Any, left_out: Any, **words: Any
) -> Confirmation:
    """Return what is asked about ``people``, of whom ``rows`` show those it is done to."""
    number, left = len(rows), len(people) - len(rows)
    further = left_out % {"number": left} if left else ""
    return Confirmation(
        button=button % {"number": number}, columns=COLUMNS, rows=rows, further=further, **words
    )


def about_inviting(people: list[User], by: User) -> Confirmation:
    """Return what is asked before people are invited; those who wait for nothing are left out."""
    left_out = ngettext_lazy(
        "%(number)d of the selected people already has a password or is deactivated, and gets no e-mail.",
        "%(number)d of the selected people already have a password or are deactivated, and get no e-mail.",
        "number",
    )
    return about(
        people,
        [row_of(person) for person in people if waits(person)],
        title=_("Invite people"),
        note=_("Each gets an e-mail with a link to choose a password. Links sent earlier keep working."),
        button=ngettext_lazy("Invite %(number)d person", "Invite %(number)d people", "number"),
        left_out=left_out,
    )


def about_deactivating(people: list[User], by: User) -> Confirmation:
    """Return what is asked before people are deactivated.

    Raises:
        ConflictError: ``own_account``.
    """
    affected = [person for person in people if person.is_active]
    if by in affected:
        raise own_account()
    return about(
        people,
        [row_of(person) for person in affected],
        title=_("Deactivate people"),
        note=_("They are signed out immediately and can no longer log in. Their records are kept."),
        button=ngettext_lazy("Deactivate %(number)d person", "Deactivate %(number)d people", "number"),
        left_out=ngettext_lazy(
            "%(number)d of the selected people is already deactivated.",
            "%(number)d of the selected people are already deactivated.",
            "number",
        ),
    )


def about_reactivating(people: list[User], by: User) -> Confirmation:
    """Return what is asked before people are let in again."""
    return about(
        people,
        [row_of(person) for person in people if not person.is_active],
        title=_("Reactivate people"),
        note=_("They can log in again, in the place and role they had."),
        button=ngettext_lazy("Reactivate %(number)d person", "Reactivate %(number)d people", "number"),
        left_out=ngettext_lazy(
            "%(number)d of the selected people is already active.",
            "%(number)d of the selected people are already active.",
            "number",
        ),
    )


def where_to_move(people: list[User], form: MoveForm) -> Confirmation:
    """Return what is asked first: a place, a role, or both."""
    return Confirmation(
        title=_("Move people"),
        note=_("Anything you leave empty stays as it is for each person. Nothing changes until you confirm."),
        button=_("Continue"),
        name="check",
        columns=COLUMNS,
        rows=[row_of(person) for person in people],
        form=form,
    )


def _told(extras: tuple[list[str], list[str]] | None) -> list[str]:
    """Return in words what of their extra permissions someone keeps with another role, and what they lose."""
    keeps, loses = extras or ([], [])
    told = [_("keeps extra: %(names)s") % {"names": ", ".join(keeps)}] if keeps else []
    return told + ([_("loses extra: %(names)s") % {"names": ", ".join(loses)}] if loses else [])


def about_moving(people: list[User], by: User, form: MoveForm) -> Confirmation:
    """Return what is asked before people are moved, with what that changes for each.

    Raises:
        ConflictError: ``own_account``.
    """
    rows: list[tuple[Any, ...]] = []
    extras = extras_of(people, by=by) if "role" in form.chosen else {}
    for person in people:
        changes = changes_of(person, form.chosen)
        if changes and person == by:
            raise own_account()
        if changes:
            *who, role, place = row_of(person)
            if "role" in changes:
                role = "; ".join([f"{role or '—'} → {changes['role']}", *_told(extras.get(person.pk))])
            place = f"{place} → {form.place_name}" if PLACE in changes else place
            rows.append((*who, role, place))
    sent = ((name, form.data.get(name)) for name in form.fields)
    return about(
        people,
        rows,
        title=_("Move people"),
        note=_("They belong there from now on. Reports about earlier weeks show them where they were then."),
        button=ngettext_lazy("Change %(number)d person", "Change %(number)d people", "number"),
        left_out=ngettext_lazy(
            "%(number)d of the selected people is already there.",
            "%(number)d of the selected people are already there.",
            "number",
        ),
        hidden=[(name, value) for name, value in sent if value],
    )
