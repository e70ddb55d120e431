"""Random requests, and what the oracle says to each.

Whatever is chosen is chosen by the seed and by the order in which things came to be, never by an id that
another run would have made another way.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from tenancy.scope import PLATFORM_ID
from tests.simulation.access import DAYS, OPENS_ALL, AccessOracle
from tests.simulation.oracle import Acting, Expected, version_of
from tests.simulation.state import ABOVE, KINDS, STEPS, Place, Row, State
from tests.simulation.world import TYPES, World

LEVELS = ("organization", "school", "campus", "classroom")
TYPE_OF = {kind: name for name, kind in TYPES.items()}
TREE = "course-management"
REASON = {"reason": "Simulated."}
PARENT_FIELD = {
    "courses": "category_id",
    "sub-courses": "course_id",
    "videos": "sub_course_id",
    "practices": "owner_id",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One request: who sends it, acting where, and what should come of it."""

    caller: str
    header: Place | None
    method: str
    path: str
    body: dict[str, Any] | None
    expect: Callable[[AccessOracle, Acting], Expected]

    def __str__(self) -> str:
        where = f" in {scope_text(self.header)}" if self.header else ""
        return f"{self.caller}{where}: {self.method} {self.path} {self.body or ''}".rstrip()


def scope_text(place: Place) -> str:
    level = max(index for index, node in enumerate(place) if node is not None)
    return f"{LEVELS[level]}:{place[level]}"


class Chooser:
    """Chooses the next step of a simulation."""

    def __init__(self, chance: random.Random, world: World) -> None:
        self.chance = chance
        self.world = world
        # How often each is chosen. What learners do comes most often, as it does.
        self.kinds: list[tuple[Callable[[State, AccessOracle], Step], int]] = [
            (self.completing, 24),
            (self.opening, 6),
            (self.reordering, 14),
            (self.publishing, 8),
            (self.moving, 8),
            (self.adding, 3),
            (self.deleting, 6),
            (self.restoring, 7),
            (self.excepting, 10),
            (self.changing_people, 8),
            (self.granting, 8),
            (self.starting, 5),
            (self.extending, 4),
            (self.revoking, 4),
            (self.using, 5),
        ]

    def step(self, state: State, oracle: AccessOracle) -> Step:
        choices, weights = zip(*self.kinds, strict=True)
        [choose] = self.chance.choices(choices, weights)
        chosen: Step = choose(state, oracle)
        return chosen

    # --- choosing -------------------------------------------------------------------------------------

    def _caller(self, *likely: str, odds: float = 0.85) -> str:
        return self.chance.choice(likely if self.chance.random() < odds else list(self.world.people))

    def _editor(self, organization: UUID) -> str:
        """Return mostly somebody who may change what belongs to an organization."""
        admins = [
            name
            for name in ("north.admin", "sunrise.admin")
            if self.world.people[name].organization_id == organization
        ]
        if self.chance.random() < 0.75:
            return self.chance.choice([*admins, "global"])
        return self._caller("north.admin", "sunrise.admin", "north.lead", odds=0.6)

    def _header(self, caller: str) -> Place | None:
        """Return another place to act in, now and then, also one that is not the caller's to act in."""
        odds = 0.2 if caller == "global" else 0.08
        return self.chance.choice(self.world.nodes) if self.chance.random() < odds else None

    def _row(self, state: State, kinds: tuple[str, ...], *, deleted: float = 0.1) -> Row:
        """Return a row of any organization: deleted ones at these odds, if there are any."""
        rows = [row for row in state.rows.values() if row.kind in kinds]
        gone = [row for row in rows if not row.live]
        live = [row for row in rows if row.live]
        return self.chance.choice(gone if gone and (not live or self.chance.random() < deleted) else live)

    def _person(self) -> UUID:
        return self.world.people[self.chance.choice(list(self.world.people))].pk

    # --- the tree -------------------------------------------------------------------------------------

    def reordering(self, state: State, oracle: AccessOracle) -> Step:
        sample = self._row(state, self.chance.choices([STEPS, KINDS], [2, 1])[0], deleted=0)
        caller = self._editor(sample.organization)
        kind, siblings = sample.kind, [row.id for row in state.siblings(sample.kind, sample.parent)]
        ids, version = self.chance.sample(siblings, len(siblings)), None
        fault = self.chance.random()
        if fault < 0.08 and len(ids) > 1:
            ids.pop()
        elif fault < 0.2:
            ids.append(self._row(state, (kind,)).id)
        elif fault < 0.4:
            version = version_of(siblings if fault < 0.32 else reversed(siblings))
        ids = list(dict.fromkeys(ids))
        body: dict[str, Any] = {"items": [{"id": pk, "position": n} for n, pk in enumerate(ids)]}
        if version is not None:
            body["version"] = version
        return Step(
            caller,
            self._header(caller),
            "put",
            f"{TREE}/{kind}/reorder",
            body,
            lambda oracle, who: oracle.reorder(who, kind, ids, version),
        )

    def _url(self, row: Row) -> str:
        return f"question-sets/{row.id}" if row.kind == "practices" else f"{TREE}/{row.kind}/{row.id}"

    def publishing(self, state: State, oracle: AccessOracle) -> Step:
        row = self._row(state, self.chance.choice([STEPS, KINDS]))
        caller = self._editor(row.organization)
        # Mostly shown: of a tree that is hidden there is nothing to say.
        status = self.chance.choices(["PUBLISHED", "DRAFT", "ARCHIVED"], [4, 1, 1])[0]
        body = {"status": status}
        return Step(
            caller,
            self._header(caller),
            "patch",
            self._url(row),
            body,
            lambda oracle, who: oracle.publish(who, row.kind, row.id, status),
        )

    def moving(self, state: State, oracle: AccessOracle) -> Step:
        row = self._row(state, KINDS[1:])
        caller = self._editor(row.organization)
        parents = [one for one in state.rows.values() if one.kind == ABOVE[row.kind]]
        near = [one for one in parents if one.organization == row.organization and one.live]
        parent = self.chance.choice(near if near and self.chance.random() < 0.85 else parents).id
        return Step(
            caller,
            self._header(caller),
            "patch",
            self._url(row),
            {PARENT_FIELD[row.kind]: parent},
            lambda oracle, who: oracle.move(who, row.kind, row.id, parent),
        )

    def adding(self, state: State, oracle: AccessOracle) -> Step:
        row = self._row(state, ("sub-courses",))
        caller, parent = self._editor(row.organization), row.id
        body = {
            "sub_course_id": parent,
            "title": "Added",
            "video_url": "https://videos.example/added.mp4",
            "status": "PUBLISHED",
        }
        return Step(
            caller,
            self._header(caller),
            "post",
            f"{TREE}/videos",
            body,
            lambda oracle, who: oracle.add(who, "videos", parent),
        )

    def deleting(self, state: State, oracle: AccessOracle) -> Step:
        row = self._row(state, self.chance.choices([STEPS, KINDS], [2, 1])[0])
        caller = self._editor(row.organization)
        return Step(
            caller,
            self._header(caller),
            "delete",
            self._url(row),
            None,
            lambda oracle, who: oracle.delete(who, row.kind, row.id),
        )

    def restoring(self, state: State, oracle: AccessOracle) -> Step:
        row = self._row(state, KINDS, deleted=0.95)
        caller = self._editor(row.organization)
        return Step(
            caller,
            self._header(caller),
            "post",
            f"{self._url(row)}/restore",
            None,
            lambda oracle, who: oracle.restore(who, row.kind, row.id),
        )

    # --- learners -------------------------------------------------------------------------------------

    def _learner(self) -> str:
        names = [name for name in self.world.people if "student" in name or "learner" in name]
        return self._caller(*names, odds=0.9)

    def _behind_a_waiver(self, state: State, oracle: AccessOracle) -> tuple[str, Row] | None:
        """Return somebody and a step that is open to them because an earlier one is waived, now and then."""
        if self.chance.random() >= 0.3:
            return None
        found = []
        for person_id, kind, step_kind, pk in sorted(state.excepted, key=self._by_name):
            waived, person = state.rows[step_kind, pk], state.people[person_id]
            done = (person_id, step_kind, pk) in state.completed
            held_up = person.active and person.role in ("STUDENT", None)
            if kind != "waive" or done or not held_up or not oracle.shown(waived, staff=False):
                continue
            found += [
                (self.world.name_of(person_id), row)
                for row in state.siblings(step_kind, waived.parent)
                if (row.order, row.id) > (waived.order, waived.id)
                and row.published
                and oracle.to_do(person_id, row)
                and not oracle.blocking(person, row)
            ]
        return self.chance.choice(found) if found else None

    def _to_complete(self, state: State, oracle: AccessOracle) -> tuple[str, Row]:
        caller = self._learner()
        person = state.people[self.world.people[caller].pk]
        rows = [row for row in state.rows.values() if row.kind in STEPS and oracle.to_do(person.id, row)]
        near = [row for row in rows if row.organization == person.place[0] and oracle.shown(row, staff=False)]
        return caller, self.chance.choice(near) if near and self.chance.random() < 0.8 else self._row(
            state, STEPS
        )

    def completing(self, state: State, oracle: AccessOracle) -> Step:
        caller, row = self._behind_a_waiver(state, oracle) or self._to_complete(state, oracle)
        return Step(
            caller,
            self._header(caller) if self.chance.random() < 0.3 else None,
            "post",
            f"progress/{row.kind}/{row.id}/complete",
            None,
            lambda oracle, who: oracle.complete(who, row.kind, row.id),
        )

    def opening(self, state: State, oracle: AccessOracle) -> Step:
        caller, row = self._behind_a_waiver(state, oracle) or (self._learner(), self._row(state, STEPS))
        return Step(
            caller,
            None,
            "get",
            self._url(row),
            None,
            lambda oracle, who: oracle.open(who, row.kind, row.id),
        )

    def excepting(self, state: State, oracle: AccessOracle) -> Step:
        act = self.chance.choice(
            ["waive", "waive", "unwaive", "unlock", "unlock", "lock", "complete", "undo"]
        )
        person, value = self._person(), None
        near = [one for one in state.rows.values() if one.kind in STEPS and oracle.shown(one, staff=False)]
        near = [one for one in near if one.organization in (state.people[person].place[0], PLATFORM_ID)]
        row = self.chance.choice(near) if near and self.chance.random() < 0.8 else self._row(state, STEPS)
        if act == "waive" and self.chance.random() < 0.6:
            # What a learner is held up by now.
            person = self.world.people[self._learner()].pk
            near = [one for one in near if oracle.to_do(person, one)]
            near = [one for one in near if not oracle.blocking(state.people[person], one)]
            row = self.chance.choice(near) if near else row
        if taken := [key for key in state.excepted if act in ("unwaive", "lock")]:
            person, _kind, kind, pk = self.chance.choice(sorted(taken, key=self._by_name))
            row = state.rows[kind, pk]
        home = state.people[person].place[0]
        caller = "north.principal" if self.chance.random() < 0.2 else self._editor(home)
        body: dict[str, Any] = {"type": TYPE_OF[row.kind], "step_id": row.id, **REASON}
        if act == "waive":
            value = body["waiver"] = self.chance.choice(["tested_out", "administrative"])
        elif act == "unlock":
            value = oracle.now + timedelta(days=self.chance.randint(1, 20))
            body["until"] = value.isoformat()
        return Step(
            caller,
            None,
            "post",
            f"users/{person}/exceptions/{act}",
            body,
            lambda oracle, who: oracle.except_step(who, act, person, row.kind, row.id, value),
        )

    def _by_name(self, excepted: tuple[UUID, str, str, int]) -> Any:
        person, *rest = excepted
        return self.world.name_of(person), rest

    # --- people ---------------------------------------------------------------------------------------

    def changing_people(self, state: State, oracle: AccessOracle) -> Step:
        caller = self._caller("north.admin", "north.lead", "sunrise.admin", "global", "global")
        free = [name for name in self.world.people if name not in self.world.fixed]
        name = caller if self.chance.random() < 0.1 else self.chance.choice(free)
        person = state.people[self.world.people[name].pk]
        what = self.chance.choice(["role", "role", "place", "place", "active"])
        body: dict[str, Any]
        if what == "role":
            value: Any = self.chance.choice(
                ["STUDENT", "STUDENT", None, "TEACHER", "ADMIN", "PRINCIPAL", "GUEST"]
            )
            body = {"role": value}
        elif what == "active":
            value = self.chance.random() < 0.7
            body = {"isActive": value}
        else:
            # Nobody whose role is more than a learner's is sent to belong nowhere.
            nodes = [node for node in self.world.nodes[1:] if caller != "north.lead" or node[3]]
            value = self.chance.choice(nodes)
            named = (LEVELS if caller != "north.lead" else LEVELS[3:],)[0]
            body = {f"{level}Id": value[LEVELS.index(level)] for level in named}
            body = {key: node and str(node) for key, node in body.items()}
        return Step(
            caller,
            None,
            "patch",
            f"users/{person.id}",
            body,
            lambda oracle, who: oracle.change_person(who, person.id, {what: value}),
        )

    # --- the workshop ---------------------------------------------------------------------------------

    def _tcode(self) -> int:
        return self.chance.choice(self.world.tcodes).id

    def granting(self, state: State, oracle: AccessOracle) -> Step:
        package = self.chance.choice([name for name in DAYS if name != "trial"])
        wrong = self.chance.random() < 0.05
        tcode = self._tcode() if (package == OPENS_ALL) == wrong else None
        person = self._person()
        caller = self._editor(state.people[person].place[0])
        body = {"userId": str(person), "subscriptionType": package, "tcodeId": tcode}
        return Step(
            caller,
            self._header(caller),
            "post",
            "subscriptions",
            body,
            lambda oracle, who: oracle.grant(who, person, package, tcode),
        )

    def starting(self, state: State, oracle: AccessOracle) -> Step:
        package = "trial" if self.chance.random() < 0.9 else "monthly"
        tcode = self._tcode() if self.chance.random() < 0.95 else None
        body = {"subscriptionType": package, "tcodeId": tcode}
        return Step(
            self._learner(),
            None,
            "post",
            "subscriptions",
            body,
            lambda oracle, who: oracle.start(who, package, tcode),
        )

    def _subscription(self, state: State) -> Any:
        return self.chance.choice(list(state.subscriptions)) if state.subscriptions else None

    def extending(self, state: State, oracle: AccessOracle) -> Step:
        pk, by = self._subscription(state), self.chance.choice([1, 7, 30, 400, 36_400])
        if pk is None:
            return self.granting(state, oracle)
        caller = self._editor(state.subscriptions[pk].organization)
        return Step(
            caller,
            self._header(caller),
            "post",
            f"subscriptions/{pk}/extend",
            {"days": by, **REASON},
            lambda oracle, who: oracle.extend(who, pk, by),
        )

    def revoking(self, state: State, oracle: AccessOracle) -> Step:
        pk = self._subscription(state)
        if pk is None:
            return self.granting(state, oracle)
        caller = self._editor(state.subscriptions[pk].organization)
        return Step(
            caller,
            self._header(caller),
            "post",
            f"subscriptions/{pk}/revoke",
            REASON,
            lambda oracle, who: oracle.revoke(who, pk),
        )

    def using(self, state: State, oracle: AccessOracle) -> Step:
        # Often what has ended a moment ago, and the daily command has not come by since.
        over = [
            (self.world.name_of(one.person), one.tcode or self._tcode())
            for one in state.subscriptions.values()
            if one.status == "active" and one.end <= oracle.now
        ]
        if over and self.chance.random() < 0.6:
            caller, tcode = self.chance.choice(over)
        else:
            caller, tcode = self._learner(), self._tcode()
        return Step(
            caller,
            None,
            "put",
            f"tcodes/{tcode}/progress",
            {"lastSlideSeen": 1, "percentComplete": 5},
            lambda oracle, who: oracle.use(who, tcode),
        )
