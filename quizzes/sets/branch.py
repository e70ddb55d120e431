"""The entry assessment of a sub-course, in its branch of the tree."""

from collections.abc import Collection
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from accounts.models import User
from learning.tree.ordering_page.beside import Beside
from learning.tree.ordering_page.opened import way_back
from quizzes.models import QuestionSet
from quizzes.sets.domain.siblings import PRACTICES, QUESTIONS
from tenancy.front_page.waiting import admin_url


def assessments_of(user: User, sub_courses: Collection[int]) -> dict[int, list[Beside]]:
    """Return the entry assessment of each sub-course, for those who may list question sets."""
    if not user.holds("question_sets.list"):
        return {}
    live = Count("questions", filter=Q(questions__deleted=None))
    rows = QuestionSet.objects.entry_assessments().filter(sub_course__in=sub_courses).annotate(number=live)
    return {row.sub_course_id: [_beside(row)] for row in rows}


def _beside(row: QuestionSet) -> Beside:
    back = urlencode(way_back(PRACTICES, row.sub_course_id, row.pk))
    return Beside(
        label=_("Entry assessment"),
        title=row.title,
        url=f"{admin_url(QuestionSet, 'change', row.pk)}?{back}",
        anchor=f"{PRACTICES.name}-{row.pk}",
        status_label=str(row.get_status_display()),
        is_published=row.is_active,
        counts=str(QUESTIONS.counted % row.number),  # type: ignore[attr-defined]
    )
