"""How far learners of a place are with a course: how many, at which step they stop, and who.

The learners are the active ones at or below the active scope; steps are what ``me/courses`` counts, in its
order, and waived ones are done. Two statements whatever the number of people; one reads a page of them. Where
learners are too many to look at each, the figures are of a sample of them, and a state cannot be asked for.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from learning.tree.domain.levels import COURSES
from progress.reports.domain.reached import Chosen, figures_sql, number_sql, people_sql
from tenancy.conditions import in_scope_sql, level_of, place_parameters, shared_parameters
from tenancy.errors import InvalidError, NotFoundError
from tenancy.lists import Number
from tenancy.scope import current_scope
from tenancy.sql import ROWS_AT_ONCE, facts_cursor

STUCK_DAYS: Final = 14
"""After how many days without completing anything somebody is stuck, where nobody says otherwise."""

MOST_LOOKED_AT: Final = 250_000
"""Learners times steps of the course. Of so many all are looked at, which takes less than a second."""

SAMPLE: Final = 75_000
"""As many of more: it takes a tenth of a second, and tells a share within a few points."""

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
    """How many learners there are, and how many of those who were looked at are how far.

    Attributes:
        learners: all of them.
        stuck: those are not in progress.
    """

    learners: int
    not_started: int
    in_progress: int
    stuck: int
    finished: int

    @property
    def counted(self) -> int:
        """How many were looked at: all, or a sample of too many."""
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
    with facts_cursor() as cursor:
        cursor.execute(figures_sql(level_of(current_scope())), _parameters(wanted))
        (*_, learners, not_started, in_progress, stuck, finished, _position), *steps = cursor.fetchall()
    figures = Figures(learners, not_started, in_progress, stuck, finished)
    return figures, [FunnelStep(*row[:7]) for row in steps]


def list_learners(wanted: WantedLearners, *, limit: int, offset: int = 0) -> tuple[Number, list[Learner]]:
    """Return how many learners of the active scope are wanted, and those of one page, by name.

    Raises:
        InvalidError: ``too_many_learners``, to look at each for their state.
    """
    chosen = Chosen.PAGE if wanted.state is None else Chosen.ALL
    rows = _fetch(chosen, {**_parameters(wanted), "limit": limit, "offset": offset})
    number, too_many = rows[0][:2]
    if too_many:
        raise InvalidError(
            _("Too many learners to look at each for their state. Choose a smaller place, or a name."),
            code="too_many_learners",
            attr="state",
        )
    return Number(number), [_learner(row) for row in rows if row[2] is not None]


def iterate_learners(wanted: WantedLearners) -> Iterator[Learner]:
    """Yield the same, all of them, with no more than a page in memory."""
    after = {"after_name": "", "after_id": UUID(int=0)}
    while True:
        rows = _fetch(Chosen.NEXT, {**_parameters(wanted), **after, "limit": ROWS_AT_ONCE})
        found = [_learner(row) for row in rows if row[2] is not None]
        yield from (person for person in found if wanted.state in (None, person.state))
        if len(found) < ROWS_AT_ONCE:
            return
        after = {"after_name": rows[-1][-1], "after_id": found[-1].id}


def count_learners(wanted: WantedLearners) -> int:
    """Return how many learners of the active scope have the name that is wanted, whatever their state."""
    with facts_cursor() as cursor:
        cursor.execute(number_sql(level_of(current_scope())), _parameters(wanted))
        return int(cursor.fetchone()[0])


def _fetch(chosen: Chosen, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    with facts_cursor() as cursor:
        cursor.execute(people_sql(chosen, level_of(current_scope())), parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _learner(row: tuple[Any, ...]) -> Learner:
    _number, _too_many, pk, name, email, classroom, state, *rest, _sort_name = row
    return Learner(pk, name, email, classroom, LearnerState(state), *rest)


def _parameters(wanted: WantedLearners) -> dict[str, Any]:
    return {
        **place_parameters(current_scope()),
        "course": wanted.course_id,
        "stuck_days": wanted.stuck_days,
        "most": MOST_LOOKED_AT,
        "sample": SAMPLE,
        "state": wanted.state,
        "words": wanted.search.split()[:MOST_WORDS],
    }
