"""Typed progress in the admin."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.imports.pages import ImportPages
from progress.items.imports import ItemProgressResource
from progress.models import ItemProgress, ProgressType
from tenancy.admin import FactAdmin, period_filter, place_filters


class ProgressTypeFilter(admin.SimpleListFilter):
    """Typed progress of one type. Which there are is known, and not looked for in millions of rows."""

    title = _("type")
    parameter_name = "progress_type"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(value), label) for value, label in ProgressType.choices]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() is None:
            return queryset
        if self.value() not in ProgressType.values:
            raise IncorrectLookupParameters(self.parameter_name)
        return queryset.filter(progress_type=self.value())


@admin.register(ItemProgress)
class ItemProgressAdmin(ImportPages, FactAdmin):
    """Typed progress, as its users recorded it."""

    introduction = _(
        "Typed progress is what learners collect beside the courses: signs they have learned and zones where "
        "they checked in. One row for each person, type and item."
    )
    import_resource = ItemProgressResource
    permission_keys = {"view": "item_progress.list"}
    list_display = ["created_at", "user", "progress_type", "item_id", "value", "score", "organization"]
    list_filter = [ProgressTypeFilter, period_filter("created_at", _("created")), *place_filters("user__")]
    list_select_related = ["user", "organization"]
    titled_by = ("user", "progress_type", "item_id")
    ordering = ["-created_at", "-id"]
    fields = (
        "created_at",
        "updated_at",
        "user",
        "campus",
        "progress_type",
        "item_id",
        "value",
        "score",
        "metadata",
    )
    readonly_fields = ("created_at", "updated_at")
    export_fields = (
        "id",
        "created_at",
        "updated_at",
        "user_id",
        "user__email",
        "user__name",
        "campus__name",
        "progress_type",
        "item_id",
        "value",
        "score",
        "metadata",
    )
