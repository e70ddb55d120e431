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
from django.db import connection
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.messages.domain.messages import Notice
from accounts.models import Tag
from accounts.people.domain.rosters import roster_ends, staff_sql
from quizzes.safety.domain.completion import DONE_BY_EACH
from quizzes.safety.domain.schedules import counts_sql, graded_only_sql
from quizzes.safety.domain.weeks import NAMES_A_WEEK, Week, current_week

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
) AND {counts_sql(graded_only_sql(None, monday="%(monday)s::date"))}"""
# That a current membership has no end leads to the index that is in the order of people.
_PENDING: Final = f"""
    SELECT m.user_id, m.organization_id
    FROM memberships m {DONE_BY_EACH.format(person="m", week=_THIS_WEEK)}
    WHERE {staff_sql(None, ends="%(ends)s::timestamptz")} AND m.valid_until IS NULL
      AND done.first IS NULL AND m.user_id > %(after)s::uuid
      AND (EXISTS (
        SELECT FROM safety_quiz_results ever
        WHERE ever.organization_id = m.organization_id AND ever.deleted IS NULL
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
    while True:
        rows = _pending(week, now=now, after=after)
        if rows:
            yield [notice_of(week, *row) for row in rows]
        if len(rows) < _BATCH:
            return
        after = rows[-1][0]


def _pending(week: Week, *, now: datetime, after: Any) -> list[tuple[Any, ...]]:
    parameters = {
        "names": list(week.names),
        "names_a_week": NAMES_A_WEEK,
        "monday": week.monday,
        "begins": datetime.combine(week.monday, time.min, UTC),
        "week_ends": week.ends,
        "ends": roster_ends(week.ends, now=now),
        "after": after,
    }
    with connection.cursor() as cursor:
        cursor.execute(_PENDING, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


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
