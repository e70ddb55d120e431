"""What can be asked of question sets and questions."""

from typing import Self

from learning.tree.querysets import ContentQuerySet, all_published
from tenancy.querysets import LiveManager


class QuestionSetQuerySet(ContentQuerySet):
    """Question sets."""

    indexed_by_parent = True

    def shown_to_learners(self) -> Self:
        """Published sets of an active sub-course; standalone templates are for staff."""
        path = ("sub_course", "sub_course__course", "sub_course__course__category")
        return self.filter(all_published(*path), status="PUBLISHED")

    def practices(self) -> Self:
        """Sets of type PRACTICE."""
        return self.filter(set_type="PRACTICE")

    def entry_assessments(self) -> Self:
        """The sets that assess a learner before a sub-course."""
        return self.filter(set_type="INITIAL_ASSESSMENT", owner_type="SUB_COURSE")

    def safety_quizzes(self) -> Self:
        """The sets that an organization's staff answer week by week."""
        return self.filter(set_type="SAFETY_QUIZ")


class QuestionQuerySet(ContentQuerySet):
    """Questions."""

    def shown_to_learners(self) -> Self:
        return self.none()


QuestionSetManager = LiveManager.from_queryset(QuestionSetQuerySet)
QuestionManager = LiveManager.from_queryset(QuestionQuerySet)
