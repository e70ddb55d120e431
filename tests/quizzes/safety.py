"""What the tests of safety quizzes share: addresses, bodies, and results that are there already."""

from datetime import UTC, datetime, time, timedelta
from itertools import count
from typing import Any, Final

from django.utils import timezone

from accounts.models import Membership, Role, User
from quizzes.models import SafetyQuizResult
from quizzes.safety.domain.weeks import Week

URL: Final = "/api/safety_quiz_results"
ME: Final = f"{URL}/me"
COMPLETION: Final = f"{URL}/completion"
TREND: Final = f"{COMPLETION}/trend"
REPORTS: Final = "READ_SAFETY_QUIZ_REPORTS"

# A Monday in the past, whatever the clock says; the week's roster is that of its Sunday, 7 March.
WEEK: Final = "2021-03-01"
LONG_AGO: Final = "2020-01-01T00:00:00Z"

_TICKS: Final = count()


def quiz(**changes: Any) -> dict[str, Any]:
    """Return a valid body."""
    data = {
        "quiz_id": "quiz-9",
        "quiz_title": "Words that de-escalate",
        "week_of": WEEK,
        "score": 7,
        "total_questions": 10,
        "answers": [0, 2, 1],
    }
    return {"data": {**data, **changes}}


def record(user: User, week_of: str = WEEK, *, at: datetime | None = None, **values: Any) -> SafetyQuizResult:
    """Put a result of ``user`` into the database, where and as what they are now.

    Without a moment it is in time: at the beginning of the week that is named, each after the one before.
    """
    moment = at or _in_time(week_of)
    fields: dict[str, Any] = {
        **quiz()["data"],
        "week_of": week_of,
        "organization_id": user.organization_id,
        "school_id": user.school_id,
        "campus_id": user.campus_id,
        "classroom_id": user.classroom_id,
        "user": user,
        "user_name": user.display_name,
        "user_role": user.role.name if user.role else "teacher",
        "completed_at": moment,
        "created_by": user,
        "updated_by": user,
        **values,
    }
    return SafetyQuizResult.unscoped.create(**fields)


def _in_time(week_of: str) -> datetime:
    week = Week.named(week_of)
    if week is None:
        return timezone.now()
    return datetime.combine(week.monday, time.min, UTC) + timedelta(microseconds=next(_TICKS))


def results(user: User) -> list[SafetyQuizResult]:
    """Return what is stored of a user, in order."""
    return list(SafetyQuizResult.unscoped.filter(user=user).order_by("completed_at"))


def role(name: str) -> Role:
    return Role.objects.get(name=name)


def members_since(moment: str = LONG_AGO, **which: Any) -> None:
    """Let memberships that have not ended begin earlier."""
    Membership.unscoped.filter(valid_until=None, **which).update(valid_from=moment)


def ids(answer: Any) -> list[str]:
    return [row["id"] for row in answer.json()["rows"]]


def people(answer: Any) -> dict[str, str]:
    """Return who a report names, by id, and what it says of them."""
    rows = answer.json()["rows"]
    found = {row["userId"]: row["status"] for row in rows}
    assert len(found) == len(rows)
    return found
