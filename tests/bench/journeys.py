"""Whole journeys: learners log in, look for their course, open its path, and take it video by video.

Each is a thread with a connection of its own. The plain peer knows neither logins nor lists of courses: its
learners bring a token, and begin with the path.
"""

import json
import random
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from statistics import median, quantiles
from typing import Any, Final, NamedTuple

import urllib3
from django.contrib.auth.hashers import make_password

from accounts.models import Role, User
from progress.models import VideoCompletion
from tests.bench import report
from tests.bench.cases import VIDEOS
from tests.bench.data import Bench, token
from tests.bench.measure import Served
from tests.bench.servers import OURS

LEARNERS: Final = 100
"""At scale 1; at least ten."""
STEPS: Final = 10
"""Videos that each of them takes."""
PAUSE: Final = (1.0, 3.0)
"""Seconds between two requests of somebody who looks at what comes."""
_PASSWORD: Final = "only-for-benchmarks"
_LATER: Final = (429, 503)


class Asked(NamedTuple):
    """A request of a journey, in seconds; how often it was told to come again is part of it."""

    what: str
    took: float
    again: int


class Learner:
    """One person with a connection."""

    def __init__(self, server: Served, *, pause: tuple[float, float] | None, wait: float = 60) -> None:
        self.pool = urllib3.connectionpool.connection_from_url(
            server.address, maxsize=1, timeout=wait, retries=False
        )
        self.pause = pause
        self.token = ""
        self.asked: list[Asked] = []

    def ask(self, what: str, method: str, path: str, body: Any = None) -> Any:
        """Return what is answered; told to come later one does, as apps do."""
        headers = {"Host": "127.0.0.1", "Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if self.pause:
            time.sleep(random.uniform(*self.pause))
        began, again = time.perf_counter(), 0
        sent = None if body is None else json.dumps(body)
        while (answer := self.pool.request(method, path, body=sent, headers=headers)).status in _LATER:
            again += 1
            time.sleep(float(answer.headers.get("Retry-After", 1)))
        assert answer.status < 400, (method, path, answer.status, answer.data[:300])
        self.asked.append(Asked(what, time.perf_counter() - began, again))
        return answer.json()

    def log_in(self, email: str) -> None:
        """Exchange the password for a token, and find the course among one's own."""
        told = self.ask("log in", "POST", "/api/v1/auth/login", {"email": email, "password": _PASSWORD})
        self.token = told["access"]
        self.ask("my courses", "GET", "/api/v1/me/courses")

    def learn(self, course: int) -> None:
        """Take some videos, each the one that the last answer leads to."""
        path = self.ask("path", "GET", f"/api/v1/course-management/courses/{course}/learning-path")
        videos = [video["id"] for video in path["sub_courses"][0]["videos"]]
        video = videos[0]
        for number in range(STEPS):
            self.ask("video", "GET", f"{VIDEOS}/{video}")
            told = self.ask("complete", "POST", f"/api/v1/progress/videos/{video}/complete")
            video = told["next"]["id"] if "next" in told else videos[number + 1]


def learners(number: int) -> list[User]:
    """Return as many who make journeys, written when missing; nothing is complete yet."""
    known = User.unscoped.filter(email__startswith="journey", organization__slug="bench")
    if not known.exists():
        admin = User.unscoped.get(email="admin@bench.test")
        role, password = Role.objects.get(name="STUDENT"), make_password(_PASSWORD)
        User.unscoped.bulk_create(
            User(
                email=f"journey{number}@bench.test",
                organization_id=admin.organization_id,
                role=role,
                password=password,
            )
            for number in range(LEARNERS)
        )
    VideoCompletion.unscoped.filter(user__in=known).delete()
    return list(known.order_by("email")[:number])


def travel(
    server: Served, people: list[User], course: int, *, pause: tuple[float, float] | None
) -> list[Asked]:
    """Let all of them begin at once; return every request of theirs."""
    begin, failed = threading.Barrier(len(people)), []
    crowd = [Learner(server, pause=pause) for _ in people]

    def go(learner: Learner, person: User) -> None:
        try:
            begin.wait()
            if server.name == OURS:
                learner.log_in(person.email)
            else:
                learner.token = token(person)
            learner.learn(course)
        except Exception as error:  # noqa: BLE001 - told by whoever waits for the thread
            failed.append(error)

    threads = [threading.Thread(target=go, args=pair) for pair in zip(crowd, people, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    return [asked for learner in crowd for asked in learner.asked]


def told(asked: list[Asked]) -> Iterator[tuple[str, int, float, float, int]]:
    """Yield, for each kind of request: how many, p50 and p99 in milliseconds, how often to come again."""
    kinds: dict[str, list[Asked]] = defaultdict(list)
    for one in asked:
        kinds[one.what].append(one)
    for what, of in kinds.items():
        took = [one.took * 1000 for one in of]
        last = quantiles(took, n=100, method="inclusive")[-1] if len(took) > 1 else took[0]
        yield what, len(took), median(took), last, sum(one.again for one in of)


def measure(running: list[Served], bench: Bench, *, scale: float) -> str:
    """Return tables of the journeys to each server, in a hurry and with pauses."""
    number = max(10, int(LEARNERS * scale))
    parts = []
    for name, pause in (("With pauses of one to three seconds", PAUSE), ("Without a pause", None)):
        rows = []
        for server in running:
            for what, requests, p50, p99, again in told(
                travel(server, learners(number), bench.course_id, pause=pause)
            ):
                rows.append([server.name, what, f"{requests:,}", f"{p50:.0f}", f"{p99:.0f}", f"{again:,}"])
                print(" | ".join(rows[-1]), flush=True)
        head = ["server", "request", "number", "p50 ms", "p99 ms", "told to come again"]
        parts.append(f"### {name}\n\n{report.table(head, rows)}")
    return "\n\n".join(parts)
