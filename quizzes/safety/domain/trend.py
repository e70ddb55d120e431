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

from accounts.people.domain.rosters import roster_ends, staff_sql
from quizzes.safety.domain.schedules import counts_sql, graded_only_sql
from quizzes.safety.domain.weeks import Week
from tenancy.conditions import at_place_sql, level_of, place_parameters
from tenancy.facts import Facts
from tenancy.models import NODE_MODELS
from tenancy.scope import PLATFORM_ID, Level, current_scope
from tenancy.sql import prepared_cursor

_LEVELS: Final = tuple(Level)
_FIGURES: Final = ("week_of", "complete", "total", "late", "failed", "self_reported")

# An organization's results of each week are read as a range; below, each person is looked up for each week.
# Indexes are enough for both. A week counts once for a person, however often they did its quiz.
_DONE: Final = """min(r.completed_at) AS first, bool_or(r.passed) AS passed,
    bool_or(r.passed) FILTER (WHERE r.completed_at < w.late_from) AS passed_on_time"""
_DONE_BY_EACH: Final = f"""
    LEFT JOIN LATERAL (
        SELECT {_DONE} FROM safety_quiz_results r
        WHERE r.organization_id = m.organization_id AND r.user_id = m.user_id AND r.week_of = ANY(w.names)
          AND {counts_sql("w.graded_only")} AND r.deleted IS NULL
    ) done ON true
"""
_DONE_BY_ALL: Final = f"""
    LEFT JOIN (
        SELECT w.number, r.user_id, {_DONE}
        FROM weeks w JOIN named ON named.number = w.number
        JOIN safety_quiz_results r ON r.week_of = named.name
        WHERE {at_place_sql("r", Level.ORGANIZATION)} AND r.week_of = ANY(%(names)s::text[])
          AND {counts_sql("w.graded_only")} AND r.deleted IS NULL
        GROUP BY w.number, r.user_id
    ) done ON done.number = w.number AND done.user_id = m.user_id
"""
# Where results are distributed, those of all who ever belonged to the place are read first.
_OF_PEOPLE: Final = """{0}.user_id = ANY(%(people)s::uuid[]) AND {0}.week_of = ANY(%(names)s::text[])
    AND {0}.deleted IS NULL"""


@cache
def _done_sql(within: Level | None) -> str:
    """SQL: a join that adds what each member has ``done`` in each week."""
    if not settings.DISTRIBUTED:
        return _DONE_BY_ALL if within is Level.ORGANIZATION else _DONE_BY_EACH
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
    return f"""
        LEFT JOIN (
            SELECT w.number, r.user_id, r.organization_id, {_DONE}
            FROM weeks w JOIN named ON named.number = w.number
            JOIN {results.relation("r")} ON r.week_of = named.name
            WHERE {counts_sql("w.graded_only")}
            GROUP BY w.number, r.user_id, r.organization_id
        ) done ON done.number = w.number AND done.user_id = m.user_id
            AND done.organization_id = m.organization_id
    """


# Of those who are complete: on time, and late. A result that nobody graded is neither passed nor failed.
_COUNTS: Final = {
    "": ("", ""),
    "_failed": (" AND NOT done.passed_on_time", " AND NOT done.passed"),
    "_reported": (" AND done.passed_on_time IS NULL", " AND done.passed IS NULL"),
}
_COUNTED: Final = ", ".join(
    f"count(*) FILTER (WHERE done.first {comparison} w.late_from{more[late]}) AS {name}{suffix}"
    for suffix, more in _COUNTS.items()
    for late, (name, comparison) in enumerate((("on_time", "<"), ("late", ">=")))
)


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


def _complete(suffix: str) -> str:
    late = f"CASE WHEN %(include_late)s THEN c.late{suffix} ELSE 0 END"
    return f"COALESCE(c.on_time{suffix} + {late}, 0)"


@cache
def _trend_sql(within: Level | None) -> str:
    child = _child_level(within)
    child_id = f"m.{child}_id" if child else "NULL::uuid"
    return f"""
        WITH named AS MATERIALIZED (
            SELECT * FROM unnest(%(names)s::text[], %(numbers)s::integer[]) named (name, number)
        ),
        weeks AS MATERIALIZED (
            SELECT w.*, ARRAY(SELECT named.name FROM named WHERE named.number = w.number) AS names,
                {graded_only_sql(within, monday="w.monday")} AS graded_only
            FROM unnest(
                %(weeks)s::text[], %(mondays)s::date[], %(ends)s::timestamptz[], %(late_from)s::timestamptz[]
            ) WITH ORDINALITY w (week_of, monday, ends, late_from, number)
        ),
        counted AS MATERIALIZED (
            SELECT w.number, GROUPING(place.id) AS is_whole, place.id,
                count(*) AS total, {_COUNTED}
            FROM weeks w
            CROSS JOIN memberships m
            CROSS JOIN LATERAL (SELECT {child_id} AS id) place
            {_done_sql(within)}
            WHERE {staff_sql(within, ends="w.ends")}
            GROUP BY GROUPING SETS ((w.number), (w.number, place.id))
        ),
        places AS (
            SELECT 1 AS is_whole, NULL::uuid AS id, NULL AS name, NULL AS sort_name
            UNION ALL
            SELECT 0, child.id, child.name, child.sort_name FROM ({_children_sql(within, child)}) child
        )
        SELECT p.id::text, p.name, w.week_of,
            {_complete("")}, COALESCE(c.total, 0), COALESCE(c.late, 0), {_complete("_failed")},
            {_complete("_reported")}
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
