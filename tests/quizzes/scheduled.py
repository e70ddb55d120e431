"""What the tests of scheduled safety quizzes share: quizzes with questions, and the weeks they are for."""

from datetime import date
from typing import Any, Final

from django.utils import timezone

from quizzes.models import OwnerType, QuestionSet, SafetyQuizSchedule, SetType
from quizzes.safety.domain.weeks import Week, current_week
from tenancy.models import Organization
from tests import factories
from tests.quizzes.conftest import options_of, questions_of

QUIZZES: Final = "/api/safety_quizzes"
CURRENT: Final = f"{QUIZZES}/current"


def this_week() -> Week:
    return current_week(timezone.now())


def monday(weeks: int = 0) -> date:
    """Return the Monday of a week so many after the current one."""
    return this_week().back(-weeks).monday


def make_quiz(organization: Organization, *, questions: int = 4, **values: Any) -> QuestionSet:
    """Return a published safety quiz; the first option of each question is correct."""
    fields = {"title": "Noticing the first signs", "status": "PUBLISHED", **values}
    made: QuestionSet = QuestionSet.unscoped.create(
        organization=organization, set_type=SetType.SAFETY_QUIZ, owner_type=OwnerType.STANDALONE, **fields
    )
    for _number in range(questions):
        factories.QuestionFactory(question_set=made)
    return made


def scheduled(organization: Organization, **values: Any) -> SafetyQuizSchedule:
    """Return a schedule that began this week, with a quiz of four questions unless another is named."""
    fields = {"first_week": monday(), **values}
    if "question_set" not in fields:
        fields["question_set"] = make_quiz(organization)
    made: SafetyQuizSchedule = SafetyQuizSchedule.unscoped.create(organization=organization, **fields)
    return made


def answers(question_set: QuestionSet, *, right: int) -> list[dict[str, int]]:
    """Return an answer to each question, so many of them correct."""
    chosen = []
    for number, question in enumerate(questions_of(question_set)):
        option = next(one for one in options_of(question) if one.is_correct == (number < right))
        chosen.append({"question_id": question.pk, "option_id": option.pk})
    return chosen


def submissions(schedule: SafetyQuizSchedule) -> str:
    return f"{QUIZZES}/{schedule.pk}/submissions"


def submit(client: Any, schedule: SafetyQuizSchedule, *, right: int = 4, **more: Any) -> Any:
    body = {"answers": answers(schedule.question_set, right=right), **more}
    return client.post(submissions(schedule), body)
