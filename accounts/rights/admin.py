"""Roles, and changes of what one person may do, in the admin."""

from typing import Any

from django.contrib import admin
from django.db.models import Case, F, OuterRef, Subquery, UUIDField, When
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import PermissionChange, Role, User
from accounts.rights.domain.extras import LIST_KEY
from accounts.rights.wording import what_they_allow
from tenancy.admin import (
    SOMEONE_ELSE,
    FactAdmin,
    HistoryPages,
    place_filters,
)


@admin.register(Role)
class RoleAdmin(HistoryPages):
    """Roles and what they grant, the same for every tenant; they are named in ``accounts.rights.keys``."""

    permission_keys = {"view": "roles.list"}
    list_display = ["name", "kind", "is_global", "changes_all_content"]
    list_filter = ["kind"]
    search_fields = ["name"]
    fields = ("name", "kind", "is_global", "grants", "changes_all_content")
    readonly_fields = ("name", "kind", "is_global", "grants")

    def may(self, request: HttpRequest, verb: str) -> bool:
        """Global users choose whether people of a role change content from any place; the rest is code."""
        return verb in ("view", "change") and super().may(request, verb)

    @admin.display(description=_("permissions"))
    def grants(self, role: Role) -> str:
        """What the role allows."""
        return what_they_allow(role.permissions)


@admin.register(PermissionChange)
class PermissionChangeAdmin(FactAdmin):
    """Who was given or denied which key, by whom and when."""

    permission_keys = {"view": LIST_KEY}
    list_display = ["created_at", "user", "list", "key", "added", "organization", "changed_by"]
    list_select_related = ["user", "organization"]
    list_filter = ["list", "added", *place_filters("user__")]
    search_fields = ["key", "user__email", "user__name"]
    date_hierarchy = "created_at"
    fields = ("created_at", "user", "list", "key", "added", "changed_by")
    readonly_fields = ("changed_by",)
    export_fields = ("id", "created_at", "user_id", "user__email", "list", "key", "added", "changed_by_name")

    def get_queryset(self, request: HttpRequest) -> Any:
        """Read along who did it, where that is a person of the scope."""
        person = User.all_objects.filter(pk=OuterRef("changed_by_id"))
        display_name = Case(When(name="", then=F("email")), default=F("name"))
        return (
            super()
            .get_queryset(request)
            .annotate(changed_by_id=Cast(KT("context__user"), UUIDField()))
            .annotate(changed_by_name=Subquery(person.values(shown=display_name)[:1]))
        )

    @admin.display(description=_("by"), ordering="changed_by_name")
    def changed_by(self, change: Any) -> Any:
        """Who changed it; people out of the scope are not named."""
        if change.changed_by_id is None:
            return _("the system")
        return change.changed_by_name or SOMEONE_ELSE
