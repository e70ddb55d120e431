"""Question sets, questions and attempts in the admin; writes go through the API's domain functions."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from learning.admin import ContentAdmin, content_keys
from quizzes.domain import question_sets
from quizzes.domain.ordering import PRACTICES, QUESTIONS
from quizzes.domain.questions import MAX_OPTIONS, MIN_OPTIONS, check_options
from quizzes.models import Attempt, Option, Question, QuestionSet, SafetyQuizResult, SetType
from tenancy.admin import KeyedAdmin, TenantAdmin, TenantForm, is_writable
from tenancy.errors import InvalidError
from tenancy.scope import EveryOrganization, current_scope


class QuestionSetForm(TenantForm):
    """Asks a global user for the organization of a standalone set; other sets have their owner's."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "organization" in self.fields:
            self.fields["organization"].required = False

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if "organization" in self.fields and not (values.get("organization") or values.get("sub_course")):
            self.add_error("organization", _("A standalone set belongs to an organization."))
        sub_course = values.get("sub_course")
        # The form does not know of deletion, so it cannot check the constraint by itself.
        if (
            sub_course is not None
            and values.get("set_type") == SetType.INITIAL_ASSESSMENT
            and QuestionSet.objects.entry_assessments().filter(sub_course=sub_course).exists()
        ):
            self.add_error("set_type", _("This sub-course already has its entry assessment."))
        return values


@admin.register(QuestionSet)
class QuestionSetAdmin(ContentAdmin):
    """Practices, entry assessments and standalone sets. A set stays where it was put."""

    form = QuestionSetForm
    kind = PRACTICES
    permission_keys = content_keys("question_sets")
    list_display = ["title", "set_type", "sub_course", "status", "pass_mark", "updated_at"]
    list_filter = ["set_type", "owner_type", "status"]
    list_select_related = ["sub_course"]
    search_fields = ["title", "sub_course__title"]
    set_on_add = ("set_type", "owner_type", "sub_course")
    ordering = ["sub_course", "set_type", "display_order", "id"]

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> list[str]:
        excluded = super().get_exclude(request, obj)
        asks = obj is None and isinstance(current_scope(), EveryOrganization)
        return [name for name in excluded if not (asks and name == "organization")]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An entry assessment goes with its sub-course, never by itself."""
        stays = obj is not None and obj.is_entry_assessment
        return not stays and super().has_delete_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
            return
        obj.display_order = None
        question_sets.add_question_set(item=obj)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        question_sets.delete_question_set(item=obj)

    @transaction.atomic  # one refusal keeps them all
    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for row in queryset:
            question_sets.delete_question_set(item=row)


class OptionFormSet(forms.BaseInlineFormSet):
    """All options of a question at once: together they must fit its type."""

    def clean(self) -> None:
        super().clean()
        kept = [form for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        try:
            check_options(
                question_type=self.instance.question_type,
                correct=[bool(form.cleaned_data.get("is_correct")) for form in kept],
            )
        except InvalidError as error:
            raise ValidationError(str(error.detail), code=error.error_code) from error
        present = [form.instance.display_order for form in kept if form.instance.pk]
        new = (form for form in kept if not form.instance.pk)
        for position, form in enumerate(new, start=max(present, default=-1) + 1):
            form.instance.display_order = position


class OptionInline(KeyedAdmin, admin.TabularInline):
    """The options of a question, in order."""

    model = Option
    formset = OptionFormSet
    permission_keys = {
        "view": "questions.list",
        "add": "questions.update",
        "change": "questions.update",
        "delete": "questions.update",
    }
    fields = ("text", "is_correct")
    extra = 0
    min_num = MIN_OPTIONS
    max_num = MAX_OPTIONS

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request, obj) and (obj is None or is_writable(obj))


@admin.register(Question)
class QuestionAdmin(ContentAdmin):
    """Questions with their options. A question stays in its set."""

    kind = QUESTIONS
    permission_keys = content_keys("questions")
    list_display = ["text", "question_set", "question_type", "points", "updated_at"]
    list_filter = ["question_type"]
    list_select_related = ["question_set"]
    search_fields = ["text", "question_set__title"]
    set_on_add = ("question_set",)
    ordering = ["question_set", "display_order", "id"]
    inlines = [OptionInline]


@admin.register(Attempt)
class AttemptAdmin(TenantAdmin):
    """What learners submitted and were told; recorded, never edited."""

    read_only = True
    permission_keys = {"view": "question_sets.list"}
    list_display = ["created_at", "user", "question_set", "score", "total", "ready"]
    list_filter = ["ready"]
    list_select_related = ["user", "question_set"]
    search_fields = ["user__email", "question_set__title"]


@admin.register(SafetyQuizResult)
class SafetyQuizResultAdmin(TenantAdmin):
    """Results of safety quizzes; recorded, never edited."""

    read_only = True
    permission_keys = {"view": "READ_SAFETY_QUIZ_REPORTS"}
    date_hierarchy = "completed_at"
    list_display = ["completed_at", "user_name", "user_role", "campus", "week_of", "quiz_title", "score"]
    list_select_related = ["campus"]
    search_fields = ["user_name", "user__email", "week_of", "quiz_title"]
    ordering = ["-completed_at", "-id"]
