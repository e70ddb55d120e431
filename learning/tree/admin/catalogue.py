"""Categories, courses, sub-courses and videos in the admin."""

from django.contrib import admin
from django.db import models
from django.utils.translation import gettext_lazy as _

from learning.models import Course, CourseCategory, SubCourse, Video
from learning.tree.admin.content import (
    IN_SUB_COURSE_ORDER,
    SHARED_EXPLAINED,
    STATUS_EXPLAINED,
    ContentAdmin,
    SharedFilter,
    content_keys,
    tree_filters,
)
from learning.tree.admin.pasting import VideoSources
from learning.tree.course_files.admin import CourseFilePages
from learning.tree.domain import levels
from tenancy.admin import place_filters


@admin.register(CourseCategory)
class CourseCategoryAdmin(ContentAdmin):
    """Categories."""

    kind = levels.CATEGORIES
    permission_keys = content_keys("course_categories")
    list_display = [
        "title",
        "organization",
        "status",
        "shared",
        "updated_at",
    ]
    list_filter = [
        *place_filters()[:1],
        "status",
        SharedFilter,
    ]
    list_select_related = ["organization"]
    autocomplete_fields = ["organization"]
    set_on_add = ("organization",)
    ordering = ["organization", "display_order", "id"]
    export_fields = (
        "id",
        "title",
        "description",
        "display_order",
        "status",
        "organization__name",
        "created_at",
        "updated_at",
    )


@admin.register(Course)
class CourseAdmin(CourseFilePages, ContentAdmin):
    """Courses."""

    kind = levels.COURSES
    permission_keys = content_keys("courses")
    list_display = [
        "title",
        "category",
        "organization",
        "status",
        "shared",
        "updated_at",
    ]
    list_filter = [*tree_filters(down_to=CourseCategory), "status", SharedFilter]
    list_select_related = ["category", "organization"]
    search_fields = ["title", "category__title"]
    autocomplete_fields = ["category"]
    named_by = ("category",)
    ordering = ["organization", "category__display_order", "category_id", "display_order", "id"]
    export_fields = (
        "id",
        "title",
        "description",
        "category_id",
        "category__title",
        "display_order",
        "status",
        "organization__name",
        "created_at",
        "updated_at",
    )


@admin.register(SubCourse)
class SubCourseAdmin(ContentAdmin):
    """Sub-courses."""

    kind = levels.SUB_COURSES
    explained = {
        **STATUS_EXPLAINED,
        "level": _(
            "How advanced it is: beginners have A1 to A3, intermediate learners B1 to B3, advanced C1 to C3."
        ),
        "sub_level": _("A step of the level, named as in the Common European Framework (CEFR)."),
    }
    explained_columns = {
        **SHARED_EXPLAINED,
        "level_and_sub_level": _("How advanced it is, from A1 for beginners to C3, after the CEFR."),
    }
    permission_keys = content_keys("subcourses")
    list_display = [
        "title",
        "course",
        "organization",
        "level_and_sub_level",
        "status",
        "shared",
        "updated_at",
    ]
    list_filter = [*tree_filters(down_to=Course), "level", "sub_level", "status", SharedFilter]
    list_select_related = ["course", "organization"]
    search_fields = ["title", "course__title"]
    autocomplete_fields = ["course"]
    named_by = ("course",)
    ordering = [
        "organization",
        "course__category__display_order",
        "course__category_id",
        "course__display_order",
        "course_id",
        "display_order",
        "id",
    ]
    export_fields = (
        "id",
        "title",
        "description",
        "course_id",
        "course__title",
        "course__category__title",
        "level",
        "sub_level",
        "display_order",
        "status",
        "organization__name",
        "created_at",
        "updated_at",
    )

    @admin.display(description=_("level"), ordering="sub_level")
    def level_and_sub_level(self, sub_course: SubCourse) -> str:
        """Level and sub-level."""
        return f"{sub_course.get_level_display()} {sub_course.sub_level}"


@admin.register(Video)
class VideoAdmin(VideoSources, ContentAdmin):
    """Videos."""

    kind = levels.VIDEOS
    permission_keys = content_keys("videos")
    list_display = ["title", "sub_course", "organization", "status", "length", "shared", "updated_at"]
    list_filter = [*tree_filters(down_to=SubCourse), "status", SharedFilter]
    list_select_related = ["sub_course", "organization"]
    search_fields = ["title", "sub_course__title"]
    autocomplete_fields = ["sub_course"]
    named_by = ("sub_course",)
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    ordering = [*IN_SUB_COURSE_ORDER, "display_order", "id"]
    export_fields = (
        "id",
        "title",
        "description",
        "sub_course_id",
        "sub_course__title",
        "sub_course__course__title",
        "video_url",
        "duration_seconds",
        "status",
        "display_order",
        "organization__name",
        "created_at",
        "updated_at",
    )

    @admin.display(description=_("length"), ordering="duration_seconds")
    def length(self, video: Video) -> str | None:
        """Minutes and seconds, as players show them."""
        if video.duration_seconds is None:
            return None
        minutes, seconds = divmod(video.duration_seconds, 60)
        return f"{minutes}:{seconds:02d}"
