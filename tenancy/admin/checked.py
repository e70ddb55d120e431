"""What is asked of a page, checked before any of it reaches the database.

Django takes any lookup in the address of a list, regular expressions and all, and anything for an id.
"""

from datetime import MAXYEAR, date
from typing import Any, ClassVar, Final

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import BadRequest
from django.http import HttpRequest

from tenancy.admin.by_name import NamedList, NamedLists
from tenancy.admin.rows import key_in
from tenancy.admin.titles import TitledPages

_NULL: Final = "\0"


class CheckedList(NamedList):
    """A list that is narrowed by its own filters, by its dates and by what its admin names besides."""

    model_admin: Any

    def get_filters(self, request: HttpRequest) -> Any:
        """Return what Django's method returns.

        Raises:
            IncorrectLookupParameters: the list cannot be narrowed like that.
        """
        if any(_NULL in name or _NULL in "".join(values) for name, values in request.GET.lists()):
            raise IncorrectLookupParameters
        bounds = self._check_dates()
        found = super().get_filters(request)
        # The filters have taken theirs out.
        left = found[2]
        if set(left) - bounds - {*self.model_admin.narrowed_by}:
            raise IncorrectLookupParameters
        return found

    def _check_dates(self) -> set[str]:
        """Return the lookups that Django makes of a year, a month or a day; refuse those there are not."""
        given = self.get_filters_params()
        names = [f"{self.date_hierarchy}__{part}" for part in ("year", "month", "day")]
        values = [given[name][-1] for name in names if name in given]
        if not values:
            return set()
        try:
            day = date(*[int(value) for value in [*values, 1, 1][:3]])
        except (ValueError, OverflowError) as error:
            raise IncorrectLookupParameters from error
        if names[len(values) - 1] not in given or not 1 < day.year < MAXYEAR:
            raise IncorrectLookupParameters
        return {f"{self.date_hierarchy}__gte", f"{self.date_hierarchy}__lt"}


class CheckedPages(NamedLists, TitledPages):
    """Mixed into an admin: its pages take only what they offer.

    Attributes:
        narrowed_by: lookups that links to the list use and none of its filters offers.
    """

    narrowed_by: ClassVar[tuple[str, ...]] = ()

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return CheckedList

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Return the row, or ``None``; a field without a name is no field to find it by."""
        return super().get_object(request, object_id, from_field or None)

    def response_action(self, request: HttpRequest, queryset: Any, *args: Any) -> Any:
        """Do the chosen action.

        Raises:
            BadRequest: something was chosen that no list offers.
        """
        chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
        if any(key_in(one, self.opts.pk) is None for one in chosen):
            raise BadRequest(ACTION_CHECKBOX_NAME)
        return super().response_action(request, queryset, *args)
