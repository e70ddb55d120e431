"""Staff add, change, move and deactivate people: the rules that the API, the admin and imports share.

Nobody gives out a role that holds more than they do, changes someone who does, or reaches a place outside
the active scope. Nobody changes their own role, place or account in a way that could lock them out.
"""

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Any, Final

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User
from accounts.people.domain.addresses import email_taken_refused
from accounts.people.domain.bulk import insert_people
from accounts.people.domain.places import home_of, place_after, place_columns
from accounts.rights.domain.extras import LISTS, check_lists, drop_extras, lists_of, write_lists
from accounts.rights.domain.granting import assignable_roles, check_manageable, may_assign
from accounts.rights.principal import load_permission_keys_of
from accounts.sign_in.domain.invitations import send_invitations
from tenancy.errors import ConflictError, InvalidError, NotFoundError, RefusedError
from tenancy.scope import EveryOrganization, Scope, current_scope

PLACE: Final = "place"
"""The name, among changed values, of where a person belongs: a ``Scope``, or ``None`` for nowhere."""
NAMED: Final = "named"
"""The name, among changed values, of what was said of single levels: ``Named``, for ``place_after``."""

_OWN: Final = {"role", PLACE, "is_active", "is_staff", *LISTS}
_WRITTEN: Final = ("email", "name", "role", "is_active", "is_staff")


@transaction.atomic
def add_person(
    *,
    by: User,
    person: User,
    at: Scope | None,
    lists: Mapping[str, Collection[str]] | None = None,
    invite: bool = True,
) -> User:
    """Save a new person who belongs to a place in their role; they have no password until they choose one.

    Args:
        person: not saved yet, with address, name and role.
        at: from ``accounts.people.domain.places``; ``None`` makes an independent learner.
        lists: what the person has extra or withheld, by the name of the list.
        invite: send a mail with a link to choose a password, once the person is saved.

    Raises:
        InvalidError: ``role_not_assignable``, ``email_taken``; what ``check_lists`` raises.
        RefusedError: ``tenant_required``, ``by`` belongs to no organization; what ``check_lists`` raises.
    """
    check_may_staff()
    check_role(by=by, role=person.role)
    given = {name: frozenset(keys) for name, keys in (lists or {}).items() if keys}
    if given:
        check_lists(by=by, before=dict.fromkeys(LISTS, frozenset()), wanted=given)
    for name, value in place_columns(at).items():
        setattr(person, name, value)
    with email_taken_refused():
        insert_people(people=[person])
    write_lists(person=person, wanted=given)
    if invite and person.is_active:
        transaction.on_commit(partial(send_invitations, people=[person]))
    return person


@transaction.atomic
def change_person(*, by: User, person: User, values: Mapping[str, Any]) -> User:
    """Change what differs, and nothing else; return the person as stored. Locks the person's row.

    A move or another role ends one membership and starts the next; another role drops the extra keys that
    ``by`` may not give. Whoever is deactivated, or comes back,
    finds every token from before refused.

    Args:
        values: of ``email``, ``name``, ``role``, ``is_active``, ``is_staff``, ``PLACE`` or ``NAMED``, and
            ``LISTS`` those to set.

    Raises:
        NotFoundError: the person is not in the active scope any more.
        RefusedError: ``may_not_manage``, they hold more than ``by``; ``tenant_required``; ``may_not_grant``.
        InvalidError: ``role_not_assignable``, ``email_taken``; ``does_not_exist`` and ``invalid_place``;
            ``unknown_permission``.
        ConflictError: ``own_account``.
    """
    check_may_staff()
    found = lock_people(by=by, people=[person])
    if not found:
        raise NotFoundError
    [stored] = found
    if NAMED in values:
        # From where they belong by now: levels that were not mentioned stay as they are.
        at = place_after(home=home_of(stored), named=values[NAMED])
        values = {name: value for name, value in values.items() if name != NAMED} | {PLACE: at}
    changes = changes_of(stored, values)
    check_changes(by=by, person=stored, changes=changes)
    if not changes:
        return stored
    columns = _columns(changes)
    # The trigger that keeps memberships in step does the rest.
    with email_taken_refused():
        _update([stored], **columns)
    for name, value in columns.items():
        setattr(stored, name, value)
    write_lists(person=stored, wanted={name: changes[name] for name in LISTS if name in changes})
    if "role" in changes:
        drop_extras(people=[stored], by=by)
    return stored


def changes_of(person: User, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return those of the values that differ from what the person has."""
    stored = {name: getattr(person, name) for name in _WRITTEN} | {PLACE: home_of(person)}
    if not values.keys().isdisjoint(LISTS):
        stored |= lists_of(person)
    return {name: value for name, value in values.items() if value != stored[name]}


def check_changes(*, by: User, person: User, changes: Mapping[str, Any]) -> None:
    """Refuse what ``by`` may not change of a person.

    Raises:
        InvalidError: ``role_not_assignable``; what ``check_lists`` raises.
        RefusedError: what ``check_lists`` raises.
        ConflictError: ``own_account``.
    """
    if person.pk == by.pk and not _OWN.isdisjoint(changes):
        raise own_account()
    if "role" in changes:
        check_role(by=by, role=changes["role"])
    if wanted := {name: changes[name] for name in LISTS if name in changes}:
        check_lists(by=by, before=lists_of(person), wanted=wanted)


def own_account() -> ConflictError:
    """Return the answer to someone who would lock themselves out."""
    return ConflictError(
        _("You cannot change your own role, place, permissions or account. Someone else has to."),
        code="own_account",
    )


def check_role(*, by: User, role: Role | None) -> None:
    """Refuse a role that holds more than ``by``.

    Raises:
        InvalidError: ``role_not_assignable``, naming ``role``.
    """
    if not may_assign(by=by, role=role):
        raise role_not_assignable(by)


def role_named(name: str | None, *, by: User) -> Role | None:
    """Return a role by its name, in any case; whether it may be given is another question (``check_role``).

    Raises:
        InvalidError: ``role_not_assignable``, naming ``role``.
    """
    if name is None:
        return None
    role: Role | None = Role.objects.filter(name__iexact=name).first()
    if role is None:
        raise role_not_assignable(by)
    return role


def role_not_assignable(by: User) -> InvalidError:
    """Return the answer to a role that does not exist, or holds more than the caller; names those to give."""
    roles = [*assignable_roles(by=by).values_list("name", flat=True)]
    return InvalidError(
        _("There is no role with this name that you may give. You may give: %(roles)s.")
        % {"roles": ", ".join(roles) or "—"},
        code="role_not_assignable",
        attr="role",
        meta={"roles": roles},
    )


def check_may_staff() -> None:
    """Refuse independent learners, whatever keys they were given: there is nobody but themselves.

    Raises:
        RefusedError: ``tenant_required``.
    """
    scope = current_scope()
    if not isinstance(scope, EveryOrganization) and scope.only_user_id:
        raise RefusedError(_("Only members of an organization can do this."), code="tenant_required")


@transaction.atomic
def move_people(*, by: User, people: Sequence[User], values: Mapping[str, Any]) -> list[User]:
    """Make people belong to a place, or have a role, or both; return those whom that changed.

    Another role drops the extra keys that ``by`` may not give.

    All or none, in a number of statements that does not grow; locks the people in the order of their ids.

    Args:
        values: of ``role`` and ``PLACE`` those to set.

    Raises:
        RefusedError: ``may_not_manage``, ``tenant_required``.
        InvalidError: ``role_not_assignable``.
        ConflictError: ``own_account``.
    """
    check_may_staff()
    if "role" in values:
        check_role(by=by, role=values["role"])
    moved = [one for one in lock_people(by=by, people=people) if changes_of(one, values)]
    if any(one.pk == by.pk for one in moved):
        raise own_account()
    _update(moved, **_columns(values))
    if "role" in values:
        drop_extras(people=[one for one in moved if one.role != values["role"]], by=by)
    return moved


@transaction.atomic
def set_active(*, by: User, people: Sequence[User], active: bool) -> list[User]:
    """Deactivate people, or let them in again; return those whom that changed.

    Tokens from before are refused, also of those who come back.

    All or none, in a number of statements that does not grow; locks the people in the order of their ids.

    Raises:
        RefusedError: ``may_not_manage``, ``tenant_required``.
        ConflictError: ``own_account``.
    """
    check_may_staff()
    changed = [one for one in lock_people(by=by, people=people) if one.is_active is not active]
    if any(one.pk == by.pk for one in changed):
        raise own_account()
    _update(changed, is_active=active)
    return changed


def lock_people(*, by: User, people: Collection[User]) -> list[User]:
    """Lock those of the people who are in the active scope, in the order of their ids; return them as stored.

    Three statements at most.

    Raises:
        RefusedError: ``may_not_manage``, naming the first who holds more than ``by``.
    """
    # Roles afterwards: joined, they would be those from before whatever the lock waited for.
    rows = User.objects.select_for_update().prefetch_related("role").order_by("pk")
    stored = list(rows.filter(pk__in=[person.pk for person in people]))
    load_permission_keys_of(stored)
    for person in stored:
        check_manageable(by=by, person=person)
    return stored


def _columns(values: Mapping[str, Any]) -> dict[str, Any]:
    columns = {name: values[name] for name in _WRITTEN if name in values}
    return columns | (place_columns(values[PLACE]) if PLACE in values else {})


def _update(people: Sequence[User], **columns: Any) -> None:
    if "is_active" in columns:
        columns["token_version"] = F("token_version") + 1
    if people and columns:
        rows = User.objects.filter(pk__in=[person.pk for person in people])
        rows.update(**columns, updated_at=timezone.now())
