"""Everything that the rules of the domain depend on, as plain values: what is, and what should be.

The oracle (``tests.simulation.oracle``) changes a copy of one; the database is read into another; the two are
compared by ``differences``.
"""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

KINDS = ("categories", "courses", "sub-courses", "videos", "practices")
STEPS = ("videos", "practices")
ABOVE = {
    "courses": "categories",
    "sub-courses": "courses",
    "videos": "sub-courses",
    "practices": "sub-courses",
}
BELOW = {kind: [child for child, parent in ABOVE.items() if parent == kind] for kind in KINDS}

NEW = "new"
"""The id of a row whose id only the database knows."""

Key = tuple[str, Any]
Place = tuple[UUID, UUID | None, UUID | None, UUID | None]


@dataclass(slots=True)
class Row:
    """A row of the tree; ``act`` is what deleted it together with others, ``None`` while it is live."""

    kind: str
    id: Any
    parent: Any
    organization: UUID
    order: int
    status: str
    act: Hashable = None
    cascade: bool = False

    @property
    def key(self) -> Key:
        return self.kind, self.id

    @property
    def live(self) -> bool:
        return self.act is None

    @property
    def published(self) -> bool:
        return self.live and self.status == "PUBLISHED"


@dataclass(slots=True)
class Person:
    """Someone, where they belong, in which role, and whether they may sign in."""

    id: UUID
    place: Place
    role: str | None
    active: bool


@dataclass(slots=True)
class Subscription:
    """The right to use one tcode, or all of them (``None``), for some days."""

    id: Any
    person: UUID
    organization: UUID
    tcode: int | None
    package: str
    start: datetime
    days: int
    status: str = "active"
    renews: bool = False
    stacks: bool = True
    period: int = 0
    started_alone: bool = False
    revoked_at: datetime | None = None

    @property
    def end(self) -> datetime:
        return self.start + timedelta(days=self.days)

    def runs(self, at: datetime) -> bool:
        return self.status == "active" and self.start <= at < self.end


@dataclass(frozen=True, slots=True)
class Tcode:
    """What is subscribed to; nobody changes one here."""

    id: int
    organization: UUID
    published: bool


@dataclass(slots=True)
class State:
    """All of it. ``excepted``: ``(person, waive or unlock, kind, id)`` and why, or until when."""

    rows: dict[Key, Row] = field(default_factory=dict)
    people: dict[UUID, Person] = field(default_factory=dict)
    completed: set[tuple[UUID, str, int]] = field(default_factory=set)
    excepted: dict[tuple[UUID, str, str, int], str | datetime] = field(default_factory=dict)
    subscriptions: dict[Any, Subscription] = field(default_factory=dict)

    def siblings(self, kind: str, parent: Any) -> list[Row]:
        """Return the live rows of one parent, in order."""
        found = [row for row in self.rows.values() if row.kind == kind and row.parent == parent and row.live]
        return sorted(found, key=lambda row: (row.order, row.id))

    def above(self, row: Row) -> Iterator[Row]:
        """Yield what a row stands in, the nearest first."""
        while row.kind in ABOVE:
            row = self.rows[ABOVE[row.kind], row.parent]
            yield row

    def below(self, row: Row) -> Iterator[Row]:
        """Yield everything that stands in a row, deleted or not."""
        for kind in BELOW[row.kind]:
            for child in list(self.rows.values()):
                if child.kind == kind and child.parent == row.id:
                    yield child
                    yield from self.below(child)


def differences(expected: State, found: State, *, within: timedelta) -> list[str]:
    """Say in which values two states differ; moments may be apart by as long as a request took."""
    one, other = _flat(expected, known=found), _flat(found, known=expected)
    texts = []
    for key in sorted(one.keys() | other.keys(), key=repr):
        values = one.get(key), other.get(key)
        both_moments = all(isinstance(value, datetime) for value in values)
        if both_moments and abs(values[0] - values[1]) <= within:  # type: ignore[operator]
            continue
        if values[0] != values[1]:
            texts.append(f"{key}: should be {values[0]}, is {values[1]}")
    return texts


def _flat(state: State, *, known: State) -> dict[Any, Any]:
    """Return every value by where it is; what only one of two states has an id for is called new there."""
    acts: dict[Hashable, list[Key]] = {}
    for row in state.rows.values():
        if row.act is not None:
            acts.setdefault(row.act, []).append(row.key)
    first = {act: min(keys, key=repr) for act, keys in acts.items()}
    flat: dict[Any, Any] = {}
    for row in state.rows.values():
        pk = row.id if row.key in known.rows else NEW
        deleted = (first[row.act], row.cascade) if row.act is not None else None
        flat[row.kind, pk] = (row.parent, row.organization, row.order, row.status, deleted)
    for person in state.people.values():
        flat["person", person.id] = (person.place, person.role, person.active)
    for done in state.completed:
        flat["completed", *done] = True
    for excepted, value in state.excepted.items():
        flat["excepted", *excepted] = value
    for one in state.subscriptions.values():
        pk = one.id if one.id in known.subscriptions else NEW
        flat["subscription", pk] = (
            *(one.person, one.organization, one.tcode, one.package, one.days, one.status),
            *(one.renews, one.stacks, one.period, one.started_alone),
        )
        flat["start of", pk] = one.start
        flat["end by revocation of", pk] = one.revoked_at
    return flat
