"""A held lock, a slow statement and a database that hangs are an answer, never a wait."""

import os
import signal
import time

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test import Client

from config.database.bounds import bounded_as
from config.database.connection import Timeouts
from progress.steps.domain import path
from tests.config.errors import assert_shape
from tests.meeting import elsewhere
from tests.simulation.crashes import terminate

pytestmark = pytest.mark.django_db(transaction=True)

VIDEOS = "/api/v1/course-management/videos"
BRIEF = {"api": Timeouts(2, 1, 4), "admin": Timeouts(3, 1, 6), "command": Timeouts(60, 30, 60)}


@pytest.fixture(autouse=True)
def brief(settings):
    """Bounds that a test can wait for; the next statement takes a connection anew, as a request does."""
    settings.DATABASE_TIMEOUTS = BRIEF
    new_pool()
    yield
    new_pool()


def new_pool():
    """Leave no connection that other tests have used, and none that these have, to anyone else."""
    connection.close()
    connection.close_pool()


@pytest.fixture
def as_user(as_user):
    """A client whose first request takes a connection, as each does outside of tests."""

    def signed_in(user):
        connection.close()
        return as_user(user)

    return signed_in


def set_on_the_session():
    with connection.cursor() as cursor:
        names = (
            "statement_timeout",
            "lock_timeout",
            "idle_in_transaction_session_timeout",
            "max_parallel_workers_per_gather",
        )
        cursor.execute("SELECT " + ", ".join(f"current_setting('{name}')" for name in names))
        return cursor.fetchone()


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("api", ("2s", "1s", "4s", "0")),
        ("admin", ("3s", "1s", "6s", "0")),
        ("command", ("1min", "30s", "1min", "0")),
    ],
)
def test_each_kind_of_work_has_its_own_bounds_and_one_processor_whatever_used_the_connection_before(
    kind, expected
):
    for other in BRIEF:
        with bounded_as(other):
            set_on_the_session()
            connection.close()
        with bounded_as(kind):
            assert set_on_the_session() == expected
            connection.close()


def test_bounds_are_set_once_not_with_each_request(north, as_user, monkeypatch):
    as_user(north.admin).get(VIDEOS)
    sent = []
    monkeypatch.setattr(Timeouts, "sql", property(lambda self: sent.append(self) or "SELECT 1"))
    for _ in range(5):
        assert as_user(north.admin).get(VIDEOS).status_code == 200
    # The pool may have grown by another connection meanwhile.
    assert len(sent) <= 2


def test_a_row_that_someone_else_holds_is_a_503_that_says_so(north, as_user):
    items = [{"id": video.pk, "position": n} for n, video in enumerate(north.videos)]
    with elsewhere("SELECT FROM sub_courses WHERE id = %s FOR UPDATE", north.sub_course.pk):
        response = as_user(north.admin).put(f"{VIDEOS}/reorder", {"items": items})
    assert_shape(response, 503, "busy", "server_error")
    assert response["Retry-After"] == "2"
    assert as_user(north.admin).put(f"{VIDEOS}/reorder", {"items": items}).status_code == 200


def test_a_statement_that_takes_too_long_is_a_503_that_says_so(north, as_user, monkeypatch):
    def slow(**kwargs):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(30)")

    monkeypatch.setattr(path, "find_course", slow)
    url = f"/api/v1/course-management/courses/{north.course.pk}/learning-path"
    response = as_user(north.admin).get(url)
    assert_shape(response, 503, "too_slow", "server_error")
    assert int(response["Retry-After"]) > 0


def test_a_database_that_hangs_is_a_503_and_its_connection_is_not_used_again(north, as_user):
    client = as_user(north.admin)
    assert client.get(VIDEOS).status_code == 200
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
        pids = [pid for (pid,) in cursor.fetchall()]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        start = time.monotonic()
        response = client.get(VIDEOS)
        # Not a measurement: without a bound this never ends.
        assert time.monotonic() - start < 30
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)
    assert_shape(response, 503, "service_unavailable", "server_error")
    connection.close()
    assert client.get(VIDEOS).status_code == 200


@pytest.mark.parametrize(("first", "then"), [(VIDEOS, "/admin/login/"), ("/admin/login/", VIDEOS)])
def test_a_connection_that_was_kept_and_broke_is_a_503_and_replaced(first, then, north, as_user):
    """The next request finds out while it sets its bounds, before it has sent a statement of its own."""
    client = as_user(north.admin)
    assert client.get(first).status_code == 200
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    terminate(pid)
    client.raise_request_exception = False
    response = client.get(then)
    assert response.status_code == 503
    assert int(response["Retry-After"]) > 0
    connection.close_if_unusable_or_obsolete()
    assert client.get(then).status_code == 200


def test_in_the_admin_it_is_a_page_that_can_be_read(north):
    client = Client(raise_request_exception=False)
    client.force_login(north.admin)
    connection.close()
    url = f"/admin/quizzes/questionset/{north.practices[0].pk}/delete/"
    with elsewhere("SELECT FROM question_sets WHERE id = %s FOR UPDATE", north.practices[0].pk):
        response = client.post(url, {"post": "yes"})
    assert response.status_code == 503
    assert response["Retry-After"] == "2"
    assert response["Content-Type"].startswith("text/html")
    assert "Someone else is changing this right now." in response.content.decode()


@pytest.mark.parametrize("text", ["", "5", "5,2", "5,2,10,1", "5,2,-1", "5,2,ten", "5s,2s,10s"])
def test_bounds_that_are_no_three_numbers_stop_the_start_with_a_sentence(text):
    with pytest.raises(ImproperlyConfigured, match=r"DATABASE_TIMEOUTS_API is .*three whole numbers"):
        Timeouts.parse("DATABASE_TIMEOUTS_API", text)
