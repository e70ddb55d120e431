"""Which branches of the tree are open: part of the page's address, so that a reload shows the same."""

from dataclasses import dataclass
from typing import Any, Final, Self
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from learning.tree.levels import TreeLevel, levels, levels_below

BACK: Final = "tree"
"""The parameter that brings a form's page back here, with the row to return to; beside ``open``."""

MOST: Final = 200
"""Branches open at once; more in an address are left closed."""


def _with_branches() -> list[TreeLevel]:
    return [level for level in levels() if levels_below(level)]


@dataclass(frozen=True, slots=True)
class Opened:
    """The open branches as ``(level, id)``."""

    branches: frozenset[tuple[str, int]] = frozenset()

    @classmethod
    def everything(cls) -> tuple[Self, bool]:
        """Return every branch from the top, as many as may be open, and whether that is all of them."""
        found: list[tuple[str, int]] = []
        for level in _with_branches():
            ids = level.in_order().values_list("pk", flat=True)[: MOST + 1 - len(found)]
            found += [(level.name, pk) for pk in ids]
            if len(found) > MOST:
                return cls(frozenset(found[:MOST])), False
        return cls(frozenset(found)), True

    @classmethod
    def read(cls, values: list[str]) -> Self:
        """Read ``courses:12`` and the like; what names no branch opens none."""
        found, known = set(), {level.name for level in _with_branches()}
        for value in values[:MOST]:
            level, _colon, pk = value.partition(":")
            if level in known and pk.isascii() and pk.isdigit() and len(pk) <= 18:
                found.add((level, int(pk)))
        return cls(frozenset(found))

    def of(self, level: str) -> set[int]:
        """Return the ids of the open rows of a level."""
        return {pk for name, pk in self.branches if name == level}

    def including(self, level: str, pk: int) -> Self:
        """Return these and one more."""
        return type(self)(self.branches | {(level, pk)})

    def toggled(self, level: str, pk: int) -> Self:
        """Return these with one opened that is closed, or closed that is open."""
        return type(self)(self.branches ^ {(level, pk)})

    def with_ancestors(self) -> Self:
        """Return these and what they belong to; one statement for each level with a parent."""
        found = set(self.branches)
        for level in reversed(_with_branches()):
            ids = {pk for name, pk in found if name == level.name}
            if level.above and ids:
                above = level.rows().filter(pk__in=ids).values_list(f"{level.parent}_id", flat=True)
                found |= {(level.above.name, pk) for pk in above}
        return type(self)(frozenset(found))

    def as_values(self) -> list[str]:
        """Return them as the address has them, in a stable order."""
        return [f"{level}:{pk}" for level, pk in sorted(self.branches)]

    def page_url(self, anchor: str = "") -> str:
        """Return the address of the page with these open."""
        query = urlencode([("open", value) for value in self.as_values()])
        return reverse("admin:ordering") + (f"?{query}" if query else "") + (f"#{anchor}" if anchor else "")


def way_back(level: TreeLevel, parent_id: Any, pk: Any = "") -> list[tuple[str, str]]:
    """Return the parameters that lead from a form back to a list of the tree, and to a row in it."""
    opened = Opened().including(level.above.name, parent_id) if level.above else Opened()
    return [*(("open", value) for value in opened.as_values()), (BACK, f"{level.name}-{pk}")]


def page_to_return_to(request: HttpRequest, pk: Any) -> str:
    """Return the address of the page with the branches open that a form was opened from; empty for none.

    Built anew from what names branches and a level, so that it leads nowhere else.
    """
    sent = request.GET.get(BACK, "")
    named = next((level.name for level in levels() if sent.startswith(f"{level.name}-")), None)
    if named is None:
        return ""
    return Opened.read(request.GET.getlist("open")).page_url(f"{named}-{pk}")
