"""What is asked of a page, checked before any of it reaches the database.

Django takes any lookup in the address of a list, regular expressions and all, and anything for an id.
"""

from typing import Any, ClassVar, Final

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tenancy import lists
from tenancy.admin.by_name import NamedList, NamedLists
from tenancy.admin.paging import CappedPaginator
from tenancy.admin.rows import key_in
from tenancy.admin.titles import TitledPages

_NULL: Final = "\0"


class CheckedList(NamedList):
    """A list that is narrowed by its own filters and by what its admin names besides."""

    model_admin: Any

    def get_filters(self, request: HttpRequest) -> Any:
        """Return what Django's method returns.

        Raises:
            IncorrectLookupParameters: the list cannot be narrowed like that.
        """
        if any(_NULL in name or _NULL in "".join(values) for name, values in request.GET.lists()):
            raise IncorrectLookupParameters
        found = super().get_filters(request)
        # The filters have taken theirs out.
        left = found[2]
        if set(left) - {*self.model_admin.narrowed_by}:
            raise IncorrectLookupParameters
        return found

    def get_results(self, request: HttpRequest) -> None:
        """Read the page; say why it is another where there is none of that number."""
        try:
            super().get_results(request)
        except IncorrectLookupParameters:
            told = _("There is no such page: lists lead to their first %(most)s rows.")
            messages.warning(request, told % {"most": f"{lists.MOST_LISTED:,}"})
            raise
        # Where nothing was looked for, the list does not say how much was found, nor leads back to all.
        if not (self.query or self.has_active_filters):
            self.full_result_count = self.result_count


class CheckedPages(NamedLists, TitledPages):
    """Mixed into an admin: its pages take only what they offer.

    Attributes:
        narrowed_by: lookups that links to the list use and none of its filters offers.
    """

    narrowed_by: ClassVar[tuple[str, ...]] = ()
    paginator = CappedPaginator
    # To count all rows beside those that are found is for nothing.
    show_full_result_count = False

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
