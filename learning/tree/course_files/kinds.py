"""What a file of a course is made of: a kind for each level below courses, and what other apps contribute.

A level brings its fields with it, so that the next one is in the files from the moment it is registered. Rows
have no ids there: they are known by their title (questions by their text) among their siblings, the second of
the same title as the second.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, Final

from django.db import models

from learning.tree.domain import structure
from learning.tree.domain.levels import COURSES
from learning.tree.levels import SiblingKind, TreeLevel, levels_below

_PLACE: Final = ("organization", "display_order")


def _add(item: Any, _extra: Any) -> Any:
    raise NotImplementedError


@dataclass(frozen=True, eq=False)
class FileKind:
    """Rows of a course that a file holds.

    Attributes:
        name: what the list of them is called in the file.
        kind: the siblings they are.
        above: the names of the kinds that hold them.
        key: the field by which they are known among their siblings.
        single: there is exactly one, which comes into being with what holds it.
        moves: they may be found again below another parent of the course.
        add, change: save a new row, and other values of one that is there; both with ``extra``.
        extra: what a row is made of besides its fields, as the file calls it.
        extra_of: returns that for rows, by id.
        read_extra: returns it as it was checked, given the values of the row; ``extra_schema`` describes it.
        resource: the first half of the permission keys; ``more_keys`` are further ones that writing takes.
    """

    name: str
    kind: SiblingKind
    above: tuple[str, ...]
    resource: str
    key: str = "title"
    single: bool = False
    moves: bool = True
    add: Callable[[Any, Any], Any] = _add
    change: Callable[..., Any] = field(kw_only=True)
    extra: str = ""
    extra_of: Callable[[Collection[Any]], dict[int, Any]] = field(default=lambda _rows: {}, kw_only=True)
    read_extra: Callable[[dict[str, Any], Any], Any] = field(
        default=lambda _values, extra: extra, kw_only=True
    )
    extra_schema: dict[str, Any] = field(default_factory=dict, kw_only=True)
    more_keys: tuple[str, ...] = field(default=(), kw_only=True)

    @cached_property
    def fields(self) -> dict[str, "models.Field[Any, Any]"]:
        """The fields of a row that the file tells, by name."""
        left_out = {*_PLACE, self.kind.parent, *self.kind.narrowing}
        every = self.kind.model._meta.concrete_fields
        return {
            one.name: one
            for one in every
            if one.editable and not one.primary_key and not one.is_relation and one.name not in left_out
        }

    def needs(self, column: Any) -> bool:
        """Whether a row of the file has to say the value of a field; a draft may wait for a link."""
        may_wait = isinstance(column, models.URLField)
        return not (column.has_default() or column.null or column.blank or may_wait)

    def rows_below(self, parents: Collection[int], most: int | None = None) -> list[Any]:
        """Return the live rows of several parents, list after list in order, so many at most."""
        rows = self.kind.rows().filter(**{f"{self.kind.parent}__in": parents})
        return list(rows.order_by(f"{self.kind.parent}_id", "display_order", "pk")[:most])

    def values_of(self, row: Any) -> dict[str, Any]:
        """Return what the file tells of a row."""
        return {name: getattr(row, name) for name in self.fields}

    @property
    def write_keys(self) -> tuple[str, ...]:
        """The keys that an import takes."""
        return (f"{self.resource}.create", f"{self.resource}.update", *self.more_keys)


def _of_level(level: TreeLevel, above: tuple[str, ...]) -> FileKind:
    def add(item: Any, _extra: Any) -> Any:
        return structure.add(item=item, kind=level)

    def change(item: Any, values: dict[str, Any], _extra: Any, seen: Any) -> Any:
        if level.change is not None:
            return level.change(item=item, values=values, seen=seen)
        return structure.change(item=item, kind=level, values=values, seen=seen)

    more = (level.reorder_key,)
    return FileKind(level.field_name, level, above, level.resource, add=add, change=change, more_keys=more)


_CONTRIBUTED: Final[list[FileKind]] = []


def contribute(*kinds: FileKind) -> None:
    """Add kinds that are no levels, those that hold others before them; called when their app starts."""
    _CONTRIBUTED.extend(kinds)
    all_kinds.cache_clear()


@lru_cache(maxsize=1)
def all_kinds() -> tuple[FileKind, ...]:
    """Return every kind, that of the course first, and what holds others before these."""
    found = [_of_level(COURSES, ())]
    waiting = [(COURSES, "courses")]
    while waiting:
        above, name = waiting.pop(0)
        for level in levels_below(above):
            found.append(_of_level(level, (name,)))
            waiting.append((level, level.field_name))
    return (*found, *_CONTRIBUTED)


def kinds_in(above: FileKind) -> list[FileKind]:
    """Return the kinds whose lists a row of a kind holds."""
    return [kind for kind in all_kinds() if above.name in kind.above]


def course_kind() -> FileKind:
    """Return the kind of the course itself."""
    return all_kinds()[0]
