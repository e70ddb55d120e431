"""The admin of tenant rows: what a person sees and may change follows their scope and their keys."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponseRedirect
from safedelete.models import SafeDeleteModel

from tenancy.errors import DomainError
from tenancy.models import Campus, Classroom, Organization, School
from tenancy.querysets import TenantQuerySet
from tenancy.scope import EveryOrganization, Level, Scope, current_scope, may_write_in


class KeyedAdmin(admin.options.BaseModelAdmin):
    """Mixed in before an admin or an inline: permission keys decide, not Django's own permissions.

    Attributes:
        permission_keys: for ``view``, ``add``, ``change`` and ``delete`` the key that opens it. What is
            missing is for global users only.
        read_only: closed to everyone but for reading.
    """

    permission_keys: ClassVar[dict[str, str]] = {}
    read_only: ClassVar[bool] = False

    def may(self, request: HttpRequest, verb: str) -> bool:
        """Whether the signed-in person may do this to some row of the model."""
        user: Any = request.user
        if not user.is_authenticated or not user.is_active or (self.read_only and verb != "view"):
            return False
        key = self.permission_keys.get(verb)
        return bool(user.is_global or (key is not None and user.holds(key)))

    def may_write(self, request: HttpRequest, verb: str, row: Any) -> bool:
        """Whether they may do this to this row, or to some row when it is ``None``."""
        return self.may(request, verb) and (row is None or is_writable(row))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "view")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "view")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "add")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_write(request, "change", obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_write(request, "delete", obj)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer only rows of the scope, and of those only what it may change."""
        choices = kwargs.get("queryset", db_field.remote_field.model._default_manager.get_queryset())
        if isinstance(choices, TenantQuerySet):
            kwargs["queryset"] = choices.writable()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


def is_writable(row: Any) -> bool:
    """Whether the active scope may change a row it can see: shared content is global users' to change."""
    column = getattr(row, "tenant_columns", {}).get(Level.ORGANIZATION)
    return column is None or may_write_in(row.serializable_value(column))


class Refused:
    """Where a page goes when a rule of the domain refused what it asked for."""

    response: HttpResponseRedirect


@contextmanager
def refusals_as_messages(request: HttpRequest) -> Iterator[Refused]:
    """Show a refusal on the page it came from; the transaction inside has rolled back by then."""
    refused = Refused()
    try:
        yield refused
    except DomainError as refusal:
        messages.error(request, str(refusal.detail))
        refused.response = HttpResponseRedirect(request.get_full_path())


class TenantForm(forms.ModelForm):
    """Puts a new row into the scope's organization where the form does not ask for one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scope = current_scope()
        if self.instance._state.adding and "organization" not in self.fields and isinstance(scope, Scope):
            self.instance.organization_id = scope.organization_id


class TenantAdmin(KeyedAdmin, admin.ModelAdmin):
    """The base of every tenant model's admin.

    Rows come from the default manager, so they are those of the scope that are not deleted.

    Attributes:
        set_on_add: fields that place a row and cannot be changed afterwards.
    """

    form = TenantForm
    set_on_add: ClassVar[tuple[str, ...]] = ()

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        with refusals_as_messages(request) as refused:
            return super().changeform_view(request, *args, **kwargs)
        return refused.response

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        with refusals_as_messages(request) as refused:
            return super().delete_view(request, *args, **kwargs)
        return refused.response

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        with refusals_as_messages(request) as refused:
            return super().changelist_view(request, *args, **kwargs)
        return refused.response

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> list[str]:
        excluded = list(super().get_exclude(request, obj) or ())
        if isinstance(current_scope(), Scope) or getattr(self.model, "tenant_parent", None):
            excluded.append("organization")
        return excluded

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        fixed = self.set_on_add if obj is not None else ()
        hidden = self.get_exclude(request, obj)
        return (
            *super().get_readonly_fields(request, obj),
            *(name for name in fixed if name not in hidden),
        )

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Announce what really happens: a soft delete takes nothing else along."""
        if not issubclass(self.model, SafeDeleteModel):
            return super().get_deleted_objects(objs, request)
        refused = {
            str(self.opts.verbose_name) for row in objs if not self.has_delete_permission(request, row)
        }
        rows = [str(row) for row in objs]
        return rows, {str(self.opts.verbose_name_plural): len(rows)}, refused, []


class NodeAdmin(TenantAdmin):
    """A node of the hierarchy. A node stays where it was put: moving it would strand what is below."""

    permission_keys = {"view": "users.list", "add": "users.update", "change": "users.update"}
    search_fields = ["name"]
    ordering = ["name", "id"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A new node lies below the scope, so the scope must be of a wider level."""
        scope, levels = current_scope(), list(Level)
        model: Any = self.model
        wider = isinstance(scope, EveryOrganization) or levels.index(scope.level) < levels.index(model.level)
        return wider and super().has_add_permission(request, obj)


@admin.register(Organization)
class OrganizationAdmin(NodeAdmin):
    """Tenants; global users make and rename them."""

    permission_keys = {"view": "users.list"}
    list_display = ["name", "slug"]


@admin.register(School)
class SchoolAdmin(NodeAdmin):
    """Schools of an organization."""

    list_display = ["name", "organization"]
    list_select_related = ["organization"]
    set_on_add = ("organization",)


@admin.register(Campus)
class CampusAdmin(NodeAdmin):
    """Campuses of a school."""

    list_display = ["name", "school"]
    list_select_related = ["school"]
    set_on_add = ("school",)


@admin.register(Classroom)
class ClassroomAdmin(NodeAdmin):
    """Classrooms of a campus."""

    list_display = ["name", "campus"]
    list_select_related = ["campus"]
    set_on_add = ("campus",)
