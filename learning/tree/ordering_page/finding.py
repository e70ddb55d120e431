"""Finding rows of the tree by their titles: one statement for each level, and the way to each row."""

from dataclasses import dataclass, field
from typing import Any, Final

from learning.tree.levels import TreeLevel, levels
from learning.tree.ordering_page.opened import Opened

LONGEST: Final = 200
MOST: Final = 50
"""How many rows are named; more are found by more of the title."""


@dataclass(frozen=True, slots=True)
class FoundRow:
    """A row, and how to get to it.

    Attributes:
        one: what people call a row of its level.
        way: the titles of what it stands in, from the top.
        above: the branches to open for it, from the top, as the address names them.
    """

    kind: str
    id: int
    title: str
    one: str
    way: tuple[str, ...]
    above: str
    url: str


@dataclass(slots=True)
class FoundRows:
    """The rows from the top of the tree, and whether there are no others."""

    rows: list[FoundRow] = field(default_factory=list)
    is_whole: bool = True


def find_rows(wanted: str) -> FoundRows:
    """Return the live rows of the scope whose titles contain what is wanted; none for nothing."""
    found = FoundRows()
    for level in levels() if wanted else ():
        above = _levels_above(level)
        path = "__".join(one.parent for one in [level, *above][: len(above)])
        rows = level.in_order().filter(title__icontains=wanted.replace("\x00", ""))
        for row in (rows.select_related(path) if path else rows)[: MOST + 1 - len(found.rows)]:
            found.rows.append(_found(level, above, row))
    found.is_whole = len(found.rows) <= MOST
    del found.rows[MOST:]
    return found


def _levels_above(level: TreeLevel) -> list[TreeLevel]:
    above = level.above
    return [above, *_levels_above(above)] if above else []


def _found(level: TreeLevel, above: list[TreeLevel], row: Any) -> FoundRow:
    parents, child = [], (level, row)
    for one in above:
        child = (one, getattr(child[1], child[0].parent))
        parents.append(child)
    parents.reverse()
    opened = Opened(frozenset((one.name, parent.pk) for one, parent in parents))
    return FoundRow(
        kind=level.name,
        id=row.pk,
        title=str(row),
        one=str(level.one),
        way=tuple(str(parent) for _level, parent in parents),
        above=" ".join(f"{one.name}:{parent.pk}" for one, parent in parents),
        url=opened.page_url(f"{level.name}-{row.pk}"),
    )
