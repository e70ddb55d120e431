"""Who belonged where in a week: the one definition that every report about a week rests on.

The **roster** of a week is who belonged to a place, and in which role, at the week's last moment; of a week
that has not ended, and of no week in particular, who belongs there now. So someone who joins during a week
is on its roster and someone who leaves during it is not, and nothing that happens afterwards changes it:
no move, no other role, no deactivation, no deletion.

Memberships tell (``accounts.models.Membership``); the fragments below go into hand-written statements.
"""

from datetime import datetime
from typing import Any, Final

from accounts.rights.keys import RoleKind
from tenancy.scope import ActiveScope, EveryOrganization, Level

NOW: Final = "infinity"
"""The end of a week that has not ended. A current membership is one that lasts for ever: no clock is asked,
so that the application's and the database's need not agree."""

# The organization is named at every level: it is what leads to the rows.
_IN: Final[dict[Level | None, str]] = {
    None: "true",
    Level.ORGANIZATION: "m.organization_id = %(organization)s",
    Level.SCHOOL: "m.organization_id = %(organization)s AND m.school_id = %(place)s",
    Level.CAMPUS: "m.organization_id = %(organization)s AND m.campus_id = %(place)s",
    Level.CLASSROOM: "m.organization_id = %(organization)s AND m.classroom_id = %(place)s",
}


def roster_ends(week_ends: datetime | None, *, now: datetime) -> str:
    """Return the parameter that ``staff_sql`` compares memberships with.

    Args:
        week_ends: the first moment after the week; ``None`` for no week in particular.
    """
    return week_ends.isoformat() if week_ends is not None and week_ends <= now else NOW


def staff_sql(within: Level | None, *, ends: str) -> str:
    """SQL: the condition that a membership ``m`` puts someone of the staff on a roster.

    Students, guardians, guests and system roles are not staff. Needs ``place_parameters``.

    Args:
        within: the level of the place; ``None`` for every organization.
        ends: expression, from ``roster_ends``.
    """
    # Not a join with roles: what the planner makes of a kind there, it takes for the number of people.
    return f"""
        {_IN[within]} AND m.valid_from < {ends} AND (m.valid_until IS NULL OR m.valid_until >= {ends})
        AND m.role_id = ANY(ARRAY(SELECT id FROM roles WHERE kind = '{RoleKind.STAFF}'))
    """


def level_of(scope: ActiveScope) -> Level | None:
    """Return the level of a place; ``None`` for every organization."""
    return None if isinstance(scope, EveryOrganization) else scope.level


def place_parameters(scope: ActiveScope) -> dict[str, Any]:
    """Return what the condition needs to know of a place."""
    if isinstance(scope, EveryOrganization):
        return {}
    return {"organization": scope.organization_id, "place": scope.node_id}
