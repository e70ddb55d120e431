"""Which question sets a caller may open, said once for every view below ``question-sets/{id}``."""

from typing import Any

from django.shortcuts import get_object_or_404

from accounts.api.base import ScopedView
from quizzes.models import QuestionSet
from quizzes.sets.domain.grading import has_attempted
from quizzes.sets.domain.questions import may_edit_questions


class OpensQuestionSets(ScopedView):
    """Mixed in before a view that shows or takes the content of one set."""

    def check_open(self, question_set: QuestionSet) -> None:
        """Refuse a set the caller knows of but may not open yet.

        Called before any content is returned or accepted. Nothing is locked here; override where a
        sequence is known.
        """

    def visible_sets(self) -> Any:
        """Return the sets the caller may know of: staff every live one, others what learners are shown."""
        sets = QuestionSet.objects.all()
        return sets if self.user.is_staff_member else sets.shown_to_learners()

    def open_set(self) -> QuestionSet:
        """Return the set the path names.

        Raises:
            Http404: no such set for this caller.
            DomainError: whatever ``check_open`` refuses with.
        """
        question_set: QuestionSet = get_object_or_404(self.visible_sets(), pk=self.kwargs["pk"])
        self.check_open(question_set)
        return question_set

    def may_see_answers(self, question_set: QuestionSet) -> bool:
        """Whether the caller may be told which options of the set are correct.

        Who may edit the questions knows; everyone else is told once they have submitted an attempt.
        """
        may_edit = may_edit_questions(user=self.user, organization_id=question_set.organization_id)
        return may_edit or has_attempted(user=self.user, question_set=question_set)
