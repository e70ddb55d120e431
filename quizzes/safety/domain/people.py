"""The people of a report one by one: where they belong, what they did last, and when they were reminded.

Who is on the roster and who is pending is said by ``quizzes.safety.domain.completion``; here they are looked
for, filtered and paged. One statement; what is known of each is looked up for those on the page alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import chain
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.utils import timezone

from accounts.people.domain.names import WHO_HAS_LEFT
from accounts.people.domain.rosters import roster_ends
from quizzes.safety.domain.completion import (
    ORDER,
    QuizStatus,
    done_sql,
    last_sql,
    people_sql,
    result_sql,
)
from quizzes.safety.domain.pending import PENDING
from quizzes.safety.domain.weeks import Week
from tenancy.conditions import level_of, place_parameters
from tenancy.names import mentions_sql
from tenancy.scope import Level, current_scope
from tenancy.sql import prepared_cursor, rows_by_pages

MOST_WORDS: Final = 10
"""How many words of a search are looked for."""


@dataclass(frozen=True, slots=True)
class WantedPeople:
    """Which people of the active scope are asked for.

    Attributes:
        week: whose roster, and whose results.
        status: complete or pending; everyone without.
        role: the name of a role.
        search: words that all occur in a name, in any order; accents and capitals make no difference.
    """

    week: Week
    status: QuizStatus | None = None
    role: str = ""
    search: str = ""


class RosterPerson(NamedTuple):
    """Someone on the roster of a week.

    Attributes:
        school, campus, classroom: the names of where they belonged in it.
        done_at: when they first did its quiz.
        last_done_at: when they did any safety quiz last.
        last_reminded_at: when they were last reminded of this week's.
        passed: whether they passed; ``None`` where nobody graded it, as of what they only report.
        attempt: which one the result that counts is of.
    """

    id: UUID
    organization_id: UUID
    name: str
    role: str
    school: str | None
    campus: str | None
    classroom: str | None
    done_at: datetime | None
    last_done_at: datetime | None
    last_reminded_at: datetime | None
    is_late: bool
    passed: bool | None = None
    attempt: int | None = None

    @property
    def status(self) -> QuizStatus:
        """Whether they have done the quiz."""
        return QuizStatus.PENDING if self.done_at is None else QuizStatus.COMPLETE

    @property
    def has_failed(self) -> bool:
        """Whether it was graded and not passed."""
        return self.passed is False

    @property
    def is_retaken(self) -> bool:
        """Whether it was done more than once."""
        return self.attempt is not None and self.attempt > 1

    @property
    def is_self_reported(self) -> bool:
        """Whether it is only reported by themselves."""
        return self.done_at is not None and self.passed is None


@cache
def _list_sql(within: Level | None) -> str:
    return f"""
        WITH chosen AS MATERIALIZED (
            SELECT s.*, done.first
            FROM ({people_sql(within)}) s {done_sql(within)}
            WHERE (%(complete)s::boolean IS NULL OR %(complete)s = (done.first IS NOT NULL))
              AND (%(role)s = '' OR s.user_role = %(role)s)
              AND NOT EXISTS (
                SELECT FROM unnest(%(words)s::text[]) word WHERE NOT {mentions_sql("s.user_name", "word")}
              )
        )
        SELECT totals.number, s.user_id, s.organization_id, s.user_name, s.user_role,
            school.name, campus.name, classroom.name, s.first, last.completed_at, told.created_at,
            COALESCE(s.first >= %(late_from)s::timestamptz, false), r.passed, r.attempt
        FROM (SELECT count(*) AS number FROM chosen) totals
        LEFT JOIN (SELECT * FROM chosen s {ORDER} LIMIT %(limit)s OFFSET %(offset)s) s ON true
        LEFT JOIN schools school ON school.id = s.school_id
        LEFT JOIN campuses campus ON campus.id = s.campus_id
        LEFT JOIN classrooms classroom ON classroom.id = s.classroom_id
        {last_sql(within)}
        LEFT JOIN LATERAL (
            SELECT max(l.created_at) AS created_at FROM message_ledger l
            WHERE l.user_id = s.user_id AND l.organization_id = s.organization_id AND l.kind = %(kind)s
              AND starts_with(l.about, %(about)s)
        ) told ON true
        {result_sql(within, by_week=True)}
        {ORDER}
    """


def list_people(wanted: WantedPeople, *, limit: int, offset: int = 0) -> tuple[int, list[RosterPerson]]:
    """Return how many people of the active scope are wanted, and those of one page, by name."""
    with prepared_cursor() as cursor:
        cursor.execute(_list_sql(level_of(current_scope())), _parameters(wanted, limit, offset))
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows[0][0], [RosterPerson(*row) for _number, *row in rows if row[0] is not None]


def iterate_people(wanted: WantedPeople, *, most: int) -> tuple[int, Iterator[RosterPerson]]:
    """Return the same, with no more than a page in memory; of more than ``most`` only how many there are."""
    rows = rows_by_pages(_list_sql(level_of(current_scope())), _parameters(wanted, most, 0))
    first = next(rows)
    if first[0] > most:
        rows.close()
    return first[0], (RosterPerson(*row) for _number, *row in chain([first], rows) if row[0] is not None)


def _parameters(wanted: WantedPeople, limit: int, offset: int) -> dict[str, Any]:
    week = wanted.week
    return {
        **place_parameters(current_scope()),
        "names": list(week.names),
        "monday": week.monday,
        "late_from": week.ends.isoformat(),
        "ends": roster_ends(week.ends, now=timezone.now()),
        "who_has_left": str(WHO_HAS_LEFT),
        "complete": None if wanted.status is None else wanted.status == QuizStatus.COMPLETE,
        "role": wanted.role,
        "words": wanted.search.split()[:MOST_WORDS],
        "kind": PENDING,
        "about": str(Week(week.monday, by_number=True)),
        "limit": limit,
        "offset": offset,
    }
