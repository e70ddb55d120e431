"""How far learners of a place are with a course: how many, at which step they stop, and who.

The learners are the active ones at or below the active scope; steps are what ``me/courses`` counts, in its
order, and waived ones are done. Two statements whatever the number of people; one reads a page of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from itertools import chain
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts.rights.keys import learner_sql
from learning.tree.domain.levels import COURSES, SUB_COURSES
from progress.steps.completions import EXCEPTIONS, Step, all_steps
from progress.steps.models import ExceptionKind
from tenancy.conditions import at_place_sql, in_scope_sql, level_of, place_parameters, shared_parameters
from tenancy.errors import NotFoundError
from tenancy.facts import Facts
from tenancy.names import mentions_sql
from tenancy.scope import Level, current_scope
from tenancy.sql import facts_cursor, rows_by_pages

STUCK_DAYS: Final = 14
"""After how many days without completing anything somebody is stuck, where nobody says otherwise."""

MOST_STUCK_DAYS: Final = 366
MOST_WORDS: Final = 10


class LearnerState(StrEnum):
    """How far a learner is with the course."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    STUCK = "stuck"
    FINISHED = "finished"

    @property
    def label(self) -> Any:
        """What people call it."""
        return _LABELS[self]


_LABELS: Final = {
    LearnerState.NOT_STARTED: _("not started"),
    LearnerState.IN_PROGRESS: _("in progress"),
    LearnerState.STUCK: _("stuck"),
    LearnerState.FINISHED: _("finished"),
}


class ReportedCourse(NamedTuple):
    """The course that a report is about."""

    id: int
    title: str


class FunnelStep(NamedTuple):
    """A step of the course, in order.

    Attributes:
        done: how many learners have completed it or need not do it.
        here: how many have begun the course and have this step to do next.
        stuck: how many of those are stuck.
    """

    type: str
    id: int
    title: str
    sub_course: str
    done: int
    here: int
    stuck: int


class Learner(NamedTuple):
    """How far one learner is.

    Attributes:
        done: how many steps they have completed, and ``waived`` those that they need not do.
        next_step: the step to do next; nothing when all are done.
    """

    id: UUID
    name: str
    email: str
    classroom: str | None
    state: LearnerState
    done: int
    waived: int
    last_activity_at: datetime | None
    next_step: str | None


@dataclass(frozen=True, slots=True)
class Figures:
    """How many learners there are, by how far they are; ``stuck`` ones are not in progress."""

    not_started: int
    in_progress: int
    stuck: int
    finished: int

    @property
    def learners(self) -> int:
        """All of them."""
        return self.not_started + self.in_progress + self.stuck + self.finished


@dataclass(frozen=True, slots=True)
class WantedLearners:
    """What of a course is asked for.

    Attributes:
        search: words that all occur in a name, in any order; accents and capitals make no difference.
    """

    course_id: int
    stuck_days: int = STUCK_DAYS
    state: LearnerState | None = None
    search: str = ""


def _steps_sql() -> str:
    kinds = [
        f"""
        SELECT '{step.name}' AS type, i.id, i.title, s.title AS sub_course,
            s.display_order AS sub_course_order, s.id AS sub_course_id, {rank} AS rank, i.display_order
        FROM {SUB_COURSES.table} s JOIN {step.level.table} i ON i.{step.level.parent_column} = s.id
        WHERE s.{SUB_COURSES.parent_column} = %(course)s
          AND {SUB_COURSES.published("s")} AND {step.level.published("i")}
        """
        for rank, step in enumerate(all_steps())
    ]
    return f"""
        SELECT type, id, title, sub_course, row_number() OVER (
            ORDER BY sub_course_order, sub_course_id, rank, display_order, id) AS position
        FROM ({" UNION ALL ".join(kinds)}) steps
    """


_LEARNERS: Final = "FROM users u LEFT JOIN roles r ON r.id = u.role_id"


def _is_learner(within: Level | None) -> str:
    return f"""{at_place_sql("u", within)} AND u.is_active AND u.deleted IS NULL
        AND {learner_sql("r")}"""


@cache
def _done(step: Step, within: Level | None) -> Facts:
    """Return what the learners have completed of the course."""
    steps = f"""
        SELECT ARRAY(SELECT i.id FROM {SUB_COURSES.table} s
            JOIN {step.level.table} i ON i.{step.level.parent_column} = s.id
            WHERE s.{SUB_COURSES.parent_column} = %(course)s)
    """
    return Facts(
        f"course_{step.completions}_{within or 'all'}",
        step.completions,
        {"user_id": "uuid", step.completed_column: "bigint", "completed_at": "timestamptz"},
        where=f"{{0}}.user_id = ANY(%(people)s::uuid[]) "
        f"AND {{0}}.{step.completed_column} = ANY(%({step.completions})s::bigint[])",
        after={
            "people": f"SELECT ARRAY(SELECT u.id {_LEARNERS} WHERE {_is_learner(within)})",
            step.completions: steps,
        },
    )


def _settled_sql(within: Level | None) -> str:
    """SQL: the steps that learners need not do any more, each looked up by its learner.

    A course may be shared: by its steps one would read what learners of every organization have completed.
    The ids of a course lie close together, which an index on a person's steps knows how to use.
    """
    done = []
    for step in all_steps():
        ids = f"(SELECT {{0}}(id) FROM step WHERE type = '{step.name}')"
        theirs = _done(step, within).of_each(
            "done",
            "learner.id",
            f"{{0}}.{step.completed_column} BETWEEN {ids.format('min')} AND {ids.format('max')}",
        )
        done.append(f"""
            SELECT learner.id AS user_id, step.position, done.completed_at
            FROM learner {theirs}
            JOIN step ON step.type = '{step.name}' AND step.id = done.{step.completed_column}
        """)
    waived = f"""
        SELECT learner.id, step.position, NULL
        FROM learner JOIN LATERAL (
            SELECT given.step_type, given.step_id FROM {EXCEPTIONS} given
            WHERE given.user_id = learner.id AND given.kind = '{ExceptionKind.WAIVE}'
              AND given.ended_at IS NULL OFFSET 0
        ) given ON true
        JOIN step ON step.type = given.step_type AND step.id = given.step_id
    """
    return " UNION ALL ".join([*done, waived])


@cache
def _learners_sql(within: Level | None) -> str:
    """SQL: ``WITH`` queries that end in ``reached``: every learner with how far they are."""
    return f"""
        WITH step AS MATERIALIZED ({_steps_sql()}),
        learner AS MATERIALIZED (
            SELECT u.id, COALESCE(NULLIF(u.name, ''), u.email) AS name, u.email, u.sort_name, u.classroom_id
            {_LEARNERS} WHERE {_is_learner(within)}
        ),
        settled AS (
            SELECT one.user_id, one.position, max(one.completed_at) AS completed_at,
                row_number() OVER (PARTITION BY one.user_id ORDER BY one.position) AS rank
            FROM ({_settled_sql(within)}) one
            GROUP BY one.user_id, one.position
        ),
        counted AS (
            SELECT user_id, count(completed_at) AS done, count(*) - count(completed_at) AS waived,
                max(completed_at) AS last_activity_at,
                -- As long as the rank of a step is its position, nothing before it is missing.
                1 + count(*) FILTER (WHERE rank = position) AS next
            FROM settled GROUP BY user_id
        ),
        reached AS (
            SELECT learner.*, COALESCE(c.done, 0) AS done, COALESCE(c.waived, 0) AS waived,
                c.last_activity_at, COALESCE(c.next, 1) AS next,
                CASE
                    WHEN COALESCE(c.done + c.waived, 0) >= (SELECT count(*) FROM step) THEN 'finished'
                    WHEN COALESCE(c.done, 0) = 0 THEN 'not_started'
                    WHEN c.last_activity_at < statement_timestamp() - make_interval(days => %(stuck_days)s)
                        THEN 'stuck'
                    ELSE 'in_progress'
                END AS state
            FROM learner LEFT JOIN counted c ON c.user_id = learner.id
        )
    """


@cache
def _figures_sql(within: Level | None) -> str:
    return f"""
        {_learners_sql(within)}
        SELECT NULL, NULL, NULL, NULL,
            count(*) FILTER (WHERE state = 'not_started'), count(*) FILTER (WHERE state = 'in_progress'),
            count(*) FILTER (WHERE state = 'stuck'), count(*) FILTER (WHERE state = 'finished'), 0 AS position
        FROM reached
        UNION ALL
        SELECT step.type, step.id, step.title, step.sub_course,
            (SELECT count(*) FROM settled WHERE settled.position = step.position),
            count(reached.id), count(reached.id) FILTER (WHERE reached.state = 'stuck'), 0, step.position
        FROM step LEFT JOIN reached
            ON reached.next = step.position AND reached.state IN ('in_progress', 'stuck')
        GROUP BY step.type, step.id, step.title, step.sub_course, step.position
        ORDER BY position
    """


@cache
def _people_sql(within: Level | None) -> str:
    return f"""
        {_learners_sql(within)},
        chosen AS MATERIALIZED (
            SELECT * FROM reached
            WHERE (%(state)s::text IS NULL OR state = %(state)s)
              AND NOT EXISTS (
                SELECT FROM unnest(%(words)s::text[]) word WHERE NOT {mentions_sql("reached.name", "word")}
              )
        )
        SELECT totals.number, page.id, page.name, page.email, classroom.name, page.state, page.done,
            page.waived, page.last_activity_at, step.title
        FROM (SELECT count(*) AS number FROM chosen) totals
        LEFT JOIN (
            SELECT * FROM chosen ORDER BY sort_name, id LIMIT %(limit)s OFFSET %(offset)s
        ) page ON true
        LEFT JOIN classrooms classroom ON classroom.id = page.classroom_id
        LEFT JOIN step ON step.position = page.next
        ORDER BY page.sort_name, page.id
    """


_COURSE: Final = f"""
    SELECT c.id, c.title FROM {COURSES.table} c
    WHERE c.id = %(course)s AND {in_scope_sql("c")} AND {COURSES.live("c")}
"""


def find_course(course_id: int) -> ReportedCourse:
    """Return a course that the active scope may read.

    Raises:
        NotFoundError: there is none.
    """
    with facts_cursor() as cursor:
        cursor.execute(_COURSE, {"course": course_id, **shared_parameters()})
        row = cursor.fetchone()
    if row is None:
        raise NotFoundError
    return ReportedCourse(*row)


def read_figures(wanted: WantedLearners) -> tuple[Figures, list[FunnelStep]]:
    """Return how many learners of the active scope are how far, and the steps of the course in order."""
    scope = current_scope()
    with facts_cursor() as cursor:
        cursor.execute(_figures_sql(level_of(scope)), _parameters(wanted))
        whole, *steps = cursor.fetchall()
    return Figures(*whole[4:8]), [FunnelStep(*row[:7]) for row in steps]


def list_learners(wanted: WantedLearners, *, limit: int, offset: int = 0) -> tuple[int, list[Learner]]:
    """Return how many learners of the active scope are wanted, and those of one page, by name."""
    with facts_cursor() as cursor:
        cursor.execute(_people_sql(level_of(current_scope())), _of_page(wanted, limit, offset))
        rows = cursor.fetchall()
    return rows[0][0], [_learner(row) for _number, *row in rows if row[0] is not None]


def iterate_learners(wanted: WantedLearners, *, most: int) -> tuple[int, Iterator[Learner]]:
    """Return the same, with no more than a page in memory; of more than ``most`` only how many there are."""
    rows = rows_by_pages(_people_sql(level_of(current_scope())), _of_page(wanted, most, 0))
    first = next(rows)
    if first[0] > most:
        rows.close()
    return first[0], (_learner(row) for _number, *row in chain([first], rows) if row[0] is not None)


def _learner(row: list[Any]) -> Learner:
    return Learner._make([*row[:4], LearnerState(row[4]), *row[5:]])


def _of_page(wanted: WantedLearners, limit: int, offset: int) -> dict[str, Any]:
    return {
        **_parameters(wanted),
        "state": wanted.state,
        "words": wanted.search.split()[:MOST_WORDS],
        "limit": limit,
        "offset": offset,
    }


def _parameters(wanted: WantedLearners) -> dict[str, Any]:
    return {
        **place_parameters(current_scope()),
        "course": wanted.course_id,
        "stuck_days": wanted.stuck_days,
    }
