"""Write the results of the demo's safety quizzes, up to the current week.

Since the organizations schedule a quiz, most people answer that; others' clients still report a score.

Each has an id of its own, so that a later run adds those of the weeks that have begun since, and no others.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from demo.ids import demo_id
from demo.quizzes import DONE, QUESTIONS, TITLES, WEEKS
from quizzes.models import SafetyQuizResult, SafetyQuizSchedule
from quizzes.safety.domain.results import ROLE_NAME_WITHOUT_A_ROLE
from quizzes.safety.domain.weeks import Week, current_week
from quizzes.sets.domain.grading import Answer, AnswerKey, grade, keys_of
from tenancy.scope import PLATFORM_ID

Asked = tuple[SafetyQuizSchedule, list[AnswerKey]]
"""The quiz that an organization asks, and what is correct in it."""


def load_quiz_results() -> int:
    """Write what is missing of the last weeks' results; return how many that is.

    Who has left since is left out.
    """
    people = User.objects.filter(email__in=DONE, is_active=True).exclude(organization=PLATFORM_ID)
    asked = {
        schedule.organization_id: (schedule, keys_of(schedule.question_set))
        for schedule in SafetyQuizSchedule.unscoped.filter(deleted=None).select_related("question_set")
    }
    wanted = [
        result
        for user in people.select_related("role")
        for result in _results_of(user, asked.get(user.organization_id))
    ]
    ids = [result.pk for result in wanted]
    # Also those that someone has deleted: they are not written again.
    known = set(SafetyQuizResult.unscoped.filter(pk__in=ids).values_list("pk", flat=True))
    missing = [result for result in wanted if result.pk not in known]
    SafetyQuizResult.objects.bulk_create(missing)
    return len(missing)


def _results_of(user: User, asked: Asked | None) -> Iterator[SafetyQuizResult]:
    now = timezone.now()
    for week in current_week(now).latest(WEEKS):
        times = DONE[user.email][_number(week) % WEEKS]
        for attempt in range({".": 0, "x": 1, "2": 2}[times]):
            result = _result(user, week, attempt, now)
            if asked is not None and week.monday >= asked[0].first_week and _turn(user, week) % 4:
                _grade(result, week, attempt, *asked)
            yield result


def _number(week: Week) -> int:
    """Return how many weeks came before, so that a week is the same one whenever the demo is loaded."""
    return week.monday.toordinal() // 7


def _turn(user: User, week: Week) -> int:
    return (sum(user.email.encode()) + _number(week)) % 24


def _grade(
    result: SafetyQuizResult, week: Week, attempt: int, schedule: SafetyQuizSchedule, keys: list[AnswerKey]
) -> None:
    """Make of a result one of the scheduled quiz: someone who takes it twice fails it first."""
    wrong = 2 if DONE[result.user.email][_number(week) % WEEKS] == "2" and not attempt else 0
    answers = [
        Answer(key.question_id, option)
        for n, key in enumerate(keys)
        for option in (key.correct_option_ids if n >= wrong else [])
    ]
    grading = grade(keys=keys, answers=answers)
    result.quiz_id, result.quiz_title = str(schedule.question_set_id), schedule.question_set.title
    result.answers = [answer.option_id for answer in answers]
    result.score, result.total_questions = len(keys) - wrong, len(keys)
    result.passed = result.score * 100 >= schedule.pass_mark * len(keys)
    result.attempt = attempt + 1
    result.grading = [
        {name: value for name, value in row.items() if name != "points"} for row in grading.results
    ]


def _result(user: User, week: Week, attempt: int, now: datetime) -> SafetyQuizResult:
    number = _number(week)
    # A different hour of a working day for everyone; a second attempt comes a day later and goes better.
    turn = _turn(user, week)
    day, hour = turn % 4 + attempt, 8 + turn // 4
    planned = datetime.combine(week.monday + timedelta(days=day), time(hour), UTC)
    score = min(QUESTIONS, 6 + turn % 4 + 2 * attempt)
    at = min(planned, now)
    place: dict[str, Any] = {
        name: getattr(user, name) for name in ("organization_id", "school_id", "campus_id", "classroom_id")
    }
    return SafetyQuizResult(
        id=demo_id("quiz results", user.email, str(week), str(attempt)),
        **place,
        user=user,
        user_name=user.display_name,
        user_role=user.role.name if user.role else ROLE_NAME_WITHOUT_A_ROLE,
        quiz_id=f"de-escalation-{number % len(TITLES) + 1}",
        quiz_title=TITLES[number % len(TITLES)],
        # Some apps name a week by its Monday, others by its number.
        week_of=str(Week(week.monday, by_number=turn % 2 == 1)),
        score=score,
        total_questions=QUESTIONS,
        answers=[(turn + question) % 4 for question in range(QUESTIONS)],
        completed_at=at,
        created_by=user,
        updated_by=user,
        created_at=at,
        updated_at=at,
    )
