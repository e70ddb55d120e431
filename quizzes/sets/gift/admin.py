"""GIFT in the admin: from the page of a set, and into it."""

from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import Truncator, slugify
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.idempotency.domain import claim_once
from quizzes.models import Question, QuestionSet, QuestionType
from quizzes.sets.domain.questions import may_edit_questions
from quizzes.sets.gift.adding import add_missing, missing_in
from quizzes.sets.gift.reading import LONGEST_FILE, Read, read, sentences_of
from quizzes.sets.gift.writing import write
from tenancy.admin import FillInForm, FillInPages, FillInView, TenantAdmin
from tenancy.errors import InvalidError

_MOST_TOLD: Final = 20


@dataclass(frozen=True, slots=True)
class GiftPreview:
    """What a file would add to a set.

    Attributes:
        rows: of each question its line, text, type, how many options it has, and whether it is added.
    """

    number: int
    rows: list[tuple[int, str, str, int, bool]]


class GiftForm(FillInForm):
    """A set, and the questions: pasted, or a file. What a file says goes on as if it had been pasted."""

    file = forms.FileField(label=_("File"), required=False, help_text=_("GIFT in UTF-8."))
    text = forms.CharField(
        label=_("Or the questions themselves"),
        required=False,
        max_length=LONGEST_FILE,
        widget=forms.Textarea(attrs={"rows": 12, "cols": 80}),
    )
    field_order = ("question_set", "file", "text")
    questions: list[Read]

    def clean_file(self) -> Any:
        """Read the file as the text."""
        file = self.cleaned_data.get("file")
        if not file:
            return None
        if file.size > LONGEST_FILE:
            raise ValidationError(_("The file is larger than 1 MB."), code="too_large")
        try:
            text = file.read().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise ValidationError(_("This is not UTF-8."), code="not_utf_8") from error
        self.data = {**self.data.dict(), "text": text}  # type: ignore[attr-defined]
        return None

    def clean_text(self) -> str:
        """Refuse what is none of our questions, line by line."""
        text: str = self.cleaned_data["text"]
        try:
            self.questions = read(text)
        except InvalidError as error:
            problems = sentences_of((error.meta or {})["problems"])
            more = len(problems) - _MOST_TOLD
            rest = [_("… and %(number)d more.") % {"number": more}] if more > 0 else []
            raise ValidationError([*problems[:_MOST_TOLD], *rest]) from error
        if not self.questions:
            raise ValidationError(_("There are no questions in it."), code="required")
        return text

    @property
    def preview(self) -> GiftPreview:
        """What doing it would add."""
        added = missing_in(self.cleaned_data["question_set"], self.questions)
        rows = [
            (
                one.line,
                Truncator(one.text).chars(80),
                str(QuestionType(one.question_type).label),
                len(one.options),
                one in added,
            )
            for one in self.questions
        ]
        return GiftPreview(len(added), rows)


class GiftView(FillInView):
    """Whoever may add questions adds those of a file to a set."""

    name = "gift"
    title = label = _("Import questions from GIFT")
    verb = "do"
    form_class = GiftForm
    template_name = "admin/questions/gift.html"
    asked_for = ("question_set",)
    claim = staticmethod(claim_once)
    done_before = _("These questions have already been added.")

    def form(self, *args: Any, **kwargs: Any) -> FillInForm:
        form = super().form(*args, files=self.request.FILES or None, **kwargs)
        column: Any = Question._meta.get_field("question_set")
        offered = self.described.formfield_for_foreignkey(column, self.request, required=True)
        form.fields["question_set"] = offered
        form.order_fields(GiftForm.field_order)
        return form

    def do(self, form: Any) -> None:
        question_set = form.cleaned_data["question_set"]
        added = add_missing(question_set=question_set, questions=form.questions)
        for question in added:
            self.described.log_addition(self.request, question, str(_("Added from GIFT.")))
        told = ngettext("Added %(number)d question.", "Added %(number)d questions.", len(added))
        messages.success(self.request, told % {"number": len(added)})


class GiftImport(FillInPages):
    """Mixed into the admin of questions."""

    fill_in = GiftView

    def may_fill_in(self, request: HttpRequest) -> bool:
        return self.has_add_permission(request)


class GiftExport(TenantAdmin):
    """Mixed into the admin of question sets: whoever may edit the questions takes them out as a file."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.gift_view)
        return [path("<path:object_id>/gift/", view, name="quizzes_questionset_gift"), *super().get_urls()]

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        """Offer both ways."""
        question_set = context.get("original")
        tools = list(context.get("row_tools", ()))
        if question_set is not None and question_set.takes_questions:
            address = f"{reverse('admin:quizzes_question_gift')}?question_set={question_set.pk}"
            tools.append((_("Import from GIFT"), address))
        if question_set is not None and _may_take_out(request, question_set):
            tools.append(
                (_("Export as GIFT"), reverse("admin:quizzes_questionset_gift", args=[question_set.pk]))
            )
        return super().render_change_form(request, {**context, "row_tools": tools}, *args, **kwargs)

    def gift_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Return the questions of a set as a file."""
        question_set = self.get_object(request, object_id) if self.has_view_permission(request) else None
        if question_set is None:
            raise Http404
        if not _may_take_out(request, question_set):
            raise PermissionDenied
        name = slugify(question_set.title) or f"questions-{question_set.pk}"
        return HttpResponse(
            file_of(question_set),
            content_type="text/plain; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}.gift.txt"'},
        )


def file_of(question_set: QuestionSet) -> str:
    """Return the questions of a set, in two statements."""
    questions = Question.objects.filter(question_set=question_set).in_order().prefetch_related("options")
    return write(_Written(question) for question in questions)


class _Written:
    """A question of the database as it is written."""

    def __init__(self, question: Question) -> None:
        self.text, self.question_type = question.text, question.question_type
        self.explanation, self.points = question.explanation, question.points
        self.options = list(question.options.all())


def _may_take_out(request: HttpRequest, question_set: QuestionSet) -> bool:
    user: Any = request.user
    return may_edit_questions(user=user, organization_id=question_set.organization_id)
