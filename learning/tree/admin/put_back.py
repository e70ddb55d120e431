"""Putting back what a recorded change made other: the history offers it, the rules of the row decide."""

from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from learning.tree.admin.guarded import CONFIRMED, GuardedPages
from learning.tree.domain import learner_guard
from tenancy.admin import Confirmation, Entry, QuestionPages
from tenancy.errors import DomainError


class PutBackPages(GuardedPages, QuestionPages):
    """Mixed into an admin of content: whoever may change a row may put back the values of its history.

    Where a row stands is not put back with them: it is moved for that.
    """

    def put_back(self, row: Any, values: dict[str, Any]) -> None:
        """Write values of the past on a row, by the rules for changing it.

        Raises:
            DomainError, ValidationError: what any change of the row is refused with.
        """
        raise NotImplementedError

    def may_put_back(self, request: HttpRequest, row: Any) -> bool:
        """Whether the signed-in person may change the row, and so put values back."""
        return self.offers_history(row) and self.has_change_permission(request, row)

    def kept(self, request: HttpRequest, row: Any) -> set[str]:
        """Return the fields that are never put back: those no form changes."""
        return {*self.set_on_add, *(self.get_exclude(request, row) or ())}

    def with_put_back(self, request: HttpRequest, row: Any, entries: list[Entry]) -> list[Entry]:
        """Return the entries, those with the address of their page whose values can be put back."""
        if not self.may_put_back(request, row):
            return entries
        kept = self.kept(request, row) | {field.name for field in self.opts.fields if field.many_to_one}
        for entry in entries:
            if entry.event is not None and any(change.name not in kept for change in entry.changes):
                entry.put_back = reverse(f"admin:{self._put_back_name()}", args=[row.pk, entry.event])
        return entries

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.put_back_view)
        address = "<path:object_id>/history/<int:event>/put-back/"
        return [path(address, view, name=self._put_back_name()), *super().get_urls()]

    def _put_back_name(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_put_back"

    def put_back_view(self, request: HttpRequest, object_id: str, event: int) -> HttpResponse:
        """Ask, and put the values back."""
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        if not self.may_put_back(request, row):
            raise PermissionDenied
        kept = self.kept(request, row)
        found = self.event_reader().was(row, event)
        changes = [(change, value) for name, (change, value) in found.items() if name not in kept]
        if not changes:
            raise Http404
        history = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_history", args=[row.pk])
        question = Confirmation(
            title=_("Put these values back?"),
            note=_("“%(row)s” is changed like in its form, and its history says so.") % {"row": row},
            button=_("Put back"),
            columns=[_("Field"), _("Now"), _("Put back")],
            rows=[(change.label, change.before, change.after) for change, _value in changes],
        )
        if request.method != "POST":
            return self.ask(request, [], question, back=history)
        try:
            with learner_guard.confirmed(request.POST.get(CONFIRMED) == "1"):
                self.put_back(row, {change.name: value for change, value in changes})
        except (DomainError, ValidationError) as refusal:
            return self._refused(request, refusal) or HttpResponseRedirect(history)
        labels = ", ".join(change.label for change, _value in changes)
        told = str(_("Put back: %(fields)s.") % {"fields": labels})
        self.log_change(request, row, told)
        messages.success(request, told)
        return HttpResponseRedirect(history)

    def _refused(self, request: HttpRequest, refusal: Any) -> HttpResponse | None:
        """Ask what the guard of learners asks, or say what was refused."""
        if isinstance(refusal, DomainError) and (answer := self.answer_to(request, refusal)) is not None:
            return answer
        said = refusal.messages if isinstance(refusal, ValidationError) else [str(refusal.detail)]
        messages.error(request, " ".join(said))
        return None
