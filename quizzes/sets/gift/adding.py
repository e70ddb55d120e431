"""Adding the questions of a file to a set; those that are there already are left alone."""

from collections.abc import Sequence

from learning.tree.domain import structure
from quizzes.models import Question, QuestionSet
from quizzes.sets.domain.questions import add_question
from quizzes.sets.gift.reading import Read
from quizzes.sets.gift.text import normal
from tenancy.errors import NotFoundError
from tenancy.sql import atomic_again


def missing_in(question_set: QuestionSet, questions: Sequence[Read]) -> list[Read]:
    """Return the questions whose text the set does not ask yet, the first of those that ask the same."""
    present = Question.objects.filter(question_set=question_set).values_list("text", flat=True)
    asked = {normal(text) for text in present}
    found = []
    for question in questions:
        if question.text not in asked:
            asked.add(question.text)
            found.append(question)
    return found


@atomic_again
def add_missing(*, question_set: QuestionSet, questions: Sequence[Read]) -> list[Question]:
    """Add those questions of a file that a set does not ask yet, in order, at its end. Locks the set.

    Raises:
        NotFoundError: the set was deleted meanwhile.
        RefusedError: ``shared_content``; ``organization_scope_required``.
    """
    locked = QuestionSet.objects.select_for_update(no_key=True).filter(pk=question_set.pk).first()
    if locked is None:
        raise NotFoundError
    structure.check_writable(locked)
    return [
        add_question(question=one.as_question(question_set=locked), options=one.options)
        for one in missing_in(locked, questions)
    ]
