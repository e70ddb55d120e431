"""Results of safety quizzes in the admin: facts are read, never edited."""

from typing import Any, Final

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.imports.pages import ImportPages
from accounts.models import Role
from quizzes.models import SafetyQuizResult
from quizzes.safety.domain.results import ROLE_NAME_WITHOUT_A_ROLE
from quizzes.safety.domain.weeks import Week, names_of
from quizzes.safety.imports import SafetyQuizResource
from tenancy.admin import (
    FactAdmin,
    Tone,
    chip,
    period_filter,
    place_filters,
)

_OUTCOMES: Final[dict[bool | None, Any]] = {
    True: _("passed"),
    False: _("failed"),
    None: _("self-reported"),
}
_TONES: Final = {True: Tone.GOOD, False: Tone.BAD, None: Tone.QUIET}
_CHOSEN: Final = {"passed": True, "failed": False, "self-reported": None}


class RoleFilter(admin.SimpleListFilter):
    """Results of people in one role at that time; which roles there are is looked up where they are kept."""

    title = _("role at that time")
    parameter_name = "user_role"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        names = Role.objects.values_list("name", flat=True)
        return [(name, name) for name in (*names, ROLE_NAME_WITHOUT_A_ROLE)]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset if self.value() is None else queryset.filter(user_role=self.value())


class OutcomeFilter(admin.SimpleListFilter):
    """Results that were graded here, and those that people's clients reported."""

    title = _("outcome")
    parameter_name = "outcome"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(name, _OUTCOMES[passed]) for name, passed in _CHOSEN.items()]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() is None:
            return queryset
        if self.value() not in _CHOSEN:
            raise IncorrectLookupParameters(self.parameter_name)
        passed = _CHOSEN[str(self.value())]
        return queryset.filter(passed__isnull=True) if passed is None else queryset.filter(passed=passed)


@admin.register(SafetyQuizResult)
class SafetyQuizResultAdmin(ImportPages, FactAdmin):
    """Results of safety quizzes; recorded, never edited."""

    introduction = _(
        "What staff reached in the safety quiz of a week. Self-reported results were graded in their app."
    )
    import_resource = SafetyQuizResource
    permission_keys = {"view": "READ_SAFETY_QUIZ_REPORTS"}
    explained = {
        "week_of": _(
            "The week that the quiz was for, as it was named: a day of it, or a number such as 2026-W47."
        ),
        "user_role": _("The role that the person had at that time."),
    }
    list_display = [
        "completed_at",
        "user",
        "user_role",
        "campus",
        "week_of",
        "quiz_title",
        "score",
        "outcome",
        "organization",
    ]
    list_filter = [period_filter("completed_at", _("completed")), *place_filters(), RoleFilter, OutcomeFilter]
    list_select_related = ["user", "campus", "organization"]
    search_help_text = _("A person's name or e-mail address, or a week.")
    titled_by = ("user", "quiz_title", "week_of")
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
        "outcome",
        "attempt",
        "answers",
    )
    readonly_fields = ("outcome",)
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
        "passed",
        "attempt",
        "answers",
    )

    @admin.display(description=_("outcome"), ordering="passed")
    def outcome(self, result: SafetyQuizResult) -> Any:
        """How it was graded here, or that the person's client reported it."""
        return chip(_TONES[result.passed], _OUTCOMES[result.passed])

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """Find a week by every name of it, and people as usual."""
        term = search_term.strip()
        if Week.named(term) is not None:
            return queryset.filter(week_of__in=names_of(term)), False
        return super().get_search_results(request, queryset, search_term)
