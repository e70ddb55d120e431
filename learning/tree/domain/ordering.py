"""The one rule of order, for every kind of siblings.

Siblings stand in the order ``(display_order, id)``. A reordering names exactly the live siblings of one
parent and happens as a whole or not at all. Rows that every organization reads and the caller may not write
stand in what clients list, and so in what they send back: they are no part of the order. The **version** of
a list is a hash of its ids in order: two people who see the same order see the same version, whichever way
it came about.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from accounts.models import User
from accounts.people.domain.names import name_in
from learning.models import Reordering
from learning.tree.levels import SiblingKind
from tenancy.conditions import in_scope_sql, only_readable_parameters, writable_parameters
from tenancy.errors import ConflictError, InvalidError
from tenancy.models import Organization
from tenancy.scope import Scope, current_scope
from tenancy.sql import array_text, atomic_again, prepared_cursor


@dataclass(frozen=True, slots=True)
class Reordered:
    """The order after a reordering, and its version."""

    ids: list[int]
    version: str

    @property
    def items(self) -> list[dict[str, int]]:
        """``[{id, position}, ...]`` in order."""
        return as_items(self.ids)


def as_items(ids: Iterable[int]) -> list[dict[str, int]]:
    """Return ids in order as ``[{id, position}, ...]``."""
    return [{"id": pk, "position": position} for pk, position in positions_of(ids)]


def placed_at(ids: Sequence[int], pk: int, position: int | None) -> list[int]:
    """Return an order with one item at a position, from 0, taken from where it was; ``None``: the end."""
    rest = [one for one in ids if one != pk]
    place = len(rest) if position is None else position
    return [*rest[:place], pk, *rest[place:]]


def positions_of(ids: Iterable[int]) -> list[tuple[int, int]]:
    """Return ids in order as ``(id, position)`` pairs."""
    return [(pk, position) for position, pk in enumerate(ids)]


def version_of(ids: Iterable[int]) -> str:
    """Return the version of a list of siblings: 16 hexadecimal digits, the same for the same order."""
    return version_of_text(",".join(map(str, ids)))


def version_of_text(ids: str) -> str:
    """Return the version of a list whose ids were put together with commas by the database."""
    return hashlib.md5(ids.encode(), usedforsecurity=False).hexdigest()[:16]


def check_order(positions: Sequence[tuple[int, int]]) -> list[int]:
    """Return the ids in the order that ``(id, position)`` pairs describe.

    Raises:
        InvalidError: ``empty_items``, ``duplicate_id``, ``duplicate_position`` or ``position_gap``.
    """
    if not positions:
        raise _invalid("empty_items", _("The list of items is empty."))
    if len({pk for pk, _position in positions}) < len(positions):
        raise _invalid("duplicate_id", _("An id appears more than once."))
    taken = {position for _pk, position in positions}
    if len(taken) < len(positions):
        raise _invalid("duplicate_position", _("A position appears more than once."))
    if taken != set(range(len(positions))):
        raise _invalid("position_gap", _("Positions count from 0 without a gap."))
    return [pk for pk, _position in sorted(positions, key=lambda pair: pair[1])]


@dataclass(frozen=True, slots=True)
class Plan:
    """A new order that was found possible while its parent is locked, and is not written yet.

    Attributes:
        parent: ``None`` where nothing but shared rows was named, below a shared parent.
        before: the ids in the present order.
        after: the ids in the wanted order.
    """

    kind: SiblingKind
    parent: int | UUID | None
    before: list[int]
    after: list[int]
    moves: bool

    @property
    def outcome(self) -> Reordered:
        """The order as it will be."""
        return Reordered(self.after, version_of(self.after))


def plan_reorder(
    *, kind: SiblingKind, positions: Sequence[tuple[int, int]], version: str | None = None
) -> Plan:
    """Lock the parent of all the given siblings and check their new order, in two statements.

    For callers that look before they write, in a transaction of theirs; arguments and errors are those
    of ``reorder``.
    """
    wanted = check_order(positions)
    parent = _lock_parent(kind, wanted)
    current, ignored = _live_siblings(kind, parent, wanted)
    ids = list(current)
    if unknown := set(wanted) - current.keys() - ignored:
        # Where none of them is one of the siblings, a foreign row is told apart from none by nothing.
        raise _not_siblings(unknown if current.keys() & {*wanted} else ())
    wanted = [pk for pk in wanted if pk in current]
    if missing := sorted(current.keys() - set(wanted)):
        raise InvalidError(
            _("Some siblings are missing: send the whole list."),
            code="incomplete_siblings",
            attr="items",
            meta={"missing": missing},
        )
    if parent is not None and version is not None and version != version_of(ids):
        raise stale_order(kind, parent, ids)
    moves = any(current[pk] != position for position, pk in enumerate(wanted))
    return Plan(kind, parent, ids, wanted, moves)


def carry_out(plan: Plan, *, by: User | None) -> Reordered:
    """Write a plan and the record of it in one statement; an order that is there already writes nothing.

    Nobody is recorded where an operator does it.
    """
    if plan.moves and plan.parent is not None:
        _write(plan.kind, plan.parent, before=plan.before, after=plan.after, by=by)
    return plan.outcome


@atomic_again
def reorder(
    *, kind: SiblingKind, positions: Sequence[tuple[int, int]], by: User, version: str | None = None
) -> Reordered:
    """Put all live siblings of one parent in a new order.

    Locks the parent row first, so that overlapping reorderings queue up instead of deadlocking on the
    siblings; then two more statements, whatever the length. Writes only rows whose position changes,
    and one record of who did it. A repeat writes nothing.

    Args:
        positions: ``(id, position)`` of every sibling, positions ``0..n-1``; shared rows that the caller
            may not write may stand among them.
        version: of the order the caller saw; ``None`` to overwrite whatever it is now.

    Raises:
        InvalidError: see ``check_order``; ``not_siblings``, ids of different parents, of rows that do
            not exist or of another organization; ``incomplete_siblings`` with the missing ids.
        ConflictError: ``stale_order`` with the present order, and who made it when.
    """
    return carry_out(plan_reorder(kind=kind, positions=positions, version=version), by=by)


def _lock_parent(kind: SiblingKind, ids: list[int]) -> int | UUID | None:
    """Lock the one parent of the given rows and return its id.

    Where the scope may write none of them: the organization, of what stands in that itself, not locked; else
    ``None``.

    Raises:
        InvalidError: ``not_siblings``, they have several.
    """
    with prepared_cursor() as cursor:
        cursor.execute(
            f"""
            SELECT p.id FROM {kind.parent_table} p
            WHERE p.id IN (
                SELECT s.{kind.parent_column} FROM {kind.table} s
                WHERE s.id = ANY(%(ids)s::bigint[]) AND {kind.live("s")}
                  AND {in_scope_sql("s")}
            )
            ORDER BY p.id LIMIT 2 FOR NO KEY UPDATE
            """,
            {"ids": array_text(ids), **writable_parameters()},
        )
        parents = [row[0] for row in cursor.fetchall()]
    if len(parents) > 1:
        raise _not_siblings()
    if parents:
        return cast("int | UUID", parents[0])
    scope = current_scope()
    stands_in_it = isinstance(scope, Scope) and kind.parent_model is Organization
    return cast("Scope", scope).organization_id if stands_in_it else None


def _live_siblings(
    kind: SiblingKind, parent: int | UUID | None, named: list[int]
) -> tuple[dict[int, int], set[int]]:
    """Return ``{id: display_order}`` in order, and which of the named rows are shared ones to ignore.

    Read after the parent is locked.
    """
    with prepared_cursor() as cursor:
        cursor.execute(
            f"""
            SELECT true, s.id, s.display_order FROM {kind.table} s
            WHERE s.{kind.parent_column} = %(parent)s AND {kind.live("s")}
            UNION ALL
            SELECT false, s.id, 0 FROM {kind.table} s
            WHERE s.id = ANY(%(named)s::bigint[]) AND {in_scope_sql("s")} AND {kind.live("s")}
            ORDER BY 1, 3, 2
            """,
            {"parent": parent, "named": array_text(named), **only_readable_parameters()},
        )
        rows = cursor.fetchall()
    siblings = {pk: position for is_sibling, pk, position in rows if is_sibling}
    return siblings, {pk for is_sibling, pk, _position in rows if not is_sibling}


def _write(
    kind: SiblingKind, parent: int | UUID, *, before: list[int], after: list[int], by: User | None
) -> None:
    """Write the changed positions and the record of it, in one statement."""
    with prepared_cursor() as cursor:
        cursor.execute(
            f"""
            WITH wanted AS (
                SELECT s.id, given.position - 1 AS display_order
                FROM unnest(%(after)s::bigint[]) WITH ORDINALITY AS given(id, position)
                JOIN {kind.table} s ON s.id = given.id AND s.display_order <> given.position - 1
                -- These rows are parents of others, who lock several of them: all in one order.
                ORDER BY s.id FOR NO KEY UPDATE OF s
            ), moved AS (
                -- Counted here: the trigger that does it for others would be called for each row.
                UPDATE {kind.table} s SET display_order = wanted.display_order,
                    revision = s.revision + 1, updated_at = statement_timestamp()
                FROM wanted WHERE s.id = wanted.id
                RETURNING s.organization_id
            )
            INSERT INTO {Reordering._meta.db_table}
                (id, organization_id, kind, parent_id, user_id, before, after)
            SELECT %(record)s, moved.organization_id, %(kind)s, %(parent)s, %(user)s,
                %(before)s::bigint[], %(after)s::bigint[]
            FROM moved LIMIT 1
            """,
            {
                "record": uuid7(),
                "kind": kind.name,
                "parent": parent if isinstance(parent, int) else None,
                "user": by.pk if by else None,
                "before": array_text(before),
                "after": array_text(after),
            },
        )


def last_change(kind: SiblingKind, parent: int | UUID) -> Reordering | None:
    """Return the latest reordering of a list, with the person who made it."""
    changes = Reordering.objects.filter(kind=kind.name).select_related("user__role")
    if isinstance(parent, UUID):
        changes = changes.filter(organization_id=parent, parent_id=None)
    else:
        changes = changes.filter(parent_id=parent)
    change: Reordering | None = changes.order_by("-created_at").first()
    return change


def stale_order(kind: SiblingKind, parent: int | UUID, ids: list[int]) -> ConflictError:
    """Return the refusal of a stale version, with the present order and who made it when."""
    change = last_change(kind, parent)
    if change and change.after != ids:
        # Since then something was added, deleted or moved: nobody's reordering made this order.
        change = None
    return ConflictError(
        _("Someone else has changed this order since you loaded it."),
        code="stale_order",
        meta={
            "items": as_items(ids),
            "version": version_of(ids),
            "changed_by": (
                name_in(change.organization_id, person=change.user) if change and change.user else None
            ),
            "changed_at": change.created_at if change else None,
        },
    )


def _invalid(code: str, detail: Any) -> InvalidError:
    return InvalidError(detail, code=code, attr="items")


def _not_siblings(ids: Iterable[int] = ()) -> InvalidError:
    named = sorted(ids)
    return InvalidError(
        _("The items are not the siblings of one parent."),
        code="not_siblings",
        attr="items",
        meta={"ids": named} if named else None,
    )
