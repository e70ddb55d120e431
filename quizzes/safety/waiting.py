"""What of safety quizzes may wait for staff on the admin's front page."""

from typing import Any, Final

from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from learning.models import Status
from quizzes.models import QuestionSet, SafetyQuizSchedule
from quizzes.safety.domain.weeks import current_week
from tenancy.front_page.rows import Rows
from tenancy.front_page.waiting import Waiting, admin_url
from tenancy.models import Organization


def _without_a_coming_quiz() -> "QuerySet[Any, Any]":
    """Return the organizations that have safety quizzes, but none that can be answered next week."""
    coming = current_week(timezone.now()).back(-1)
    own = SafetyQuizSchedule.objects.filter(organization=OuterRef("pk"))
    sets = QuestionSet.objects.safety_quizzes().filter(organization=OuterRef("pk"))
    # That of the week is the one that began last: another that reaches it does not count.
    of_the_week = own.reaching(coming.monday).values("question_set")[:1]
    open_sets = QuestionSet.objects.filter(status=Status.PUBLISHED)
    return (
        Organization.objects.filter(Exists(own) | Exists(sets))
        .alias(coming=of_the_week)
        .exclude(Exists(open_sets.filter(pk=OuterRef("coming"))))
    )


WAITING: Final = {
    "weeks_without_a_safety_quiz": Waiting(
        rank=0,
        keys=("safety_quizzes.create",),
        rows=lambda: Rows(_without_a_coming_quiz(), label=F("name")),
        text=ngettext_lazy(
            "No safety quiz is scheduled for the coming week",
            "%(n)s organizations have no safety quiz for the coming week",
            "n",
        ),
        note=_("Schedule one that is published, so that staff find it on Monday."),
        listed=lambda: admin_url(SafetyQuizSchedule, "add"),
    ),
}
