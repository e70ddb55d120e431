"""Question sets, questions and attempts in the admin; writes go through the API's domain functions."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from accounts.importing.pages import ImportPages
from learning.admin import IN_SUB_COURSE_ORDER, ContentAdmin, SharedFilter, content_keys, tree_filters
from learning.models import SubCourse
from quizzes.domain import question_sets
from quizzes.domain.ordering import PRACTICES, QUESTIONS
from quizzes.domain.questions import MAX_OPTIONS, MIN_OPTIONS, check_options
from quizzes.importing import SafetyQuizResource
from quizzes.models import Attempt, Option, Question, QuestionSet, SafetyQuizResult, SetType
from tenancy.admin import (
    Counted,
    Entry,
    EventReader,
    FactAdmin,
    KeyedAdmin,
    TenantForm,
    is_writable,
    place_filters,
)
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
    list_display = [
        "title",
        "set_type",
        "sub_course",
        "organization",
        Counted("questions", _("questions"), lambda: Question, key="question_set"),
        "status",
        "pass_mark",
        "shared",
        "updated_at",
    ]
    list_filter = ["set_type", "status", "owner_type", *tree_filters(down_to=SubCourse), SharedFilter]
    list_select_related = ["sub_course", "organization"]
    search_fields = ["title", "sub_course__title"]
    autocomplete_fields = ["organization", "sub_course"]
    named_by = ("sub_course", "sub_course__course")
    set_on_add = ("set_type", "owner_type", "sub_course")
    ordering = [*IN_SUB_COURSE_ORDER, "set_type", "display_order", "id"]
    export_fields = (
        "id",
        "title",
        "description",
        "set_type",
        "owner_type",
        "sub_course_id",
        "sub_course__title",
        "sub_course__course__title",
        "status",
        "pass_mark",
        "display_order",
        "organization__name",
        "created_at",
        "updated_at",
    )

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

    @admin.display(empty_value="")
    def action_checkbox(self, obj: Any) -> Any:
        stays = obj.is_entry_assessment and obj.deleted is None
        return "" if stays else super().action_checkbox(obj)

    def delete_rows(self, rows: list[Any]) -> None:
        question_sets.delete_question_sets(items=rows)

    def restore_rows(self, rows: list[Any]) -> None:
        question_sets.restore_question_sets(items=rows)


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
    has_place_in_tree = False
    permission_keys = content_keys("questions")
    list_display = [
        "short_text",
        "question_set",
        "organization",
        "question_type",
        Counted("options", _("options"), lambda: Option, key="question"),
        "points",
        "shared",
        "updated_at",
    ]
    list_filter = [
        "question_type",
        *tree_filters(
            ("question_set", QuestionSet, "question_set"), down_to=SubCourse, prefix="question_set__"
        ),
        SharedFilter,
    ]
    list_select_related = ["question_set", "organization"]
    search_fields = ["text", "question_set__title"]
    autocomplete_fields = ["question_set"]
    set_on_add = ("question_set",)
    ordering = [
        *(name if name == "organization" else f"question_set__{name}" for name in IN_SUB_COURSE_ORDER),
        "question_set_id",
        "display_order",
        "id",
    ]
    inlines = [OptionInline]
    export_fields = (
        "id",
        "text",
        "question_type",
        "points",
        "explanation",
        "question_set_id",
        "question_set__title",
        "question_set__sub_course__title",
        "display_order",
        "organization__name",
        "created_at",
        "updated_at",
    )

    @admin.display(description=_("text"), ordering="text")
    def short_text(self, question: Question) -> str:
        """The question, as far as it fits."""
        return Truncator(question.text).chars(80)

    def history_of(self, row: Any) -> list[Entry]:
        """Add what happened to the question's options."""
        options = EventReader(Option, title=_name_of_option, leave_out=["question"])
        return [*super().history_of(row), *options.entries(question_id=row.pk)]


def _name_of_option(event: Any) -> str:
    return str(_("Option “%(text)s”") % {"text": Truncator(event.text).chars(80)})


@admin.register(Attempt)
class AttemptAdmin(FactAdmin):
    """What learners submitted and were told; recorded, never edited."""

    permission_keys = {"view": "users.list"}
    list_display = ["created_at", "user", "question_set", "organization", "reached", "ready"]
    list_filter = [
        "ready",
        "question_set__set_type",
        *place_filters("user__"),
        *tree_filters(down_to=SubCourse, prefix="question_set__")[1:],
    ]
    list_select_related = ["user", "question_set", "organization"]
    search_fields = ["user__email", "user__name", "question_set__title"]
    date_hierarchy = "created_at"
    fields = ("created_at", "user", "question_set", "reached", "ready", "answers_given")
    readonly_fields = ("reached", "answers_given")
    export_fields = (
        "id",
        "created_at",
        "user_id",
        "user__email",
        "user__name",
        "question_set_id",
        "question_set__title",
        "question_set__set_type",
        "score",
        "total",
        "ready",
    )

    @admin.display(description=_("points"), ordering="score")
    def reached(self, attempt: Attempt) -> str:
        """Points reached and possible."""
        return f"{attempt.score} / {attempt.total}"

    @admin.display(description=_("answers"))
    def answers_given(self, attempt: Attempt) -> Any:
        """Each question with what was chosen and what would have been right, as it is called today."""
        answers, results = attempt.answers, attempt.results
        asked = Question.all_objects.filter(pk__in=[result["question_id"] for result in results])
        texts = dict(asked.values_list("pk", "text"))
        named = {answer["option_id"] for answer in answers}
        named |= {pk for result in results for pk in result["correct_option_ids"]}
        options = dict(Option.objects.filter(pk__in=named).values_list("pk", "text"))

        def names(ids: Any) -> str:
            return " · ".join(options.get(pk) or str(_("(removed)")) for pk in ids) or "—"

        rows = [
            (
                texts.get(result["question_id"]) or _("(removed)"),
                names(
                    answer["option_id"]
                    for answer in answers
                    if answer["question_id"] == result["question_id"]
                ),
                names(result["correct_option_ids"]),
                result["points"],
            )
            for result in results
        ]
        heads = format_html_join(
            "",
            '<th scope="col">{}</th>',
            ((head,) for head in (_("Question"), _("Chosen"), _("Correct"), _("Points"))),
        )
        body = format_html_join("", "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>", rows)
        return format_html("<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>", heads, body)


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
