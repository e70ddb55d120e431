"""Results of safety quizzes in the admin: facts are read, never edited."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from accounts.imports.pages import ImportPages
from quizzes.models import SafetyQuizResult
from quizzes.safety.domain.weeks import Week, names_of
from quizzes.safety.imports import SafetyQuizResource
from tenancy.admin import (
    FactAdmin,
    place_filters,
)


@admin.register(SafetyQuizResult)
class SafetyQuizResultAdmin(ImportPages, FactAdmin):
    """Results of safety quizzes; recorded, never edited."""

    import_resource = SafetyQuizResource
    permission_keys = {"view": "READ_SAFETY_QUIZ_REPORTS"}
    date_hierarchy = "completed_at"
    list_display = [
        "completed_at",
        "user",
        "user_role",
        "campus",
        "week_of",
        "quiz_title",
        "score",
        "organization",
    ]
    list_filter = [*place_filters(), "user_role"]
    list_select_related = ["user", "campus", "organization"]
    search_fields = ["user_name", "user__email", "week_of", "quiz_title"]
    ordering = ["-completed_at", "-id"]
    fields = (
        "completed_at",
        "user",
        "user_name",
        "user_role",
        "campus",
        "week_of",
        "quiz_id",
        "quiz_title",
        "score",
        "total_questions",
        "answers",
    )
    export_fields = (
        "id",
        "completed_at",
        "user_id",
        "user__email",
        "user_name",
        "user_role",
        "campus__name",
        "week_of",
        "quiz_id",
        "quiz_title",
        "score",
        "total_questions",
        "answers",
    )

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """Find a week by every name of it, and anything else as usual."""
        term = search_term.strip()
        if Week.named(term) is not None:
            return queryset.filter(week_of__in=names_of(term)), False
        return super().get_search_results(request, queryset, search_term)
