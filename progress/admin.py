"""What learners have completed, in the admin: facts are read, never edited."""

from typing import Any, ClassVar

from django.contrib import admin

from accounts.importing.pages import ImportPages
from learning.admin import tree_filters
from learning.models import SubCourse
from progress.importing import ItemProgressResource
from progress.models import ItemProgress, PracticeCompletion, VideoCompletion
from tenancy.admin import FactAdmin, place_filters


class CompletionAdmin(FactAdmin):
    """Completions of one kind of step.

    Attributes:
        step: the field that holds what was completed.
    """

    step: ClassVar[str]
    permission_keys = {"view": "users.list"}
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


@admin.register(ItemProgress)
class ItemProgressAdmin(ImportPages, FactAdmin):
    """Typed progress, as its users recorded it."""

    import_resource = ItemProgressResource
    permission_keys = {"view": "users.list"}
    date_hierarchy = "created_at"
    list_display = ["created_at", "user", "progress_type", "item_id", "value", "score", "organization"]
    list_filter = ["progress_type", *place_filters("user__")]
    list_select_related = ["user", "organization"]
    search_fields = ["user__email", "user__name", "item_id"]
    ordering = ["-created_at", "-id"]
    fields = (
        "created_at",
        "updated_at",
        "user",
        "campus",
        "progress_type",
        "item_id",
        "value",
        "score",
        "metadata",
    )
    readonly_fields = ("created_at", "updated_at")
    export_fields = (
        "id",
        "created_at",
        "updated_at",
        "user_id",
        "user__email",
        "user__name",
        "campus__name",
        "progress_type",
        "item_id",
        "value",
        "score",
        "metadata",
    )
