"""The kinds of siblings among question sets and questions; ``learning.tree.domain.ordering`` has the rule."""

from typing import Any, Final
from uuid import UUID

from django.db.models import OuterRef

from learning.tree.domain.ordering import SiblingKind
from quizzes.models import OwnerType, Question, QuestionSet, SetType


class StandaloneSets(SiblingKind):
    """The sets of an organization that belong to no sub-course."""

    def siblings_of(self, parent: int | UUID | OuterRef) -> Any:
        return super().siblings_of(parent).filter(owner_type=OwnerType.STANDALONE)


PRACTICES: Final = SiblingKind("practices", QuestionSet, "sub_course", set_type=SetType.PRACTICE.value)
STANDALONE_SETS: Final = StandaloneSets("standalone sets", QuestionSet, "organization")
QUESTIONS: Final = SiblingKind("questions", Question, "question_set")
