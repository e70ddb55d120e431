"""A simulation: random requests, a clock that is stepped, connections that break; and an oracle beside it.

After every request the answer and everything in the database are what the oracle says; one person is asked
what they see, and everybody now and then. The same seed makes the same steps.
"""

import io
import random
from collections import Counter
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any

from django.core.management import call_command
from django.db import OperationalError, close_old_connections, connection
from rest_framework.test import APIClient

from tests.conftest import access_token
from tests.simulation.access import AccessOracle
from tests.simulation.crashes import Crash, crashing, discard_connection
from tests.simulation.oracle import Expected, acting
from tests.simulation.state import Place, State, differences
from tests.simulation.steps import TYPE_OF, Chooser, Step, scope_text
from tests.simulation.world import World, now, read_state, step_clock

CRASHES = 0.08
CLOCK = 0.05
EVERYBODY_EVERY = 75
KEPT = 12
"""How many of the last steps are told."""


class Violation(AssertionError):
    """What is, and what should be, differ."""


class Simulation:
    """Steps of one seed over one world."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.seed = seed
        self.chance = random.Random(seed)
        self.chooser = Chooser(self.chance, world)
        self.state = read_state(world)
        self.clients: dict[str, APIClient] = {}
        self.told: list[str] = []
        self.counted: Counter[str] = Counter()
        self.number = 0

    def run(self, steps: int) -> None:
        """Take so many steps.

        Raises:
            Violation: naming the seed and the shortest run of steps that shows it.
        """
        try:
            while self.number < steps:
                self.number += 1
                self._step()
                everybody = self.number % EVERYBODY_EVERY == 0 or self.number == steps
                names = list(self.world.people)
                for name in names if everybody else [self.chance.choice(names)]:
                    self._look(name, whole=everybody)
        except Violation as violation:
            discard_connection()
            steps_told = "\n".join(self.told[-KEPT:])
            raise Violation(
                f"{violation}\n\nThe last of {self.number} steps:\n{steps_told}\n\n"
                f"Again: bin/drill simulation --seed {self.seed} --steps {self.number}"
            ) from violation

    # --- one step -------------------------------------------------------------------------------------

    def _step(self) -> None:
        crash = None
        if self.chance.random() < CRASHES:
            crash = Crash(self.chance.randint(1, 12), heard=self.chance.random() < 0.5)
        if self.chance.random() < CLOCK:
            self._let_time_pass(crash)
            return
        # Chosen by a moment that the step itself does not depend on.
        step = self.chooser.step(self.state, self._oracle(self.state, now()))
        self.told.append(f"{self.number}. {step}{' (breaks)' if crash else ''}")
        started = now()
        after = deepcopy(self.state)
        expected = step.expect(*self._asked(after, started, step.caller, step.header))
        self._client(step.caller)
        with crashing(crash):
            answer = self._send(step)
        self.counted[f"{answer.status_code}"] += 1
        if crash is not None and crash.happened:
            self.counted["broken connections"] += 1
            if answer.status_code == 503:
                # Nobody knows whether it was done: both are right.
                connection.close_if_unusable_or_obsolete()
                self._adopt([self.state, after], started)
                return
            # All had been said when it broke. The next request on it would be refused, as it may be.
            discard_connection()
        if answer.status_code != expected.status:
            raise Violation(
                f"Answered {answer.status_code}, should be {expected.status}: {answer.content.decode()[:500]}"
            )
        _check_body(answer, expected)
        self._adopt([after], started)

    def _asked(
        self, state: State, moment: datetime, caller: str, header: Place | None
    ) -> tuple[AccessOracle, Any]:
        """Return the oracle, and the caller acting where they ask to; a refusal of these is its answer."""
        oracle = self._oracle(state, moment)
        who = acting(state.people[self.world.people[caller].pk], header)
        return (Refusing(state, self.world.tcodes, moment, who.refused) if who.refused else oracle), who

    def _oracle(self, state: State, moment: datetime) -> AccessOracle:
        return AccessOracle(state, self.world.tcodes, moment)

    def _send(self, step: Step) -> Any:
        return self._request(step.caller, step.method, step.path, step.body, step.header)

    def _request(
        self, name: str, method: str, path: str, body: Any = None, header: Place | None = None
    ) -> Any:
        """Send a request as a server gets it: with a connection from the pool."""
        close_old_connections()
        more = {"HTTP_X_SCOPE": scope_text(header)} if header else {}
        send = getattr(self._client(name), method)
        return (
            send(f"/api/v1/{path}", body, format="json", **more)
            if body is not None
            else send(f"/api/v1/{path}", **more)
        )

    def _client(self, name: str) -> APIClient:
        if name not in self.clients:
            user = self.world.people[name]
            user.refresh_from_db(fields=["token_version"], from_queryset=type(user).unscoped.all())
            client = APIClient(raise_request_exception=False)
            client.credentials(HTTP_AUTHORIZATION=f"Bearer {access_token(user)}")
            self.clients[name] = client
        return self.clients[name]

    def _adopt(self, possible: list[State], started: datetime) -> None:
        """Go on from what is in the database, which is one of what is possible."""
        found = read_state(self.world)
        within = now() - started
        wrong = [differences(expected, found, within=within) for expected in possible]
        if all(wrong):
            raise Violation("\n".join(min(wrong, key=len)))
        self._forget_tokens(found)
        self.state = found

    def _forget_tokens(self, found: State) -> None:
        """Have whoever was let in again, or put out, sign in anew."""
        for name, user in self.world.people.items():
            if found.people[user.pk].active and not self.state.people[user.pk].active:
                self.clients.pop(name, None)

    def _let_time_pass(self, crash: Crash | None) -> None:
        """Step the clock by hours or weeks, back now and then; what runs every day runs, or is late."""
        hours, runs = self.chance.choice([1, 30, 170, 400, -20]), self.chance.random() < 0.5
        daily = "runs" if runs else "is late"
        self.told.append(f"{self.number}. The clock goes by {hours} hours, and the daily command {daily}.")
        self.counted["clock"] += 1
        by = timedelta(hours=hours)
        step_clock(by)
        for one in self.state.subscriptions.values():
            one.start -= by
            one.revoked_at = one.revoked_at and one.revoked_at - by
        self.state.excepted = {
            key: value - by if isinstance(value, datetime) else value
            for key, value in self.state.excepted.items()
        }
        started, after = now(), deepcopy(self.state)
        if not runs:
            self._adopt([after], started)
            return
        self._oracle(after, started).process()
        try:
            with crashing(crash):
                call_command("process_subscriptions", stdout=io.StringIO())
        except OperationalError:
            if crash is None or not crash.happened:
                raise
        if crash is not None and crash.happened:
            discard_connection()
        self._adopt([after, self.state] if crash and crash.happened else [after], started)

    # --- what people see ------------------------------------------------------------------------------

    def _look(self, name: str, *, whole: bool) -> None:
        """Compare what somebody is told: of all courses and the tree, or of one course; and their access."""
        oracle, who = self._asked(self.state, now(), name, None)
        if who.refused:
            self._compare(name, "users/me", self._request(name, "get", "users/me"), who.refused)
            return
        courses = [pk for kind, pk in self.state.rows if kind == "courses"]
        for pk in courses if whole else [self.chance.choice(courses)]:
            path = f"course-management/courses/{pk}/learning-path"
            self._compare(name, path, self._request(name, "get", path), oracle.path(who, pk))
        if whole:
            path = "course-management/learning-tree"
            self._compare(name, path, self._request(name, "get", path), oracle.tree(who))
        self._compare(name, "tcodes", self._request(name, "get", "tcodes"), oracle.catalogue(who))
        tcode = self.chance.choice(self.world.tcodes)
        knows = tcode.id in oracle.catalogue(who)
        reason = oracle.access(who.person.id, tcode.id) if knows else 404
        path = f"tcodes/{tcode.id}/access"
        self._compare(name, path, self._request(name, "get", path), reason)

    def _compare(self, name: str, path: str, answer: Any, expected: Any) -> None:
        self.counted["views compared"] += 1
        found = _told(path, answer.json()) if answer.status_code == 200 else answer.status_code
        if found != expected:
            raise Violation(f"{name} reads {path}\n  and should find {expected}\n  but finds       {found}")


class Refusing(AccessOracle):
    """Says to every request what was decided before it was looked at."""

    def __init__(self, state: State, tcodes: Any, now: datetime, status: int) -> None:
        super().__init__(state, tcodes, now)
        self.status = status

    def __getattribute__(self, name: str) -> Any:
        if name in ASKED:
            status = super().__getattribute__("status")
            return lambda *_arguments: Expected(status)
        return super().__getattribute__(name)


ASKED = {
    *("reorder", "publish", "move", "add", "delete", "restore", "open", "complete", "except_step"),
    *("change_person", "grant", "start", "extend", "revoke", "use"),
}


def _check_body(answer: Any, expected: Expected) -> None:
    if expected.blocking is not None:
        found = [one["id"] for one in answer.json()["errors"][0]["meta"]["blocking"]]
        if found != expected.blocking:
            raise Violation(f"Said to be blocked by {found}, should be {expected.blocking}")
    if expected.following is not False:
        told = answer.json()["next"]
        following = told and (f"{told['type']}s", told["id"])
        if following != expected.following:
            raise Violation(f"Next is {following}, should be {expected.following}")


def _told(path: str, body: Any) -> Any:
    """Return what the oracle says of an answer, and nothing else of it."""
    if path.endswith("learning-path"):
        return [
            (
                one["id"],
                one["completed"],
                one["total"],
                *(
                    [
                        (step["id"], step["is_completed"], step["is_locked"], step["is_waived"])
                        for step in one[kind]
                    ]
                    for kind in TYPE_OF
                ),
            )
            for one in body["sub_courses"]
        ]
    if path.endswith("learning-tree"):
        return [
            (
                root["id"],
                root["courses_version"],
                [
                    (
                        course["id"],
                        [
                            (one["id"], *(one[f"{name}_count"] for name in TYPE_OF.values()))
                            for one in course["sub_courses"]
                        ],
                    )
                    for course in root["courses"]
                ],
            )
            for root in body["categories"]
        ]
    if path.endswith("access"):
        return body["allowed"], body["reason"]
    ends = {row["id"]: row["accessEndsAt"] for row in body["rows"]}
    assert all(row["hasAccess"] == (ends[row["id"]] is not None) for row in body["rows"])
    return {pk: end and datetime.fromisoformat(end) for pk, end in ends.items()}
