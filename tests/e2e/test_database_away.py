"""What clients are told while the database cannot be reached."""

import time

import pytest
import requests

from accounts.models import User
from tests.conftest import access_token
from tests.drills.sizes import sized
from tests.e2e.servers import free_port, web_server

pytestmark = pytest.mark.drill

AWAY = sized(17, 30)
"""Seconds."""


@pytest.fixture(scope="module")
def server():
    with web_server(DATABASE_URL=f"postgres://nobody@127.0.0.1:{free_port()}/nothing") as address:
        yield address


@pytest.mark.parametrize(
    ("method", "path", "sent"),
    [
        ("get", "/api/v1/course-management/videos", {}),
        ("post", "/api/v1/progress/videos/1/complete", {}),
        ("post", "/api/v1/auth/login", {"json": {"email": "a@b.test", "password": "x"}}),
        ("get", "/admin/", {"cookies": {"sessionid": "x" * 32}}),
    ],
)
def test_every_door_answers_503_instead_of_hanging(server, method, path, sent):
    headers = {"Authorization": f"Bearer {access_token(User())}"}
    start = time.monotonic()
    response = requests.request(method, server + path, headers=headers, timeout=10, **sent)
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    if path.startswith("/admin/"):
        assert "The service is not available right now." in response.text
    else:
        assert response.json()["errors"][0]["code"] == "service_unavailable"
    # Not a measurement: a pool that hangs would take its full thirty seconds.
    assert time.monotonic() - start < 8


def test_what_needs_no_database_still_works(server):
    assert requests.get(f"{server}/api/schema", timeout=10).status_code == 200
    assert requests.get(f"{server}/api/nothing", timeout=10).status_code == 404


def test_service_is_back_with_the_database_however_long_that_was_away(migrated, figure):
    login = {"json": {"email": "nobody@north.test", "password": "wrong"}, "timeout": 20}
    with web_server(DATABASE_URL=migrated.url) as address:
        url = f"{address}/api/v1/auth/login"
        assert requests.post(url, **login).status_code == 401
        migrated.kill()
        # Attempts to connect that wait twice as long each time would now be 16 seconds apart.
        away_until = time.monotonic() + AWAY
        seconds = []
        while (start := time.monotonic()) < away_until:
            assert requests.post(url, **login).status_code == 503
            seconds.append(time.monotonic() - start)
        migrated.start()
        back = time.monotonic()
        while requests.post(url, **login).status_code == 503:
            assert time.monotonic() - back < 8
            time.sleep(0.1)
        figure(
            f"away for {AWAY} s: {len(seconds)} refusals, each within {max(seconds):.1f} s; "
            f"served again {time.monotonic() - back:.1f} s after the database"
        )
