"""How many had done the safety quiz, week by week: in a place, and in each place one level below it.

Who did it when the week was over is counted apart: what is posted today does not change the figure of last
month. Together the two are what ``quizzes.safety.domain.completion`` reports for that week; so are those who
failed, and those whose result is only reported by themselves. One statement for all.
"""

from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from django.conf import settings
from django.utils import timezone

from accounts.people.domain.rosters import ever_staff_sql, lasts_sql, roster_ends
from quizzes.safety.domain.schedules import counts_sql, graded_only_sql
from quizzes.safety.domain.weeks import Week
from tenancy.conditions import at_place_sql, level_of, place_parameters
from tenancy.facts import Facts
from tenancy.models import NODE_MODELS
from tenancy.scope import PLATFORM_ID, Level, current_scope
from tenancy.sql import prepared_cursor

_LEVELS: Final = tuple(Level)
_FIGURES: Final = ("week_of", "complete", "total", "late", "failed", "self_reported")

# What somebody's results of a week come to; they count once, however many there are. One that nobody graded
# is neither passed nor failed.
_ON_TIME: Final = ("passed", "failed", "reported")
_LATE: Final = ("late_passed", "late_failed", "late_reported")
_STATE: Final = """CASE WHEN min(r.completed_at) < {week}.late_from
    THEN CASE bool_or(r.passed) FILTER (WHERE r.completed_at < {week}.late_from)
        WHEN true THEN 'passed' WHEN false THEN 'failed' ELSE 'reported' END
    ELSE CASE bool_or(r.passed) WHEN true THEN 'late_passed' WHEN false THEN 'late_failed'
        ELSE 'late_reported' END
    END AS state"""
# An organization's results of a week are one range of an index, in the order of people: week by week, what is
# sorted and joined stays small. That is read for a part of the organization as well: to look up each of its
# people in each week takes longer than a range, and how long is for the planner to guess.
_COUNTED_BY_RANGE: Final = f"""
    SELECT w.number, one.place, one.state, one.people FROM {{weeks}} CROSS JOIN LATERAL (
        SELECT m.place, done.state, count(*) AS people
        FROM {{roster}} m LEFT JOIN (
            SELECT r.user_id, {_STATE.format(week="w")} FROM safety_quiz_results r
            WHERE {{of_organization}} AND r.week_of = ANY(w.names)
              AND {counts_sql("w.graded_only")} AND r.deleted IS NULL
            GROUP BY r.user_id
        ) done ON done.user_id = m.user_id
        WHERE {lasts_sql(ends="w.ends")} GROUP BY m.place, done.state
    ) one
"""
# Of all organizations it is one after the other, each with its people by their own index.
_STAFF_OF_EACH: Final = f"""(
    SELECT m.user_id, m.organization_id AS place, m.valid_from, m.valid_until FROM memberships m
    WHERE {ever_staff_sql(None)} AND m.organization_id = o.id
)"""
# Where results are distributed, those of all who ever belonged to the place are read first, for all weeks.
_COUNTED_BY_PERSON: Final = f"""
    SELECT w.number, m.place, done.state, count(*) AS people
    FROM weeks w JOIN roster m ON {lasts_sql(ends="w.ends")}
    LEFT JOIN (
        SELECT named.number, r.user_id, r.organization_id, {_STATE.format(week="named")}
        FROM {{results}} JOIN named ON named.name = r.week_of
        WHERE {counts_sql("named.graded_only")}
        GROUP BY named.number, named.late_from, r.user_id, r.organization_id
    ) done ON done.number = w.number AND done.user_id = m.user_id
        AND done.organization_id = m.organization_id
    GROUP BY w.number, m.place, done.state
"""
_OF_PEOPLE: Final = """{0}.user_id = ANY(%(people)s::uuid[]) AND {0}.week_of = ANY(%(names)s::text[])
    AND {0}.deleted IS NULL"""


def _counted_sql(within: Level | None) -> str:
    """SQL: how many people of each week and place there are, by what their results come to."""
    if not settings.DISTRIBUTED:
        if within is None:
            return _COUNTED_BY_RANGE.format(
                weeks="weeks w CROSS JOIN organizations o",
                roster=_STAFF_OF_EACH,
                of_organization="r.organization_id = o.id",
            )
        return _COUNTED_BY_RANGE.format(
            weeks="weeks w", roster="roster", of_organization=at_place_sql("r", Level.ORGANIZATION)
        )
    results = Facts(
        f"trend_{within or 'all'}",
        "safety_quiz_results",
        {
            "user_id": "uuid",
            "organization_id": "uuid",
            "week_of": "text",
            "completed_at": "timestamptz",
            "passed": "boolean",
        },
        where=_OF_PEOPLE,
        after={
            "people": f"SELECT ARRAY(SELECT DISTINCT m.user_id FROM memberships m "
            f"WHERE {at_place_sql('m', within)})"
        },
    )
    return _COUNTED_BY_PERSON.format(results=results.relation("r"))


def _child_level(within: Level | None) -> Level | None:
    """Return the level below a place; ``None`` below a class. Below everything there are organizations."""
    position = 0 if within is None else _LEVELS.index(within) + 1
    return _LEVELS[position] if position < len(_LEVELS) else None


def _children_sql(within: Level | None, child: Level | None) -> str:
    """SQL: the places one level below; archived ones only as far as anyone belonged there."""
    if child is None:
        return "SELECT NULL::uuid AS id, NULL AS name, NULL AS sort_name WHERE false"
    columns = f"SELECT n.id, n.name, n.sort_name FROM {NODE_MODELS[child]._meta.db_table} n"
    if within is None:
        # The reserved organization has no staff.
        return f"{columns} WHERE n.id <> '{PLATFORM_ID}'"
    shown = "(n.archived_at IS NULL OR n.id IN (SELECT counted.id FROM counted))"
    return f"{columns} WHERE {at_place_sql('n', within)} AND {shown}"


def _people(*states: str) -> str:
    """SQL: how many people there are in any of the states."""
    return (
        f"""COALESCE(sum(part.people) FILTER (WHERE part.state = ANY('{{{",".join(states)}}}')), 0)::bigint"""
    )


def _complete(*of: str) -> str:
    """SQL: how many have done it, of those whose results came to one of ``of``."""
    on_time, late = ([state for state in states if state.endswith(of)] for states in (_ON_TIME, _LATE))
    return f"{_people(*on_time)} + CASE WHEN %(include_late)s THEN {_people(*late)} ELSE 0 END"


@cache
def _trend_sql(within: Level | None) -> str:
    child = _child_level(within)
    child_id = f"m.{child}_id" if child else "NULL::uuid"
    return f"""
        WITH weeks AS MATERIALIZED (
            SELECT w.*, {graded_only_sql(within, monday="w.monday")} AS graded_only,
                ARRAY(
                    SELECT named.name FROM unnest(%(names)s::text[], %(numbers)s::integer[])
                        named (name, number) WHERE named.number = w.number
                ) AS names
            FROM unnest(
                %(weeks)s::text[], %(mondays)s::date[], %(ends)s::timestamptz[], %(late_from)s::timestamptz[]
            ) WITH ORDINALITY w (week_of, monday, ends, late_from, number)
        ),
        named AS MATERIALIZED (SELECT w.*, unnest(w.names) AS name FROM weeks w),
        -- Everyone who was on the roster of any of the weeks, read once.
        roster AS MATERIALIZED (
            SELECT m.user_id, m.organization_id, {child_id} AS place, m.valid_from, m.valid_until
            FROM memberships m
            WHERE {ever_staff_sql(within)}
              AND (m.valid_until IS NULL OR m.valid_until >= (SELECT min(ends) FROM weeks))
        ),
        counted AS MATERIALIZED (
            SELECT part.number, GROUPING(part.place) AS is_whole, part.place AS id,
                {_complete(*_ON_TIME)} AS complete, sum(part.people)::bigint AS total,
                {_people(*_LATE)} AS late, {_complete("failed")} AS failed,
                {_complete("reported")} AS reported
            FROM ({_counted_sql(within)}) part
            GROUP BY GROUPING SETS ((part.number), (part.number, part.place))
        ),
        places AS (
            SELECT 1 AS is_whole, NULL::uuid AS id, NULL AS name, NULL AS sort_name
            UNION ALL
            SELECT 0, child.id, child.name, child.sort_name FROM ({_children_sql(within, child)}) child
        )
        SELECT p.id::text, p.name, w.week_of, COALESCE(c.complete, 0), COALESCE(c.total, 0),
            COALESCE(c.late, 0), COALESCE(c.failed, 0), COALESCE(c.reported, 0)
        FROM places p CROSS JOIN weeks w
        LEFT JOIN counted c
            ON c.number = w.number AND c.is_whole = p.is_whole AND (p.is_whole = 1 OR c.id = p.id)
        ORDER BY p.is_whole DESC, p.sort_name, p.id, w.number
    """


def build_trend(*, last: Week, number: int, include_late: bool = False) -> dict[str, Any]:
    """Return ``{weeks, children}`` of the active scope: ``number`` weeks up to ``last``, the earliest first.

    Weeks are named the way ``last`` is.

    Args:
        include_late: whether those are complete as well who did the quiz of a week when it was over.
    """
    scope, now = current_scope(), timezone.now()
    within = level_of(scope)
    child = _child_level(within)
    weeks = list(last.latest(number))
    parameters = {
        **place_parameters(scope),
        "weeks": [str(week) for week in weeks],
        "mondays": [week.monday for week in weeks],
        "names": [name for week in weeks for name in week.names],
        "numbers": [position for position, week in enumerate(weeks, start=1) for _name in week.names],
        "ends": [roster_ends(week.ends, now=now) for week in weeks],
        "late_from": [week.ends for week in weeks],
        "include_late": include_late,
    }
    with prepared_cursor() as cursor:
        cursor.execute(_trend_sql(within), parameters)
        rows = cursor.fetchall()
    (_, whole), *children = [
        (place, [dict(zip(_FIGURES, figures, strict=True)) for _, _, *figures in of])
        for place, of in groupby(rows, key=itemgetter(0, 1))
    ]
    return {
        "weeks": whole,
        "children": [
            {"scope": f"{child}:{place_id}", "name": name, "weeks": figures}
            for (place_id, name), figures in children
        ],
    }
