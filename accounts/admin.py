"""People, roles and memberships in the admin."""

import secrets
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.domain.granting import assignable_roles, grantable_keys, may_manage, place_within
from accounts.domain.membership import place
from accounts.domain.passwords import request_reset
from accounts.models import UNIQUE_EMAIL, Membership, PermissionChange, Role, User
from tenancy.admin import KeyedAdmin, TenantAdmin, TenantForm
from tenancy.scope import Scope, current_scope

_PLACE = ("organization", "school", "campus", "classroom")


class KeyChoiceField(forms.ModelMultipleChoiceField):
    """Permission keys by what they allow."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class UserForm(TenantForm):
    """A person's account, place and rights; refuses what the signed-in admin may not hand out."""

    place: Scope | None

    def clean_email(self) -> str:
        """Addresses are unique among all tenants, so the default manager cannot say."""
        email = User.normalize_email(self.cleaned_data["email"])
        # Unscoped for the same reason; nothing is told of whose it is. Compared as the constraint does.
        namesakes = User.unscoped.alias(address=Lower("email")).filter(address=email, deleted=None)
        if namesakes.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("This e-mail address is already in use."), code="email_taken")
        return email

    def clean(self) -> dict[str, Any]:
        values = {**(super().clean() or {})}
        try:
            self.place = place_within(current_scope(), **{level: values.get(level) for level in _PLACE})
        except ValueError as error:
            raise forms.ValidationError(
                _("The place must lie in one line, at or below your own scope."), code="invalid_place"
            ) from error
        for name in ("custom_permissions", "custom_permissions_filter"):
            if name in values:
                values[name] = self._with_those_out_of_reach(name, values[name])
        return values

    def _with_those_out_of_reach(self, name: str, chosen: "QuerySet[Any]") -> list[Any]:
        """Keep what this admin is not offered: leaving it out must not take it away."""
        if self.instance._state.adding:
            return list(chosen)
        offered: Any = self.fields[name]
        kept = getattr(self.instance, name).exclude(pk__in=offered.queryset.values("pk"))
        return [*chosen, *kept]


class MembershipInline(KeyedAdmin, admin.TabularInline):
    """Where the person belonged and since when; moving them is done by changing their place."""

    model = Membership
    permission_keys = {"view": "users.list"}
    read_only = True
    extra = 0
    fields = ("role", *_PLACE, "valid_from", "valid_until")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        return super().get_queryset(request).select_related("role", *_PLACE)


@admin.register(User)
class UserAdmin(TenantAdmin):
    """People of the scope. Passwords are theirs alone: a new person gets a mail to choose one."""

    form = UserForm
    permission_keys = {
        "view": "users.list",
        "add": "users.create",
        "change": "users.update",
        "delete": "users.delete",
    }
    list_display = ["email", "name", "role", "organization", "school", "is_active", "last_login"]
    list_select_related = ["role", "organization", "school"]
    list_filter = ["is_active", "role"]
    search_fields = ["email", "name"]
    ordering = ["email"]
    filter_horizontal = ["custom_permissions", "custom_permissions_filter"]
    readonly_fields = ["last_login", "created_at"]
    inlines = [MembershipInline]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        hidden = self.get_exclude(request, obj)
        places = [level for level in _PLACE if level not in hidden]
        return [
            (None, {"fields": ["email", "name", "is_active", "is_staff", "last_login", "created_at"]}),
            (_("Place"), {"fields": [*places, "role"]}),
            (_("Permissions"), {"fields": ["custom_permissions", "custom_permissions_filter"]}),
        ]

    def may_write(self, request: HttpRequest, verb: str, row: Any) -> bool:
        by: Any = request.user
        return super().may_write(request, verb, row) and (row is None or may_manage(by=by, person=row))

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        by: Any = request.user
        if db_field.name == "role":
            kwargs["queryset"] = assignable_roles(by=by)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        by: Any = request.user
        field: Any = super().formfield_for_manytomany(
            db_field, request, **{**kwargs, "queryset": grantable_keys(by=by), "form_class": KeyChoiceField}
        )
        # The picker of a field named x calls its search box x_filter, which is the other field's name.
        field.widget.attrs["id"] = f"id_{db_field.name}_picker"
        return field

    def changeform_view(
        self, request: HttpRequest, object_id: Any = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """Let the form say so, too, when someone else has saved the same address a moment before."""
        page = partial(super().changeform_view, request, object_id, form_url, extra_context)
        try:
            return page()
        except IntegrityError as error:
            if UNIQUE_EMAIL not in str(error):
                raise
            # Nothing was saved; the other person's row can be seen by now.
            return page()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save the account; a move or another role ends one membership and starts the next."""
        moved = not change or {*_PLACE, "role"} & {*form.changed_data}
        role = obj.role
        if not change:
            obj.set_password(secrets.token_urlsafe(32))
            transaction.on_commit(lambda: request_reset(email=obj.email))
        if moved and change:
            # Place and role are the membership's to write.
            obj.refresh_from_db(fields=[*_PLACE, "role"])
        super().save_model(request, obj, form, change)
        if moved:
            place(user=obj, at=form.place, role=role)


class ReadOnlyAdmin(TenantAdmin):
    """Rows that are shown and never edited."""

    permission_keys = {"view": "users.list"}
    read_only = True


@admin.register(Role)
class RoleAdmin(KeyedAdmin, admin.ModelAdmin):
    """Roles and what they grant, the same for every tenant; they are named in ``accounts.keys``."""

    permission_keys = {"view": "users.list"}
    read_only = True
    list_display = ["name", "kind", "is_global"]


@admin.register(PermissionChange)
class PermissionChangeAdmin(ReadOnlyAdmin):
    """Who was given or denied which key, and when."""

    list_display = ["created_at", "user", "list", "key", "added", "context"]
    list_select_related = ["user"]
    list_filter = ["list", "added"]
    search_fields = ["key"]
