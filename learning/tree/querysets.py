"""What can be asked of the tree and of the tcodes."""

from typing import Final, Self

from django.db import models

from tenancy.querysets import LiveManager, SoftDeletedQuerySet
from tenancy.scope import PLATFORM_ID

IS_SHARED: Final = models.ExpressionWrapper(
    models.Q(organization=PLATFORM_ID), output_field=models.BooleanField()
)


class ContentQuerySet(SoftDeletedQuerySet):
    """Rows of the tree; every class says what learners may see of it."""

    def in_order(self) -> Self:
        """In the order learners meet them: what belongs to one's own organization before what is shared."""
        return self.order_by(IS_SHARED, "organization_id", "display_order", "id")

    def shown_to_learners(self) -> Self:
        """Only what learners may know of: the row and all its parents are live and published."""
        raise NotImplementedError


def all_published(*paths: str) -> models.Q:
    """All of ``paths`` are published and not deleted; joins do not know of soft deletion by themselves."""
    condition = models.Q()
    for path in paths:
        condition &= models.Q(**{f"{path}__status": "PUBLISHED", f"{path}__deleted": None})
    return condition


class CategoryQuerySet(ContentQuerySet):
    """Categories."""

    def shown_to_learners(self) -> Self:
        return self.filter(status="PUBLISHED")


class CourseQuerySet(ContentQuerySet):
    """Courses."""

    def shown_to_learners(self) -> Self:
        return self.filter(all_published("category"), status="PUBLISHED")


class SubCourseQuerySet(ContentQuerySet):
    """Sub-courses."""

    def shown_to_learners(self) -> Self:
        return self.filter(all_published("course", "course__category"), status="PUBLISHED")


class VideoQuerySet(ContentQuerySet):
    """Videos."""

    def shown_to_learners(self) -> Self:
        return self.filter(
            all_published("sub_course", "sub_course__course", "sub_course__course__category"),
            status="PUBLISHED",
        )


CategoryManager = LiveManager.from_queryset(CategoryQuerySet)
CourseManager = LiveManager.from_queryset(CourseQuerySet)
SubCourseManager = LiveManager.from_queryset(SubCourseQuerySet)
VideoManager = LiveManager.from_queryset(VideoQuerySet)
