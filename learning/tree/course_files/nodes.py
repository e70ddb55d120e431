"""A course as a tree in memory, read from the database or from a file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from learning.models import Course
from learning.tree.course_files.kinds import FileKind, course_kind, kinds_in


@dataclass(eq=False, slots=True)
class Node:
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
    below: dict[str, list["Node"]] = field(default_factory=dict)
    row: Any = None

    @property
    def key(self) -> str:
        return str(self.values[self.kind.key])

    def walk(self) -> Iterator["Node"]:
        """Yield the node and everything below it."""
        yield self
        for nodes in self.below.values():
            for node in nodes:
                yield from node.walk()


def node_of(kind: FileKind, values: dict[str, Any], above: str, **more: Any) -> Node:
    """Return a node whose place is named after what it stands in."""
    name = str(values.get(kind.key) or "")[:80]
    return Node(kind, values, f"{above} › {name}" if above else name, **more)


def read_course(course: Course) -> Node:
    """Return a course as it is, in a number of statements that grows with the kinds of rows only."""
    kind = course_kind()
    root = node_of(kind, kind.values_of(course), "", row=course)
    _fill([root])
    return root


def _fill(nodes: Sequence[Node]) -> None:
    if not nodes:
        return
    by_id = {node.row.pk: node for node in nodes}
    for kind in kinds_in(nodes[0].kind):
        for node in nodes:
            node.below[kind.name] = []
        rows = kind.rows_below(by_id)
        extras = kind.extra_of(rows)
        made = []
        for row in rows:
            above = by_id[kind.kind.parent_of(row)]
            node = node_of(kind, kind.values_of(row), above.place, row=row, extra=extras.get(row.pk))
            above.below[kind.name].append(node)
            made.append(node)
        _fill(made)
