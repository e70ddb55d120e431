"""The actions of the lists of places: archiving, using again, and merging behind a page that asks."""

from typing import Any, Final

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.places.domain.closing import archive_places, merge_places, reopen_places
from tenancy.errors import ConflictError, RefusedError

PLACE_ACTIONS: Final = ["merge_selected", "archive_selected", "reopen_selected"]
MOST_AT_ONCE: Final = 100


class ArchivedFilter(admin.SimpleListFilter):
    """Places in use, or archived ones instead."""

    title = _("archived")
    parameter_name = "archived"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Yes"))]

    def choices(self, changelist: Any) -> Any:
        in_use, archived = super().choices(changelist)
        yield {**in_use, "display": _("No")}
        yield archived

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.exclude(archived_at=None) if self.value() == "yes" else queryset.in_use()


class PlacePages(admin.ModelAdmin):
    """Mixed into the admin of a kind of place."""

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """What is archived can be taken back into use, and nothing else."""
        archived = request.GET.get(ArchivedFilter.parameter_name) == "yes"
        actions = super().get_actions(request)
        return {name: act for name, act in actions.items() if (name == "reopen_selected") == archived}

    @admin.action(permissions=["change"], description=_("Archive selected %(verbose_name_plural)s"))
    def archive_selected(self, request: HttpRequest, queryset: Any) -> None:
        """Archive places that nobody and nothing is in."""
        places = self._chosen(request, queryset)
        archive_places(places=places)
        told = ngettext("Archived %(number)d place.", "Archived %(number)d places.", len(places))
        self._tell(request, places, told % {"number": len(places)}, _("Archived."))

    @admin.action(
        permissions=["change"], description=_("Take selected %(verbose_name_plural)s back into use")
    )
    def reopen_selected(self, request: HttpRequest, queryset: Any) -> None:
        """Take archived places back into use."""
        places = self._chosen(request, queryset)
        reopen_places(places=places)
        told = ngettext(
            "%(number)d place is in use again.", "%(number)d places are in use again.", len(places)
        )
        self._tell(request, places, told % {"number": len(places)}, _("Taken back into use."))

    @admin.action(permissions=["change"], description=_("Merge selected %(verbose_name_plural)s…"))
    def merge_selected(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        """Ask which of the places stays, then move everyone there and archive the others."""
        places = self._chosen(request, queryset)
        if len(places) < 2:
            raise ConflictError(_("Choose at least two places to merge."), code="too_few_places")
        into = next((place for place in places if str(place.pk) == request.POST.get("into")), None)
        if into is None:
            return self._ask_which(request, places)
        left = [place for place in places if place != into]
        number = merge_places(places=left, into=into)
        told = ngettext(
            "Merged into “%(name)s”: %(number)d person moved.",
            "Merged into “%(name)s”: %(number)d people moved.",
            number,
        )
        entry = _("Merged into “%(name)s” and archived.") % {"name": into.name}
        self._tell(request, left, told % {"name": into.name, "number": number}, entry)
        return None

    def _ask_which(self, request: HttpRequest, places: list[Any]) -> HttpResponse:
        people: dict[Any, int] = {}
        level = str(places[0].level)
        for pk in User.objects.filter(**{f"{level}__in": places}).values_list(f"{level}_id", flat=True):
            people[pk] = people.get(pk, 0) + 1
        context = {
            **self.admin_site.each_context(request),
            "title": _("Merge %(name)s") % {"name": self.opts.verbose_name_plural},
            "opts": self.opts,
            "choices": [(place, self.where(place), people.get(place.pk, 0)) for place in places],
            "back": request.get_full_path(),
        }
        return TemplateResponse(request, "admin/places/merge.html", context)

    def where(self, place: Any) -> str:
        """Return the names of what a place lies in, for a page that tells namesakes apart."""
        raise NotImplementedError

    def _chosen(self, request: HttpRequest, queryset: Any) -> list[Any]:
        related = [field.name for field in self.opts.fields if field.many_to_one]
        places = list(queryset.select_related(*related).order_by("sort_name", "pk")[: MOST_AT_ONCE + 1])
        if len(places) > MOST_AT_ONCE:
            raise ConflictError(
                _("At most %(number)d places at once: choose fewer.") % {"number": MOST_AT_ONCE},
                code="too_many_places",
            )
        for place in places:
            if not self.has_change_permission(request, place):
                raise RefusedError(_("You may not change “%(row)s”.") % {"row": place})
        if not places:
            raise ConflictError(_("No place was chosen."), code="too_few_places")
        return places

    def _tell(self, request: HttpRequest, places: list[Any], told: str, entry: Any) -> None:
        LogEntry.objects.log_actions(str(request.user.pk), places, CHANGE, str(entry))
        messages.success(request, told)
