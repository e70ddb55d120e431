"""Roles, and changes of what one person may do, in the admin."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Case, F, OuterRef, Subquery, UUIDField, When
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from accounts.models import PermissionChange, Role, RoleKeptOut, User
from accounts.rights.domain.entry import check_may_keep_out, keep_out
from accounts.rights.domain.extras import LIST_KEY, UPDATE_KEY
from tenancy.admin import (
    SOMEONE_ELSE,
    FactAdmin,
    HistoryPages,
    Job,
    TenantAdmin,
    TenantForm,
    period_filter,
    place_filters,
)
from tenancy.admin.rows import NOTHING
from tenancy.errors import DomainError
from tenancy.scope import EveryOrganization, Level, current_scope


@admin.register(Role)
class RoleAdmin(HistoryPages):
    """Roles and what they grant, the same for every tenant; they are named in ``accounts.rights.keys``."""

    permission_keys = {"view": "roles.list"}
    list_display = ["name", "kind", "is_global", "enters_admin", "changes_all_content"]
    list_filter = ["kind"]
    search_fields = ["name"]
    fields = ("name", "kind", "is_global", "enters_admin", "grants", "changes_all_content")
    readonly_fields = ("name", "kind", "is_global", "enters_admin", "grants")

    def may(self, request: HttpRequest, verb: str) -> bool:
        """Global users choose whether people of a role change content from any place; the rest is code."""
        return verb in ("view", "change") and super().may(request, verb)

    @admin.display(description=_("permissions"))
    def grants(self, role: Role) -> str:
        """What the role allows: so much that it takes a list to find something in it."""
        names = role.permissions.order_by("codename").values_list("name")
        listed = format_html_join("", "<li>{}</li>", names)
        return format_html('<ul class="sw-grants">{}</ul>', listed) if listed else NOTHING


def _in_the_whole() -> bool:
    scope = current_scope()
    return isinstance(scope, EveryOrganization) or scope.level is Level.ORGANIZATION


class KeepOutForm(TenantForm):
    """A role that an organization keeps out."""

    by: User

    def clean_role(self) -> Role:
        """Refuse the role of the person who fills it in: they would not come back to open it again."""
        role: Role = self.cleaned_data["role"]
        try:
            check_may_keep_out(by=self.by, role=role)
        except DomainError as refusal:
            raise forms.ValidationError(str(refusal.detail), code=refusal.error_code) from refusal
        return role


@admin.register(RoleKeptOut)
class RoleKeptOutAdmin(TenantAdmin):
    """Roles whose people do not enter the admin of an organization: a row closes it, deleting it opens it."""

    introduction = _("People of these roles do not enter the admin of the organization.")
    form = KeepOutForm
    permission_keys = {"view": "roles.list", "add": UPDATE_KEY, "delete": UPDATE_KEY}
    list_display = ["role", "organization", "created_at"]
    list_select_related = ["role", "organization"]
    list_filter = place_filters()[:1]
    search_fields = ["role__name"]
    export_fields = ("id", "organization__name", "role__name", "created_at")

    def may(self, request: HttpRequest, verb: str) -> bool:
        """A row says one thing: there is nothing in it to change."""
        return verb != "change" and super().may(request, verb)

    def may_write(self, request: HttpRequest, verb: str, row: Any) -> bool:
        """It holds for the whole organization, and is decided there."""
        return super().may_write(request, verb, row) and (row is None or _in_the_whole())

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request, obj) and _in_the_whole()

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.by = request.user
        return form

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        keep_out(row=obj)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer the roles that would enter."""
        if db_field.name == "role":
            kwargs["queryset"] = Role.objects.filter(enters_admin=True, is_global=False)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(PermissionChange)
class PermissionChangeAdmin(FactAdmin):
    """Who was given or denied which key, by whom and when."""

    job = Job.LOG
    permission_keys = {"view": LIST_KEY}
    list_display = ["created_at", "user", "list", "key", "added", "organization", "changed_by"]
    list_select_related = ["user", "organization"]
    list_filter = [period_filter("created_at", _("changed")), "list", "added", *place_filters("user__")]
    titled_by = ("user", "key")
    search_fields = ["key", "user__email", "user__name"]
    ordering = ["-id"]
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
