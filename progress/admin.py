"""What learners have completed, in the admin: facts are read, never edited."""

from django.contrib import admin

from progress.models import PracticeCompletion, VideoCompletion
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
