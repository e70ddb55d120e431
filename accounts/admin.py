"""People, roles and memberships in the admin."""

import secrets
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.db import IntegrityError, transaction
from django.db.models import Case, F, OuterRef, QuerySet, Subquery, UUIDField, When
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Concat, Lower
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.domain.granting import assignable_roles, grantable_keys, may_manage, place_within
from accounts.domain.membership import place
from accounts.domain.passwords import request_reset
from accounts.domain.people import delete_people, restore_people
from accounts.models import UNIQUE_EMAIL, Membership, PermissionChange, Role, User
from accounts.principal import load_permission_keys_of
from tenancy.admin import (
    MOST_ENTRIES,
    SOMEONE_ELSE,
    Entry,
    FactAdmin,
    HistoryPages,
    KeyedAdmin,
    TenantAdmin,
    TenantForm,
    by_whom,
    place_filters,
)
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
    list_display = [
        "email",
        "name",
        "role",
        "organization",
        "place",
        "is_active",
        "last_login",
    ]
    list_select_related = ["role", *_PLACE]
    list_filter = ["is_active", "is_staff", "role", *place_filters()]
    narrowed_by = ("last_login__isnull",)
    search_fields = ["email", "name"]
    autocomplete_fields = [*_PLACE]
    ordering = ["email"]
    filter_horizontal = ["custom_permissions", "custom_permissions_filter"]
    readonly_fields = ["last_login", "created_at"]
    inlines = [MembershipInline]
    history_sentences = {"token_version": _("Signed out everywhere")}
    export_fields = (
        "id",
        "email",
        "name",
        "role__name",
        "organization__name",
        "school__name",
        "campus__name",
        "classroom__name",
        "is_active",
        "is_staff",
        "last_login",
        "created_at",
    )

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Narrowing a list by the beginning of a hash would spell it out."""
        return not lookup.startswith("password") and super().lookup_allowed(lookup, value, request)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        hidden = self.get_exclude(request, obj)
        places = [level for level in _PLACE if level not in hidden]
        lists = ["custom_permissions", "custom_permissions_filter"]
        if obj is not None and not self.has_change_permission(request, obj):
            lists = ["extra_permissions", "withheld_permissions"]
        return self.with_shown(
            request,
            obj,
            [
                (None, {"fields": ["email", "name", "is_active", "is_staff", "last_login", "created_at"]}),
                (_("Place"), {"fields": [*places, "role"]}),
                (_("Permissions"), {"fields": lists}),
            ],
        )

    @admin.display(description=_("place"), ordering=Concat("school__name", "campus__name", "classroom__name"))
    def place(self, person: User) -> str | None:
        """Where in the organization the person belongs."""
        nodes = (person.school, person.campus, person.classroom)
        return " › ".join(node.name for node in nodes if node is not None) or None

    @admin.display(description=_("extra permissions"))
    def extra_permissions(self, person: User) -> str:
        """What the person holds on top of the role."""
        return _what_they_allow(person.custom_permissions)

    @admin.display(description=_("withheld permissions"))
    def withheld_permissions(self, person: User) -> str:
        """What is taken away from the person."""
        return _what_they_allow(person.custom_permissions_filter)

    def looked_up(self, rows: list[Any]) -> list[Any]:
        load_permission_keys_of(rows)
        return rows

    def delete_rows(self, rows: list[Any]) -> None:
        delete_people(people=rows)

    def restore_rows(self, rows: list[Any]) -> None:
        restore_people(people=rows)

    def history_of(self, row: Any) -> list[Entry]:
        """Add the changes of what the person has extra or withheld."""
        changes = PermissionChange.objects.filter(user=row).order_by("-id")[: MOST_ENTRIES + 1]
        return [
            *super().history_of(row),
            *(Entry(change.created_at, by_whom(change.context), _told(change)) for change in changes),
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


def _what_they_allow(permissions: Any) -> str:
    return ", ".join(permissions.order_by("codename").values_list("name", flat=True)) or "—"


def _told(change: PermissionChange) -> str:
    sentences = {
        (PermissionChange.List.EXTRA, True): _("Given the permission %(key)s"),
        (PermissionChange.List.EXTRA, False): _("No longer given the permission %(key)s"),
        (PermissionChange.List.WITHHELD, True): _("Denied the permission %(key)s"),
        (PermissionChange.List.WITHHELD, False): _("No longer denied the permission %(key)s"),
    }
    return str(sentences[PermissionChange.List(change.list), change.added] % {"key": change.key})


@admin.register(Role)
class RoleAdmin(HistoryPages):
    """Roles and what they grant, the same for every tenant; they are named in ``accounts.keys``."""

    permission_keys = {"view": "users.list"}
    read_only = True
    list_display = ["name", "kind", "is_global"]
    list_filter = ["kind"]
    search_fields = ["name"]
    fields = ("name", "kind", "is_global", "grants")
    readonly_fields = ("grants",)

    @admin.display(description=_("permissions"))
    def grants(self, role: Role) -> str:
        """What the role allows."""
        return _what_they_allow(role.permissions)


@admin.register(PermissionChange)
class PermissionChangeAdmin(FactAdmin):
    """Who was given or denied which key, by whom and when."""

    permission_keys = {"view": "users.list"}
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
