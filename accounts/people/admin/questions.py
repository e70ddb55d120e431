"""What is asked before something is done to people, and what it is said to do."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.people.admin.move_form import MoveForm
from accounts.people.admin.place_names import name_of_place
from accounts.people.domain.staffing import PLACE, changes_of, own_account
from accounts.rights.domain.extras import extras_of


@dataclass(slots=True)
class Question:
    """What a page asks before something is done.

    Attributes:
        title: what is going to be done.
        note: what that means for the people.
        button: what the button says.
        columns, rows: whom it is done to, and what changes for each; a row begins with the person.
        further: what is not done, and why.
        hidden: what the page sends along.
    """

    title: Any
    note: Any = ""
    button: Any = ""
    columns: Sequence[Any] = (_("E-mail"), _("Name"), _("Role"), _("Place"))
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    further: Any = ""
    hidden: dict[str, Any] = field(default_factory=dict)


def waits(person: User) -> bool:
    """Whether someone may be invited: active, without a password of their own."""
    return person.is_active and not person.has_usable_password()


def row_of(person: User) -> tuple[Any, ...]:
    """Return what a page shows of someone."""
    nodes = (person.organization, person.school, person.campus, person.classroom)
    return person, person.name, person.role or "", name_of_place(nodes)


def about_inviting(people: list[User], by: User) -> Question:
    """Return what is asked before people are invited; those who wait for nothing are left out."""
    waiting = [person for person in people if waits(person)]
    number, left = len(waiting), len(people) - len(waiting)
    button = ngettext("Invite %(number)d person", "Invite %(number)d people", number)
    further = ngettext(
        "%(number)d of the selected people already has a password or is deactivated, and gets no e-mail.",
        "%(number)d of the selected people already have a password or are deactivated, and get no e-mail.",
        left,
    )
    return Question(
        title=_("Invite people"),
        note=_("Each gets an e-mail with a link to choose a password. Links sent earlier keep working."),
        button=button % {"number": number},
        rows=[row_of(person) for person in waiting],
        further=further % {"number": left} if left else "",
    )


def about_deactivating(people: list[User], by: User) -> Question:
    """Return what is asked before people are deactivated.

    Raises:
        ConflictError: ``own_account``.
    """
    affected = [person for person in people if person.is_active]
    if by in affected:
        raise own_account()
    number, left = len(affected), len(people) - len(affected)
    button = ngettext("Deactivate %(number)d person", "Deactivate %(number)d people", number)
    further = ngettext(
        "%(number)d of the selected people is already deactivated.",
        "%(number)d of the selected people are already deactivated.",
        left,
    )
    return Question(
        title=_("Deactivate people"),
        note=_("They are signed out immediately and can no longer log in. Their records are kept."),
        button=button % {"number": number},
        rows=[row_of(person) for person in affected],
        further=further % {"number": left} if left else "",
    )


def about_reactivating(people: list[User], by: User) -> Question:
    """Return what is asked before people are let in again."""
    affected = [person for person in people if not person.is_active]
    number, left = len(affected), len(people) - len(affected)
    button = ngettext("Reactivate %(number)d person", "Reactivate %(number)d people", number)
    further = ngettext(
        "%(number)d of the selected people is already active.",
        "%(number)d of the selected people are already active.",
        left,
    )
    return Question(
        title=_("Reactivate people"),
        note=_("They can log in again, in the place and role they had."),
        button=button % {"number": number},
        rows=[row_of(person) for person in affected],
        further=further % {"number": left} if left else "",
    )


def _told(extras: tuple[list[str], list[str]] | None) -> list[str]:
    """Return in words what of their extra permissions someone keeps with another role, and what they lose."""
    keeps, loses = extras or ([], [])
    told = [_("keeps extra: %(names)s") % {"names": ", ".join(keeps)}] if keeps else []
    return told + ([_("loses extra: %(names)s") % {"names": ", ".join(loses)}] if loses else [])


def about_moving(people: list[User], by: User, form: MoveForm) -> Question:
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
    number, left = len(rows), len(people) - len(rows)
    button = ngettext("Change %(number)d person", "Change %(number)d people", number)
    further = ngettext(
        "%(number)d of the selected people is already there.",
        "%(number)d of the selected people are already there.",
        left,
    )
    return Question(
        title=_("Move people"),
        note=_("They belong there from now on. Reports about earlier weeks show them where they were then."),
        button=button % {"number": number},
        rows=rows,
        further=further % {"number": left} if left else "",
    )
