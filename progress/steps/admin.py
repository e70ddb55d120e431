"""What learners have completed, in the admin: facts are read, never edited."""

from typing import Any, ClassVar

from django.contrib import admin

from learning.admin import tree_filters
from learning.models import SubCourse
from progress.models import PracticeCompletion, VideoCompletion
from tenancy.admin import FactAdmin, place_filters


class CompletionAdmin(FactAdmin):
    """Completions of one kind of step.

    Attributes:
        step: the field that holds what was completed.
    """

    step: ClassVar[str]
    permission_keys = {"view": "completions.list"}
    date_hierarchy = "completed_at"
    ordering = ["-completed_at"]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        step = cls.step
        cls.list_display = ["completed_at", "user", step, "organization"]
        cls.list_filter = [
            *place_filters("user__"),
            *tree_filters(down_to=SubCourse, prefix=f"{step}__")[1:],
        ]
        cls.list_select_related = ["user", step, "organization"]
        cls.search_fields = ["user__email", "user__name", f"{step}__title"]
        cls.fields = ("completed_at", "user", step)
        cls.export_fields = (
            "id",
            "completed_at",
            "user_id",
            "user__email",
            "user__name",
            f"{step}_id",
            f"{step}__title",
            f"{step}__sub_course__title",
        )


@admin.register(VideoCompletion)
class VideoCompletionAdmin(CompletionAdmin):
    """Videos that learners have finished."""

    step = "video"


@admin.register(PracticeCompletion)
class PracticeCompletionAdmin(CompletionAdmin):
    """Practices that learners have finished."""

    step = "question_set"
