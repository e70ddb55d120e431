"""Who has not done the safety quiz of the current week yet, and is to be reminded.

Pending is who the report of ``quizzes.safety.domain.completion`` calls so: on the roster of the week, with no
live result of it, whichever way that names the week. Nobody asks for a week in words here: a result whose
text names no week at all counts for the week in which it was completed. Organizations in which nobody ever
did a safety quiz, and that have scheduled none for the week, have none to be reminded of.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.messages.domain.messages import Notice
from accounts.models import Tag
from accounts.people.domain.rosters import roster_ends, staff_sql
from quizzes.safety.domain.completion import done_by_each_sql
from quizzes.safety.domain.schedules import counts_sql, graded_only_sql
from quizzes.safety.domain.weeks import NAMES_A_WEEK, Week, current_week
from tenancy.facts import Facts
from tenancy.sql import facts_cursor

PENDING: Final = "safety_quiz_pending"
REASONS: Final[dict[str, str | Promise]] = {PENDING: _lazy("no result of this week's safety quiz")}
"""Why a notice is sent."""

KEPT_FOR: Final = timedelta(weeks=12)
"""How long after a week the ledger still tells who was reminded of it: reports look back as far."""

_BATCH: Final = 1000
_BEFORE_ALL: Final = "00000000-0000-0000-0000-000000000000"
_THIS_WEEK: Final = f"""(
    r.week_of = ANY(%(names)s::text[])
    OR (r.week_of !~ %(names_a_week)s AND r.completed_at >= %(begins)s AND r.completed_at < %(week_ends)s)
) AND {counts_sql("{}")}"""
_GRADED_ONLY: Final = graded_only_sql(None, monday="%(monday)s::date")
_EVER: Final = Facts(
    "did_ever", "safety_quiz_results", {"organization_id": "uuid"}, where="{0}.deleted IS NULL", distinct=True
)
_DONE: Final = Facts(
    "done_of_batch",
    f"""(
        SELECT r.user_id, r.organization_id, min(r.completed_at) AS first FROM safety_quiz_results r
        WHERE r.user_id = ANY(%(people)s::uuid[]) AND {_THIS_WEEK.format("%(graded_only)s::uuid[]")}
          AND r.deleted IS NULL
        GROUP BY r.user_id, r.organization_id
    )""",
    {"user_id": "uuid", "organization_id": "uuid", "first": "timestamptz"},
    where="true",
    after={"graded_only": f"SELECT {_GRADED_ONLY}"},
)
_DONE_BY_EACH: Final = (
    f"LEFT JOIN {_DONE.relation('done')} USING (user_id, organization_id)"
    if settings.DISTRIBUTED
    else done_by_each_sql("m", _THIS_WEEK.format(_GRADED_ONLY))
)
# That a current membership has no end leads to the index that is in the order of people.
_NEXT: Final = f"""
    {staff_sql(None, ends="%(ends)s::timestamptz")} AND m.valid_until IS NULL AND m.user_id > %(after)s::uuid
"""
# Where results are distributed, a batch is one of people, and those who are pending are found among them.
_PEOPLE: Final = f"SELECT m.user_id FROM memberships m WHERE {_NEXT} ORDER BY m.user_id LIMIT {_BATCH}"
_OF_BATCH: Final = "AND m.user_id = ANY(%(people)s::uuid[])" if settings.DISTRIBUTED else ""
_PENDING: Final = f"""
    SELECT m.user_id, m.organization_id
    FROM memberships m {_DONE_BY_EACH}
    WHERE {_NEXT} {_OF_BATCH} AND done.first IS NULL
      AND (EXISTS (
        SELECT FROM {_EVER.rows("ever")} AND ever.organization_id = m.organization_id
      ) OR EXISTS (
        SELECT FROM safety_quiz_schedules s JOIN question_sets q ON q.id = s.question_set_id
        WHERE s.organization_id = m.organization_id AND s.deleted IS NULL AND s.first_week <= %(monday)s::date
          AND (s.last_week IS NULL OR s.last_week >= %(monday)s::date)
          AND q.deleted IS NULL AND q.status = 'PUBLISHED'
      ))
    ORDER BY m.user_id LIMIT {_BATCH}
"""


def due_now() -> Iterator[list[Notice]]:
    """Yield what is due at this moment."""
    return due_notices(timezone.now())


def due_notices(now: datetime) -> Iterator[list[Notice]]:
    """Yield a notice for everyone who is pending, a few hundred at a time; none before the day to remind on.

    What was sent already is among them: the ledger of ``accounts.messages.domain.messages`` knows. One for
    each person and week.
    """
    first = settings.SAFETY_QUIZ_REMINDER_WEEKDAY
    if first is None or now.astimezone(UTC).weekday() < first:
        return
    week = current_week(now)
    after: Any = _BEFORE_ALL
    while after is not None:
        rows, after = _pending(week, now=now, after=after)
        if rows:
            yield [notice_of(week, *row) for row in rows]


def _pending(week: Week, *, now: datetime, after: Any) -> tuple[list[tuple[Any, ...]], Any]:
    """Return some of those who are pending, and whom to go on after; ``None`` when there is nobody left."""
    parameters = {
        "names": list(week.names),
        "names_a_week": NAMES_A_WEEK,
        "monday": week.monday,
        "begins": datetime.combine(week.monday, time.min, UTC),
        "week_ends": week.ends,
        "ends": roster_ends(week.ends, now=now),
        "after": after,
    }
    with facts_cursor() as cursor:
        if settings.DISTRIBUTED:
            cursor.execute(_PEOPLE, parameters)
            parameters["people"] = [pk for (pk,) in cursor.fetchall()]
        cursor.execute(_PENDING, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    looked_at = parameters.get("people", [pk for pk, _organization in rows])
    return rows, looked_at[-1] if len(looked_at) == _BATCH else None


def notice_of(
    week: Week,
    user_id: Any,
    organization_id: Any,
    *,
    sender_id: Any = None,
    again_on: date | None = None,
) -> Notice:
    """Return the message to someone who is pending in the current week.

    Args:
        sender_id: who sends it, where it is not sent automatically.
        again_on: the day on which someone is told again; the first message is the week's, whoever sends it.
    """
    number = str(Week(week.monday, by_number=True))
    return Notice(
        user_id=user_id,
        organization_id=organization_id,
        kind=PENDING,
        about=number if again_on is None else f"{number} {again_on.isoformat()}",
        tag=Tag.SYSTEM,
        title=_("Your safety quiz for this week is still pending"),
        body=_("You have not yet done the safety quiz for the week that began on %(day)s.")
        % {"day": date_format(week.monday, "j F Y")},
        expires_at=week.ends,
        due_until=week.ends + KEPT_FOR,
        sender_id=sender_id,
    )
