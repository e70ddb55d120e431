"""The hierarchy in the admin."""

from typing import Any

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tenancy.admin.counts import Counted
from tenancy.admin.filters import place_filters
from tenancy.admin.tenant import TenantAdmin
from tenancy.models import Campus, Classroom, Organization, School
from tenancy.scope import EveryOrganization, Level, current_scope


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

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Say what stands in the way of a deletion by its number: a list of thousands tells nobody more."""
        rows = list(objs)
        counts = {str(self.opts.verbose_name_plural): len(rows)}
        refused = set() if self.has_delete_permission(request) else {str(self.opts.verbose_name)}
        return [str(row) for row in rows], counts, refused, _what_is_held(self.model, rows)


def _what_is_held(model: Any, rows: list[Any]) -> list[str]:
    """Return what must be gone before ``rows`` can be, deleted rows included: "3 people"."""
    held = []
    for relation in model._meta.get_fields(include_hidden=True):
        if getattr(relation, "on_delete", None) is not models.PROTECT:
            continue
        # Unscoped: what stands in a node of the scope, seen or not, keeps the node.
        standing = relation.related_model.unscoped.filter(**{f"{relation.field.name}__in": rows})
        if number := standing.count():
            opts = relation.related_model._meta
            held.append(f"{number} {opts.verbose_name if number == 1 else opts.verbose_name_plural}")
    return sorted(held)


_SCHOOLS = Counted("schools", _("schools"), lambda: School, key="organization")
_CAMPUSES = Counted("campuses", _("campuses"), lambda: Campus, key="school")
_CLASSROOMS = Counted("classrooms", _("classrooms"), lambda: Classroom, key="campus")


def _people(level: Level) -> Counted:
    return Counted("people", _("people"), get_user_model, key=str(level))


@admin.register(Organization)
class OrganizationAdmin(NodeAdmin):
    """Tenants; global users make and rename them."""

    permission_keys = {"view": "users.list"}
    list_display = ["name", "slug", _SCHOOLS, _people(Level.ORGANIZATION)]
    search_fields = ["name", "slug"]
    export_fields = ("id", "name", "slug", "created_at")


@admin.register(School)
class SchoolAdmin(NodeAdmin):
    """Schools of an organization."""

    list_display = ["name", "organization", _CAMPUSES, _people(Level.SCHOOL)]
    list_select_related = ["organization"]
    list_filter = place_filters()[:1]
    autocomplete_fields = ["organization"]
    set_on_add = ("organization",)
    export_fields = ("id", "name", "organization__name", "created_at")


@admin.register(Campus)
class CampusAdmin(NodeAdmin):
    """Campuses of a school."""

    list_display = ["name", "school", "organization", _CLASSROOMS, _people(Level.CAMPUS)]
    list_select_related = ["school", "organization"]
    list_filter = place_filters()[:2]
    search_fields = ["name", "school__name"]
    named_by = ("school",)
    autocomplete_fields = ["school"]
    set_on_add = ("school",)
    export_fields = ("id", "name", "school_id", "school__name", "organization__name", "created_at")


@admin.register(Classroom)
class ClassroomAdmin(NodeAdmin):
    """Classrooms of a campus."""

    list_display = ["name", "campus", "school", "organization", _people(Level.CLASSROOM)]
    list_select_related = ["campus", "school", "organization"]
    list_filter = place_filters()[:3]
    search_fields = ["name", "campus__name", "school__name"]
    named_by = ("campus", "school")
    autocomplete_fields = ["campus"]
    set_on_add = ("campus",)
    export_fields = (
        "id",
        "name",
        "campus_id",
        "campus__name",
        "school__name",
        "organization__name",
        "created_at",
    )
