"""Tcodes in the admin."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from learning.models import Subscription, Tcode
from learning.tree.admin.content import SharedContentAdmin, SharedFilter, content_keys
from learning.tree.admin.opened import ContentForm
from learning.workshop.domain.tcodes import restore_tcodes, save_tcode
from tenancy.admin import Counted, place_filters


class TcodeForm(ContentForm):
    """A tcode; the form does not know of deletion, so it cannot check the constraint by itself."""

    def clean(self) -> dict[str, Any]:
        values = {**(super().clean() or {})}
        organization = values.get("organization")
        whose = organization.pk if organization else self.instance.organization_id
        others = Tcode.objects.filter(organization=whose).exclude(pk=self.instance.pk)
        if "code" in values and others.filter(code__iexact=values["code"]).exists():
            self.add_error("code", _("Another tcode has this code already."))
        return values


class SubjectFilter(admin.SimpleListFilter):
    """Tcodes of one subject."""

    title = _("subject")
    parameter_name = "subject"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        subjects = Tcode.objects.order_by("subject").values_list("subject", flat=True).distinct()
        return [(subject, subject) for subject in subjects[:100]]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset if self.value() is None else queryset.filter(subject=self.value())


@admin.register(Tcode)
class TcodeAdmin(SharedContentAdmin):
    """What the workshop offers; the content itself is elsewhere."""

    introduction = _(
        "A tcode is a course, a subject or a unit of the workshop; a subscription gives access to it."
    )
    form = TcodeForm
    permission_keys = content_keys("tcodes")
    explained = {
        "code": _(
            "A tcode is a course, a subject or a unit of the workshop, which people have access to by a "
            "subscription. This is its short name, once in an organization, in any case."
        )
    }
    list_display = [
        "code",
        "title",
        "subject",
        "organization",
        "slide_count",
        Counted("subscriptions", _("subscriptions"), lambda: Subscription, key="tcode"),
        "is_published",
        "shared",
        "updated_at",
    ]
    list_filter = [*place_filters()[:1], SubjectFilter, "is_published", SharedFilter]
    list_select_related = ["organization"]
    search_fields = ["code", "title", "subject"]
    autocomplete_fields = ["organization"]
    set_on_add = ("organization",)
    ordering = ["organization", "subject", "title", "id"]
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    fields = (
        "organization",
        "code",
        "title",
        "subject",
        "description",
        "slide_count",
        "content_url",
        "is_published",
    )
    export_fields = (
        "id",
        "code",
        "title",
        "subject",
        "description",
        "slide_count",
        "content_url",
        "is_published",
        "organization__name",
        "created_at",
        "updated_at",
    )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        hidden = self.get_exclude(request, obj)
        return [name for name in super().get_fields(request, obj) if name not in hidden]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        self.tell_of_kept(request, form, obj)
        save_tcode(tcode=obj, fields=form.changed_data if change else None, seen=form.seen)

    def restore_rows(self, rows: list[Any]) -> None:
        restore_tcodes(tcodes=rows)
