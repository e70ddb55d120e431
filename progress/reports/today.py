"""The way to the learning report on the front page of whoever may read it."""

from typing import Any, Final

from django.urls import reverse

from progress.reports.keys import REPORT
from tenancy.front_page.today import Piece, Shown
from tenancy.scope import Scope, current_scope


def way_there(_user: Any) -> Shown | None:
    """Return where the report is; nothing for who belongs to no organization."""
    scope = current_scope()
    if isinstance(scope, Scope) and scope.only_user_id is not None:
        return None
    return {"address": reverse("admin:learning_report")}


TODAY: Final = Piece(
    name="learning_report",
    keys=(REPORT,),
    template="admin/learning_report/today.html",
    look=way_there,
    rank=1,
)
