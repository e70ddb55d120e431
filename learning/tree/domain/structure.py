"""Adding, changing, moving, deleting and restoring rows of the tree.

Deleting stamps a row and everything live below it (``learning.tree.levels``) with one instant; restoring
revives exactly what that instant took. Parents are locked before children, so that no two of these wait for
each other. What would move learners is refused (``ConfirmationRequired``) until it is confirmed: see
``learning.tree.domain.learner_guard``.

``unscoped`` here reaches deleted rows, and only from a row that came through the scoped manager downwards.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Exists, F, Max, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from learning.models import MAX_ORDER, Content, SharedContent, Status
from learning.tree.domain.learner_guard import asked_about
from learning.tree.domain.versions import Seen, check_seen, noted
from learning.tree.levels import SiblingKind, TreeLevel, kinds, kinds_below, levels
from tenancy.errors import ConflictError, InvalidError, NotFoundError, RefusedError
from tenancy.models import Organization, Scoped
from tenancy.scope import EveryOrganization, current_scope, may_write_in
from tenancy.sql import atomic_again

T = TypeVar("T", bound=Content)
S = TypeVar("S", bound=SharedContent)


def organization_to_write_in() -> UUID:
    """Return the organization that new top-level rows belong to.

    Raises:
        InvalidError: ``organization_required``, the caller acts in no particular one.
        RefusedError: ``tenant_required``, the caller belongs to none.
    """
    scope = current_scope()
    if isinstance(scope, EveryOrganization):
        raise InvalidError(
            _("Name an organization in X-Scope: this is saved in one organization."),
            code="organization_required",
            attr="X-Scope",
        )
    if scope.only_user_id:
        raise RefusedError(_("Only members of an organization can do this."), code="tenant_required")
    return scope.organization_id


def check_content_scope() -> None:
    """Refuse to change content from a place within the organization that it belongs to as a whole.

    Raises:
        RefusedError: ``organization_scope_required``.
    """
    scope = current_scope()
    if isinstance(scope, EveryOrganization) or scope.only_user_id or scope.may_change_content:
        return
    raise RefusedError(
        _("This belongs to the whole organization, and you act in a part of it."),
        code="organization_scope_required",
    )


def check_writable(item: SharedContent) -> None:
    """Refuse to change what belongs to the whole organization from a part of it, and shared content.

    Raises:
        RefusedError: ``organization_scope_required``; ``shared_content``, only global users change it.
    """
    check_content_scope()
    if not may_write_in(item.organization_id):
        raise RefusedError(_("Only the platform can change shared content."), code="shared_content")


@atomic_again
def add(*, item: T, kind: SiblingKind) -> T:
    """Save a new row under its parent; without a position of its own it goes to the end.

    Locks the parent.

    Raises:
        InvalidError: ``does_not_exist``, the parent was deleted meanwhile.
        ConflictError: ``not_ready``, it is published and learners could do nothing with it.
    """
    _lock_live_parent(kind, getattr(item, f"{kind.parent}_id"))
    if item.display_order is None:
        item.display_order = _end_of(item, kind)
    item.clean()
    if getattr(item, "status", None) == Status.PUBLISHED:
        check_ready(kind, item)
    with asked_about([item]):
        item.save()
    return item


@atomic_again
def change(*, item: T, kind: SiblingKind, values: dict[str, Any], seen: Seen = None) -> T:
    """Save new values on a row; under a new parent it goes to the end unless a position is given.

    Locks the old and the new parent in the order of their ids, then the row, so that rules over several
    columns see what others just wrote, and a reordering never meets a row that is leaving.

    Args:
        seen: revisions of the row that the caller knows; nothing is written over any other.

    Raises:
        RefusedError: ``shared_content``.
        NotFoundError: the row was deleted meanwhile.
        StaleError: the row is none that was ``seen``.
        InvalidError: ``does_not_exist``, the new parent is of another organization or deleted.
        ConflictError: ``moved_meanwhile``, someone else has moved the row to another parent; ``not_ready``,
            it would be published and learners could do nothing with it; ``last_of_published``, it moves away
            from something published that is of no use without it.
        ValidationError: the row's own rules (``clean``).
    """
    check_writable(item)
    parent = values.get(kind.parent)
    left = getattr(item, f"{kind.parent}_id")
    moves = parent is not None and parent.pk != left
    if parent is not None and moves:
        if parent.organization_id != item.organization_id:
            raise no_such_parent(kind)
        _lock_live_parent(kind, parent.pk, left)
    locked: T | None = type(item).objects.select_for_update().filter(pk=item.pk).first()
    if locked is None:
        raise NotFoundError
    if parent is not None and getattr(locked, f"{kind.parent}_id") not in (left, parent.pk):
        raise moved_meanwhile()
    check_seen(locked, seen)
    was = {name: getattr(locked, name) for name in ("status", *kind.narrowing) if name in values}
    with asked_about([locked], parent=parent.pk if moves and parent is not None else None):
        for name, value in values.items():
            setattr(locked, name, value)
        if getattr(locked, "status", None) == Status.PUBLISHED and was != {n: values[n] for n in was}:
            check_ready(kind, locked)
        if moves and values.get("display_order") is None:
            locked.display_order = _end_of(locked, kind)
        locked.clean()
        names = {*values, "display_order"} if moves else set(values)
        if names:
            locked.save(update_fields=sorted(names))
        if moves:
            _check_still_ready(type(item), {left})
    return noted(locked)


def check_ready(kind: SiblingKind, item: Content) -> None:
    """Refuse to show learners what they could do nothing with yet.

    Raises:
        ConflictError: ``not_ready``.
    """
    if isinstance(kind, TreeLevel) and (reason := kind.unready(item)):
        raise ConflictError(str(reason) % {"title": item}, code="not_ready")


def _check_still_ready(model: type[SharedContent], parents: Collection[Any]) -> None:
    """Refuse to have taken the last row from something published that is of no use without any."""
    for kind, level in _needed(model):
        published = level.rows().filter(pk__in=parents, status=Status.PUBLISHED)
        if bare := published.exclude(Exists(kind.siblings_of(OuterRef("pk")))).first():
            raise ConflictError(
                _("“%(title)s” is published and would have no %(rows)s left: take it back first.")
                % {"title": bare, "rows": model._meta.verbose_name_plural},
                code="last_of_published",
            )


def _needed(model: type[SharedContent]) -> list[tuple[SiblingKind, TreeLevel]]:
    """Return the kinds of rows of a model that their parents cannot do without, with the parents' levels."""
    return [
        (kind, level)
        for kind in kinds()
        if kind.model is model and kind.needed
        for level in levels()
        if level.model is kind.parent_model
    ]


@atomic_again
def delete(*, item: Content, seen: Seen = None) -> None:
    """Hide a row and everything live below it; completions stay.

    Raises:
        RefusedError: ``shared_content``.
        NotFoundError: the row was deleted meanwhile, where it had to be one that was ``seen``.
        StaleError: the row is none that was ``seen``.
    """
    lock_seen(item, seen)
    delete_all(items=[item])


def lock_seen(item: SharedContent, seen: Seen) -> None:
    """Lock a live row that is to be one that the caller saw; nothing where any will do.

    Raises:
        NotFoundError, StaleError: it is not.
    """
    if seen is None:
        return
    locked = next(iter(_locked(type(item), [item.pk])), None)
    if locked is None or locked.deleted is not None:
        raise NotFoundError
    check_seen(locked, seen)


@atomic_again
def delete_all(*, items: Sequence[SharedContent]) -> None:
    """Hide rows of one kind and everything live below them, all or none.

    One statement per kind of descendant, whatever their number. Locks the rows in the order of their ids.

    Raises:
        RefusedError: ``shared_content``.
        ConflictError: ``last_of_published``, something published is of no use without them.
    """
    for item in items:
        check_writable(item)
    if not items:
        return
    model = type(items[0])
    ids = [item.pk for item in items]
    # Two people who take the last two must not each see the other's.
    parents = _locked_parents(items) if _needed(model) else {}
    if len(ids) > 1:
        _locked(model, ids)
    instant = timezone.now()
    with asked_about(items):
        stamped = model.unscoped.filter(pk__in=ids, deleted=None).update(deleted=instant)
        if stamped:
            _stamp_descendants(model, {"pk__in": ids, "deleted": instant}, instant)
    if parents:
        _check_still_ready(model, parents)


def _stamp_descendants(model: type[SharedContent], root: dict[str, Any], instant: Any) -> None:
    for child, parent_field in kinds_below(model):
        under = {f"{parent_field}__{name}": value for name, value in root.items()}
        child.unscoped.filter(**under, deleted=None).update(deleted=instant, deleted_by_cascade=True)
        _stamp_descendants(child, under, instant)


def count_below(*items: Content) -> dict[type[Content], int]:
    """Return how many live rows of each kind deleting ``items``, rows of one kind, would hide along."""
    if not items:
        return {}
    return _count_descendants(type(items[0]), {"pk__in": [item.pk for item in items]})


def _count_descendants(model: type[Content], root: dict[str, Any]) -> dict[type[Content], int]:
    counts: dict[type[Content], int] = {}
    for child, parent_field in kinds_below(model):
        under = {f"{parent_field}__{name}": value for name, value in root.items()}
        if number := child.unscoped.filter(**under, deleted=None).count():
            counts[child] = number
        counts.update(_count_descendants(child, under))
    return counts


def restore(*, item: T) -> T:
    """Bring back a deleted row with what was deleted by the same act; a live row stays as it is.

    Raises:
        RefusedError: ``shared_content``.
        ConflictError: ``parent_deleted``, its parent must be restored first.
    """
    return restore_all(items=[item])[0]


@atomic_again
def restore_all(*, items: Sequence[S]) -> list[S]:
    """Bring back rows of one kind, each with what was deleted by the same act, all or none.

    One statement per kind of descendant, whatever their number. Locks what the rows stand in, then the
    rows, in the order of their ids.

    Raises:
        RefusedError: ``shared_content``.
        ConflictError: ``parent_deleted``, naming the row; its parent must be restored first.
    """
    for item in items:
        check_writable(item)
    if not items:
        return []
    model = type(items[0])
    # Before the rows, as everywhere here: whoever is deleting a parent now is waited for.
    parents = _locked_parents(items)
    rows: list[S] = _locked(model, [item.pk for item in items])
    gone = [row for row in rows if row.deleted is not None]
    for row in gone:
        parent = parents.get(getattr(row, f"{row.tenant_parent}_id", None))
        if parent is not None and parent.deleted is not None:
            raise ConflictError(
                _("“%(row)s” is inside something deleted: restore that first.") % {"row": row},
                code="parent_deleted",
            )
    if gone:
        ids = [row.pk for row in gone]
        with asked_about(gone):
            # From the bottom up: a sub-course that comes back must find its entry assessment there.
            _revive_descendants(model, ids, "")
            model.unscoped.filter(pk__in=ids).update(deleted=None, deleted_by_cascade=False)
        revisions = dict(model.unscoped.filter(pk__in=ids).values_list("pk", "revision"))
    for row in gone:
        row.deleted, row.deleted_by_cascade = None, False
        row.revision = revisions[row.pk]
    return rows


def _revive_descendants(model: type[SharedContent], roots: list[Any], path: str) -> None:
    """Revive what was deleted at the instant of the root it stands under, ``path`` leading up to it."""
    for child, parent_field in kinds_below(model):
        to_root = f"{parent_field}__{path}"
        _revive_descendants(child, roots, to_root)
        child.unscoped.filter(
            **{f"{to_root}pk__in": roots}, deleted=F(f"{to_root}deleted"), deleted_by_cascade=True
        ).update(deleted=None, deleted_by_cascade=False)


def _locked_parents(items: Sequence[SharedContent]) -> dict[Any, Content]:
    """Lock the rows of the tree that ``items`` stand in, and return them by id; deleted ones too."""
    model = type(items[0])
    field = model.tenant_parent and model._meta.get_field(model.tenant_parent)
    parent_model: Any = field and field.related_model
    if not parent_model or not issubclass(parent_model, Content):
        return {}
    ids = {getattr(item, f"{model.tenant_parent}_id") for item in items} - {None}
    parents = parent_model.unscoped.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
    return {parent.pk: parent for parent in parents}


def _locked(model: type[S], ids: Iterable[Any]) -> list[S]:
    return list(model.unscoped.select_for_update().filter(pk__in=ids).order_by("pk"))


def _lock_live_parent(kind: SiblingKind, parent_id: Any, left: Any = None) -> None:
    """Lock a live parent, and the one that a row leaves, in the order of their ids."""
    parent_model: type[Scoped] = kind.parent_model  # type: ignore[assignment]
    parents = parent_model.objects.select_for_update(no_key=True)
    if parent_model is not Organization:
        parents = parents.writable()
    ids = [pk for pk in (parent_id, left) if pk is not None]
    if parent_id not in parents.filter(pk__in=ids).order_by("pk").values_list("pk", flat=True):
        raise no_such_parent(kind)


def moved_meanwhile() -> ConflictError:
    """Return the refusal to move what someone else has moved elsewhere since it was looked at."""
    return ConflictError(_("Someone else has just moved this."), code="moved_meanwhile")


def no_such_parent(kind: SiblingKind) -> InvalidError:
    """Return the refusal of a parent that is deleted, of another organization, or never was."""
    return InvalidError(_("The parent does not exist."), code="does_not_exist", attr=f"{kind.parent}_id")


def _end_of(item: Content, kind: SiblingKind) -> int:
    siblings = kind.siblings_of(getattr(item, f"{kind.parent}_id"))
    last = siblings.exclude(pk=item.pk).aggregate(last=Max("display_order"))["last"]
    return 0 if last is None else min(last + 1, MAX_ORDER)
