"""Pages of the admin's lists: they lead as far as lists go, and say so where there is more."""

from django.core.paginator import Paginator
from django.utils.functional import cached_property

from tenancy import lists


class CappedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts up to a limit, and has no page beyond it."""

    @cached_property
    def found(self) -> int:
        """How many rows there are, or one more than are listed."""
        return lists.number_of(self.object_list)

    @property
    def count(self) -> int:  # type: ignore[override]
        """How many rows there are, as far as they are listed."""
        return min(self.found, lists.MOST_LISTED)

    @property
    def is_capped(self) -> bool:
        """Whether there are more."""
        return self.found > lists.MOST_LISTED
