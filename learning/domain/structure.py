"""Adding, changing, moving, deleting and restoring rows of the tree.

Deleting stamps a row and everything live below it with one instant; restoring revives exactly what that
instant took. Parents are locked before children, so that no two of these wait for each other.

``unscoped`` here reaches deleted rows, and only from a row that came through the scoped manager downwards.
"""

from typing import Any, TypeVar
from uuid import UUID

from django.db import models, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from learning.domain.ordering import SiblingKind
from learning.models import MAX_ORDER, Content
from tenancy.errors import ConflictError, InvalidError, NotFoundError, RefusedError
from tenancy.models import Organization, Scoped
from tenancy.scope import EveryOrganization, current_scope, may_write_in

T = TypeVar("T", bound=Content)


def organization_to_write_in() -> UUID:
    """Return the organization that new top-level rows belong to.

    Raises:
        InvalidError: ``organization_required``, the caller acts in no particular one.
        RefusedError: ``tenant_required``, the caller belongs to none.
    """
    scope = current_scope()
    if isinstance(scope, EveryOrganization):
        raise InvalidError(
            _("Name an organization in X-Scope: this is written in one organization."),
            code="organization_required",
            attr="X-Scope",
        )
    if not may_write_in(scope.organization_id):
        raise RefusedError(_("This needs an organization to belong to."), code="tenant_required")
    return scope.organization_id


def check_writable(item: Content) -> None:
    """Refuse to change what every organization may read and only global users may change.

    Raises:
        RefusedError: ``shared_content``.
    """
    if not may_write_in(item.organization_id):
        raise RefusedError(_("Shared content is changed by the platform only."), code="shared_content")


@transaction.atomic
def add(*, item: T, kind: SiblingKind) -> T:
    """Save a new row under its parent; without a position of its own it goes to the end.

    Locks the parent.

    Raises:
        InvalidError: ``does_not_exist``, the parent was deleted meanwhile.
    """
    _lock_live_parent(item, kind)
    if item.display_order is None:
        item.display_order = _end_of(item, kind)
    item.clean()
    item.save()
    return item


@transaction.atomic
def change(*, item: T, kind: SiblingKind, values: dict[str, Any]) -> T:
    """Save new values on a row; under a new parent it goes to the end unless a position is given.

    Locks the new parent, then the row, so that rules over several columns see what others just wrote.

    Raises:
        RefusedError: ``shared_content``.
        NotFoundError: the row was deleted meanwhile.
        InvalidError: ``does_not_exist``, the new parent is of another organization or deleted.
        ValidationError: the row's own rules (``clean``).
    """
    check_writable(item)
    parent = values.get(kind.parent)
    moves = parent is not None and parent.pk != getattr(item, f"{kind.parent}_id")
    if parent is not None and moves:
        if parent.organization_id != item.organization_id:
            raise _no_such_parent(kind)
        setattr(item, kind.parent, parent)
        _lock_live_parent(item, kind)
    locked: T | None = type(item).objects.select_for_update().filter(pk=item.pk).first()
    if locked is None:
        raise NotFoundError
    for name, value in values.items():
        setattr(locked, name, value)
    if moves and values.get("display_order") is None:
        locked.display_order = _end_of(locked, kind)
    locked.clean()
    names = {*values, "display_order"} if moves else set(values)
    if names:
        locked.save(update_fields=sorted(names))
    return locked


@transaction.atomic
def delete(*, item: Content) -> None:
    """Hide a row and everything live below it; completions stay.

    One statement per kind of descendant, whatever their number.

    Raises:
        RefusedError: ``shared_content``.
    """
    check_writable(item)
    instant = timezone.now()
    model = type(item)
    stamped = model.unscoped.filter(pk=item.pk, deleted=None).update(deleted=instant)
    if stamped:
        _stamp_descendants(model, {"pk": item.pk}, instant)


def _stamp_descendants(model: type[Content], root: dict[str, Any], instant: Any) -> None:
    for child, parent_field in children_of(model):
        under = {f"{parent_field}__{name}": value for name, value in root.items()}
        child.unscoped.filter(**under, deleted=None).update(deleted=instant, deleted_by_cascade=True)
        _stamp_descendants(child, under, instant)


def count_below(item: Content) -> dict[type[Content], int]:
    """Return how many live rows of each kind deleting ``item`` would hide along with it."""
    return _count_descendants(type(item), {"pk": item.pk})


def _count_descendants(model: type[Content], root: dict[str, Any]) -> dict[type[Content], int]:
    counts: dict[type[Content], int] = {}
    for child, parent_field in children_of(model):
        under = {f"{parent_field}__{name}": value for name, value in root.items()}
        if number := child.unscoped.filter(**under, deleted=None).count():
            counts[child] = number
        counts.update(_count_descendants(child, under))
    return counts


@transaction.atomic
def restore(*, item: T) -> T:
    """Bring back a deleted row with what was deleted by the same act; a live row stays as it is.

    Raises:
        RefusedError: ``shared_content``.
        ConflictError: ``parent_deleted``, what it stands in must be restored first.
    """
    check_writable(item)
    model = type(item)
    parent = getattr(item, item.tenant_parent) if item.tenant_parent else None
    if isinstance(parent, Content):
        # Before the row, as everywhere here: whoever is deleting the parent now is waited for.
        parent = type(parent).unscoped.select_for_update(no_key=True).get(pk=parent.pk)
    locked: T = model.unscoped.select_for_update().get(pk=item.pk)
    if locked.deleted is None:
        return locked
    if isinstance(parent, Content) and parent.deleted is not None:
        raise ConflictError(_("Restore what this stands in first."), code="parent_deleted")
    # From the bottom up: a sub-course that comes back must find its entry assessment there.
    _revive_descendants(model, {"pk": locked.pk}, locked.deleted)
    locked.deleted = None
    locked.deleted_by_cascade = False
    locked.save(update_fields=["deleted", "deleted_by_cascade"])
    return locked


def _revive_descendants(model: type[Content], root: dict[str, Any], instant: Any) -> None:
    for child, parent_field in children_of(model):
        under = {f"{parent_field}__{name}": value for name, value in root.items()}
        _revive_descendants(child, under, instant)
        child.unscoped.filter(**under, deleted=instant, deleted_by_cascade=True).update(
            deleted=None, deleted_by_cascade=False
        )


def children_of(model: type[models.Model]) -> list[tuple[type[Content], str]]:
    """Return the kinds of rows that stand below ``model``, each with the field that names its parent."""
    return [
        (relation.related_model, relation.field.name)
        for relation in model._meta.related_objects
        if isinstance(relation.related_model, type) and issubclass(relation.related_model, Content)
    ]


def _lock_live_parent(item: Content, kind: SiblingKind) -> None:
    parent_model: type[Scoped] = item._meta.get_field(kind.parent).related_model  # type: ignore[assignment]
    parents = parent_model.objects.select_for_update(no_key=True)
    if parent_model is not Organization:
        parents = parents.writable()
    if not parents.filter(pk=getattr(item, f"{kind.parent}_id")).exists():
        raise _no_such_parent(kind)


def _no_such_parent(kind: SiblingKind) -> InvalidError:
    return InvalidError(_("The parent does not exist."), code="does_not_exist", attr=f"{kind.parent}_id")


def _end_of(item: Content, kind: SiblingKind) -> int:
    siblings = kind.siblings_of(getattr(item, f"{kind.parent}_id"))
    last = siblings.exclude(pk=item.pk).aggregate(last=Max("display_order"))["last"]
    return 0 if last is None else min(last + 1, MAX_ORDER)
