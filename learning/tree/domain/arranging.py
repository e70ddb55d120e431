"""What staff do to the tree while learners are in it: put in order, move, publish, take back.

Each change is looked at first (``learning.tree.impact``). One that touches learners in progress is
made only when it was confirmed; the refusal says whom it touches.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from learning.models import Content, Status
from learning.tree.domain import learner_guard, ordering, structure, wording
from learning.tree.domain.learner_guard import ConfirmationRequired
from learning.tree.domain.ordering import Plan, Reordered
from learning.tree.domain.versions import Seen
from learning.tree.impact import Impact, impact_on_learners
from learning.tree.levels import SiblingKind, TreeLevel
from tenancy.errors import InvalidError, NotFoundError
from tenancy.sql import atomic_again


@dataclass(frozen=True, slots=True)
class Moved:
    """A row in its new place, and the id of the parent it left."""

    item: Content
    source_id: int


def preview_reorder(
    *, level: TreeLevel, positions: Sequence[tuple[int, int]], version: str | None = None
) -> tuple[Reordered, Impact]:
    """Return what a reordering would leave and what it would mean for learners; write nothing.

    Raises:
        InvalidError, ConflictError: as the reordering itself.
    """
    with transaction.atomic():  # only to hold the lock while looking
        plan = ordering.plan_reorder(kind=level, positions=positions, version=version)
        return plan.outcome, _impact_of(level, plan)


@atomic_again
def reorder(
    *,
    level: SiblingKind,
    positions: Sequence[tuple[int, int]],
    by: User,
    version: str | None = None,
    confirmed: bool = False,
) -> Reordered:
    """Put all siblings of one parent in a new order (``learning.tree.domain.ordering.reorder``).

    Raises:
        ConfirmationRequired: learners would go on with another step than now.
        InvalidError, ConflictError: the order is not possible, or stale.
    """
    plan = ordering.plan_reorder(kind=level, positions=positions, version=version)
    if isinstance(level, TreeLevel) and level.step and plan.moves and not confirmed:
        impact = _impact_of(level, plan)
        if impact.asked:
            raise ConfirmationRequired(wording.of_steps(impact), impact)
    return ordering.carry_out(plan, by=by)


def _impact_of(level: TreeLevel, plan: Plan) -> Impact:
    if plan.parent is None:
        return Impact(learners=0)
    if not level.step:
        return impact_on_learners().below(model=level.parent_model, pks=[plan.parent])
    assert isinstance(plan.parent, int)
    return impact_on_learners().on_steps(level=level, parent_id=plan.parent, after=plan.after)


@atomic_again
def publish(*, level: TreeLevel, pk: int, published: bool, confirmed: bool = False) -> Content:
    """Show a row to learners, or take it back; what is shown already stays as it is.

    What is taken back is a draft again.

    Raises:
        ConfirmationRequired: learners in progress would lose it, or be asked for it.
        ConflictError: ``not_ready``, learners could do nothing with it yet.
        NotFoundError: there is no such row in the scope.
        RefusedError: ``shared_content``.
    """
    item = find(level, pk)
    if level.is_published(item) == published:
        return item
    values = {"status": Status.PUBLISHED if published else Status.DRAFT}
    with learner_guard.confirmed(confirmed):
        return change_row(level, item, values)


@atomic_again
def move(
    *,
    level: TreeLevel,
    pk: int,
    parent_id: int,
    by: User,
    position: int | None = None,
    version: str | None = None,
    confirmed: bool = False,
) -> Moved:
    """Move a row, and all below it, to another parent of its organization; completions stay.

    Args:
        position: from 0 among its new siblings; the end without one.
        version: of the new siblings as the caller saw them.

    Raises:
        ConfirmationRequired: always, unless confirmed: it says what the move means for learners.
        NotFoundError: there is no such row in the scope.
        InvalidError: ``does_not_exist``, no such parent in the row's organization; ``same_parent``.
        ConflictError: ``stale_order``, ``moved_meanwhile``.
        RefusedError: ``shared_content``.
    """
    item = find(level, pk)
    source = getattr(item, level.parent)
    target = level.parents_in(item.organization_id).filter(pk=parent_id).first()
    if target is None:
        raise structure.no_such_parent(level)
    if target == source:
        raise InvalidError(_("It is already there."), code="same_parent", attr="parent_id")
    if not confirmed:
        raise _confirm_moving(level, item, target, position)
    source_id = source.pk
    with learner_guard.confirmed():
        moved = change_row(level, item, {level.parent: target})
    # Nobody else writes the new siblings any more: their parent is locked.
    siblings = [sibling for sibling in level.ids_below(parent_id) if sibling != pk]
    if version is not None and version != ordering.version_of(siblings):
        raise ordering.stale_order(level, parent_id, siblings)
    order = ordering.placed_at(siblings, pk, position)
    plan = ordering.plan_reorder(kind=level, positions=ordering.positions_of(order))
    ordering.carry_out(plan, by=by)
    return Moved(moved, source_id)


def _confirm_moving(level: TreeLevel, item: Any, target: Any, position: int | None) -> ConfirmationRequired:
    source = getattr(item, level.parent)
    text = [wording.of_leaving(item, source, target)]
    if not level.step:
        impacts = [impact_on_learners().below(model=level.model, pks=[item.pk])]
        text.append(wording.of_following(impacts[0]))
    else:
        here = [sibling for sibling in level.ids_below(source.pk) if sibling != item.pk]
        there = ordering.placed_at(level.ids_below(target.pk), item.pk, position)
        impacts = [
            impact_on_learners().on_steps(level=level, parent_id=place.pk, after=after)
            for place, after in ((source, here), (target, there))
        ]
        text += [wording.of_place(source, impacts[0]), wording.of_place(target, impacts[1])]
    text.append(wording.of_keeping())
    return ConfirmationRequired(" ".join(filter(None, text)), *impacts)


def change_row(level: TreeLevel, item: Any, values: dict[str, Any], *, seen: Seen = None) -> Content:
    """Save new values on a row, by the rules of its level."""
    if level.change is None:
        return structure.change(item=item, kind=level, values=values, seen=seen)
    changed: Content = level.change(item=item, values=values, seen=seen)
    return changed


def find(level: SiblingKind, pk: int) -> Any:
    """Return a live row that the scope may change.

    Raises:
        NotFoundError: there is none.
        RefusedError: ``shared_content``.
    """
    item = level.in_order().select_related(level.parent).filter(pk=pk).first()
    if item is None:
        raise NotFoundError
    structure.check_writable(item)
    return item
