"""What of the tree and of subscriptions may wait for staff on the admin's front page."""

from datetime import timedelta
from typing import Any, Final

from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from learning.models import Renewal, Status, SubCourse, Subscription, Video
from learning.tree import levels
from learning.tree.domain.levels import VIDEOS
from learning.tree.levels import TreeLevel
from tenancy.front_page.rows import Rows
from tenancy.front_page.waiting import Waiting, admin_url


def drafts_of(level: TreeLevel, text: Any, rank: int = 1) -> Waiting:
    """Return how rows of a level that learners do not see yet wait; ``text`` says that there are ``n``."""
    model: Any = level.model
    return Waiting(
        rank=rank,
        keys=(level.update_key,),
        rows=lambda: Rows(model.objects.writable().by_parents().filter(status=Status.DRAFT)),
        text=text,
        note=_("Learners see only what is published."),
        listed=lambda: admin_url(model, "changelist", status__exact=Status.DRAFT),
    )


def _sub_courses_without_steps() -> "QuerySet[Any, Any]":
    steps = [level.siblings_of(OuterRef("pk")) for level in levels.steps()]
    return SubCourse.objects.writable().filter(*(~Exists(rows) for rows in steps))


def _subscriptions_that_end() -> "QuerySet[Any, Any]":
    soon = {"ends_at__gt": Now(), "ends_at__lte": Now() + timedelta(days=7)}
    return Subscription.objects.filter(status="active", renewal=Renewal.NONE, **soon)


WAITING: Final = {
    "draft_videos": drafts_of(
        VIDEOS, ngettext_lazy("%(n)s video is still a draft", "%(n)s videos are still drafts", "n")
    ),
    "sub_courses_without_steps": Waiting(
        rank=3,
        keys=("videos.create",),
        rows=lambda: Rows(_sub_courses_without_steps()),
        text=ngettext_lazy(
            "%(n)s sub-course has no steps yet",
            "%(n)s sub-courses have no steps yet",
            "n",
        ),
        note=_("Add a video to:"),
        row_url=lambda key: admin_url(Video, "add", sub_course=key),
    ),
    "subscriptions_that_end": Waiting(
        rank=6,
        keys=("subscriptions.list", "subscriptions.manage", "users.list"),
        rows=lambda: Rows(_subscriptions_that_end(), label=F("subscription_type"), shown=1),
        text=ngettext_lazy(
            "%(n)s subscription ends within 7 days", "%(n)s subscriptions end within 7 days", "n"
        ),
        note=_("Extend those that people should keep."),
        listed=lambda: admin_url(Subscription, "changelist", ends="7", renewal="none"),
    ),
}
