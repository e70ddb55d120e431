"""Writing many rows of the tree at once, in a number of statements that does not grow with them."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Max

from learning.models import MAX_ORDER, Content, Status
from learning.tree.domain import structure
from learning.tree.domain.learner_guard import asked_about
from learning.tree.levels import SiblingKind
from tenancy.errors import NotFoundError
from tenancy.sql import atomic_again


@atomic_again
def add_all(*, items: Sequence[Content], kind: SiblingKind) -> None:
    """Save new rows of the tree under their parents, each at the end of its list, in the order given.

    Locks the parents in the order of their ids.

    Raises:
        ConfirmationRequired: learners would go on with another step than now.
        InvalidError: ``does_not_exist``, a parent was deleted meanwhile.
        ConflictError: ``not_ready``, one is published and learners could do nothing with it.
        RefusedError: ``organization_scope_required``.
        ValidationError: a row's own rules (``clean``).
    """
    structure.check_content_scope()
    wanted = {kind.parent_of(item) for item in items}
    parents: Any = kind.parent_model._default_manager
    locked = parents.writable().select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk")
    found = {parent.pk: parent for parent in locked}
    if wanted - found.keys():
        raise structure.no_such_parent(kind)
    siblings = kind.rows().filter(**{f"{kind.parent}__in": wanted}).order_by()
    last = dict(siblings.values_list(f"{kind.parent}_id").annotate(Max("display_order")))
    for item in items:
        parent = kind.parent_of(item)
        last[parent] = min(last.get(parent, -1) + 1, MAX_ORDER)
        item.display_order = last[parent]
        item.organization_id = found[parent].organization_id
        item.clean()
        if getattr(item, "status", None) == Status.PUBLISHED:
            structure.check_ready(kind, item)
    with asked_about(items):
        kind.model.objects.bulk_create(items)


@atomic_again
def change_all(*, items: Sequence[Content], names: Sequence[str]) -> None:
    """Save some values of rows of one model, which decide nothing about order, place or status.

    Locks the rows in the order of their ids.

    Raises:
        NotFoundError: one of them was deleted meanwhile.
        RefusedError: ``shared_content``; ``organization_scope_required``.
    """
    for item in items:
        structure.check_writable(item)
    if not items:
        return
    rows: Any = type(items[0]).objects
    locked = rows.select_for_update().filter(pk__in=[item.pk for item in items]).order_by("pk")
    if len(locked.values_list("pk", flat=True)) < len(items):
        raise NotFoundError
    rows.bulk_update(items, names)
