"""Writing what a file changes, by the rules of each level, top down; inside a transaction."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from accounts.models import User
from learning.models import CourseCategory, Status
from learning.tree.course_files.comparing import Comparison
from learning.tree.course_files.kinds import FileKind, kinds_in
from learning.tree.course_files.nodes import CourseNode
from learning.tree.domain import ordering, structure
from learning.tree.domain.levels import CATEGORIES
from tenancy.errors import DomainError


class RefusedRowError(Exception):
    """A rule refused a row of the file.

    Attributes:
        place: the titles that lead to it.
        reason: a sentence.
    """

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(reason)
        self.place, self.reason = place, reason


@contextmanager
def _named(node: CourseNode) -> Iterator[None]:
    """Say of which row something is refused."""
    try:
        yield
    except DomainError as error:
        raise RefusedRowError(node.place, str(error.detail)) from error


@dataclass(slots=True)
class Applying:
    """One file that is being written.

    Attributes:
        by: who imports; nobody, where an operator does.
        deletes: whether what the file lacks is deleted.
        done: is told of each row that was looked at.
    """

    compared: Comparison
    by: User | None
    deletes: bool
    done: Callable[[], None]

    def apply(self, course: CourseNode, category: CourseCategory | None, title: str) -> None:
        """Write the course and everything below it.

        Raises:
            RefusedRowError: naming the row.
            DomainError: what a rule refuses that is about no row.
        """
        if course.row is None and category is None:
            whose = {"organization_id": structure.organization_to_write_in(), "display_order": None}
            category = structure.add(item=CourseCategory(title=title, **whose), kind=CATEGORIES)
        self._write(course, category)
        # Only now: an order is of the rows that a list has in the end, and counts as a change of each.
        for node in course.walk():
            for kind in kinds_in(node.kind):
                self._put_in_order(kind, node, node.below.get(kind.name, []))
        if self.deletes:
            self._delete()

    def _write(self, node: CourseNode, above: Any) -> None:
        self.done()
        with _named(node):
            later = self._write_row(node, above)
        for below in node.below.values():
            for one in below:
                self._write(one, node.row)
        if later:
            with _named(node):
                node.row = node.kind.change(node.row, later, None, None)

    def _write_row(self, node: CourseNode, above: Any) -> dict[str, Any]:
        """Write a row, and return the values it gets once what is below it is there."""
        kind, is_new = node.kind, node.row is None
        values = dict(node.values) if is_new else dict(self.compared.changed.get(node, ()))
        later: dict[str, Any] = {}
        if kinds_in(kind) and values.get("status") == Status.PUBLISHED:
            # Nothing is published before there is something in it.
            later["status"] = values.pop("status")
        if is_new and kind.single:
            self._take_over(node, above, values)
        elif is_new:
            place = {kind.kind.parent: above, "display_order": None}
            node.row = kind.add(kind.kind.model(**values, **kind.kind.narrowing, **place), node.extra)
        elif values or node in self.compared.moved:
            extra = values.pop(kind.extra, None) if kind.extra else None
            if node in self.compared.moved:
                values[kind.kind.parent] = above
            node.row = kind.change(node.row, values, extra, {node.row.revision})
        return later

    def _take_over(self, node: CourseNode, above: Any, values: dict[str, Any]) -> None:
        """Make what came into being with its parent, and is not in the file, what the file says."""
        [row] = node.kind.rows_below([above.pk])
        node.row = node.kind.change(row, values, None, None)
        for kind in kinds_in(node.kind):
            if kind.name in node.below:
                structure.delete_all(items=kind.rows_below([row.pk]))

    def _put_in_order(self, kind: FileKind, node: CourseNode, wanted: list[CourseNode]) -> None:
        if kind.single or not wanted:
            return
        present = [row.pk for row in kind.rows_below([node.row.pk])]
        first = [one.row.pk for one in wanted]
        after = [*first, *(pk for pk in present if pk not in set(first))]
        if after != present:
            plan = ordering.plan_reorder(kind=kind.kind, positions=ordering.positions_of(after))
            ordering.carry_out(plan, by=self.by)

    def _delete(self) -> None:
        by_kind: dict[FileKind, list[Any]] = defaultdict(list)
        for node in self.compared.missing:
            by_kind[node.kind].append(node.row)
        for rows in by_kind.values():
            structure.delete_all(items=rows)
