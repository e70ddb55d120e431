"""Pages of the admin's lists: they lead as far as lists go, and say so where there is more."""

from django.core.paginator import Paginator
from django.utils.functional import cached_property

from tenancy import lists


class CappedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts up to a limit, and has no page beyond it."""

    @cached_property
    def count(self) -> int:
        """How many rows there are, as far as they are listed."""
        return lists.counted(self.object_list)

    @cached_property
    def is_capped(self) -> bool:
        """Whether there are more."""
        return self.count == lists.MOST_LISTED and lists.goes_on(self.object_list)
