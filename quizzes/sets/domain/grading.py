"""Grading what a learner answers, and keeping it as an attempt.

A question is right when the chosen options are exactly the correct ones; there are no partial points, and
a question left out, or answered with ``null``, is wrong.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from quizzes.models import Attempt, OwnerType, Question, QuestionSet, QuestionType
from tenancy.errors import ConflictError, InvalidError
from tenancy.facts import read_before


class Answer(NamedTuple):
    """One option chosen for one question; several of them answer a multiple choice. ``None``: not known."""

    question_id: int
    option_id: int | None


@dataclass(frozen=True, slots=True)
class AnswerKey:
    """What is needed to grade one question.

    Attributes:
        options: each option's id with whether it is right, in order.
    """

    question_id: int
    several: bool
    points: int
    explanation: str
    options: Mapping[int, bool]

    @property
    def correct_option_ids(self) -> list[int]:
        """The options that are right, in order."""
        return [pk for pk, is_correct in self.options.items() if is_correct]


@dataclass(frozen=True, slots=True)
class Grading:
    """The outcome: points reached, points possible, and a result per question in order."""

    score: int
    total: int
    results: list[dict[str, Any]]

    def reaches(self, pass_mark: int) -> bool:
        """Whether the score is at least ``pass_mark`` percent, unrounded; of nothing it never is."""
        return self.total > 0 and self.score * 100 >= pass_mark * self.total


def grade(*, keys: Iterable[AnswerKey], answers: Sequence[Answer]) -> Grading:
    """Grade answers against the keys of one set, in the order of the keys.

    Raises:
        InvalidError: naming the entry: ``does_not_exist``, ``duplicate_answer`` or ``one_option_only``.
    """
    by_question = {key.question_id: key for key in keys}
    chosen = _chosen_options(by_question, answers)
    results: list[dict[str, Any]] = []
    for key in by_question.values():
        picked = chosen.get(key.question_id, set())
        # A question nobody can answer, because no option is right, is not answered by silence.
        correct = bool(picked) and picked == set(key.correct_option_ids)
        results.append(
            {
                "question_id": key.question_id,
                "correct": correct,
                "points": key.points if correct else 0,
                "correct_option_ids": key.correct_option_ids,
                "explanation": key.explanation,
            }
        )
    return Grading(
        score=sum(result["points"] for result in results),
        total=sum(key.points for key in by_question.values()),
        results=results,
    )


def _chosen_options(keys: Mapping[int, AnswerKey], answers: Sequence[Answer]) -> dict[int, set[int]]:
    chosen: dict[int, set[int]] = {}
    unknown: set[int] = set()
    for index, answer in enumerate(answers):
        key = keys.get(answer.question_id)
        if key is None:
            raise _invalid(index, "question_id", "does_not_exist", _("This set has no such question."))
        if answer.option_id is not None and answer.option_id not in key.options:
            raise _invalid(index, "option_id", "does_not_exist", _("This question has no such option."))
        picked = chosen.setdefault(answer.question_id, set())
        # Who does not know has chosen nothing, and says so once.
        contradicts = answer.question_id in unknown or (answer.option_id is None and picked)
        if answer.option_id in picked or contradicts:
            raise _invalid(index, "option_id", "duplicate_answer", _("This answer appears more than once."))
        if picked and not key.several:
            raise _invalid(index, "option_id", "one_option_only", _("This question takes one option."))
        if answer.option_id is None:
            unknown.add(answer.question_id)
        else:
            picked.add(answer.option_id)
    return chosen


def _invalid(index: int, field: str, code: str, detail: Any) -> InvalidError:
    return InvalidError(detail, code=code, attr=f"answers.{index}.{field}")


def keys_of(question_set: QuestionSet) -> list[AnswerKey]:
    """Read the keys of a set in two statements, whatever the number of questions."""
    questions = Question.objects.filter(question_set=question_set).in_order().prefetch_related("options")
    return [
        AnswerKey(
            question_id=question.pk,
            several=question.question_type == QuestionType.MULTIPLE_CHOICE,
            points=question.points,
            explanation=question.explanation,
            options={option.pk: option.is_correct for option in question.options.all()},
        )
        for question in questions
    ]


def submit_attempt(*, user: User, question_set: QuestionSet, answers: Sequence[Answer]) -> Attempt:
    """Grade and keep a user's answers, in the user's own organization.

    ``ready`` says for an entry assessment whether its pass mark was reached, and nothing for a practice.

    No answers at all are an attempt: not knowing is an answer.

    Raises:
        InvalidError: what ``grade`` refuses.
        ConflictError: ``standalone_set``, a template is not for answering; ``no_questions``.
    """
    if question_set.owner_type == OwnerType.STANDALONE:
        raise ConflictError(
            _("A set that does not belong to a sub-course cannot be answered."), code="standalone_set"
        )
    keys = keys_of(question_set)
    if not keys:
        raise ConflictError(_("This set has no questions yet."), code="no_questions")
    grading = grade(keys=keys, answers=answers)
    attempt: Attempt = Attempt.objects.create(
        user=user,
        organization_id=user.organization_id,
        question_set=question_set,
        score=grading.score,
        total=grading.total,
        ready=grading.reaches(question_set.pass_mark) if question_set.is_entry_assessment else None,
        answers=_kept(answers),
        results=grading.results,
    )
    return attempt


def repeated_attempt(*, user: User, question_set_id: int, answers: Sequence[Answer]) -> Attempt | None:
    """Return the user's latest attempt with exactly these answers, at a set that may have changed since.

    What was accepted once is accepted when it is sent again, also when the set could not be answered so any
    more: a question is gone, the set is a draft by now, or another one came before it.
    """
    sets = read_before(QuestionSet.all_objects.filter(pk=question_set_id).values_list("pk", flat=True))
    # Unscoped: the user's own rows are theirs wherever they are; the set is one of the active scope.
    own = Attempt.unscoped.filter(user=user, question_set__in=sets, answers=_kept(answers))
    attempt: Attempt | None = own.order_by("-created_at", "-id").first()
    return attempt


def _kept(answers: Sequence[Answer]) -> list[dict[str, int | None]]:
    return [answer._asdict() for answer in answers]


def attempts_of(*, user: User, question_set: QuestionSet) -> QuerySet[Attempt]:
    """Return a user's own attempts at a set, newest first, in whatever scope they act.

    Those too that were kept in an organization the user has left.
    """
    # Unscoped: the user's own rows are theirs wherever they are; the condition on the user confines it.
    attempts: QuerySet[Attempt] = Attempt.unscoped.filter(user=user, question_set=question_set)
    return attempts.order_by("-created_at", "-id")


def has_attempted(*, user: User, question_set: QuestionSet) -> bool:
    """Whether the user has submitted answers to this set, and may therefore see the correct ones."""
    return attempts_of(user=user, question_set=question_set).exists()
