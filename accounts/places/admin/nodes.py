"""The hierarchy in the admin."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.imports.pages import ImportPages
from accounts.models import User
from accounts.places.admin.actions import PLACE_ACTIONS, ArchivedFilter, PlacePages
from accounts.places.admin.set_up import SetUpView
from accounts.places.domain.adding import save_place
from accounts.places.imports import PlacesResource
from tenancy.admin.base import TenantForm
from tenancy.admin.counts import Counted
from tenancy.admin.fill_in import FillInPages
from tenancy.admin.filters import place_filters
from tenancy.admin.jobs import Job
from tenancy.admin.tenant import TenantAdmin
from tenancy.models import Campus, Classroom, Organization, School
from tenancy.scope import EveryOrganization, Level, current_scope
from tenancy.zones import zone_names


class NodeAdmin(TenantAdmin):
    """A node of the hierarchy. A node stays where it was put: moving it would strand what is below."""

    job = Job.PLACES
    permission_keys = {"view": "places.list", "add": "places.create", "change": "places.update"}
    search_fields = ["name"]
    ordering = ["name", "id"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A new node lies below the scope, so the scope must be of a wider level."""
        scope, levels = current_scope(), list(Level)
        model: Any = self.model
        wider = isinstance(scope, EveryOrganization) or levels.index(scope.level) < levels.index(model.level)
        return wider and super().has_add_permission(request, obj)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Say how many rows prevent a deletion: a list of thousands would tell nobody more."""
        rows = list(objs)
        counts = {str(self.opts.verbose_name_plural): len(rows)}
        refused = set() if self.has_delete_permission(request) else {str(self.opts.verbose_name)}
        return [str(row) for row in rows], counts, refused, _what_is_held(self.model, rows)


class PlaceForm(TenantForm):
    """A place, which no other below its parent may be called like."""

    def _get_validation_exclusions(self) -> set[str]:
        # The rule is about these as well, and a form does not always ask for them.
        parent = self._meta.model.tenant_parent or "organization"  # type: ignore[union-attr]
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return excluded - ({parent, "archived_at"} - self.fields.keys())


class PlaceAdmin(PlacePages, NodeAdmin):
    """A place below an organization: archived and merged, but for global users never deleted."""

    form = PlaceForm
    actions = [*NodeAdmin.actions, *PLACE_ACTIONS]

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        return [*super().get_list_filter(request), ArchivedFilter]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What is archived stays as it was, but may be taken back into use."""
        page = request.resolver_match and request.resolver_match.url_name
        is_form = page == f"{self.opts.app_label}_{self.opts.model_name}_change"
        archived = is_form and getattr(obj, "archived_at", None) is not None
        return not archived and super().has_change_permission(request, obj)

    def get_object_tools(self, request: HttpRequest) -> list[tuple[Any, str]]:
        """Lead from every kind of place to the import of all kinds."""
        tools = super().get_object_tools(request)
        schools: Any = self.admin_site.get_model_admin(School)
        if self is schools or not schools.has_import_permission(request):
            return tools
        return [*tools, (schools.import_title, reverse("admin:tenancy_school_import"))]

    def where(self, place: Any) -> str:
        return " › ".join(str(getattr(place, name)) for name in reversed(self.named_by))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        # The form has looked; somebody else may have been a moment earlier.
        save_place(place=obj)


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
    return Counted("people", _("people"), lambda: User, key=str(level))


@admin.register(Organization)
class OrganizationAdmin(FillInPages, NodeAdmin):
    """Tenants; global users make and rename them, their own administrators choose the time zone."""

    permission_keys = {"view": "places.list", "change": "places.update"}
    list_display = ["name", "slug", "time_zone", _SCHOOLS, _people(Level.ORGANIZATION)]
    search_fields = ["name", "slug"]
    export_fields = ("id", "name", "slug", "time_zone", "created_at")

    fill_in = SetUpView

    def may_fill_in(self, request: HttpRequest) -> bool:
        """Places and people of the whole organization, by who may add both."""
        user: Any = request.user
        scope = current_scope()
        whole = isinstance(scope, EveryOrganization) or scope.level is Level.ORGANIZATION
        return whole and all(user.holds(key) for key in ("places.create", "users.create", "users.update"))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """An organization's own administrators choose its time zone."""
        user: Any = request.user
        fixed = () if user.is_global else ("name", "slug")
        return [*super().get_readonly_fields(request, obj), *fixed]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer the zones that there are."""
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "time_zone":
            field.widget = forms.Select(choices=[(name, name) for name in zone_names()])
            # Without one it is that of the API.
            field.required = False
        return field


@admin.register(School)
class SchoolAdmin(ImportPages, PlaceAdmin):
    """Schools of an organization; from here all kinds of places are imported."""

    import_resource = PlacesResource
    import_keys = ("places.create", "places.update")
    import_title = _("Import places")
    import_about = _("Place")
    list_display = ["name", "organization", _CAMPUSES, _people(Level.SCHOOL)]
    list_select_related = ["organization"]
    list_filter = place_filters()[:1]
    autocomplete_fields = ["organization"]
    set_on_add = ("organization",)
    export_fields = ("id", "name", "organization__name", "created_at")


@admin.register(Campus)
class CampusAdmin(PlaceAdmin):
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
class ClassroomAdmin(PlaceAdmin):
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
