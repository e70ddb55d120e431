"""The tree, tcodes and subscriptions in the admin."""

# The front page lists models in the order in which these modules register them.
from learning.tree.admin.catalogue import CourseAdmin, CourseCategoryAdmin, SubCourseAdmin, VideoAdmin
from learning.tree.admin.content import (
    IN_SUB_COURSE_ORDER,
    STATUS_EXPLAINED,
    ContentAdmin,
    SharedFilter,
    content_keys,
    tree_filters,
)
from learning.tree.admin.opened import ComparedForm, ContentForm
from learning.tree.admin.reorderings import ReorderingAdmin

from learning.workshop.admin.tcodes import TcodeAdmin  # isort: skip
from learning.workshop.admin.subscriptions import SubscriptionAdmin  # isort: skip

__all__ = [
    "IN_SUB_COURSE_ORDER",
    "STATUS_EXPLAINED",
    "ComparedForm",
    "ContentAdmin",
    "ContentForm",
    "CourseAdmin",
    "CourseCategoryAdmin",
    "ReorderingAdmin",
    "SharedFilter",
    "SubCourseAdmin",
    "SubscriptionAdmin",
    "TcodeAdmin",
    "VideoAdmin",
    "content_keys",
    "tree_filters",
]
