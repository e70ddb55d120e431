"""Nobody hands out, or reaches through someone else, more than they hold themselves."""

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User
from accounts.rights.keys import ROLE_OF_USERS_WITHOUT_ONE
from accounts.rights.rbac import keys_in_database
from tenancy.errors import RefusedError
from tenancy.scope import ActiveScope, EveryOrganization, Scope


def grantable_keys(*, by: User) -> "QuerySet[Permission, Any]":
    """Return the permissions ``by`` may give, or withhold from, someone."""
    keys = keys_in_database().order_by("codename")
    return keys if by.is_global else keys.filter(codename__in=by.permission_keys)


def assignable_roles(*, by: User) -> "QuerySet[Role, Any]":
    """Return the roles ``by`` may put someone into: none that is global or holds more than they do."""
    if by.is_global:
        return Role.objects.all()
    beyond = Permission.objects.exclude(codename__in=by.permission_keys)
    return Role.objects.filter(is_global=False).exclude(permissions__in=beyond)


def may_assign(*, by: User, role: Role | None) -> bool:
    """Whether ``by`` may put someone into a role, or into none: that holds keys as well."""
    wanted = {"name": ROLE_OF_USERS_WITHOUT_ONE} if role is None else {"pk": role.pk}
    return by.is_global or assignable_roles(by=by).filter(**wanted).exists()


def may_manage(*, by: User, person: User) -> bool:
    """Whether ``by`` may change someone's account: its e-mail address is the way to its password."""
    return by.is_global or (not person.is_global and person.permission_keys <= by.permission_keys)


def check_manageable(*, by: User, person: User) -> None:
    """Refuse someone who holds more than ``by``.

    Raises:
        RefusedError: ``may_not_manage``, naming them.
    """
    if not may_manage(by=by, person=person):
        raise _may_not_manage(person)


def check_helpable(*, by: User, person: User) -> None:
    """Refuse to help someone to sign in who acts in every organization, unless ``by`` does so too.

    Anyone else may hold more than ``by``: nothing of theirs is changed, and a link goes to their own address.

    Raises:
        RefusedError: ``may_not_manage``, naming them.
    """
    if person.is_global and not by.is_global:
        raise _may_not_manage(person)


def _may_not_manage(person: User) -> RefusedError:
    return RefusedError(
        _("You may not change %(person)s, who has more rights than you.") % {"person": person.display_name},
        code="may_not_manage",
    )


def place_within(
    scope: ActiveScope,
    *,
    organization: Any = None,
    school: Any = None,
    campus: Any = None,
    classroom: Any = None,
) -> Scope | None:
    """Return the deepest of the nodes given, or the scope itself when none is; ``None``: nowhere.

    Raises:
        ValueError: the nodes do not lie in one line, or not at or below ``scope``.
    """
    given = [node.scope for node in (organization, school, campus, classroom) if node is not None]
    if not given:
        # The reserved organization is home to those who belong to none.
        return None if isinstance(scope, EveryOrganization) or scope.is_platform else scope
    deepest: Scope = given[-1]
    within = [scope] if isinstance(scope, Scope) else []
    if not all(node.contains(deepest) for node in [*within, *given]):
        raise ValueError("not in one line")
    return None if deepest.is_platform else deepest
