"""What of question sets may wait for staff on the admin's front page."""

from typing import Any, Final

from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from learning.waiting import drafts_of
from quizzes.models import Question, QuestionSet
from quizzes.sets.domain.siblings import PRACTICES
from tenancy.front_page.rows import Rows
from tenancy.front_page.waiting import Waiting, admin_url


def _assessments_without_questions() -> "QuerySet[Any, Any]":
    questions = Question.objects.filter(question_set=OuterRef("pk"))
    return QuestionSet.objects.writable().by_parents().entry_assessments().filter(~Exists(questions))


WAITING: Final = {
    # Practices, and every other set.
    "draft_question_sets": drafts_of(
        PRACTICES,
        ngettext_lazy("%(n)s question set is still a draft", "%(n)s question sets are still drafts", "n"),
        rank=2,
    ),
    "assessments_without_questions": Waiting(
        rank=4,
        keys=("questions.create",),
        rows=lambda: Rows(_assessments_without_questions(), label=F("sub_course__title")),
        text=ngettext_lazy(
            "%(n)s entry assessment has no question", "%(n)s entry assessments have no question", "n"
        ),
        note=_("Add a question to the assessment of:"),
        row_url=lambda key: admin_url(Question, "add", question_set=key),
    ),
}
