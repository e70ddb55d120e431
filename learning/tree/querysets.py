"""What can be asked of the tree and of the tcodes."""

from typing import Any, ClassVar, Final, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models

from tenancy.querysets import LiveManager, SoftDeletedQuerySet
from tenancy.scope import PLATFORM_ID, EveryOrganization, current_scope

IS_SHARED: Final = models.ExpressionWrapper(
    models.Q(organization=PLATFORM_ID), output_field=models.BooleanField()
)


class ContentQuerySet(SoftDeletedQuerySet):
    """Rows of the tree; every class says what learners may see of it.

    Attributes:
        indexed_by_parent: rows that move by the thousand have that one index alone.
    """

    indexed_by_parent: ClassVar[bool] = False

    def in_order(self) -> Self:
        """In the order learners meet them, list after list: one's own before those that are shared.

        The reserved organization has the least of ids. Where all organizations meet, lists stand by their
        parents alone, as the index of siblings has them; only the few that have none stand by organization.
        """
        parent = self.model.tenant_parent
        lists: list[Any] = [f"{parent}_id"] if parent else []
        if not isinstance(current_scope(), EveryOrganization):
            lists = ["-organization_id", *lists]
        elif not parent:
            lists = [IS_SHARED, "organization_id"]
        return self.order_by(*lists, "display_order", "id")

    def by_parents(self) -> Self:
        """The same rows, found by what they stand in, where they have no index of their organization."""
        if not self.indexed_by_parent or isinstance(current_scope(), EveryOrganization):
            return self
        parent = self.model._meta.get_field(self.model.tenant_parent)
        above = ArraySubquery(parent.related_model.all_objects.order_by().values("pk"))
        found = models.Q(
            models.Func(
                models.F(parent.attname),
                above,
                template="%(expressions)s)",
                arg_joiner=" = ANY(",
                output_field=models.BooleanField(),
            )
        )
        return self.filter(found | models.Q(**{parent.name: None}) if parent.null else found)

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

    indexed_by_parent = True

    def shown_to_learners(self) -> Self:
        return self.filter(
            all_published("sub_course", "sub_course__course", "sub_course__course__category"),
            status="PUBLISHED",
        )


CategoryManager = LiveManager.from_queryset(CategoryQuerySet)
CourseManager = LiveManager.from_queryset(CourseQuerySet)
SubCourseManager = LiveManager.from_queryset(SubCourseQuerySet)
VideoManager = LiveManager.from_queryset(VideoQuerySet)
