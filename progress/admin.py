"""What learners have completed, in the admin: facts are read, never edited."""

from django.contrib import admin

from learning.admin import tree_filters
from learning.models import SubCourse
from progress.models import PracticeCompletion, VideoCompletion
from tenancy.admin import FactAdmin, place_filters


class CompletionAdmin(FactAdmin):
    """Completions of one kind of step."""

    permission_keys = {"view": "users.list"}
    date_hierarchy = "completed_at"
    ordering = ["-completed_at"]


@admin.register(VideoCompletion)
class VideoCompletionAdmin(CompletionAdmin):
    """Videos that learners have finished."""

    list_display = ["completed_at", "user", "video", "organization"]
    list_filter = [*place_filters("user__"), *tree_filters(down_to=SubCourse, prefix="video__")[1:]]
    list_select_related = ["user", "video", "organization"]
    search_fields = ["user__email", "user__name", "video__title"]
    fields = ("completed_at", "user", "video")
    export_fields = (
        "id",
        "completed_at",
        "user_id",
        "user__email",
        "user__name",
        "video_id",
        "video__title",
        "video__sub_course__title",
    )


@admin.register(PracticeCompletion)
class PracticeCompletionAdmin(CompletionAdmin):
    """Practices that learners have finished."""

    list_display = ["completed_at", "user", "question_set", "organization"]
    list_filter = [*place_filters("user__"), *tree_filters(down_to=SubCourse, prefix="question_set__")[1:]]
    list_select_related = ["user", "question_set", "organization"]
    search_fields = ["user__email", "user__name", "question_set__title"]
    fields = ("completed_at", "user", "question_set")
    export_fields = (
        "id",
        "completed_at",
        "user_id",
        "user__email",
        "user__name",
        "question_set_id",
        "question_set__title",
        "question_set__sub_course__title",
    )
