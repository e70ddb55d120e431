"""The tree in the admin. Every write goes through the same domain functions as the API's."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db import models, transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from learning.domain import ordering, structure
from learning.domain.ordering import SiblingKind
from learning.models import Course, CourseCategory, Reordering, SubCourse, Video
from tenancy.admin import TenantAdmin


def content_keys(resource: str) -> dict[str, str]:
    """Return the keys of a resource, by the admin's verbs."""
    return {
        "view": f"{resource}.list",
        "add": f"{resource}.create",
        "change": f"{resource}.update",
        "delete": f"{resource}.delete",
    }


class ContentAdmin(TenantAdmin):
    """Rows of the tree, in order. A new one goes to the end of its siblings.

    Attributes:
        kind: the siblings these rows are.
    """

    kind: ClassVar[SiblingKind]
    search_fields = ["title"]
    list_per_page = 50
    # The order of siblings is changed as a whole, never by typing a number.
    exclude = ["display_order"]
    ordering = ["display_order", "id"]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Offer as parents only those of the row's own organization: content does not change hands."""
        form = super().get_form(request, obj, change, **kwargs)
        if obj is not None and self.kind.parent in form.base_fields:
            parents: Any = form.base_fields[self.kind.parent]
            parents.queryset = parents.queryset.filter(organization_id=obj.organization_id)
        return form

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            obj.display_order = None
            structure.add(item=obj, kind=self.kind)
            return
        values = {name: form.cleaned_data[name] for name in form.changed_data}
        before = type(obj).objects.get(pk=obj.pk)
        saved = structure.change(item=before, kind=self.kind, values=values)
        obj.display_order = saved.display_order

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        structure.delete(item=obj)

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for row in queryset:
            structure.delete(item=row)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Announce what is hidden along with the rows; all of it can be restored."""
        rows, counts, refused, protected = super().get_deleted_objects(objs, request)
        for row in objs:
            for model, number in structure.count_below(row).items():
                name = str(model._meta.verbose_name_plural)
                counts[name] = counts.get(name, 0) + number
        return rows, counts, refused, protected


@admin.register(CourseCategory)
class CourseCategoryAdmin(ContentAdmin):
    """Categories."""

    kind = ordering.CATEGORIES
    permission_keys = content_keys("course_categories")
    list_display = ["title", "organization", "is_active", "updated_at"]
    list_filter = ["is_active"]
    list_select_related = ["organization"]
    set_on_add = ("organization",)
    ordering = ["organization", "display_order", "id"]


@admin.register(Course)
class CourseAdmin(ContentAdmin):
    """Courses."""

    kind = ordering.COURSES
    permission_keys = content_keys("courses")
    list_display = ["title", "category", "is_active", "updated_at"]
    list_filter = ["is_active"]
    list_select_related = ["category"]
    search_fields = ["title", "category__title"]
    ordering = ["category__display_order", "category", "display_order", "id"]


@admin.register(SubCourse)
class SubCourseAdmin(ContentAdmin):
    """Sub-courses."""

    kind = ordering.SUB_COURSES
    permission_keys = content_keys("subcourses")
    list_display = ["title", "course", "level", "sub_level", "is_active", "updated_at"]
    list_filter = ["level", "sub_level", "is_active"]
    list_select_related = ["course"]
    search_fields = ["title", "course__title"]
    ordering = ["course", "display_order", "id"]


@admin.register(Video)
class VideoAdmin(ContentAdmin):
    """Videos."""

    kind = ordering.VIDEOS
    permission_keys = content_keys("videos")
    list_display = ["title", "sub_course", "status", "length", "updated_at"]
    list_filter = ["status"]
    list_select_related = ["sub_course"]
    search_fields = ["title", "sub_course__title"]
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    ordering = ["sub_course", "display_order", "id"]

    @admin.display(description=_("length"), ordering="duration_seconds")
    def length(self, video: Video) -> str | None:
        """Minutes and seconds, as players show them."""
        if video.duration_seconds is None:
            return None
        minutes, seconds = divmod(video.duration_seconds, 60)
        return f"{minutes}:{seconds:02d}"


@admin.register(Reordering)
class ReorderingAdmin(TenantAdmin):
    """Who put which list in order, and when."""

    read_only = True
    permission_keys = {"view": "learning_tree.get"}
    list_display = ["created_at", "kind", "parent_id", "user"]
    list_filter = ["kind"]
    list_select_related = ["user"]
    date_hierarchy = "created_at"
