"""``bin/demo`` as a person uses it: start it, walk through the story over HTTP, stop it, start it again."""

import re
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
import requests

from demo.people import PASSWORD
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


@contextmanager
def folder() -> Iterator[Path]:
    # Not tmp_path: a socket's path must be short, and PostgreSQL's user must be let in.
    with tempfile.TemporaryDirectory(prefix="demo-") as name:
        yield Path(name)


def test_a_student_walks_the_first_steps_all_survives_a_restart_and_a_learner_takes_a_trial_to_its_end():
    with folder() as data:
        with Demo(data).running() as demo:
            the_pages_are_there(demo)
            completed_at = walk_the_first_steps(demo)
            the_link_of_a_mail_leads_here(demo)
            assert demo.stop(signal.SIGTERM) == []
        assert (data / "secret-key").stat().st_mode & 0o077 == 0
        commands_find_the_data_without_it(demo)

        with Demo(data, demo.port).running() as again:
            assert "new: 0 people, 0 catalogues" in again.output.read_text()
            student = Person(again, "student@north.test")
            path = student.call("GET", "/course-management/courses/2/learning-path")
            first = next(v for v in path["sub_courses"][0]["videos"] if v["title"] == "Hello and goodbye")
            assert first["is_completed"]
            repeat = student.call("POST", f"/progress/videos/{first['id']}/complete")
            assert repeat["completed_at"] == completed_at
            a_learner_without_an_organization_takes_a_trial_from_the_catalogue_to_its_end(again)
            # As Ctrl-C in a terminal does: everything in the foreground gets it.
            assert again.stop(signal.SIGINT, whole_group=True) == []


def a_learner_without_an_organization_takes_a_trial_from_the_catalogue_to_its_end(demo: Demo) -> None:
    learner = Person(demo, "learner@demo.test")

    had = {row["tcodeId"] for row in learner.call("GET", "/subscriptions")["rows"]}
    catalogue = learner.call("GET", "/tcodes")["rows"]
    tcode = next(row for row in catalogue if row["id"] not in had and row["slideCount"] >= 4)
    assert (tcode["hasAccess"], tcode["contentUrl"]) == (False, None)
    here, reached = f"/tcodes/{tcode['id']}", {"lastSlideSeen": 3, "percentComplete": 15}
    refusal = learner.call("PUT", f"{here}/progress", reached, expect=403)
    assert refusal["errors"][0]["code"] == "subscription_required"

    order = {"tcodeId": tcode["id"], "subscriptionType": "trial"}
    trial = learner.call("POST", "/subscriptions", order, expect=201)
    assert learner.call("GET", f"{here}/access")["allowed"] is True
    assert learner.call("GET", here)["contentUrl"]
    saved = learner.call("PUT", f"{here}/progress", reached)
    assert (saved["lastSlideSeen"], saved["percentComplete"]) == (3, 15)
    again = learner.call("POST", "/subscriptions", order, expect=409)
    assert again["errors"][0]["code"], "a trial is taken once"

    viewed = [
        {"type": "viewed-slide", "payload": {"tcodeId": tcode["id"], "slide": slide}} for slide in (1, 2, 3)
    ]
    logged = learner.call("POST", "/interactions", {"items": viewed}, expect=201)
    latest = learner.call("GET", "/interactions?type=viewed-slide&limit=3")["rows"]
    assert [row["id"] for row in latest] == [row["id"] for row in reversed(logged["items"])]

    over(demo, trial)
    refusal = learner.call("PUT", f"{here}/progress", {**reached, "percentComplete": 20}, expect=403)
    assert refusal["errors"][0]["code"] == "subscription_required"
    assert learner.call("GET", f"{here}/access")["reason"] == "expired"
    assert learner.call("GET", f"{here}/progress") == saved, "what was saved stays readable"
    learner.call("POST", "/interactions", viewed[0], expect=201)

    demo.manage("process_subscriptions")
    about = [row for row in learner.call("GET", "/messages?tag=subscription")["rows"] if is_end(row, tcode)]
    [message] = about
    assert message["readAt"] is None
    assert learner.call("POST", f"/messages/{message['id']}/read")["readAt"]
    told = demo.manage("process_subscriptions")
    assert "Expired 0 and renewed 0 subscriptions, sent 0 messages." in told


def over(demo: Demo, trial: dict[str, Any]) -> None:
    """Let a day pass since the end of a subscription."""
    with psycopg.connect(demo.database_url) as connection:
        connection.execute(
            "UPDATE subscriptions SET start_date = start_date - make_interval(days => duration_days + 1)"
            " WHERE id = %s",
            [trial["id"]],
        )


def is_end(message: dict[str, Any], tcode: dict[str, Any]) -> bool:
    return tcode["title"] in message["title"] and "ended" in message["title"]


def test_a_port_that_is_taken_is_said_before_anything_starts():
    with folder() as data, socket.socket() as taken:
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

    # Browser apps on the usual ports of localhost may call it, and no others.
    for origin, allowed in (("http://localhost:5173", True), ("https://app.example", False)):
        answer = requests.get(f"{demo.url}/api/v1/users/me", headers={"Origin": origin}, timeout=10)
        assert (answer.headers.get("Access-Control-Allow-Origin") == origin) is allowed
    assert "http://localhost:5173" in demo.output.read_text()


def the_link_of_a_mail_leads_here(demo: Demo) -> None:
    address = {"email": "guest@north.test"}
    asked = requests.post(f"{demo.url}/api/v1/auth/password/reset", json=address, timeout=10)
    assert asked.status_code == 204
    deadline, link = time.monotonic() + 30, None
    while link is None and time.monotonic() < deadline:
        link = re.search(rf"^{demo.url}/account/password\?\S+$", demo.output.read_text(), re.MULTILINE)
        time.sleep(0.1)
    assert link, "the mail is printed"
    page = requests.get(link[0], timeout=10)
    assert page.status_code == 200
    assert "guest@north.test" in page.text


def commands_find_the_data_without_it(demo: Demo) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "people.csv").write_text("email,name,role\nada@north.test,Ada,STUDENT\n")
        demo.manage("import_people", "people.csv", "--organization", "north", folder=Path(folder))
    assert '"Ada"' in demo.manage("export_user", "ada@north.test")
    assert not (demo.data / "postgres/postmaster.pid").exists(), "nothing is left running"
    with pytest.raises(subprocess.CalledProcessError) as failed:
        demo.manage("export_user", "nobody@north.test")
    assert failed.value.returncode == 1


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
