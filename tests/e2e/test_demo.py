"""``bin/demo`` as a person uses it: start it, walk through the story over HTTP, stop it, start it again."""

import re
import signal
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from progress.demo.people import PASSWORD
from tests.e2e.demo import Demo

pytestmark = pytest.mark.drill


class Person:
    """Someone signed in over HTTP."""

    def __init__(self, demo: Demo, email: str) -> None:
        self.api = f"{demo.url}/api/v1"
        self.session = requests.Session()
        answer = self.call("POST", "/auth/login", {"email": email, "password": PASSWORD})
        self.session.headers["Authorization"] = f"Bearer {answer['access']}"

    def call(self, method: str, path: str, body: Any = None, *, expect: int = 200) -> Any:
        response = self.session.request(method, self.api + path, json=body, timeout=10)
        assert response.status_code == expect, (path, response.status_code, response.text)
        return response.json()


@pytest.fixture
def data() -> Iterator[Path]:
    # Not tmp_path: a socket's path must be short, and PostgreSQL's user must be let in.
    with tempfile.TemporaryDirectory(prefix="demo-") as folder:
        yield Path(folder)


@pytest.fixture
def demo(data: Path) -> Iterator[Demo]:
    with Demo(data).running() as running:
        yield running


def test_a_student_walks_the_first_steps_and_everything_survives_a_restart(demo):
    the_pages_are_there(demo)
    completed_at = walk_the_first_steps(demo)

    assert demo.stop(signal.SIGTERM) == []
    assert (demo.data / "secret-key").stat().st_mode & 0o077 == 0

    with Demo(demo.data, demo.port).running() as again:
        assert "new: 0 people, 0 catalogues" in again.output.read_text()
        student = Person(again, "student@north.test")
        path = student.call("GET", "/course-management/courses/2/learning-path")
        first = next(v for v in path["sub_courses"][0]["videos"] if v["title"] == "Hello and goodbye")
        assert first["is_completed"]
        repeat = student.call("POST", f"/progress/videos/{first['id']}/complete")
        assert repeat["completed_at"] == completed_at
        # As Ctrl-C in a terminal does: everything in the foreground gets it.
        assert again.stop(signal.SIGINT, whole_group=True) == []


def test_a_port_that_is_taken_is_said_before_anything_starts(data):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        demo = Demo(data, taken.getsockname()[1])
        assert demo.process.wait(timeout=10) == 1
    assert f"port {demo.port} is not free" in demo.output.read_text()
    assert not (data / "postgres").exists()


def the_pages_are_there(demo: Demo) -> None:
    page = requests.get(f"{demo.url}/admin/login/", timeout=10)
    assert page.status_code == 200
    styles = re.findall(r'href="(/static/[^"]+\.css)"', page.text)
    assert styles
    for address in styles:
        style = requests.get(demo.url + address, timeout=10)
        assert style.status_code == 200, address
        assert "immutable" in style.headers["Cache-Control"], "named by content"
    for path in ("/api/docs", "/api/schema"):
        assert requests.get(demo.url + path, timeout=30).status_code == 200, path


def walk_the_first_steps(demo: Demo) -> str:
    """Walk through the story of the README, with its ids; return when the first video was completed."""
    student = Person(demo, "student@north.test")
    admin = Person(demo, "admin@north.test")

    path = student.call("GET", "/course-management/courses/2/learning-path")
    assert path["title"] == "Speaking foundations"
    videos = path["sub_courses"][0]["videos"]
    assert [video["id"] for video in videos] == [6, 7, 8, 9, 10], "the ids of the README"
    assert [video["is_locked"] for video in videos] == [False, True, True, True, True]
    one, two, three = (video["id"] for video in videos[:3])

    def blocking(video: int) -> list[int]:
        refusal = student.call("GET", f"/course-management/videos/{video}", expect=403)
        (error,) = refusal["errors"]
        assert error["code"] == "locked"
        return [item["id"] for item in error["meta"]["blocking"]]

    assert student.call("GET", f"/course-management/videos/{one}")["video_url"]
    assert blocking(two) == [one]
    done = student.call("POST", f"/progress/videos/{one}/complete")
    assert done["completed"] is True
    assert done["next"] == {"type": "video", "id": two, "title": videos[1]["title"]}
    assert student.call("GET", f"/course-management/videos/{two}")["id"] == two

    # The administrator sees the draft as well, and puts the third video first.
    seen = admin.call("GET", "/course-management/courses/2/learning-path")["sub_courses"][0]
    ids = [video["id"] for video in seen["videos"]]
    assert len(ids) == len(videos) + 1
    order = [three, *(pk for pk in ids if pk != three)]
    body = {
        "items": [{"id": pk, "position": position} for position, pk in enumerate(order)],
        "version": seen["videos_version"],
    }
    assert admin.call("PUT", "/course-management/videos/reorder", body)["version"] != seen["videos_version"]
    stale = admin.call("PUT", "/course-management/videos/reorder", body, expect=409)
    assert stale["errors"][0]["code"] == "stale_order"

    assert blocking(two) == [three], "asked for the new first one"
    assert student.call("GET", f"/course-management/videos/{one}")["id"] == one, "completed stays open"
    path = student.call("GET", "/course-management/courses/2/learning-path")
    state = {video["id"]: video for video in path["sub_courses"][0]["videos"]}
    assert list(state) == [three, one, two, *(pk for pk in ids[3:] if pk in state)]
    assert state[one]["is_completed"]
    assert student.call("POST", f"/progress/videos/{three}/complete")["next"]["id"] == two
    assert student.call("GET", f"/course-management/videos/{two}")["id"] == two
    return done["completed_at"]
