"""Roles that somebody adds beside the seeded ones, and what may be changed of either.

Roles are the same in every organization, so that global users alone make and change them. What a seeded one
is called and grants is code (``accounts.rights.keys``), which every migration writes again.
"""

import re
from collections.abc import Collection, Mapping
from typing import Any, Final

from django.contrib.auth.models import Permission
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User
from accounts.rights.keys import ROLES, RoleKind, RoleSpec
from accounts.rights.rbac import keys_in_database
from tenancy.constraints import refused_by
from tenancy.errors import ConflictError, InvalidError, RefusedError

KEYS: Final = "permissions"
"""The name, among changed values, of the keys that a role grants."""

_UNIQUE: Final = "roles_name_key"
_NAME: Final = re.compile(r"[A-Z][A-Z0-9_]{0,49}\Z")


def is_seeded(role: Role) -> bool:
    """Whether a role is code's to name and to fill."""
    return role.name in ROLES


@transaction.atomic
def add_role(*, by: User, name: str, kind: str, keys: Collection[str], changes_all_content: bool) -> Role:
    """Make a role; its name is kept in capitals, so that no two differ in case alone. Staff enter the admin.

    Raises:
        RefusedError: ``permission_denied``, ``by`` is not global; ``may_not_grant``.
        InvalidError: ``invalid_name``; ``unknown_permission``.
        ConflictError: ``name_taken``.
    """
    _check_global(by)
    permissions = _permissions(by=by, keys=keys)
    role = Role(
        name=_checked_name(name),
        kind=kind,
        changes_all_content=changes_all_content,
        enters_admin=RoleSpec(RoleKind(kind)).enters_admin,
    )
    with _name_taken():
        role.save()
    role.permissions.set(permissions)
    return role


@transaction.atomic
def change_role(*, by: User, role: Role, values: Mapping[str, Any]) -> Role:
    """Change what is given of a role: ``name``, ``changes_all_content``, ``permissions``. Locks it.

    Raises:
        RefusedError: ``permission_denied``, ``by`` is not global; ``may_not_grant``.
        InvalidError: ``invalid_name``; ``unknown_permission``.
        ConflictError: ``seeded_role``, its name and keys are code; ``name_taken``.
    """
    _check_global(by)
    stored = Role.objects.select_for_update().get(pk=role.pk)
    before = frozenset(stored.permissions.values_list("codename", flat=True))
    wanted = {**values}
    if "name" in wanted:
        wanted["name"] = _checked_name(wanted["name"])
    renamed = wanted.get("name", stored.name) != stored.name
    refilled = KEYS in wanted and frozenset(wanted[KEYS]) != before
    if is_seeded(stored) and (renamed or refilled):
        raise ConflictError(
            _("%(role)s comes with the software: its name and permissions stay. Create a role of your own.")
            % {"role": stored.name},
            code="seeded_role",
        )
    if refilled:
        stored.permissions.set(_permissions(by=by, keys=wanted[KEYS]))
    for name in ("name", "changes_all_content"):
        setattr(stored, name, wanted.get(name, getattr(stored, name)))
    with _name_taken():
        stored.save(update_fields=["name", "changes_all_content"])
    return stored


def _check_global(by: User) -> None:
    if not by.is_global:
        raise RefusedError(_("Roles are the same everywhere: only global users change them."))


def _checked_name(name: str) -> str:
    upper = name.upper()
    if not _NAME.match(upper):
        raise InvalidError(
            _("Letters from A to Z, digits and underscores, a letter first, at most 50."),
            code="invalid_name",
            attr="name",
        )
    return upper


def _permissions(*, by: User, keys: Collection[str]) -> list[Permission]:
    found = {permission.codename: permission for permission in keys_in_database().filter(codename__in=keys)}
    if unknown := sorted({*keys} - found.keys()):
        raise InvalidError(
            _("There is no such permission: %(keys)s.") % {"keys": ", ".join(unknown)},
            code="unknown_permission",
            attr=KEYS,
            meta={"keys": unknown},
        )
    if beyond := sorted(key for key in found if not by.holds(key)):
        raise RefusedError(
            _("You may not give these: %(keys)s.") % {"keys": ", ".join(beyond)},
            code="may_not_grant",
            meta={"keys": beyond},
        )
    return [*found.values()]


def _name_taken() -> Any:
    return refused_by(
        _UNIQUE, lambda: ConflictError(_("There is already a role with this name."), code="name_taken")
    )
