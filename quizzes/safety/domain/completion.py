"""Who has done the safety quiz and who is still pending: the roster of a week, and what is recorded.

A result counts for the week that its ``week_of`` names, whichever way; with another text, for whoever asks in
the same words. One that arrived after the week had ended is late: it counts where none was on time. Of
several the best counts: one that was passed here, before one that was failed here, before what a client
reported; of equals the latest. Where the week's schedule asks for graded results, what a client reported does
not count (``quizzes.safety.domain.schedules``); without a week, the rule of the current one applies.

One statement per report, of one of two shapes: for a class, a campus or a school each person's result is
looked up; for an organization the results of its week are read as one range and joined. Both take as long
however many results there are, thanks to the indexes of ``SafetyQuizResult`` that lead to them.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from functools import cache, lru_cache
from typing import Any, Final

import orjson
from django.conf import settings
from django.utils import timezone

from accounts.people.domain.names import WHO_HAS_LEFT
from accounts.people.domain.rosters import roster_ends, staff_sql
from quizzes.safety.domain.schedules import counts_sql, graded_only_sql
from quizzes.safety.domain.weeks import Week, current_week, names_of
from tenancy.conditions import at_place_sql, level_of, place_parameters
from tenancy.facts import Facts
from tenancy.scope import Level, current_scope
from tenancy.sql import prepared_cursor, rows_by_pages


class QuizStatus(StrEnum):
    """Whether someone has done the quiz."""

    COMPLETE = "complete"
    PENDING = "pending"


STATUSES: Final = [(status.value, status.value) for status in QuizStatus]

MOST_AT_ONCE: Final = 20_000
"""How many rows of a report are returned together; more are read by pages."""

NEVER: Final = "infinity"
"""From when on a result is late for a text that names no week."""

# As text, and times without their zone, which is UTC: Python only writes them out again, and making objects
# of them first would take it longer than everything else together.
_PERSON: Final = {
    "userId": "s.user_id::text",
    "user_name": "s.user_name",
    "user_role": "s.user_role",
    "campusId": "s.campus_id::text",
}
_RESULT: Final = {
    "id": "r.id::text",
    "quiz_id": "r.quiz_id",
    "quiz_title": "r.quiz_title",
    "week_of": "r.week_of",
    "score": "r.score",
    "total_questions": "r.total_questions",
    "answers": "r.answers::text",
    "user_name": "r.user_name",
    "user_role": "r.user_role",
    "completed_at": "r.completed_at AT TIME ZONE 'UTC'",
    "organizationId": "r.organization_id::text",
    "campusId": "r.campus_id::text",
    "userId": "r.user_id::text",
    "createdAt": "r.created_at AT TIME ZONE 'UTC'",
    "updatedAt": "r.updated_at AT TIME ZONE 'UTC'",
}
_GRADED: Final = ("r.passed", "r.attempt")
_ANSWERS: Final = list(_RESULT).index("answers")
_COMPLETED_AT: Final = list(_RESULT).index("completed_at")
_WEEK_OF: Final = list(_RESULT).index("week_of")
_COLUMNS: Final = ", ".join([*_PERSON.values(), *_GRADED, *_RESULT.values()])
ORDER: Final = "ORDER BY s.sort_name, s.user_id"

# Each person's result that counts, looked up one by one or read as a range.
_BEST_FIRST: Final = """r.completed_at >= %(late_from)s::timestamptz, r.passed DESC NULLS LAST,
    r.completed_at DESC, r.id DESC"""
_RESULT_OF_EACH: Final = f"""
    LEFT JOIN LATERAL (
        SELECT * FROM safety_quiz_results r
        WHERE r.organization_id = s.organization_id AND r.user_id = s.user_id AND {{week}}
          AND r.deleted IS NULL
        ORDER BY {_BEST_FIRST} LIMIT 1
    ) r ON true
"""
# Without a week, among all there ever were: the best that was graded, else the latest that was not. Each is
# the first row of an index, where the order of both together would take all rows of a person.
_RESULT_EVER: Final = """
    LEFT JOIN LATERAL (
        SELECT * FROM (
            (
                SELECT * FROM safety_quiz_results r WHERE {whose} AND r.passed IS NOT NULL
                ORDER BY r.passed DESC, r.completed_at DESC, r.id DESC LIMIT 1
            ) UNION ALL (
                SELECT * FROM safety_quiz_results r WHERE {whose} AND r.passed IS NULL AND {counts}
                ORDER BY r.completed_at DESC, r.id DESC LIMIT 1
            )
        ) r ORDER BY r.passed DESC NULLS LAST LIMIT 1
    ) r ON true
"""
_DONE_EVER: Final = """
    CROSS JOIN LATERAL (
        SELECT COALESCE(
            (SELECT r.completed_at FROM safety_quiz_results r WHERE {whose} AND r.passed IS NOT NULL LIMIT 1),
            (SELECT r.completed_at FROM safety_quiz_results r WHERE {whose} AND {counts} LIMIT 1)
        ) AS first
    ) done
"""
_RESULT_OF_ALL: Final = f"""
    LEFT JOIN (
        SELECT DISTINCT ON (r.user_id) * FROM safety_quiz_results r
        WHERE {at_place_sql("r", Level.ORGANIZATION)} AND {{week}} AND r.deleted IS NULL
        ORDER BY r.user_id, {_BEST_FIRST}
    ) r ON r.user_id = s.user_id
"""
# Only when there was one for the first time, if ever: both are answered by the indexes alone.
_DONE_BY_EACH: Final = """
    LEFT JOIN LATERAL (
        SELECT r.completed_at AS first FROM safety_quiz_results r
        WHERE r.organization_id = {person}.organization_id AND r.user_id = {person}.user_id AND {week}
          AND r.deleted IS NULL
        ORDER BY r.completed_at LIMIT 1
    ) done ON true
"""
_DONE_BY_ALL: Final = f"""
    LEFT JOIN (
        SELECT r.user_id, min(r.completed_at) AS first FROM safety_quiz_results r
        WHERE {at_place_sql("r", Level.ORGANIZATION)} AND {{week}} AND r.deleted IS NULL
        GROUP BY r.user_id
    ) done ON done.user_id = s.user_id
"""
# Where results are distributed, those of all people of a roster are read at once, whatever the place.
_OF_PEOPLE: Final = "r.user_id = ANY(%(people)s::uuid[]) AND {week} AND r.deleted IS NULL"
_COLUMNS_OF_RESULT: Final = {
    **dict.fromkeys(("id", "organization_id", "campus_id", "user_id"), "uuid"),
    **dict.fromkeys(("quiz_id", "quiz_title", "week_of", "user_name", "user_role", "answers"), "text"),
    **dict.fromkeys(("score", "total_questions", "attempt"), "integer"),
    **dict.fromkeys(("completed_at", "created_at", "updated_at"), "timestamptz"),
    "passed": "boolean",
}
_BEST_OF_PEOPLE: Final = f"""(
    SELECT DISTINCT ON (r.user_id, r.organization_id)
        {", ".join(f"r.{name}::{kind}" for name, kind in _COLUMNS_OF_RESULT.items())}
    FROM safety_quiz_results r WHERE {_OF_PEOPLE} ORDER BY r.user_id, r.organization_id, {_BEST_FIRST}
)"""
_FIRST_OF_PEOPLE: Final = f"""(
    SELECT r.user_id, r.organization_id, min(r.completed_at) AS first
    FROM safety_quiz_results r WHERE {_OF_PEOPLE} GROUP BY r.user_id, r.organization_id
)"""


def results_read_first(
    name: str, table: str, columns: Mapping[str, str], *, within: Level | None, week: str
) -> Facts:
    """Return what is read of the results of a roster before a statement about its people.

    Args:
        table: a query; ``{week}`` stands for which results count.
        week: SQL, from ``week_sql``.
    """
    return Facts(
        f"{name}_{within or 'all'}",
        table.format(week=week),
        columns,
        where="true",
        after={
            "people": f"""SELECT ARRAY(
                SELECT m.user_id FROM memberships m WHERE {staff_sql(within, ends="%(ends)s::timestamptz")}
            )""",
            "graded_only": f"SELECT {graded_only_sql(within, monday='%(monday)s::date')}",
        },
    )


@cache
def result_sql(within: Level | None, *, by_week: bool, of_all: bool = False) -> str:
    """SQL: a join that adds to each person ``s`` the result ``r`` that counts, if any.

    Args:
        of_all: read the range of an organization's week, where there is one, and not person by person.
    """
    week = week_sql(within, by_week=by_week)
    if settings.DISTRIBUTED:
        best = results_read_first(
            f"best{by_week:d}", _BEST_OF_PEOPLE, _COLUMNS_OF_RESULT, within=within, week=week
        )
        return _joined(best, "r", "s")
    if not by_week:
        return _ever_sql(_RESULT_EVER, within)
    as_range = of_all and within is Level.ORGANIZATION
    return (_RESULT_OF_ALL if as_range else _RESULT_OF_EACH).format(week=week)


@cache
def done_sql(within: Level | None, *, by_week: bool = True) -> str:
    """SQL: a join that adds to each person ``s`` when they had ``done`` it ``first``."""
    week = week_sql(within, by_week=by_week)
    if settings.DISTRIBUTED:
        columns = {"user_id": "uuid", "organization_id": "uuid", "first": "timestamptz"}
        first = results_read_first(f"first{by_week:d}", _FIRST_OF_PEOPLE, columns, within=within, week=week)
        return _joined(first, "done", "s")
    if not by_week:
        return _ever_sql(_DONE_EVER, within)
    if within is Level.ORGANIZATION:
        return _DONE_BY_ALL.format(week=week)
    return done_by_each_sql("s", week)


@cache
def last_sql(within: Level | None) -> str:
    """SQL: a join that adds to each person ``s`` when they did any safety quiz ``last``."""
    if not settings.DISTRIBUTED:
        return """
            LEFT JOIN LATERAL (
                SELECT r.completed_at FROM safety_quiz_results r
                WHERE r.user_id = s.user_id AND r.organization_id = s.organization_id AND r.deleted IS NULL
                ORDER BY r.completed_at DESC, r.id DESC LIMIT 1
            ) last ON true
        """
    columns = {"user_id": "uuid", "organization_id": "uuid", "completed_at": "timestamptz"}
    table = _FIRST_OF_PEOPLE.replace("min(r.completed_at) AS first", "max(r.completed_at) AS completed_at")
    return _joined(results_read_first("last", table, columns, within=within, week="true"), "last", "s")


def done_by_each_sql(person: str, week: str) -> str:
    """SQL: the same, looked up for each person."""
    return _DONE_BY_EACH.format(person=person, week=week)


def _ever_sql(join: str, within: Level | None) -> str:
    """SQL: what is joined to people ``s`` when results of any week count, by the rule of the current one."""
    # Of the person and not of the row: what cannot be is not looked for.
    counts = f"s.organization_id <> ALL ({graded_only_sql(within, monday='%(monday)s::date')})"
    whose = "r.organization_id = s.organization_id AND r.user_id = s.user_id AND r.deleted IS NULL"
    return join.format(whose=whose, counts=counts)


def _joined(facts: Facts, alias: str, person: str) -> str:
    same = " AND ".join(f"{alias}.{column} = {person}.{column}" for column in ("user_id", "organization_id"))
    return f"LEFT JOIN {facts.relation(alias)} ON {same}"


def week_sql(within: Level | None, *, by_week: bool) -> str:
    """SQL: the results that count."""
    rule = "%(graded_only)s::uuid[]" if settings.DISTRIBUTED else None
    counts = counts_sql(rule or graded_only_sql(within, monday="%(monday)s::date"))
    return f"r.week_of = ANY(%(names)s::text[]) AND {counts}" if by_week else counts


def people_sql(within: Level | None) -> str:
    """SQL: the people of a roster."""
    # One by one below the organization, as their results are: the planner takes learners for staff, and would
    # rather read the people of all organizations.
    of_all = within in (None, Level.ORGANIZATION)
    person = "users" if of_all else "LATERAL (SELECT * FROM users WHERE id = m.user_id LIMIT 1)"
    return f"""
        SELECT m.user_id, m.organization_id, m.school_id, m.campus_id, m.classroom_id, role.name AS user_role,
            -- What someone is called by now, in another organization, is nothing to tell here.
            CASE WHEN u.organization_id = m.organization_id THEN COALESCE(NULLIF(u.name, ''), u.email)
                 ELSE %(who_has_left)s END AS user_name,
            u.sort_name
        FROM memberships m
        JOIN {person} u ON u.id = m.user_id
        JOIN roles role ON role.id = m.role_id
        WHERE {staff_sql(within, ends="%(ends)s::timestamptz")}
    """


@cache
def _whole_sql(within: Level | None, *, by_week: bool) -> str:
    result = result_sql(within, by_week=by_week, of_all=True)
    return f"SELECT {_COLUMNS} FROM ({people_sql(within)}) s {result} {ORDER}"


@cache
def _page_sql(within: Level | None, *, by_week: bool) -> str:
    """SQL: the figures of the whole in front of each row of a page, or of one empty row."""
    return f"""
        WITH reported AS MATERIALIZED (
            SELECT s.*, done.first FROM ({people_sql(within)}) s {done_sql(within, by_week=by_week)}
        )
        SELECT totals.total, totals.complete, {_COLUMNS}
        FROM (SELECT count(*) AS total, count(first) AS complete FROM reported) totals
        LEFT JOIN (
            SELECT * FROM reported s WHERE %(complete)s::boolean IS NULL OR %(complete)s = (first IS NOT NULL)
            {ORDER} LIMIT %(limit)s OFFSET %(offset)s
        ) s ON true
        {result_sql(within, by_week=by_week)}
        {ORDER}
    """


def build_report(
    *, week_of: str | None, status: QuizStatus | None = None, window: tuple[int, int] | None = None
) -> dict[str, Any] | None:
    """Return ``{summary, rows}``: the staff of the active scope, each complete or pending, by name.

    ``summary`` is of the whole scope, whatever is asked of the rows. Times are naive, in UTC.

    Args:
        week_of: count results of what this names, on the roster of the week if it names one; ``None`` counts
            all results on today's roster.
        window: how many rows, after how many; ``None`` returns all of them, and no report where there are
            more than ``MOST_AT_ONCE``.
    """
    within, by_week = level_of(current_scope()), week_of is not None
    parameters = _parameters(week_of)
    if window is None:
        # Said in the text: of a parameter the planner would suppose that a tenth of the rows is wanted.
        rows = _fetch(f"{_whole_sql(within, by_week=by_week)} LIMIT {MOST_AT_ONCE + 1}", parameters)
        if len(rows) > MOST_AT_ONCE:
            return None
        reported = [_as_row(row) for row in rows]
        total, complete = len(rows), sum(row["status"] == QuizStatus.COMPLETE for row in reported)
        shown = [row for row in reported if status in (None, row["status"])]
    else:
        parameters |= {
            "complete": None if status is None else status == QuizStatus.COMPLETE,
            "limit": window[0],
            "offset": window[1],
        }
        rows = _fetch(_page_sql(within, by_week=by_week), parameters)
        total, complete, *_ = rows[0]
        shown = [_as_row(row) for _, _, *row in rows if row[0] is not None]
    return {"summary": summary_of(total, complete), "rows": shown}


def summary_of(total: int, complete: int) -> dict[str, int]:
    """Return the figures of a report."""
    return {"total": total, "complete": complete, "pending": total - complete}


def iterate_report(*, week_of: str | None, status: QuizStatus | None = None) -> Iterator[dict[str, Any]]:
    """Yield the same rows, all of them, while no more than a page of them is in memory.

    The transaction lasts as long: whoever iterates waits for nobody.
    """
    sql = _whole_sql(level_of(current_scope()), by_week=week_of is not None)
    reported = map(_as_row, rows_by_pages(sql, _parameters(week_of)))
    yield from (row for row in reported if status in (None, row["status"]))


def _parameters(week_of: str | None) -> dict[str, Any]:
    week, now = Week.named(week_of) if week_of is not None else None, timezone.now()
    return {
        **place_parameters(current_scope()),
        "monday": (week or current_week(now)).monday,
        "names": names_of(week_of) if week_of is not None else None,
        "who_has_left": str(WHO_HAS_LEFT),
        "late_from": week.ends.isoformat() if week else NEVER,
        "ends": roster_ends(week.ends if week else None, now=now),
    }


def _fetch(sql: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    with prepared_cursor() as cursor:
        cursor.execute(sql, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


@lru_cache(maxsize=1000)
def _end_of(week_of: str) -> datetime:
    """Return the first moment after the week that a text names, in UTC and naive as in a report."""
    week = Week.named(week_of)
    return datetime.max if week is None else week.ends.replace(tzinfo=None)


def _as_row(values: Iterable[Any]) -> dict[str, Any]:
    """Return one person with what they have done."""
    user_id, user_name, user_role, campus_id, passed, attempt, *result = values
    done = result[0] is not None
    if done:
        # JSON already: it goes into the answer as it is.
        result[_ANSWERS] = orjson.Fragment(result[_ANSWERS])
    return {
        "userId": user_id,
        "user_name": user_name,
        "user_role": user_role,
        "campusId": campus_id,
        "status": QuizStatus.COMPLETE if done else QuizStatus.PENDING,
        "late": done and result[_COMPLETED_AT] >= _end_of(result[_WEEK_OF]),
        "failed": passed is False,
        "retaken": attempt is not None and attempt > 1,
        "self_reported": done and passed is None,
        "result": dict(zip(_RESULT, result, strict=True)) if done else None,
    }
