"""A course as a tree in memory, read from the database or from a file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext as _

from learning.models import Course
from learning.tree.course_files.kinds import FileKind, course_kind, kinds_in
from tenancy.errors import ConflictError

MOST_ROWS: Final = 5_000
"""Of a course in a file."""


@dataclass(eq=False, slots=True)
class CourseNode:
    """A row of a course.

    Attributes:
        key: what it is known by among its siblings.
        values: its fields.
        extra: what it is made of besides.
        below: the lists that it holds; of a file, those only that it says something of.
        row: the row of the database that it is; none for one that is new.
        place: the titles that lead to it, for people.
    """

    kind: FileKind
    values: dict[str, Any]
    place: str
    extra: Any = None
    below: dict[str, list["CourseNode"]] = field(default_factory=dict)
    row: Any = None

    @property
    def key(self) -> str:
        return str(self.values[self.kind.key])

    def walk(self) -> Iterator["CourseNode"]:
        """Yield the node and everything below it."""
        yield self
        for nodes in self.below.values():
            for node in nodes:
                yield from node.walk()


def node_of(kind: FileKind, values: dict[str, Any], above: str, **more: Any) -> CourseNode:
    """Return a node whose place is named after what it stands in."""
    name = str(values.get(kind.key) or "")[:80]
    return CourseNode(kind, values, f"{above} › {name}" if above else name, **more)


def read_course(course: Course) -> CourseNode:
    """Return a course as it is, in a number of statements that grows with the kinds of rows only.

    Raises:
        ConflictError: ``too_many_rows``.
    """
    kind = course_kind()
    root = node_of(kind, kind.values_of(course), "", row=course)
    _fill([root], MOST_ROWS - 1)
    return root


def _fill(nodes: Sequence[CourseNode], most: int) -> int:
    """Read what stands below rows of one kind; return how many more rows there may be."""
    if not nodes:
        return most
    by_id = {node.row.pk: node for node in nodes}
    for kind in kinds_in(nodes[0].kind):
        for node in nodes:
            node.below[kind.name] = []
        rows = kind.rows_below(by_id, most + 1)
        most -= len(rows)
        if most < 0:
            raise ConflictError(
                _("A course with more than %(number)d rows is in no file.") % {"number": MOST_ROWS},
                code="too_many_rows",
            )
        extras = kind.extra_of(rows)
        made = []
        for row in rows:
            above = by_id[kind.kind.parent_of(row)]
            node = node_of(kind, kind.values_of(row), above.place, row=row, extra=extras.get(row.pk))
            above.below[kind.name].append(node)
            made.append(node)
        most = _fill(made, most)
    return most
