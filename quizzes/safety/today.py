"""This week's figure of safety completion on the front page of whoever answers for others."""

from typing import Any, Final

from django.urls import reverse
from django.utils import timezone

from quizzes.safety.domain.trend import build_trend
from quizzes.safety.domain.weeks import Week, current_week
from quizzes.safety.domain.words import range_of
from quizzes.safety.report_page.pictures import Proportion
from tenancy.front_page.today import Piece, Shown
from tenancy.scope import Scope, current_scope


def this_week(_user: Any) -> Shown | None:
    """Return the figures of the current week; nothing where there is nobody to do a quiz."""
    scope = current_scope()
    if isinstance(scope, Scope) and scope.only_user_id is not None:
        return None
    week = Week(current_week(timezone.now()).monday, by_number=True)
    [told] = build_trend(last=week, number=1)["weeks"]
    figures = Proportion(told["complete"], told["late"], told["total"])
    if not figures.total:
        return None
    return {"week": range_of(week), "figures": figures, "address": reverse("admin:safety_completion")}


TODAY: Final = Piece(
    name="safety_completion",
    keys=("READ_SAFETY_QUIZ_REPORTS",),
    template="admin/safety_completion/today.html",
    look=this_week,
    rank=0,
)
