"""What the rules say, in plain Python, of order, sequence, scope and access.

Written from the documents, not from the code that it is held against: no SQL, no locks, no cleverness. Each
request is a method that changes the state as the request should and returns how it should be answered.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tenancy.scope import PLATFORM_ID
from tests.simulation.state import ABOVE, NEW, STEPS, Key, Person, Place, Row, State, Tcode

LEARNER = {"open", "complete", "path"}
STAFF = {"open", "path", "tree"}
EVERYTHING = {*LEARNER, *STAFF, "reorder", "write", "people", "subscriptions", "exceptions"}
MAY = {
    "GLOBAL_ADMIN": EVERYTHING,
    "ADMIN": EVERYTHING,
    "PRINCIPAL": {"path", "tree", "exceptions"},
    "TEACHER": STAFF,
    "STUDENT": LEARNER,
    None: LEARNER,
    "GUEST": set(),
}
STAFF_ROLES = {"GLOBAL_ADMIN", "ADMIN", "PRINCIPAL", "TEACHER"}
GUARDED = {"GLOBAL_ADMIN"}


@dataclass(frozen=True, slots=True)
class Expected:
    """The answer: its status, and what of the body is checked."""

    status: int
    blocking: list[int] | None = None
    following: Key | bool | None = False  # False: not looked at


@dataclass(frozen=True, slots=True)
class Acting:
    """Who asks, and where they act: ``place`` is ``None`` for every organization."""

    person: Person
    place: Place | None
    changes_content: bool
    refused: int = 0

    @property
    def staff(self) -> bool:
        return self.person.role in STAFF_ROLES

    @property
    def alone(self) -> bool:
        """Whether this is somebody who belongs to no organization, and so reaches nobody else."""
        return self.place is not None and self.place[0] == PLATFORM_ID and self.person.role != "GLOBAL_ADMIN"

    def may(self, what: str) -> bool:
        return what in MAY[self.person.role]

    def reads(self, organization: UUID) -> bool:
        return self.place is None or organization in (self.place[0], PLATFORM_ID)

    def writes(self, organization: UUID) -> bool:
        return self.place is None or (self.changes_content and organization == self.place[0])

    def reaches(self, place: Place) -> bool:
        return self.place is None or contains(self.place, place)


def contains(outer: Place, inner: Place) -> bool:
    return all(one in (None, other) for one, other in zip(outer, inner, strict=True))


def acting(person: Person, header: Place | None) -> Acting:
    """Return where a request acts: at one's own place, or at one at or below it that the header names."""
    if not person.active:
        return Acting(person, None, False, refused=401)
    everywhere = person.role == "GLOBAL_ADMIN"
    at_home = person.place[0] != PLATFORM_ID
    own = None if everywhere else person.place
    wide = everywhere or (at_home and person.place[1] is None)
    if header is None:
        return Acting(person, own, wide)
    if not everywhere and not (at_home and contains(person.place, header)):
        return Acting(person, own, False, refused=404)
    return Acting(person, header, wide)


class Oracle:
    """The rules over one state.

    Attributes:
        now: the moment of the request.
    """

    def __init__(self, state: State, tcodes: Iterable[Tcode], now: datetime) -> None:
        self.state = state
        self.tcodes = {tcode.id: tcode for tcode in tcodes}
        self.now = now

    # --- order ----------------------------------------------------------------------------------------

    def reorder(self, who: Acting, kind: str, ids: list[int], version: str | None) -> Expected:
        if not who.may("reorder") or not who.changes_content:
            return Expected(403)
        named = [self.state.rows.get((kind, pk)) for pk in ids]
        live = [row for row in named if row is not None and row.live]
        parents = {row.parent for row in live if who.writes(row.organization)}
        if len(parents) > 1:
            return Expected(400)
        # Naming nothing of one's own is putting nothing in order, where there is nothing of one's own.
        own = [who.place[0]] if kind == "categories" and who.place else []
        parent = next(iter([*parents, *own]), None)
        current = self.state.siblings(kind, parent) if parent else []
        shared = {row.id for row in live if row.organization == PLATFORM_ID and not who.writes(PLATFORM_ID)}
        present = {row.id for row in current}
        wanted = [pk for pk in ids if pk in present]
        if set(ids) - present - shared or present - set(wanted):
            return Expected(400)
        if parent and version is not None and version != version_of(row.id for row in current):
            return Expected(409)
        for position, pk in enumerate(wanted):
            self.state.rows[kind, pk].order = position
        return Expected(200)

    def _found(self, who: Acting, kind: str, pk: int, *, deleted: bool = False) -> Row | int:
        """Return a row that the caller may change, or the status of the refusal."""
        if not who.may("write") or not who.changes_content:
            return 403
        row = self.state.rows.get((kind, pk))
        if row is None or not (row.live or deleted) or not who.reads(row.organization):
            return 404
        return row if who.writes(row.organization) else 403

    def publish(self, who: Acting, kind: str, pk: int, status: str) -> Expected:
        row = self._found(who, kind, pk)
        if isinstance(row, int):
            return Expected(row)
        row.status = status
        return Expected(200)

    def move(self, who: Acting, kind: str, pk: int, parent_id: int) -> Expected:
        row = self._found(who, kind, pk)
        if isinstance(row, int):
            return Expected(row)
        parent = self.state.rows.get((ABOVE[kind], parent_id))
        if parent is None or not parent.live or parent.organization != row.organization:
            return Expected(400)
        if parent.id != row.parent:
            row.order = self._end(kind, parent.id)
            row.parent = parent.id
        return Expected(200)

    def add(self, who: Acting, kind: str, parent_id: int) -> Expected:
        if not who.may("write") or not who.changes_content:
            return Expected(403)
        parent = self.state.rows.get((ABOVE[kind], parent_id))
        if parent is None or not parent.live or not who.writes(parent.organization):
            return Expected(400)
        status = "PUBLISHED"
        row = Row(kind, NEW, parent.id, parent.organization, self._end(kind, parent.id), status)
        self.state.rows[row.key] = row
        return Expected(201)

    def _end(self, kind: str, parent: int) -> int:
        return max((row.order + 1 for row in self.state.siblings(kind, parent)), default=0)

    def delete(self, who: Acting, kind: str, pk: int) -> Expected:
        row = self._found(who, kind, pk)
        if isinstance(row, int):
            return Expected(row)
        act = ("deleted at", self.now)
        for below in self.state.below(row):
            if below.live:
                below.act, below.cascade = act, True
        row.act = act
        return Expected(204)

    def restore(self, who: Acting, kind: str, pk: int) -> Expected:
        row = self._found(who, kind, pk, deleted=True)
        if isinstance(row, int):
            return Expected(row)
        if row.live:
            return Expected(200)
        if any(not above.live for above in self.state.above(row)):
            return Expected(409)
        act = row.act
        for below in self.state.below(row):
            if below.act == act and below.cascade:
                below.act, below.cascade = None, False
        row.act, row.cascade = None, False
        return Expected(200)

    # --- sequence -------------------------------------------------------------------------------------

    def shown(self, row: Row, *, staff: bool) -> bool:
        """Whether somebody who reads the organization may know of a row."""
        line = [row, *self.state.above(row)]
        return all(one.live if staff else one.published for one in line)

    def to_do(self, person: UUID, row: Row) -> bool:
        done = (person, row.kind, row.id) in self.state.completed
        return not done and (person, "waive", row.kind, row.id) not in self.state.excepted

    def blocking(self, person: Person, row: Row) -> list[int]:
        """Return the ids of what is still to do before a step."""
        until = self.state.excepted.get((person.id, "unlock", row.kind, row.id))
        unlocked = isinstance(until, datetime) and until > self.now
        if person.role in STAFF_ROLES or not self.to_do(person.id, row) or unlocked:
            return []
        earlier = [
            one
            for one in self.state.siblings(row.kind, row.parent)
            if (one.order, one.id) < (row.order, row.id)
        ]
        return [one.id for one in earlier if one.published and self.to_do(person.id, one)]

    def open(self, who: Acting, kind: str, pk: int) -> Expected:
        if not who.may("open"):
            return Expected(403)
        row = self.state.rows.get((kind, pk))
        if row is None or not who.reads(row.organization) or not self.shown(row, staff=who.staff):
            return Expected(404)
        blocking = self.blocking(who.person, row)
        return Expected(403, blocking=blocking) if blocking else Expected(200)

    def complete(self, who: Acting, kind: str, pk: int) -> Expected:
        if not who.may("complete"):
            return Expected(403)
        row = self.state.rows.get((kind, pk))
        done = (who.person.id, kind, pk)
        if row is None or not who.reads(row.organization):
            return Expected(404)
        visible = self.shown(row, staff=who.staff)
        if not visible and done not in self.state.completed:
            return Expected(404)
        if blocking := self.blocking(who.person, row):
            return Expected(403, blocking=blocking)
        self.state.completed.add(done)
        return Expected(200, following=self._next(who.person.id, row) if visible else None)

    def _next(self, person: UUID, row: Row) -> Key | None:
        for kind in sorted(STEPS, key=lambda one: (one != row.kind, STEPS.index(one))):
            for one in self.state.siblings(kind, row.parent):
                if one.published and one.key != row.key and self.to_do(person, one):
                    return one.key
        return None

    def except_step(self, who: Acting, act: str, person: UUID, kind: str, pk: int, value: Any) -> Expected:
        if not who.may("exceptions"):
            return Expected(403)
        found = self.state.people[person]
        if not self._reaches(who, found):
            return Expected(404)
        row = self.state.rows.get((kind, pk))
        if row is None or row.organization not in (found.place[0], PLATFORM_ID):
            return Expected(400)
        if not self.shown(row, staff=False):
            return Expected(400)
        done = (person, kind, pk)
        if act in ("waive", "unlock"):
            self.state.excepted[person, act, kind, pk] = value
        elif act in ("unwaive", "lock"):
            self.state.excepted.pop((person, {"unwaive": "waive", "lock": "unlock"}[act], kind, pk), None)
        elif act == "complete":
            self.state.completed.add(done)
        else:
            self.state.completed.discard(done)
        return Expected(200)

    # --- people ---------------------------------------------------------------------------------------

    def _reaches(self, who: Acting, person: Person) -> bool:
        if who.alone:
            return person.id == who.person.id
        return who.reaches(person.place)

    def change_person(self, who: Acting, person: UUID, values: dict[str, Any]) -> Expected:
        """``values``: of ``role``, ``active`` and ``place``."""
        if not who.may("people"):
            return Expected(403)
        found = self.state.people[person]
        if not self._reaches(who, found):
            return Expected(404)
        if found.role in GUARDED and who.person.role not in GUARDED:
            return Expected(403)
        if "place" in values and not who.reaches(values["place"]):
            return Expected(400)
        if person == who.person.id and any(getattr(found, name) != values[name] for name in values):
            return Expected(409)
        for name, value in values.items():
            setattr(found, name, value)
        return Expected(200)

    # --- what is told ---------------------------------------------------------------------------------

    def tree(self, who: Acting) -> Any:
        """Return the tree as ids and counts, with the versions of its lists; or a status."""
        if not who.may("tree"):
            return 403
        state = self.state

        def of(kind: str, parent: int) -> list[Row]:
            return [row for row in state.siblings(kind, parent) if who.staff or row.published]

        def counted(sub_course: Row, kind: str) -> int:
            return len(of(kind, sub_course.id))

        roots = [row for row in state.rows.values() if row.kind == "categories" and row.live]
        roots = [row for row in roots if who.reads(row.organization) and (who.staff or row.published)]
        roots.sort(key=lambda row: (row.organization == PLATFORM_ID, row.organization, row.order, row.id))
        return [
            (
                root.id,
                version_of(row.id for row in state.siblings("courses", root.id)),
                [
                    (
                        course.id,
                        [
                            (sub.id, *(counted(sub, kind) for kind in STEPS))
                            for sub in of("sub-courses", course.id)
                        ],
                    )
                    for course in of("courses", root.id)
                ],
            )
            for root in roots
        ]

    def path(self, who: Acting, course_id: int) -> Any:
        """Return the path of a course as ids and what the caller may do with each; or a status."""
        if not who.may("path"):
            return 403
        course = self.state.rows.get(("courses", course_id))
        if course is None or not who.reads(course.organization) or not self.shown(course, staff=who.staff):
            return 404
        person, told = who.person, []
        for sub_course in self.state.siblings("sub-courses", course_id):
            if not (who.staff or sub_course.published):
                continue
            steps = {kind: self.state.siblings(kind, sub_course.id) for kind in STEPS}
            counted = [row for rows in steps.values() for row in rows if row.published]
            done = sum((person.id, row.kind, row.id) in self.state.completed for row in counted)
            lists = [
                [
                    (
                        row.id,
                        (person.id, kind, row.id) in self.state.completed,
                        bool(self.blocking(person, row)),
                        (person.id, "waive", kind, row.id) in self.state.excepted,
                    )
                    for row in rows
                    if who.staff or row.published
                ]
                for kind, rows in steps.items()
            ]
            told.append((sub_course.id, done, len(counted), *lists))
        return told


def version_of(ids: Iterable[int]) -> str:
    """Return what clients compare orders by: 16 digits of the hash of the ids in order."""
    return hashlib.md5(",".join(map(str, ids)).encode(), usedforsecurity=False).hexdigest()[:16]
