"""Question sets and questions in the admin."""

import re
from typing import Any, Final

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Case, F, When
from django.forms.formsets import ManagementForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from learning.admin import (
    IN_SUB_COURSE_ORDER,
    STATUS_EXPLAINED,
    ComparedForm,
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
from quizzes.models import Option, Question, QuestionSet, SetType
from quizzes.sets.domain import question_sets
from quizzes.sets.domain.lines import Typed, questions_in
from quizzes.sets.domain.questions import (
    MAX_OPTIONS,
    MIN_OPTIONS,
    add_question,
    change_question,
    check_options,
    may_edit_questions,
)
from quizzes.sets.domain.siblings import NO_QUESTIONS, PRACTICES, QUESTIONS
from quizzes.sets.gift.admin import GiftExport, GiftImport
from tenancy.admin import (
    Counted,
    Entry,
    EventReader,
    KeyedAdmin,
    is_writable,
)
from tenancy.errors import InvalidError
from tenancy.front_page.waiting import admin_url
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


class OptionFormSet(forms.BaseInlineFormSet):
    """All options of a question at once: together they must fit its type.

    An option that was deleted since the page was loaded has left it when that comes back, so that the rest
    can be saved.

    Attributes:
        lost: the texts of such options.
    """

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        self.lost: list[str] = []
        question, prefix = kwargs.get("instance"), kwargs.get("prefix")
        if data is not None and question is not None and question.pk is not None:
            data = self._without_lost(data, question, prefix or self.get_default_prefix())
        super().__init__(data, *args, **kwargs)

    def _without_lost(self, data: Any, question: Question, prefix: str) -> Any:
        """Return what was sent without the rows of options that are gone, and note these."""
        sent = ManagementForm(data, prefix=prefix)
        if not sent.is_valid():
            return data
        counts: Any = sent.cleaned_data
        total = min(counts["TOTAL_FORMS"], self.absolute_max)
        present = {str(pk) for pk in question.options.values_list("pk", flat=True)}
        loaded = range(min(counts["INITIAL_FORMS"], total))
        lost = [row for row in loaded if data.get(f"{prefix}-{row}-id") not in present]
        if not lost:
            return data
        wanted = [row for row in lost if not data.get(f"{prefix}-{row}-DELETE")]
        self.lost = [data.get(f"{prefix}-{row}-text", "") for row in wanted]
        # Rows are numbered without a gap, those that are in the database first.
        rest = [row for row in range(total) if row not in lost]
        place = {str(row): position for position, row in enumerate(rest)}
        cells = [re.fullmatch(rf"{re.escape(prefix)}-([0-9]+)-(\w+)", name) for name in data]
        kept = data.copy()
        for cell in filter(None, cells):
            del kept[cell[0]]
        for cell in filter(None, cells):
            if cell[1] in place:
                kept[f"{prefix}-{place[cell[1]]}-{cell[2]}"] = data[cell[0]]
        kept[f"{prefix}-TOTAL_FORMS"] = str(len(rest))
        kept[f"{prefix}-INITIAL_FORMS"] = str(len(loaded) - len(lost))
        return kept

    def clean(self) -> None:
        super().clean()
        if self.lost:
            raise ValidationError(
                ngettext(
                    "Someone deleted an option meanwhile: %(texts)s. Check what is left and save again.",
                    "Someone deleted options meanwhile: %(texts)s. Check what is left and save again.",
                    len(self.lost),
                )
                % {"texts": ", ".join(f"“{Truncator(text).chars(80)}”" for text in self.lost)},
                code="deleted_meanwhile",
            )
        kept = [form for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        try:
            check_options(
                question_type=self.instance.question_type,
                correct=[bool(form.cleaned_data.get("is_correct")) for form in kept]
                + self._added_by_others(),
            )
        except InvalidError as error:
            raise ValidationError(str(error.detail), code=error.error_code) from error
        present = [form.instance.display_order for form in kept if form.instance.pk]
        new = (form for form in kept if not form.instance.pk)
        for position, form in enumerate(new, start=max(present, default=-1) + 1):
            form.instance.display_order = position

    def add_fields(self, form: Any, index: int | None) -> None:
        """Name each field for those who do not see the heading above it."""
        super().add_fields(form, index)
        for field in form.fields.values():
            if field.label:
                named = field.label if index is None else f"{field.label} {index + 1}"
                field.widget.attrs.setdefault("aria-label", named)

    def _added_by_others(self) -> list[bool]:
        """Return of the options that have come since the page was loaded whether they are right."""
        if self.instance.pk is None:
            return []
        here = [form.instance.pk for form in self.forms if form.instance.pk]
        return list(self.instance.options.exclude(pk__in=here).values_list("is_correct", flat=True))


class OptionInline(KeyedAdmin, admin.TabularInline):
    """The options of a question, in order."""

    model = Option
    form = ComparedForm
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

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Say which are correct to those who may edit the question."""
        fields = super().get_fields(request, obj)
        return fields if _may_edit(request, obj) else [name for name in fields if name != "is_correct"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request, obj) and (obj is None or is_writable(obj))


@admin.register(Question)
class QuestionAdmin(GiftImport, ContentAdmin):
    """Questions with their options. A question stays in its set."""

    kind = QUESTIONS
    explained = {
        "question_type": _(
            "Single choice: exactly one option is right. Multiple choice: all that are right must be chosen, "
            "and no other. True or false: two options, one of them right."
        ),
        "points": _("What it counts for in the score of its set; nothing where the answer is not all right."),
        "explanation": _("Shown to learners with the result, once they have answered."),
    }
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
        "explanation_to_show",
        "question_set_id",
        "question_set__title",
        "question_set__sub_course__title",
        "display_order",
        "organization__name",
        "created_at",
        "updated_at",
    )

    def get_export_queryset(self, request: HttpRequest) -> Any:
        user: Any = request.user
        editable = Question.objects.writable() if user.holds("questions.update") else Question.objects.none()
        shown = Case(When(pk__in=editable.values("pk"), then=F("explanation")))
        return super().get_export_queryset(request).annotate(explanation_to_show=shown)

    def response_post_save_add(self, request: HttpRequest, obj: Any) -> Any:
        return self._to_its_set(request, obj) or super().response_post_save_add(request, obj)

    def response_post_save_change(self, request: HttpRequest, obj: Any) -> Any:
        return self._to_its_set(request, obj) or super().response_post_save_change(request, obj)

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: Any) -> HttpResponse:
        answer: HttpResponse = super().response_delete(request, obj_display, obj_id)
        sent = request.GET.get(SET, "")
        if not (sent.isascii() and sent.isdigit()):
            return answer
        return HttpResponseRedirect(admin_url(QuestionSet, "change", sent))

    def _to_its_set(self, request: HttpRequest, question: Question) -> HttpResponse | None:
        """Return to the page of the set that the form was opened from."""
        if request.GET.get(SET) != str(question.question_set_id):
            return None
        return HttpResponseRedirect(admin_url(QuestionSet, "change", question.question_set_id))

    @admin.display(description=_("text"), ordering="text")
    def short_text(self, question: Question) -> str:
        """The question, as far as it fits."""
        return Truncator(question.text).chars(80)

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> list[str]:
        excluded = super().get_exclude(request, obj)
        return excluded if _may_edit(request, obj) else [*excluded, "explanation"]

    def put_back(self, row: Any, values: dict[str, Any]) -> None:
        """Its options stay as they are, so they must fit a type that is put back."""
        change_question(question=row, values=values)

    def history_of(self, request: HttpRequest, row: Any) -> list[Entry]:
        """Add what happened to the question's options, for those who may know which are correct."""
        if not _may_edit(request, row):
            return EventReader(Question, leave_out=["explanation"]).entries(pgh_obj_id=row.pk)
        options = EventReader(Option, title=_name_of_option, leave_out=["question"])
        return [*super().history_of(request, row), *options.entries(question_id=row.pk)]


def _may_edit(request: HttpRequest, question: Any) -> bool:
    user: Any = request.user
    return question is None or may_edit_questions(user=user, organization_id=question.organization_id)


def _name_of_option(event: Any) -> str:
    return str(_("Option “%(text)s”") % {"text": Truncator(event.text).chars(80)})
