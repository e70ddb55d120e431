"""What a person holds on top of their role, and what is withheld from them.

Nobody gives, withholds, takes back or lets through a key that they do not hold themselves, and nobody changes
their own lists. A change of role takes away the extra keys that whoever gives the new role may not give: they
came from someone who may do more, for work that is over.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from django.contrib.auth.models import Permission
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.rights.rbac import keys_in_database
from tenancy.errors import InvalidError, RefusedError

EXTRA: Final = "custom_permissions"
WITHHELD: Final = "custom_permissions_filter"
LISTS: Final = (EXTRA, WITHHELD)
"""The names, among changed values, of a person's lists of keys."""

LIST_KEY: Final = "permissions.list"
UPDATE_KEY: Final = "permissions.update"

Keys = frozenset[str]


def lists_of(person: User) -> dict[str, Keys]:
    """Return what a person has extra and withheld, by the name of the list. Two statements."""
    return {name: frozenset(getattr(person, name).values_list("codename", flat=True)) for name in LISTS}


def check_lists(*, by: User, before: Mapping[str, Keys], wanted: Mapping[str, Collection[str]]) -> None:
    """Refuse lists that ``by`` may not give.

    Args:
        before: the lists as they are.
        wanted: those that are to change, as they are to be.

    Raises:
        RefusedError: ``permission_denied``, without the key to change lists; ``may_not_grant`` with the keys
            that are not for ``by`` to give or take.
        InvalidError: ``unknown_permission`` naming the list, with the keys that do not exist.
    """
    if not by.holds(UPDATE_KEY):
        raise RefusedError(_("You may not give or withhold permissions."))
    known = frozenset(keys_in_database().values_list("codename", flat=True))
    for name, keys in wanted.items():
        if unknown := sorted({*keys} - known):
            raise InvalidError(
                _("There is no such permission: %(keys)s.") % {"keys": ", ".join(unknown)},
                code="unknown_permission",
                attr=name,
                meta={"keys": unknown},
            )
        beyond = sorted(key for key in before[name] ^ {*keys} if not by.holds(key))
        if beyond:
            raise RefusedError(
                _("You may not give or withhold these: %(keys)s.") % {"keys": ", ".join(beyond)},
                code="may_not_grant",
                meta={"keys": beyond},
            )


def write_lists(*, person: User, wanted: Mapping[str, Collection[str]]) -> None:
    """Make lists what ``check_lists`` has let pass."""
    for name, keys in wanted.items():
        getattr(person, name).set(Permission.objects.filter(pk__in=keys_in_database(), codename__in=keys))
    person.__dict__.pop("permission_keys", None)


def extras_of(people: Sequence[User], *, by: User) -> dict[Any, tuple[list[str], list[str]]]:
    """Return for those with extra keys what they would keep, and lose, with a role that ``by`` gives them.

    One statement.
    """
    held: dict[Any, tuple[list[str], list[str]]] = {}
    rows = _extra(people).order_by("permission__name")
    for user_id, key, label in rows.values_list("user_id", "permission__codename", "permission__name"):
        keeps, loses = held.setdefault(user_id, ([], []))
        (keeps if by.holds(key) else loses).append(label)
    return held


def drop_extras(*, people: Sequence[User], by: User) -> None:
    """Take from people, who get a role from ``by``, the extra keys that ``by`` may not give.

    One statement to look, and one if there is something to take.
    """
    if by.is_global or not people:
        return
    _extra(people).exclude(permission__codename__in=by.permission_keys).delete()


def _extra(people: Sequence[User]) -> Any:
    return User.custom_permissions.through._default_manager.filter(user__in=[person.pk for person in people])
