"""Question sets in the admin."""

from typing import Any, Final

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from learning.admin import (
    IN_SUB_COURSE_ORDER,
    STATUS_EXPLAINED,
    ContentAdmin,
    ContentForm,
    SharedFilter,
    content_keys,
    tree_filters,
)
from learning.models import Status, SubCourse
from learning.tree.ordering_page.access import user_of
from learning.tree.ordering_page.lists_of_pages import list_of_page
from learning.tree.ordering_page.texts import texts
from quizzes.models import Question, QuestionSet, SetType
from quizzes.sets.domain import question_sets
from quizzes.sets.domain.lines import Typed, questions_in
from quizzes.sets.domain.questions import (
    add_question,
)
from quizzes.sets.domain.siblings import NO_QUESTIONS, PRACTICES, QUESTIONS
from quizzes.sets.gift.admin import GiftExport
from tenancy.admin import (
    Counted,
    is_writable,
)
from tenancy.errors import InvalidError
from tenancy.scope import EveryOrganization, current_scope

SET: Final = "of_set"
"""The parameter that brings the form of a question back to the page of its set."""


class QuestionSetForm(ContentForm):
    """Asks a global user for the organization of a standalone set; other sets have their owner's."""

    new_questions = forms.CharField(
        label=_("Add questions"),
        required=False,
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 6, "cols": 60}),
        help_text=_(
            "A line for each question. Below it, one for each answer: * before a right one, - before a wrong."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "organization" in self.fields:
            self.fields["organization"].required = False

    def clean_new_questions(self) -> list[Typed]:
        try:
            return questions_in(self.cleaned_data["new_questions"])
        except InvalidError as error:
            raise ValidationError(str(error.detail), code="invalid") from error

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if "organization" in self.fields and not (values.get("organization") or values.get("sub_course")):
            self.add_error("organization", _("A standalone set belongs to an organization."))
        if self._is_published_without_questions(values):
            self.add_error("status", str(NO_QUESTIONS) % {"title": values.get("title") or self.instance})
        sub_course = values.get("sub_course")
        # The form does not know of deletion, so it cannot check the constraint by itself.
        if (
            sub_course is not None
            and values.get("set_type") == SetType.INITIAL_ASSESSMENT
            and QuestionSet.objects.entry_assessments().filter(sub_course=sub_course).exists()
        ):
            self.add_error("set_type", _("This sub-course already has its entry assessment."))
        return values

    def _is_published_without_questions(self, values: dict[str, Any]) -> bool:
        of = self.instance
        if values.get("status") != Status.PUBLISHED or of.status == Status.PUBLISHED:
            return False
        if values.get("set_type", of.set_type) != SetType.PRACTICE or values.get("new_questions"):
            return False
        return of.pk is None or not of.questions.exists()


@admin.register(QuestionSet)
class QuestionSetAdmin(GiftExport, ContentAdmin):
    """Practices, entry assessments and standalone sets. A set stays where it was put."""

    introduction = _(
        "A practice is a step of a sub-course. An entry assessment, which every sub-course has from the "
        "start, shows whether a learner may begin with it. A safety quiz is what staff do each week."
    )
    form = QuestionSetForm
    kind = PRACTICES
    explained = {
        **STATUS_EXPLAINED,
        "set_type": _(
            "A practice is a step of its sub-course. An entry assessment comes before the steps and says "
            "whether a learner is ready for them. A safety quiz is done by staff, week by week."
        ),
        "owner_type": _(
            "Practices and entry assessments belong to a sub-course. What belongs to nothing is a safety "
            "quiz, or a template whose questions new entry assessments begin with."
        ),
        "pass_mark": _("From how many percent of the points an entry assessment finds a learner ready."),
    }
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

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Note whether the signed-in person may add a question to the set."""
        found = super().get_object(request, *args, **kwargs)
        if found is not None:
            found.takes_questions = self._may(request, "create") and is_writable(found)
        return found

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        """Show the questions of the set below its form, for those who may list them."""
        question_set = context.get("original")
        if question_set is not None and self._may(request, "list"):
            back = {SET: question_set.pk}
            context["lists"] = [
                list_of_page(
                    user=user_of(request),
                    kind=QUESTIONS,
                    parent=question_set,
                    heading=_("Questions"),
                    back=back,
                    add_text=_("Add question") if question_set.takes_questions else "",
                )
            ]
            context["texts"] = texts()
        return super().render_change_form(request, context, *args, **kwargs)

    def _may(self, request: HttpRequest, verb: str) -> bool:
        return user_of(request).holds(f"questions.{verb}")

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> list[str]:
        excluded = super().get_exclude(request, obj)
        asks = obj is None and isinstance(current_scope(), EveryOrganization)
        return [name for name in excluded if not (asks and name == "organization")]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An entry assessment goes with its sub-course, never by itself."""
        stays = obj is not None and obj.is_entry_assessment
        return not stays and super().has_delete_permission(request, obj)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        may_add = obj is None or self.has_change_permission(request, obj)
        if not (may_add and self._may(request, "create")):
            form.base_fields.pop("new_questions", None)
        return form

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        # They are rows of their own, and no value of the set.
        form.changed_data = [name for name in form.changed_data if name != "new_questions"]
        new, status = form.cleaned_data.get("new_questions", ()), obj.status
        if not change:
            obj.display_order = None
            # It is published when it has its questions.
            obj.status = Status.DRAFT if new else status
            question_sets.add_question_set(item=obj)
        for typed in new:
            add_question(question=typed.as_question(question_set=obj), options=typed.options)
        if change:
            super().save_model(request, obj, form, change)
        elif obj.status != status:
            question_sets.change_question_set(item=obj, values={"status": status})

    @admin.display(empty_value="")
    def action_checkbox(self, obj: Any) -> Any:
        stays = obj.is_entry_assessment and obj.deleted is None
        return "" if stays else super().action_checkbox(obj)

    def delete_rows(self, rows: list[Any]) -> None:
        question_sets.delete_question_sets(items=rows)

    def restore_rows(self, rows: list[Any]) -> None:
        question_sets.restore_question_sets(items=rows)
