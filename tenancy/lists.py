"""How far lists go, in the API and in the admin: what they count, and where their pages end."""

from typing import Any, Final

MOST_LISTED: Final = 10_000
"""Rows. To count millions takes longer than everything else; nobody turns as many pages as lead there."""


def counted(rows: Any) -> int:
    """Return how many rows a query finds, as far as a list leads; no more of them are looked at."""
    return int(rows.order_by()[:MOST_LISTED].count())


def goes_on(rows: Any) -> bool:
    """Whether a query finds more than a list leads to."""
    return bool(rows.order_by()[MOST_LISTED : MOST_LISTED + 1].exists())


def last_page(number: int, size: int) -> int:
    """Return the number of the last page that a list leads to."""
    return -(-min(number, MOST_LISTED) // size)
