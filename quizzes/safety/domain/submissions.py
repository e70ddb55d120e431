"""Answering the safety quiz of a week: graded here, and recorded like every result.

Questions count alike, whatever their points: a score is how many were answered right, as in document 001.
What is correct is told after submitting, and to someone who still has to pass only once they have.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Count, Max, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from quizzes.models import AllowedAttempt, Retakes, SafetyQuizResult, SafetyQuizSchedule
from quizzes.safety.domain.results import Graded, Submission, record_result, results_of
from quizzes.safety.domain.schedules import open_quiz_of
from quizzes.safety.domain.weeks import Week
from quizzes.sets.domain.grading import Answer, Grading, grade, keys_of
from tenancy.errors import ConflictError, InvalidError


class Attempts(NamedTuple):
    """A user's graded attempts at the quiz of a week, and when the last one was recorded."""

    number: int
    passed: bool
    last: datetime | None = None


def check_has_begun(week: Week, *, now: datetime) -> None:
    """Refuse a week to come: its quiz is for nobody to see yet.

    Raises:
        InvalidError: ``future_week``.
    """
    if week.monday > now.date():
        raise InvalidError(_("This week has not begun yet."), code="future_week", attr="week_of")


@transaction.atomic
def submit_quiz(
    *, user: User, schedule: SafetyQuizSchedule, week: Week, answers: Sequence[Answer]
) -> SafetyQuizResult:
    """Grade a user's answers to the quiz of a week, and record the result.

    Locks the user's row: of two at once, the second is counted as the next attempt or refused.

    Raises:
        NotFoundError: ``no_safety_quiz``, the week has none.
        ConflictError: ``not_scheduled``, the week has another quiz; ``no_questions``; ``already_taken`` or
            ``already_passed``, and it may not be taken again.
        InvalidError: ``future_week``; what ``grade`` refuses; as ``record_result``.
    """
    check_has_begun(week, now=timezone.now())
    if open_quiz_of(week).pk != schedule.pk:
        raise ConflictError(_("This week has another safety quiz."), code="not_scheduled")
    keys = keys_of(schedule.question_set)
    if not keys:
        raise ConflictError(_("This safety quiz has no questions yet."), code="no_questions")
    # Unscoped: their own row.
    User.unscoped.select_for_update(no_key=True).get(pk=user.pk)
    earlier = attempts_of(user=user, schedule=schedule, week=week)
    if refusal := why_not_now(user=user, schedule=schedule, week=week, attempts=earlier):
        raise refusal
    grading = grade(keys=keys, answers=answers)
    score = sum(result["correct"] for result in grading.results)
    questions = Grading(score=score, total=len(keys), results=grading.results)
    return record_result(
        user=user,
        submission=Submission(
            quiz_id=str(schedule.question_set_id),
            quiz_title=schedule.question_set.title,
            week_of=str(Week(week.monday)),
            score=score,
            total_questions=len(keys),
            answers=[answer.option_id for answer in answers if answer.option_id is not None],
        ),
        graded=Graded(
            passed=questions.reaches(schedule.pass_mark),
            attempt=earlier.number + 1,
            grading=[
                {name: value for name, value in result.items() if name != "points"}
                for result in grading.results
            ],
        ),
    )


def attempts_of(*, user: User, schedule: SafetyQuizSchedule, week: Week) -> Attempts:
    """Return how often a user has taken the quiz of a week, and whether they have passed it."""
    graded = results_of(user=user).filter(week_of__in=week.names, passed__isnull=False)
    same = graded.filter(organization=schedule.organization_id, quiz_id=str(schedule.question_set_id))
    counts = same.order_by().aggregate(
        number=Count("pk"), passed=Count("pk", filter=Q(passed=True)), last=Max("created_at")
    )
    return Attempts(counts["number"], counts["passed"] > 0, counts["last"])


def why_not_now(
    *, user: User, schedule: SafetyQuizSchedule, week: Week, attempts: Attempts
) -> ConflictError | None:
    """Return the refusal of another attempt, or ``None`` where there may be one.

    What the schedule refuses may have been allowed to this person. One statement then, else none.
    """
    refusal = why_not_again(schedule, attempts)
    if refusal is None:
        return None
    # Unscoped: their own, wherever they were.
    allowed = AllowedAttempt.unscoped.filter(user=user, week=week.monday, quiz_id=schedule.question_set_id)
    return None if allowed.filter(given_at__gt=attempts.last).exists() else refusal


def why_not_again(schedule: SafetyQuizSchedule, attempts: Attempts) -> ConflictError | None:
    """Return the refusal of another attempt by a schedule, or ``None`` where it allows one."""
    if attempts.number and schedule.retakes == Retakes.NEVER:
        return ConflictError(_("You have already taken this week's safety quiz."), code="already_taken")
    if attempts.passed and schedule.retakes == Retakes.UNTIL_PASSED:
        return ConflictError(_("You have already passed this week's safety quiz."), code="already_passed")
    return None


def shown_grading(
    result: SafetyQuizResult, *, schedule: SafetyQuizSchedule, attempts: Attempts
) -> list[dict[str, Any]]:
    """Return how each question was answered, and what is correct unless the user still has to pass."""
    has_to_pass = schedule.retakes == Retakes.UNTIL_PASSED and not attempts.passed
    told = ("question_id", "correct") if has_to_pass else None
    return [
        {name: value for name, value in row.items() if told is None or name in told}
        for row in result.grading or []
    ]
