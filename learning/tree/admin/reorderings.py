"""Reorderings in the admin: facts are read, never edited."""

from typing import Any

from django.contrib import admin
from django.db.models import Case, CharField, OuterRef, Subquery, When
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from learning.models import Reordering
from learning.tree.admin.content import list_names
from learning.tree.levels import arranged, kind_named
from tenancy.admin import Job, TenantAdmin, period_filter, place_filters
from tenancy.models import Organization


class ListFilter(admin.SimpleListFilter):
    """Reorderings of one kind of list."""

    title = _("list")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(list_names().items())

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset if self.value() is None else queryset.filter(kind=self.value())


@admin.register(Reordering)
class ReorderingAdmin(TenantAdmin):
    """Who put which list in order, and when."""

    introduction = _("A reordering is one change of the order in which the rows of a list stand.")
    read_only = True
    job = Job.LOG
    permission_keys = {"view": "learning_tree.get"}
    list_display = ["created_at", "what", "place", "user", "organization"]
    list_filter = [period_filter("created_at", _("reordered")), *place_filters()[:1], ListFilter]
    list_select_related = ["user", "organization"]
    titled_by = ("what", "place")
    fields = ("created_at", "what", "place", "user", "order_before", "order_after")
    export_fields = ("id", "created_at", "kind", "parent_id", "user__email", "before", "after")

    def get_queryset(self, request: HttpRequest) -> Any:
        """Read along what each list belongs to."""
        return (
            super()
            .get_queryset(request)
            .annotate(
                place=Case(
                    *(
                        When(kind=kind.name, then=_title(kind.parent_model))
                        for kind in arranged()
                        if kind.parent_model is not Organization
                    ),
                    default=Subquery(
                        Organization.objects.filter(pk=OuterRef("organization_id")).values("name")[:1]
                    ),
                    output_field=CharField(),
                )
            )
        )

    @admin.display(description=_("list"), ordering="kind")
    def what(self, change: Reordering) -> Any:
        """What was put in order."""
        return list_names().get(change.kind, change.kind)

    @admin.display(description=_("in"), ordering="place")
    def place(self, change: Any) -> Any:
        """What the list belongs to."""
        return change.place

    @admin.display(description=_("before"))
    def order_before(self, change: Reordering) -> Any:
        """The titles in the order that was."""
        return self._titles(change, change.before)

    @admin.display(description=_("after"))
    def order_after(self, change: Reordering) -> Any:
        """The titles in the order that was made."""
        return self._titles(change, change.after)

    def _titles(self, change: Any, ids: list[int]) -> Any:
        if not hasattr(change, "titles"):
            rows = kind_named(change.kind).model.all_objects.filter(pk__in=change.before + change.after)
            change.titles = {row.pk: str(row) for row in rows}
        titles = ((change.titles.get(pk, f"#{pk}"),) for pk in ids)
        return format_html("<ol>{}</ol>", format_html_join("", "<li>{}</li>", titles))


def _title(model: Any) -> Subquery:
    return Subquery(model.all_objects.filter(pk=OuterRef("parent_id")).values("title")[:1])
