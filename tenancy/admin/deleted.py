"""Soft-deleted rows: a list of their own, from which they can be restored."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.views.main import ChangeList
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from safedelete.models import SafeDeleteModel

from tenancy.admin.checked import CheckedList, CheckedPages
from tenancy.admin.counts import Counted
from tenancy.errors import RefusedError


class DeletedRowsFilter(admin.SimpleListFilter):
    """Live rows, or deleted ones instead; the list takes them from ``DeletedRows.rows_to_list``."""

    title = _("deleted")
    parameter_name = "deleted"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Yes"))]

    def choices(self, changelist: Any) -> Any:
        live, deleted = super().choices(changelist)
        yield {**live, "display": _("No")}
        yield deleted

    def queryset(self, request: HttpRequest, queryset: Any) -> None:
        """Leave the rows as they are."""


class RowsToList(CheckedList):
    """A list of rows that are live, or of those that are not."""

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> Any:
        self.root_queryset = self.model_admin.rows_to_list(request)
        return super().get_queryset(request, exclude_parameters)


class DeletedRows(CheckedPages):
    """Mixed into an admin: whoever may delete rows of the model finds the deleted ones and restores them.

    Attributes:
        live_only: columns that say nothing about deleted rows.
    """

    model: Any
    actions = ["restore_selected"]
    live_only: ClassVar[tuple[str, ...]] = ("updated_at", "shared")

    def offers_deleted(self, request: HttpRequest) -> bool:
        """Whether this person is offered deleted rows at all."""
        return issubclass(self.model, SafeDeleteModel) and self.may(request, "delete")

    def shows_deleted(self, request: HttpRequest) -> bool:
        """Whether the list of this request is the one of deleted rows."""
        return request.GET.get(DeletedRowsFilter.parameter_name) == "yes" and self.offers_deleted(request)

    def rows_to_list(self, request: HttpRequest) -> Any:
        """Return what the list of this request is made of."""
        if self.shows_deleted(request):
            # Not the shared ones: they are the platform's to restore.
            return self.model.deleted_objects.writable()
        return self.get_queryset(request)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return RowsToList

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        offered = [DeletedRowsFilter] if self.offers_deleted(request) else []
        return [*super().get_list_filter(request), *offered]

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        columns = list(super().get_list_display(request))
        if not self.shows_deleted(request):
            return columns
        told = [name for name in columns if not isinstance(name, Counted) and name not in self.live_only]
        return [*told, "deleted_at", "deleted_along"]

    def get_list_display_links(self, request: HttpRequest, list_display: Any) -> Any:
        """A deleted row has no page to link to."""
        return None if self.shows_deleted(request) else super().get_list_display_links(request, list_display)

    def get_ordering(self, request: HttpRequest) -> Any:
        return ["-deleted", "pk"] if self.shows_deleted(request) else super().get_ordering(request)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Live rows cannot be restored, and deleted ones nothing else."""
        actions = super().get_actions(request)
        restoring = self.shows_deleted(request)
        return {name: act for name, act in actions.items() if (name == "restore_selected") == restoring}

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        extra = {"restorable": issubclass(self.model, SafeDeleteModel), **(extra_context or {})}
        return super().delete_view(request, object_id, extra)

    def response_action(self, request: HttpRequest, queryset: Any, *args: Any) -> Any:
        answer = super().response_action(request, queryset, *args)
        if isinstance(answer, TemplateResponse) and answer.context_data is not None:
            answer.context_data["restorable"] = issubclass(self.model, SafeDeleteModel)
        return answer

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        extra = dict(extra_context or {})
        if self.shows_deleted(request):
            name = self.opts.verbose_name_plural
            extra |= {"title": _("Deleted %(name)s") % {"name": name}, "has_add_permission": False}
        return super().changelist_view(request, extra)

    @admin.display(description=_("deleted"), ordering="deleted")
    def deleted_at(self, row: Any) -> Any:
        """When the row was deleted."""
        return row.deleted

    @admin.display(description=_("how"), ordering="deleted_by_cascade")
    def deleted_along(self, row: Any) -> Any:
        """Whether something above the row was deleted and took it along."""
        return _("with what it was in") if row.deleted_by_cascade else _("by itself")

    @admin.action(permissions=["delete"], description=_("Restore selected %(verbose_name_plural)s"))
    def restore_selected(self, request: HttpRequest, queryset: Any) -> None:
        """Bring the chosen rows back through the domain: all of them, or none and the reason."""
        rows = self.looked_up(list(queryset))
        for row in rows:
            if not self.may_write(request, "delete", row):
                raise RefusedError(_("You may not restore “%(row)s”.") % {"row": row})
        if not rows:
            messages.warning(request, _("There is nothing to restore."))
            return
        self.restore_rows(rows)
        LogEntry.objects.log_actions(str(request.user.pk), rows, CHANGE, str(_("Restored.")))
        number = len(rows)
        told = ngettext("Restored %(number)d %(name)s.", "Restored %(number)d %(name)s.", number)
        name = self.opts.verbose_name if number == 1 else self.opts.verbose_name_plural
        messages.success(request, told % {"number": number, "name": name})

    def looked_up(self, rows: list[Any]) -> list[Any]:
        """Return the rows with what the checks of each will ask; override to read it for all at once."""
        return rows

    def delete_rows(self, rows: list[Any]) -> None:
        """Delete rows through the domain, all or none, in a number of statements that does not grow."""
        raise NotImplementedError

    def restore_rows(self, rows: list[Any]) -> None:
        """Restore rows through the domain, all or none, in a number of statements that does not grow."""
        raise NotImplementedError
