"""The options of a question on its page in the admin."""

import re
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms.formsets import ManagementForm
from django.http import HttpRequest
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from learning.admin import (
    ComparedForm,
)
from quizzes.models import Option, Question
from quizzes.sets.domain.questions import (
    MAX_OPTIONS,
    MIN_OPTIONS,
    check_options,
    may_edit_questions,
)
from tenancy.admin import (
    KeyedAdmin,
    is_writable,
)
from tenancy.errors import InvalidError


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
        return fields if may_edit(request, obj) else [name for name in fields if name != "is_correct"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request, obj) and (obj is None or is_writable(obj))


def may_edit(request: HttpRequest, question: Any) -> bool:
    """Whether a person may change a question, and so see which options are correct."""
    user: Any = request.user
    return question is None or may_edit_questions(user=user, organization_id=question.organization_id)


def name_of_option(event: Any) -> str:
    """Return what the history calls an option."""
    return str(_("Option “%(text)s”") % {"text": Truncator(event.text).chars(80)})
