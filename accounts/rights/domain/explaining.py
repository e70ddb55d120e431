"""Why somebody may do something, or may not: the answer and what decides it, link by link.

The answer is that of the functions that decide (``User.holds``, ``resolve_scope``); the links say what they
looked at.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from accounts.api.scoping import parse_scope, resolve_scope
from accounts.models import Role, User
from accounts.people.domain.people import permissions_of
from accounts.rights.keys import ROLE_OF_USERS_WITHOUT_ONE
from accounts.rights.rbac import keys_in_database
from tenancy.errors import InvalidError, NotFoundError


@dataclass(frozen=True, slots=True)
class LookedAt:
    """One thing that was looked at.

    Attributes:
        check: what it is called by programs.
        holds: whether it speaks for the answer yes.
        detail: what was found, for people.
    """

    check: str
    holds: bool
    detail: Any


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer, and the chain that leads to it.

    Attributes:
        decided_by: the check that decided: the first that refuses, or what grants.
    """

    allowed: bool
    decided_by: str
    chain: Sequence[LookedAt] = field(default_factory=tuple)


SOURCES: Final = {
    "global": _("The role reaches every organization and holds every permission."),
    "role": _("The role grants it."),
    "custom_permission": _("Given to this person, on top of the role."),
    "custom_permissions_filter": _("Withheld from this person."),
}


CHECKS: Final = {
    "account": _("Account"),
    "role": _("Role"),
    "custom_permission": _("Extra permissions"),
    "custom_permissions_filter": _("Withheld permissions"),
    "scope": _("Place"),
}
"""What people call that which is looked at."""


def account_link(person: User) -> LookedAt:
    """Return whether somebody can log in at all."""
    active = person.is_active and getattr(person, "deleted", None) is None
    return LookedAt(
        "account", active, _("Can log in.") if active else _("Deactivated: can do nothing at all.")
    )


def explain_permission(*, person: User, key: str, scope: str | None = None) -> Explanation:
    """Return whether ``person`` may do what ``key`` names, in a place, and why. Five statements at most.

    Args:
        scope: ``level:uuid`` of a place; without it only the key is asked about.

    Raises:
        InvalidError: ``unknown_permission`` naming ``key``; ``invalid_scope`` naming ``scope``.
    """
    if not keys_in_database().filter(codename=key).exists():
        raise InvalidError(_("There is no such permission."), code="unknown_permission", attr="key")
    concerned: Any = permissions_of(user=person)
    source: str | None = concerned.filter(codename=key).values_list("source", flat=True).first()
    account = account_link(person)
    links = [account, *_rights(person, key, source)]
    if scope is not None:
        links.append(_scope_link(person, scope))
    covers = scope is None or links[-1].holds
    allowed = person.holds(key) and account.holds and covers
    return Explanation(allowed, _decider(account, source, covers), links)


def _rights(person: User, key: str, source: str | None) -> list[LookedAt]:
    """Return what the role, and what is given to and withheld from the person alone, say of a key."""
    if person.is_global:
        return [LookedAt("role", True, SOURCES["global"])]
    role = person.role or Role.objects.get(name=ROLE_OF_USERS_WITHOUT_ONE)
    by_role = role.permissions.filter(codename=key).exists()
    extra = person.custom_permissions.filter(codename=key).exists()
    named = {
        "role": role.name if person.role else _("%(role)s, as everyone without a role") % {"role": role.name}
    }
    granted = _("The role %(role)s grants it.") if by_role else _("The role %(role)s does not grant it.")
    return [
        LookedAt("role", by_role, granted % named),
        LookedAt(
            "custom_permission",
            extra,
            SOURCES["custom_permission"] if extra else _("Not given to this person on top of the role."),
        ),
        LookedAt(
            "custom_permissions_filter",
            source != "custom_permissions_filter",
            SOURCES["custom_permissions_filter"]
            if source == "custom_permissions_filter"
            else _("Not withheld from this person."),
        ),
    ]


def _scope_link(person: User, scope: str) -> LookedAt:
    parse_scope(scope, attr="scope")
    try:
        resolve_scope(person, header=scope)
    except NotFoundError:
        return LookedAt("scope", False, _("The place does not lie at or below where this person belongs."))
    return LookedAt("scope", True, _("The place lies at or below where this person belongs."))


def _decider(account: LookedAt, source: str | None, covers: bool) -> str:
    if not account.holds:
        return account.check
    if source is None:
        return "nothing"
    if source == "custom_permissions_filter":
        return source
    return source if covers else "scope"
