"""Questions in the admin."""

from typing import Any

from django.contrib import admin
from django.db.models import Case, F, When
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from learning.admin import IN_SUB_COURSE_ORDER, ContentAdmin, SharedFilter, content_keys, tree_filters
from learning.models import SubCourse
from quizzes.models import Option, Question, QuestionSet
from quizzes.sets.admin.options import OptionInline, may_edit, name_of_option
from quizzes.sets.admin.question_sets import SET
from quizzes.sets.domain.questions import change_question
from quizzes.sets.domain.siblings import QUESTIONS
from quizzes.sets.gift.admin import GiftImport
from tenancy.admin import Counted, Entry, EventReader
from tenancy.front_page.waiting import admin_url


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
        return excluded if may_edit(request, obj) else [*excluded, "explanation"]

    def put_back(self, row: Any, values: dict[str, Any]) -> None:
        """Its options stay as they are, so they must fit a type that is put back."""
        change_question(question=row, values=values)

    def history_of(self, request: HttpRequest, row: Any) -> list[Entry]:
        """Add what happened to the question's options, for those who may know which are correct."""
        if not may_edit(request, row):
            return EventReader(Question, leave_out=["explanation"]).entries(pgh_obj_id=row.pk)
        options = EventReader(Option, title=name_of_option, leave_out=["question"])
        return [*super().history_of(request, row), *options.entries(question_id=row.pk)]
