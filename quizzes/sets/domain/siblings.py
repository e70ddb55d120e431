"""The question sets and questions that are kept in ordered lists (``learning.tree.levels``)."""

from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from learning.tree.levels import SiblingKind, TreeLevel
from quizzes.models import Option, OwnerType, Question, QuestionSet, SetType


def _change(**arguments: Any) -> QuestionSet:
    # The rules of question sets rest on these kinds themselves.
    from quizzes.sets.domain.question_sets import change_question_set

    return change_question_set(**arguments)


def _without_questions(practice: QuestionSet) -> str | Promise:
    if practice.set_type != SetType.PRACTICE or (practice.pk and practice.questions.exists()):
        return ""
    return NO_QUESTIONS


NO_QUESTIONS: Final = _("“%(title)s” has no questions yet: add one before you publish it.")

PRACTICES: Final = TreeLevel(
    "practices",
    QuestionSet,
    "sub_course",
    {"set_type": SetType.PRACTICE.value, "owner_type": OwnerType.SUB_COURSE.value},
    resource="question_sets",
    order_resource="practices",
    counted=ngettext_lazy("%d practice", "%d practices"),
    step="practice",
    change=_change,
    unready=_without_questions,
    singular=_("practice"),
    plural=_("practices"),
)
STANDALONE_SETS: Final = SiblingKind(
    "standalone sets", QuestionSet, "organization", {"owner_type": OwnerType.STANDALONE.value}
)
QUESTIONS: Final = SiblingKind(
    "questions",
    Question,
    "question_set",
    counted=ngettext_lazy("%d question", "%d questions"),
    parts=((Option, "question"),),
    needed=True,
    resource="questions",
    # Who writes them puts them in order.
    order_verb="update",
)
