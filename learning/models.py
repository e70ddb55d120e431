"""The learning tree, and the workshop's catalogue with who may use it.

Event models (``CourseEvent``, ``TcodeEvent``, ...) are put beside their models by ``track_changes``.
"""

from learning.content import SharedContent
from learning.tree.models import (
    MAX_ORDER,
    SUB_LEVELS,
    Content,
    Course,
    CourseCategory,
    CourseLevel,
    Publishable,
    Reordering,
    Status,
    SubCourse,
    SubLevel,
    Video,
)
from learning.workshop.models.subscriptions import (
    MAX_DAYS,
    MAX_REASON,
    Overlap,
    Renewal,
    Subscription,
    SubscriptionChange,
    SubscriptionStatus,
)
from learning.workshop.models.tcodes import UNIQUE_CODE, Tcode

__all__ = [
    "MAX_DAYS",
    "MAX_ORDER",
    "MAX_REASON",
    "SUB_LEVELS",
    "UNIQUE_CODE",
    "Content",
    "Course",
    "CourseCategory",
    "CourseLevel",
    "Overlap",
    "Publishable",
    "Renewal",
    "Reordering",
    "SharedContent",
    "Status",
    "SubCourse",
    "SubLevel",
    "Subscription",
    "SubscriptionChange",
    "SubscriptionStatus",
    "Tcode",
    "Video",
]
