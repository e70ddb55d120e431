"""The tenant condition for hand-written statements: the twin of ``tenancy.querysets.TenantCondition``.

One text whatever the scope, so that statements stay prepared. No other module writes such a condition
(``tests/contracts/test_hand_written_sql.py``).
"""

from typing import Any
from uuid import UUID

from tenancy.scope import PLATFORM_ID, ActiveScope, EveryOrganization, Level, current_scope, may_write_in
from tenancy.sql import array_text


def in_scope_sql(alias: str) -> str:
    """SQL: a row belongs to an organization of the scope.

    Filled with ``own_parameters()``, ``writable_parameters()``, ``shared_parameters()`` where what every
    organization may read counts as well, or ``only_readable_parameters()``.
    """
    return f"(%(every)s OR {alias}.organization_id = ANY(%(organizations)s::uuid[]))"


def own_parameters() -> dict[str, Any]:
    """Return the parameters of ``in_scope_sql`` for the active scope's own rows.

    Raises:
        ScopeNotEnteredError: none was entered.
    """
    scope = current_scope()
    if isinstance(scope, EveryOrganization):
        return {"every": True, "organizations": "{}"}
    return _of(scope.organization_id)


def _of(*organizations: UUID) -> dict[str, Any]:
    return {"every": False, "organizations": array_text(organizations)}


def writable_parameters() -> dict[str, Any]:
    """Return the parameters of ``in_scope_sql`` for the content that the active scope may change.

    Raises:
        ScopeNotEnteredError: none was entered.
    """
    scope = current_scope()
    if isinstance(scope, EveryOrganization) or scope.may_change_content:
        return own_parameters()
    return _of()


def shared_parameters() -> dict[str, Any]:
    """Return the parameters of ``in_scope_sql`` for the active scope's own rows and the shared ones.

    Raises:
        ScopeNotEnteredError: none was entered.
    """
    scope = current_scope()
    if isinstance(scope, EveryOrganization):
        return own_parameters()
    return _of(scope.organization_id, PLATFORM_ID)


def only_readable_parameters() -> dict[str, Any]:
    """Return the parameters of ``in_scope_sql`` for what the active scope may read and not change.

    Raises:
        ScopeNotEnteredError: none was entered.
    """
    return _of() if may_write_in(PLATFORM_ID) else _of(PLATFORM_ID)


def is_shared_sql(alias: str) -> str:
    """SQL: every organization may read a row; without parameters."""
    return f"({alias}.organization_id = '{PLATFORM_ID}')"


def at_place_sql(alias: str, level: Level | None) -> str:
    """SQL: a row belongs at or below one place of a level, or anywhere; filled with ``place_parameters``.

    The organization is named at every level: it is what leads to the rows.
    """
    if level is None:
        return "true"
    inside = f"{alias}.organization_id = %(organization)s"
    return inside if level is Level.ORGANIZATION else f"{inside} AND {alias}.{level}_id = %(place)s"


def level_of(scope: ActiveScope) -> Level | None:
    """Return the level of a place; ``None`` for every organization."""
    return None if isinstance(scope, EveryOrganization) else scope.level


def place_parameters(scope: ActiveScope) -> dict[str, Any]:
    """Return the parameters of ``at_place_sql`` for a place."""
    if isinstance(scope, EveryOrganization):
        return {}
    return {"organization": scope.organization_id, "place": scope.node_id}
