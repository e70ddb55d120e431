"""How far lists go, in the API and in the admin: what they count, and where their pages end."""

from typing import Any, Final

from django.db.models.sql.constants import INNER

MOST_LISTED: Final = 10_000
"""Rows. To count millions takes longer than everything else; nobody turns as many pages as lead there."""


class Number(int):
    """How many rows there are; beyond what is counted, its text says no more than that."""

    def __str__(self) -> str:
        return f"{MOST_LISTED:,}+" if self > MOST_LISTED else f"{int(self):,}"


def number_of(rows: Any) -> Number:
    """Return how many rows a query finds, or one more than a list leads to; no more are looked at."""
    rows = rows.order_by()
    # The tenant condition joins a row's person, whether or not the scope asks where they belong. The database
    # leaves an outer join out that nothing asks for, and takes it for an inner one where something does.
    for alias, join in list(rows.query.alias_map.items()):
        if join.join_type == INNER and join.join_field.many_to_one and not join.nullable:
            rows.query.alias_map[alias] = join.promote()
    return Number(rows[: MOST_LISTED + 1].count())


def counted(rows: Any) -> int:
    """Return how many rows a query finds, as far as a list leads."""
    return min(number_of(rows), MOST_LISTED)


def last_page(number: int, size: int) -> int:
    """Return the number of the last page that a list leads to."""
    return -(-min(number, MOST_LISTED) // size)
