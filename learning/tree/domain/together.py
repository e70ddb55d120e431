"""What is done to many rows of one level at once: they are published, taken back, archived or moved.

All of it or nothing, with one question about all the lists that it touches: see
``learning.tree.domain.learner_guard``.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from learning.models import Content, Status
from learning.tree.domain import learner_guard, structure
from learning.tree.domain.arranging import change_row
from learning.tree.levels import TreeLevel
from tenancy.errors import InvalidError
from tenancy.sql import atomic_again


@dataclass(slots=True)
class Changed:
    """What became of rows that were chosen.

    Attributes:
        rows: those that are different now.
        left: why others were left as they are, a sentence for each.
    """

    rows: list[Content] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


@atomic_again
def give_status(*, level: TreeLevel, pks: Collection[int], status: Status) -> Changed:
    """Give rows a status; what has it already stays, and what learners could not use is not published.

    Locks the rows in the order of their ids.

    Raises:
        ConfirmationRequired: learners would go on with another step than now, or lose sight of something.
        RefusedError: ``shared_content``; ``organization_scope_required``.
    """
    changed = Changed()
    for row in _chosen(level, pks):
        if row.status == status:
            continue
        if status == Status.PUBLISHED and (reason := level.unready(row)):
            changed.left.append(str(reason) % {"title": row})
        else:
            changed.rows.append(row)
    with learner_guard.asked_about(changed.rows), learner_guard.confirmed():
        for row in changed.rows:
            change_row(level, row, {"status": status})
    return changed


@atomic_again
def move_all(*, level: TreeLevel, pks: Collection[int], parent_id: int) -> Changed:
    """Move rows, and all below them, to the end of another list of their organization; completions stay.

    They keep their order among each other. Locks all parents, then the rows, in the order of their ids.

    Raises:
        ConfirmationRequired: learners would go on with another step than now, or have begun what moves.
        InvalidError: ``does_not_exist``, no such parent in the organization of the rows; ``not_movable``.
        RefusedError: ``shared_content``; ``organization_scope_required``.
    """
    belong = level.in_order().filter(pk__in=pks)
    if stray := level.model.objects.filter(pk__in=pks).exclude(pk__in=belong.values("pk")).first():
        raise InvalidError(
            _("“%(title)s” stays where it is: only %(rows)s are moved.")
            % {"title": stray, "rows": level.many},
            code="not_movable",
        )
    sources = set(belong.values_list(f"{level.parent}_id", flat=True))
    parents: Any = level.parent_model._default_manager
    list(parents.select_for_update(no_key=True).filter(pk__in={*sources, parent_id}).order_by("pk"))
    rows = _chosen(level, pks)
    target = level.parents_in(rows[0].organization_id).filter(pk=parent_id).first() if rows else None
    if rows and target is None:
        raise structure.no_such_parent(level)
    changed = Changed([row for row in rows if level.parent_of(row) != parent_id])
    with learner_guard.asked_about(changed.rows, parent=parent_id), learner_guard.confirmed():
        for row in changed.rows:
            change_row(level, row, {level.parent: target})
    return changed


def _chosen(level: TreeLevel, pks: Collection[int]) -> list[Any]:
    """Return live rows that the scope may change, locked, list after list in order."""
    rows: Any = level.model.objects.filter(pk__in=pks)
    list(rows.select_for_update().order_by("pk").values_list("pk", flat=True))
    found = list(rows.order_by(f"{level.parent}_id", "display_order", "pk"))
    for row in found:
        structure.check_writable(row)
    return found
