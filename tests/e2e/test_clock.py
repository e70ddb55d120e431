"""The clock of a server that runs is stepped: nothing fails or hangs, and no token outlives its end.

The time of day is another in the processes of the server alone; PostgreSQL's stays what it is.
"""

import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import jwt
import psutil
import psycopg
import pytest
import requests

from tests.drills.sizes import sized
from tests.e2e.databases import Database
from tests.e2e.servers import web_process
from tests.e2e.stepped import STEP

pytestmark = pytest.mark.drill

LEARNERS = sized(3, 8)
BETWEEN = sized(3, 40)
"""How many rounds each learner makes between two steps."""
SECONDS = 120
"""For these, on a machine that does other things as well; a hang takes longer."""
PASSWORD = "demo-pass-123"
LEEWAY = 10
HOUR, DAY = 3600.0, 86400.0


class Clock:
    """The server's: how far it is off, and since when each process knows."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.off: float | None = 0.0
        (folder / STEP).write_text("0")

    def step_to(self, off: float, server: psutil.Process) -> None:
        """Set the clock of each process of the server; until all have it, none is right."""
        self.off = None
        (self.folder / STEP).write_text(str(off))
        until = time.monotonic() + SECONDS
        while not all(self._told(worker.pid) == str(off) for worker in [server, *server.children()]):
            assert time.monotonic() < until, "a process did not follow"
            time.sleep(0.02)
        self.off = off

    def _told(self, pid: int) -> str:
        told = self.folder / str(pid)
        return told.read_text() if told.exists() else ""

    def now(self) -> float:
        return time.time() + (self.off or 0)


class Learner(threading.Thread):
    """Signs in and renews tokens when it has to, completes steps, saves items and logs, again and again."""

    def __init__(self, address: str, email: str, videos: list[int], clock: Clock, finished: threading.Event):
        super().__init__(daemon=True)
        self.address, self.email, self.clock, self.finished = f"{address}/api", email, clock, finished
        self.videos = videos
        self.session = requests.Session()
        self.tokens: dict[str, str] = {}
        self.before: list[str] = []
        self.completed: set[int] = set()
        self.logged: dict[str, Any] = {}
        self.saved = 0
        self.rounds = 0
        self.told: Counter[str] = Counter()
        self.wrong: list[str] = []

    def run(self) -> None:
        try:
            while not self.finished.is_set():
                self.round()
                self.rounds += 1
        except requests.RequestException as error:
            self.wrong.append(repr(error))

    def round(self) -> None:
        for token in self.before:
            status = self.send("get", "v1/users/me", token).status_code
            self.check(status in (200, 401), f"a token of before: {status}")
        video = self.videos[self.rounds % len(self.videos)]
        if self.ask("post", f"v1/progress/videos/{video}/complete") is not None:
            self.completed.add(video)
        item = {"progress_type": "sign_learned", "item_id": "clock", "value": "learned", "score": self.rounds}
        if self.ask("post", "user_progress", json={"data": item}) is not None:
            self.saved = self.rounds
        # Each key is sent again a round later, before which the clock may have been stepped.
        for key in [str(uuid4()), *list(self.logged)[-1:]]:
            body = {"type": "viewed-slide", "payload": {"tcodeId": 1, "slide": len(self.logged)}}
            body = self.logged[key][0] if key in self.logged else body
            answer = self.ask("post", "v1/interactions", json=body, headers={"Idempotency-Key": key})
            if answer is not None:
                first = self.logged.setdefault(key, (body, answer))[1]
                self.check(first == answer, f"another answer to {key}: {first}, {answer}")

    def ask(self, method: str, path: str, *, headers: dict[str, str] | None = None, **sent: Any) -> Any:
        """Send it as a client does that renews its tokens when it is told to; return the answer."""
        for _ in range(4):
            if not self.tokens:
                self.sign_in()
                continue
            answer = self.send(method, path, self.tokens["access"], headers, **sent)
            if answer.status_code == 401:
                self.renew()
                continue
            self.check(answer.status_code in (200, 201), f"{path}: {answer.status_code} {answer.text[:300]}")
            self.told["answered"] += 1
            return answer.json()
        # Only a clock that is being stepped refuses so often.
        return None

    def send(
        self, method: str, path: str, token: str, headers: dict[str, str] | None = None, **sent: Any
    ) -> requests.Response:
        off, asked_at = self.clock.off, self.clock.now()
        answer = self.session.request(
            method,
            f"{self.address}/{path}",
            headers={"Authorization": f"Bearer {token}", **(headers or {})},
            timeout=SECONDS,
            **sent,
        )
        if off is not None and off == self.clock.off:
            self.judge(token, asked_at, refused=answer.status_code == 401)
        return answer

    def judge(self, token: str, asked_at: float, *, refused: bool) -> None:
        """Hold what was answered against the end of the token, by the server's clock."""
        claims = jwt.decode(token, options={"verify_signature": False})
        if asked_at > claims["exp"] + LEEWAY + 1:
            self.told["tokens past their end"] += 1
            self.check(refused, f"a token was taken {asked_at - claims['exp']:.0f} s after its end")
        elif claims["iat"] <= asked_at < claims["exp"] - SECONDS:
            self.check(not refused, "a token was refused that was not over")

    def renew(self) -> None:
        answer = self.session.post(
            f"{self.address}/v1/auth/refresh", json={"refresh": self.tokens["refresh"]}, timeout=SECONDS
        )
        self.check(answer.status_code in (200, 401), f"refresh: {answer.status_code} {answer.text[:300]}")
        self.before.append(self.tokens["access"])
        self.told["renewed" if answer.ok else "to sign in again"] += 1
        self.tokens = answer.json() if answer.ok else {}

    def sign_in(self) -> None:
        off = self.clock.off
        answer = self.session.post(
            f"{self.address}/v1/auth/login",
            json={"email": self.email, "password": PASSWORD},
            timeout=SECONDS,
        )
        self.check(answer.status_code == 200, f"login: {answer.status_code} {answer.text[:300]}")
        self.tokens = answer.json() if answer.ok else {}
        if answer.ok and off is not None and off == self.clock.off:
            issued = jwt.decode(self.tokens["access"], options={"verify_signature": False})["iat"]
            self.check(abs(issued - self.clock.now()) < SECONDS, "the server goes by another clock")

    def check(self, fine: bool, otherwise: str) -> None:
        if not fine:
            self.wrong.append(otherwise)


def people_of(database: Database) -> tuple[list[str], list[int]]:
    """Return the addresses of learners that are added, and the videos that they complete in turn."""
    with psycopg.connect(database.url) as connection:
        emails = connection.execute(
            "INSERT INTO users (id, email, name, password, organization_id, role_id) "
            "SELECT gen_random_uuid(), 'clock' || n || '@north.test', '', u.password,"
            " u.organization_id, u.role_id FROM users u, generate_series(1, %s) n"
            " WHERE u.email = 'student@north.test' RETURNING email",
            [LEARNERS],
        ).fetchall()
        videos = connection.execute(
            "SELECT v.id FROM sub_course_videos v WHERE v.status = 'PUBLISHED' AND v.sub_course_id = ("
            " SELECT min(s.id) FROM sub_courses s JOIN organizations o ON o.id = s.organization_id"
            " WHERE o.slug = 'north') ORDER BY v.display_order, v.id"
        ).fetchall()
    return [email for (email,) in emails], [pk for (pk,) in videos]


def next_monday() -> float:
    """Return when the next week begins, in UTC."""
    now = datetime.now(UTC)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return (midnight + timedelta(days=7 - now.weekday())).timestamp()


def wait_for_rounds(learners: list[Learner], number: int) -> None:
    """Wait until each of them has made so many more."""
    wanted = [learner.rounds + number for learner in learners]
    until = time.monotonic() + SECONDS * sized(1, 3)
    while any(one.rounds < rounds for one, rounds in zip(learners, wanted, strict=True)):
        assert [one.wrong for one in learners if one.wrong] == []
        assert time.monotonic() < until, "somebody hangs"
        time.sleep(0.05)


def test_a_clock_that_is_stepped_stops_nobody_and_loses_nothing(with_demo, tmp_path, figure):
    emails, videos = people_of(with_demo)
    clock, finished = Clock(tmp_path), threading.Event()
    settings = {"DATABASE_URL": with_demo.url, "WEB_WORKERS": "2", "STEPPED_IN": str(tmp_path)}
    with web_process(module="tests.e2e.stepped", **settings) as (address, server):
        learners = [Learner(address, email, videos, clock, finished) for email in emails]
        for learner in learners:
            learner.start()
        wait_for_rounds(learners, BETWEEN)
        week_ends = next_monday()
        steps = [HOUR, 2 * HOUR, 2 * HOUR - DAY, week_ends - 2 - time.time(), 40 * DAY, 0]
        for off in steps:
            clock.step_to(off, server)
            wait_for_rounds(learners, BETWEEN)
            while off == steps[3] and clock.now() < week_ends:  # across the midnight that ends a week
                wait_for_rounds(learners, 1)
        finished.set()
        for learner in learners:
            learner.join(SECONDS)
            assert not learner.is_alive()
    assert [learner.wrong for learner in learners if learner.wrong] == []
    told = sum((learner.told for learner in learners), Counter())
    # Otherwise nothing of this has been tried.
    assert all(told[name] for name in ("renewed", "to sign in again", "tokens past their end")), told
    assert kept(with_demo, emails) == {
        learner.email: (
            learner.completed,
            learner.saved,
            sorted(answer["id"] for _body, answer in learner.logged.values()),
        )
        for learner in learners
    }
    figure(
        f"{len(steps)} steps of the clock: {told['answered']:,} requests answered, none lost; "
        f"tokens {told['renewed']} times renewed, {told['to sign in again']} times refused as well"
    )


def kept(database: Database, emails: list[str]) -> dict[str, tuple[set[int], int, list[str]]]:
    """Return what is in the database of each person: steps, the item that was saved, and the log."""
    with psycopg.connect(database.url) as connection:
        rows = connection.execute(
            "SELECT u.email,"
            " ARRAY(SELECT video_id FROM user_sub_course_video_progress p WHERE p.user_id = u.id),"
            " (SELECT score FROM user_progress p WHERE p.user_id = u.id AND item_id = 'clock'),"
            " ARRAY(SELECT id::text FROM user_interactions i WHERE i.user_id = u.id ORDER BY id::text) "
            "FROM users u WHERE u.email = ANY(%s)",
            [emails],
        ).fetchall()
    return {email: (set(videos), score, logged) for email, videos, score, logged in rows}
