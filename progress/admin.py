"""What learners have completed, in the admin: facts are read, never edited."""

from django.contrib import admin

from progress.models import ItemProgress, PracticeCompletion, VideoCompletion
from tenancy.admin import TenantAdmin


class CompletionAdmin(TenantAdmin):
    """Completions of one kind of step."""

    read_only = True
    permission_keys = {"view": "users.list"}
    date_hierarchy = "completed_at"
    ordering = ["-completed_at"]


@admin.register(VideoCompletion)
class VideoCompletionAdmin(CompletionAdmin):
    """Videos that learners have finished."""

    list_display = ["user", "video", "completed_at"]
    list_select_related = ["user", "video"]
    search_fields = ["user__email", "video__title"]


@admin.register(PracticeCompletion)
class PracticeCompletionAdmin(CompletionAdmin):
    """Practices that learners have finished."""

    list_display = ["user", "question_set", "completed_at"]
    list_select_related = ["user", "question_set"]
    search_fields = ["user__email", "question_set__title"]


@admin.register(ItemProgress)
class ItemProgressAdmin(TenantAdmin):
    """Typed progress, as its users recorded it."""

    read_only = True
    permission_keys = {"view": "users.list"}
    date_hierarchy = "created_at"
    list_display = ["created_at", "user", "progress_type", "item_id", "value", "score"]
    list_select_related = ["user"]
    search_fields = ["user__email", "item_id"]
    ordering = ["-created_at", "-id"]
