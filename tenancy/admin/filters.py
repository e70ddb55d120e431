"""Filters that lead down a hierarchy, a school, then its campuses, then their classrooms; and one by time."""

from datetime import timedelta
from typing import Any, ClassVar, Final

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenancy.admin.rows import key_in
from tenancy.models import Campus, Classroom, Organization, School
from tenancy.scope import Scope, current_scope

MOST_CHOICES: Final = 100
"""How many rows a filter offers at most; beyond that there is the search."""


class BranchFilter(admin.SimpleListFilter):
    """Rows that stand in one row of the scope. Below the top a filter appears when one above is chosen.

    Attributes:
        model: what is chosen from.
        path: from the list's rows to it.
        within: the parameter of the filter above, which is also the field that holds what that chooses.
        below: the parameters of the filters below, which mean nothing once this one changes.
    """

    model: ClassVar[type[models.Model]]
    path: ClassVar[str]
    within: ClassVar[str | None] = None
    below: ClassVar[tuple[str, ...]] = ()

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        described: Any = model_admin.admin_site.get_model_admin(self.model)
        if not described.has_view_permission(request):
            return []
        rows = self.model._default_manager.order_by(*described.get_ordering(request))
        return [(str(row.pk), str(row)) for row in self._offered(request, rows)]

    def _offered(self, request: HttpRequest, rows: Any) -> Any:
        in_one_organization = isinstance(current_scope(), Scope)
        at_the_top = self.within == ("organization" if in_one_organization else None)
        if at_the_top:
            return rows[:MOST_CHOICES]
        if self.within is not None:
            holder: Any = self.model._meta.get_field(self.within)
            above = key_in(request.GET.get(self.within), holder.target_field)
            if above is not None:
                return rows.filter(**{self.within: above})[:MOST_CHOICES]
        own = key_in(self.value(), self.model._meta.pk)
        return [] if own is None else rows.filter(pk=own)

    def has_output(self) -> bool:
        """Whatever it was asked for counts, even where there is nothing to choose from."""
        return self.value() is not None or super().has_output()

    def choices(self, changelist: Any) -> Any:
        yield {
            "selected": self.value() is None,
            "query_string": changelist.get_query_string(remove=[self.parameter_name, *self.below]),
            "display": _("All"),
        }
        for pk, name in self.lookup_choices:
            yield {
                "selected": self.value() == pk,
                "query_string": changelist.get_query_string({self.parameter_name: pk}, remove=self.below),
                "display": name,
            }

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() is None:
            return queryset
        wanted = key_in(self.value(), self.model._meta.pk)
        if wanted is None:
            raise IncorrectLookupParameters(self.parameter_name)
        return queryset.filter(**{self.path: wanted})


def branch_filters(*steps: tuple[str, type[models.Model], str]) -> list[Any]:
    """Return the filters of a list, from the top down.

    Args:
        steps: parameter, model and path of each; a parameter is also the field of the next model that
            holds what it chooses.
    """
    names = [name for name, _model, _path in steps]
    return [
        type(
            f"{model.__name__}Filter",
            (BranchFilter,),
            {
                "title": model._meta.verbose_name,
                "parameter_name": name,
                "model": model,
                "path": path,
                "within": names[position - 1] if position else None,
                "below": tuple(names[position + 1 :]),
            },
        )
        for position, (name, model, path) in enumerate(steps)
    ]


def place_filters(prefix: str = "") -> list[Any]:
    """Return the filters that lead down the hierarchy, ``prefix`` being the path to the people there."""
    return branch_filters(
        ("organization", Organization, "organization"),
        ("school", School, f"{prefix}school"),
        ("campus", Campus, f"{prefix}campus"),
        ("classroom", Classroom, f"{prefix}classroom"),
    )


class PeriodFilter(admin.SimpleListFilter):
    """Rows of the last day, week, month or year: a range of the index of their time, and nothing to look for.

    Attributes:
        field: the name of the time.
    """

    field: ClassVar[str]
    parameter_name = "days"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("1", _("The last 24 hours")),
            ("7", _("The last 7 days")),
            ("30", _("The last 30 days")),
            ("365", _("The last 12 months")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() is None:
            return queryset
        if self.value() not in dict(self.lookup_choices):
            raise IncorrectLookupParameters(self.parameter_name)
        since = timezone.now() - timedelta(days=int(str(self.value())))
        return queryset.filter(**{f"{self.field}__gte": since})


def period_filter(field: str, title: Any) -> type[PeriodFilter]:
    """Return the filter of a list by one of its times."""
    return type("PeriodFilter", (PeriodFilter,), {"field": field, "title": title})
