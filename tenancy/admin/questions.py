"""Pages that ask before something is done to chosen rows: what it is, to how many, and who is left out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from tenancy.admin.tenant import TenantAdmin
from tenancy.errors import ConflictError

MOST_AT_ONCE: Final = 500
"""How many rows one action takes: its page names them all, and mails may go out while one waits."""


@dataclass(slots=True)
class Confirmation:
    """What a page asks before something is done.

    Attributes:
        title: what is going to be done.
        note: what that means.
        button: what the button says.
        name: what the button is called when it is pressed; ``post`` is the agreement.
        columns, rows: what it is done to, and what changes for each.
        further: what is not done, and why.
        form: what is filled in with the answer.
        hidden: names and values that the page sends along.
        edit: the name and the text of a second button, for those who want to change what they sent.
    """

    title: Any
    note: Any = ""
    button: Any = ""
    name: str = "post"
    columns: Sequence[Any] = ()
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    further: Any = ""
    form: forms.Form | None = None
    hidden: list[tuple[str, Any]] = field(default_factory=list)
    edit: tuple[str, Any] | None = None


class QuestionPages(TenantAdmin):
    """An admin whose actions ask first. The answer comes back to the same address, with the same rows."""

    def chosen(self, queryset: Any) -> list[Any]:
        """Return the rows an action is about.

        Raises:
            ConflictError: ``too_many_rows``.
        """
        rows = self.looked_up(list(queryset[: MOST_AT_ONCE + 1]))
        if len(rows) > MOST_AT_ONCE:
            raise ConflictError(
                _("At most %(number)d %(name)s at once: choose fewer.")
                % {"number": MOST_AT_ONCE, "name": self.opts.verbose_name_plural},
                code="too_many_rows",
            )
        return rows

    def ask(
        self, request: HttpRequest, rows: list[Any], question: Confirmation, *, back: str = ""
    ) -> HttpResponse:
        """Return the page that asks about ``rows``, or go ``back`` where it would be done to none of them."""
        back = back or request.get_full_path()
        if not question.rows:
            messages.warning(request, question.further)
            return HttpResponseRedirect(back)
        context = {
            **self.admin_site.each_context(request),
            "title": question.title,
            "opts": self.opts,
            "question": question,
            "form": question.form,
            "action": request.POST.get("action"),
            "chosen": rows,
            "back": back,
        }
        return TemplateResponse(request, "admin/question.html", context)

    def record(self, request: HttpRequest, rows: list[Any], told: str, entry: Any) -> None:
        """Write into the log of each row that it was done, and tell to how many."""
        if rows:
            LogEntry.objects.log_actions(str(request.user.pk), rows, CHANGE, str(entry))
            messages.success(request, told % {"number": len(rows)})
