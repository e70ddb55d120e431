"""Who belonged where in a week: the one definition that every report about a week rests on.

The **roster** of a week is who belonged to a place, and in which role, at the week's last moment; of a week
that has not ended, and of no week in particular, who belongs there now. So someone who joins during a week
is on its roster and someone who leaves during it is not, and nothing that happens afterwards changes it:
no move, no other role, no deactivation, no deletion.

Memberships tell (``accounts.models.Membership``); the fragments below go into hand-written statements.
"""

from datetime import datetime
from typing import Final

from accounts.rights.keys import RoleKind
from tenancy.conditions import at_place_sql
from tenancy.scope import Level

NOW: Final = "infinity"
"""The end of a week that has not ended. A current membership is one that lasts for ever: no clock is asked,
so that the application's and the database's need not agree."""


def roster_ends(week_ends: datetime | None, *, now: datetime) -> str:
    """Return the parameter that ``staff_sql`` compares memberships with.

    Args:
        week_ends: the first moment after the week; ``None`` for no week in particular.
    """
    return week_ends.isoformat() if week_ends is not None and week_ends <= now else NOW


def staff_sql(within: Level | None, *, ends: str) -> str:
    """SQL: the condition that a membership ``m`` puts someone of the staff on a roster.

    Students, guardians, guests and system roles are not staff. Needs ``tenancy.conditions.place_parameters``.

    Args:
        within: the level of the place; ``None`` for every organization.
        ends: expression, from ``roster_ends``.
    """
    return f"{ever_staff_sql(within)} AND {lasts_sql(ends=ends)}"


def ever_staff_sql(within: Level | None) -> str:
    """SQL: the part of ``staff_sql`` that is the same for every week."""
    # Not a join with roles: what the planner makes of a kind there, it takes for the number of people.
    return f"""
        {at_place_sql("m", within)}
        AND m.role_id = ANY(ARRAY(SELECT id FROM roles WHERE kind = '{RoleKind.STAFF}'))
    """


def lasts_sql(*, ends: str) -> str:
    """SQL: the part of ``staff_sql`` that depends on the week: a membership ``m`` lasts at its end."""
    return f"m.valid_from < {ends} AND (m.valid_until IS NULL OR m.valid_until >= {ends})"
