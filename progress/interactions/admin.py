"""Interactions in the admin: the log is read, never edited."""

from typing import Any, Final

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.http import HttpRequest, HttpResponseRedirect
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from progress.interactions.types import INTERACTIONS, OWN_TYPES
from progress.models import Interaction
from tenancy.admin import FactAdmin, Job, period_filter, place_filters
from tenancy.errors import InvalidError

MOST_TO_EXPORT: Final = 20_000
"""How many interactions a page turns into a file, which it holds as a whole."""


class InteractionTypeFilter(admin.SimpleListFilter):
    """Interactions of one type. Which there are is known, and not looked for in millions of rows."""

    title = _("type")
    parameter_name = "type"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [*((name, name) for name in sorted(INTERACTIONS)), (OWN_TYPES, str(_("a client's own (x-)")))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() is None:
            return queryset
        if self.value() == OWN_TYPES:
            return queryset.filter(type__startswith=OWN_TYPES)
        if self.value() not in INTERACTIONS:
            raise IncorrectLookupParameters(self.parameter_name)
        return queryset.filter(type=self.value())


@admin.register(Interaction)
class InteractionAdmin(FactAdmin):
    """What people did, as it was logged."""

    introduction = _(
        "The log of what people do in their apps. The type says what it was, the payload what it was about."
    )
    job = Job.LOG
    permission_keys = {"view": "interactions.list"}
    list_display = ["created_at", "user", "type", "said", "organization"]
    list_filter = [
        InteractionTypeFilter,
        period_filter("created_at", _("recorded")),
        *place_filters("user__"),
    ]
    list_select_related = ["user", "organization"]
    titled_by = ("user", "type")
    ordering = ["-created_at", "-id"]
    fields = ("created_at", "user", "type", "payload")
    export_fields = ("id", "created_at", "user_id", "user__email", "user__name", "type", "payload")

    @admin.display(description=_("payload"))
    def said(self, row: Interaction) -> str:
        """Show the beginning of the payload, its keys in the order in which they are declared."""
        if not isinstance(row.payload, dict):
            return Truncator(str(row.payload)).chars(100)
        declared = INTERACTIONS[row.type].keys if row.type in INTERACTIONS else {}
        names = [
            *(name for name in declared if name in row.payload),
            *sorted(row.payload.keys() - declared.keys()),
        ]
        return Truncator(", ".join(f"{name}: {row.payload[name]}" for name in names)).chars(100)

    def get_export_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_export_queryset(request)
        if rows.order_by()[: MOST_TO_EXPORT + 1].count() > MOST_TO_EXPORT:
            raise InvalidError(
                _("More than %(most)d interactions: narrow the list, or use manage.py export_interactions.")
                % {"most": MOST_TO_EXPORT}
            )
        return rows

    def export_action(self, request: HttpRequest) -> Any:
        try:
            return super().export_action(request)
        except InvalidError as refusal:
            messages.error(request, str(refusal.detail))
            return HttpResponseRedirect(f"..?{request.GET.urlencode()}")
