"""What a file changes in a course that is there: what is added, changed, moved and missing."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from learning.tree.course_files.kinds import FileKind, kinds_in
from learning.tree.course_files.nodes import CourseNode
from learning.tree.domain.moves import moves_of
from tenancy.admin.rows import label_of

ADDED: Final = "added"
CHANGED: Final = "changed"
MOVED: Final = "moved"
MISSING: Final = "missing"

_Pair = tuple[CourseNode | None, CourseNode | None]


@dataclass(slots=True)
class Comparison:
    """A file beside a course; every node of the file knows its row from then on.

    Attributes:
        changes: ``(what, place, how)``, in the order of the file.
        changed: by node, the values that are other in the file.
        new: nodes that are no row yet.
        moved: nodes that stand below another parent than now.
        missing: what the course holds and the file does not, without what goes along with it.
        unchanged: how many rows are the same.
    """

    changes: list[tuple[str, str, str]] = field(default_factory=list)
    changed: dict[CourseNode, dict[str, Any]] = field(default_factory=dict)
    new: set[CourseNode] = field(default_factory=set)
    moved: set[CourseNode] = field(default_factory=set)
    missing: list[CourseNode] = field(default_factory=list)
    unchanged: int = 0

    def count(self, what: str) -> int:
        """Return how many changes are of a kind."""
        return sum(change[0] == what for change in self.changes)

    @property
    def digest(self) -> str:
        """The same for the same changes."""
        return hashlib.sha256(repr(self.changes).encode()).hexdigest()[:32]


def compare(file: CourseNode, course: CourseNode | None) -> Comparison:
    """Return what a file changes; without a course all of it is new."""
    found = Comparison()
    file.row = course.row if course else None
    _note(found, file, course)
    pairs: list[_Pair] = [(file, course)]
    while pairs:
        pairs = [pair for kind in _kinds_of(pairs) for pair in _compare_lists(found, kind, pairs)]
    return found


def _kinds_of(pairs: Sequence[_Pair]) -> list[FileKind]:
    kinds = dict.fromkeys(node.kind for pair in pairs for node in pair if node is not None)
    return list(dict.fromkeys(below for kind in kinds for below in kinds_in(kind)))


def _compare_lists(found: Comparison, kind: FileKind, pairs: Sequence[_Pair]) -> list[_Pair]:
    """Compare the lists of one kind below pairs of rows, and return the pairs of their rows."""
    matched: list[_Pair] = []
    new: list[CourseNode] = []
    left: list[tuple[CourseNode | None, CourseNode]] = []
    lists: list[tuple[list[CourseNode], list[CourseNode]]] = []
    for file, present in pairs:
        if file is not None and file.kind.name not in kind.above:
            continue
        rows = present.below.get(kind.name, []) if present else []
        if file is not None and kind.name not in file.below:
            # It says nothing of this list.
            found.unchanged += sum(1 for row in rows for _one in row.walk())
            continue
        wanted = file.below[kind.name] if file else []
        same, more, less = _by_key(kind, wanted, rows)
        matched += same
        new += more
        left += [(file, row) for row in less]
        if file is not None:
            lists.append((wanted, rows))
    moved = _found_elsewhere(kind, new, [row for _file, row in left])
    for node, row in moved.items():
        node.row = row.row
        found.moved.add(node)
        matched.append((node, row))
    gone = set(moved.values())
    for one, its_row in matched:
        assert one is not None and its_row is not None
        one.row = its_row.row
    rows_of = dict(matched)
    for wanted, rows in lists:
        _note_list(found, kind, wanted, rows, gone=gone, matched=rows_of)
    missing = [(file, row) for file, row in left if row not in gone]
    return [
        *matched,
        *((node, None) for node in new if node not in moved),
        *((None, row) for _file, row in missing),
    ]


def _by_key(
    kind: FileKind, wanted: Sequence[CourseNode], rows: Sequence[CourseNode]
) -> tuple[list[_Pair], list[CourseNode], list[CourseNode]]:
    """Return the pairs of two lists, and what is in one of them only; the second of a key is the second."""
    if kind.single:
        pairs: list[_Pair] = list(zip(wanted, rows, strict=False))
        return pairs, list(wanted[len(rows) :]), []
    by_key: dict[str, list[CourseNode]] = defaultdict(list)
    for row in rows:
        by_key[row.key].append(row)
    same: list[_Pair] = []
    more = []
    for node in wanted:
        if by_key[node.key]:
            same.append((node, by_key[node.key].pop(0)))
        else:
            more.append(node)
    taken = {row for _node, row in same}
    return same, more, [row for row in rows if row not in taken]


def _found_elsewhere(
    kind: FileKind, new: Sequence[CourseNode], left: Sequence[CourseNode]
) -> dict[CourseNode, CourseNode]:
    """Return which new rows are ones that are missing elsewhere: those that only one of each can be."""
    if not kind.moves:
        return {}
    wanted, there = defaultdict(list), defaultdict(list)
    for node in new:
        wanted[node.key].append(node)
    for row in left:
        there[row.key].append(row)
    return {
        nodes[0]: there[key][0] for key, nodes in wanted.items() if len(nodes) == 1 and len(there[key]) == 1
    }


def _note_list(
    found: Comparison,
    kind: FileKind,
    wanted: Sequence[CourseNode],
    rows: Sequence[CourseNode],
    *,
    gone: set[CourseNode],
    matched: dict[CourseNode | None, CourseNode | None],
) -> None:
    """Note what becomes of one list of the file, row by row."""
    here = {row.row.pk for row in rows}
    kept = {node.row.pk for node in wanted if node.row is not None} & here
    before = [row.row.pk for row in rows if row.row.pk in kept]
    after = [node.row.pk for node in wanted if node.row is not None and node.row.pk in kept]
    positions = {move.pk: (move.was, move.now) for move in moves_of(before, after)}
    for node in wanted:
        _note(found, node, matched.get(node), positions)
    stay = [row for row in rows if row.row.pk not in kept and row not in gone]
    if not kind.single:
        found.missing += stay
        found.changes += [(MISSING, row.place, "") for row in stay]


def _note(
    found: Comparison, node: CourseNode, row: CourseNode | None, positions: dict[Any, Any] | None = None
) -> None:
    if row is None:
        found.new.add(node)
        found.changes.append((ADDED, node.place, ""))
        return
    other = {name: value for name, value in node.values.items() if value != row.values[name]}
    told = [_told(node.kind.fields[name], row.values[name], value) for name, value in other.items()]
    if node.extra != row.extra:
        other[node.kind.extra] = node.extra
        told.append(str(node.kind.extra))
    if other:
        found.changed[node] = other
        found.changes.append((CHANGED, node.place, "; ".join(told)))
    if node in found.moved:
        found.changes.append((MOVED, node.place, _("from “%(place)s”") % {"place": row.place}))
    elif positions and node.row.pk in positions:
        was, now = positions[node.row.pk]
        place = _("from position %(was)d to %(now)d") % {"was": was, "now": now}
        found.changes.append((MOVED, node.place, place))
    elif not other:
        found.unchanged += 1


def _told(column: Any, before: Any, after: Any) -> str:
    def shown(value: Any) -> str:
        return "—" if value in (None, "") else f"“{Truncator(str(value)).chars(60)}”"

    return f"{label_of(column)}: {shown(before)} → {shown(after)}"
