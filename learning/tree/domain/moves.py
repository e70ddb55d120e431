"""What a reordering moved: the fewest rows that had to be taken out and put elsewhere."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple


class Move(NamedTuple):
    """A row that was put elsewhere among its siblings; positions count from 1."""

    pk: int
    was: int
    now: int


def moves_of(before: Sequence[int], after: Sequence[int]) -> list[Move]:
    """Return the moves that lead from one order to the other, in the new order.

    The rows that stay are the longest that keep their order among each other: one that was dragged past fifty
    others is one move, not fifty-one.
    """
    was = {pk: position for position, pk in enumerate(before, start=1)}
    both = [pk for pk in after if pk in was]
    stay = _longest_ascending([was[pk] for pk in both])
    return [
        Move(pk, was[pk], position)
        for position, pk in enumerate(after, start=1)
        if pk in was and was[pk] not in stay
    ]


def _longest_ascending(values: Sequence[int]) -> set[int]:
    """Return the values of one longest ascending subsequence; all of them differ."""
    ends: list[int] = []
    previous: dict[int, int | None] = {}
    for value in values:
        place = bisect_left(ends, value)
        previous[value] = ends[place - 1] if place else None
        ends[place : place + 1] = [value]
    kept: set[int] = set()
    value_or_none = ends[-1] if ends else None
    while value_or_none is not None:
        kept.add(value_or_none)
        value_or_none = previous[value_or_none]
    return kept
