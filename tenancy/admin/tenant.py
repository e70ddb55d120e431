"""The base of every tenant model's admin."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.utils import label_for_field
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst
from safedelete.models import SafeDeleteModel

from tenancy.admin.base import TenantForm, refusals_as_messages
from tenancy.admin.chips import ChipColumn
from tenancy.admin.choices import SuggestingSelect
from tenancy.admin.counts import Counted
from tenancy.admin.deleted import DeletedRows
from tenancy.admin.export import ExportPages
from tenancy.admin.history import HistoryPages
from tenancy.admin.rows import RelatedColumn, is_writable
from tenancy.errors import DomainError
from tenancy.replica import from_replica
from tenancy.scope import EveryOrganization, Scope, current_scope

_NAMED_REFUSALS = 10


class TenantAdmin(ExportPages, DeletedRows, HistoryPages):
    """What people see is what their scope holds, and what they are offered is what their keys allow.

    Rows come from the default manager, so they are those of the scope that are not deleted.

    Attributes:
        set_on_add: fields that place a row and cannot be changed afterwards.
        everywhere_only: columns that say something only where all organizations meet.
        explained: what words mean that are the documents' and not everybody's, by the field they name.
        explained_columns: the same of columns that are no fields of the form.
        chips: how lists show the fields that say how it is with a row.
    """

    form = TenantForm
    set_on_add: ClassVar[tuple[str, ...]] = ()
    everywhere_only: ClassVar[tuple[str, ...]] = ("organization",)
    explained: ClassVar[dict[str, Any]] = {}
    explained_columns: ClassVar[dict[str, Any]] = {}
    chips: ClassVar[tuple[ChipColumn, ...]] = ()
    # One statement for each filter, for numbers that nobody needs.
    show_facets = admin.ShowFacets.NEVER

    def get_object_tools(self, request: HttpRequest) -> list[tuple[Any, str]]:
        """Return ``(label, address)`` of the buttons above the list; override to add some."""
        return []

    def answer_to(self, request: HttpRequest, refusal: DomainError) -> HttpResponse | None:
        """Return the page that answers a refusal; ``None`` for a message. Override for what can be asked."""
        return None

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        with refusals_as_messages(request, self.answer_to) as refused:
            return super().changeform_view(request, *args, **kwargs)
        return refused.response

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        with refusals_as_messages(request, self.answer_to) as refused:
            return super().delete_view(request, *args, **kwargs)
        return refused.response

    def words_of_columns(self, request: HttpRequest) -> list[tuple[str, Any]]:
        """Return the headings of the list that are explained, each with what it means."""
        explained = {**self.explained, **self.explained_columns}
        shown = [getattr(column, "__name__", column) for column in self.get_list_display(request)]
        return [
            (capfirst(str(label_for_field(name, self.model, self))), explained[name])
            for name in shown
            if name in explained
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        extra = {
            "object_tools": self.get_object_tools(request),
            "words": self.words_of_columns(request),
            **(extra_context or {}),
        }
        with refusals_as_messages(request, self.answer_to) as refused:
            if request.method == "GET":
                with from_replica():
                    return super().changelist_view(request, extra)
            # An action that is refused in its second half leaves nothing of the first, not even in the log.
            with transaction.atomic():
                return super().changelist_view(request, extra)
        return refused.response

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        columns = super().get_list_display(request)
        if isinstance(current_scope(), Scope):
            columns = [name for name in columns if name not in self.everywhere_only]
        chips = {one.name: one.of(self.model) for one in self.chips if one.name in columns}
        shown = [
            name.linked(self.admin_site, request) if isinstance(name, Counted) else chips.get(name, name)
            for name in self.with_columns(request, columns)
        ]
        if isinstance(shown[0], RelatedColumn):
            # Django makes the first column a link to the row itself.
            shown[0].may_open = False
        return shown

    def rows_to_list(self, request: HttpRequest) -> Any:
        counted = [name for name in self.get_list_display(request) if isinstance(name, Counted)]
        return super().rows_to_list(request).annotate(**{one.attribute: one.number() for one in counted})

    @admin.display(empty_value="")
    def action_checkbox(self, obj: Any) -> Any:
        """Offer no box for what no action may be done to."""
        return super().action_checkbox(obj) if is_writable(obj) else ""

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> list[str]:
        excluded = list(super().get_exclude(request, obj) or ())
        if isinstance(current_scope(), Scope) or getattr(self.model, "tenant_parent", None):
            excluded.append("organization")
        return excluded

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        hidden = self.get_exclude(request, obj)
        fixed = [name for name in (self.set_on_add if obj is not None else ()) if name not in hidden]
        return [*super().get_readonly_fields(request, obj), *self.with_columns(request, fixed)]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Explain what needs it, and offer for a row that exists what it may point to."""
        form = super().get_form(request, obj, change, **{"help_texts": self.explained, **kwargs})
        for name, field in form.base_fields.items() if obj is not None else ():
            if hasattr(field, "queryset"):
                field.queryset = self.choices_for(obj, name, field.queryset)
            select = getattr(field.widget, "widget", None)
            if isinstance(select, SuggestingSelect) and isinstance(current_scope(), EveryOrganization):
                select.row_id = obj.pk
        return form

    def choices_for(self, row: Any, name: str, choices: Any) -> Any:
        """Return those of the choices for a field that this row may have; override to leave some out."""
        return choices

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Announce what really happens: a soft delete takes nothing else along."""
        if not issubclass(self.model, SafeDeleteModel):
            return super().get_deleted_objects(objs, request)
        rows = self.looked_up(list(objs))
        kept = [str(row) for row in rows if not self.has_delete_permission(request, row)]
        refused = {f"{self.opts.verbose_name} “{name}”" for name in kept[:_NAMED_REFUSALS]}
        names = [str(row) for row in rows]
        return names, {str(self.opts.verbose_name_plural): len(names)}, refused, []

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self.delete_queryset(request, [obj])

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        rows: Sequence[Any] = list(queryset)
        if issubclass(self.model, SafeDeleteModel):
            self.delete_rows([*rows])
        else:
            self.model._default_manager.filter(pk__in=[row.pk for row in rows]).delete()
