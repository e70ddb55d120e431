"""What clients are told while the database cannot be reached."""

import time

import pytest
import requests

from accounts.models import User
from tests.conftest import access_token
from tests.e2e.servers import free_port, web_server

pytestmark = pytest.mark.drill


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
    assert response.json()["errors"][0]["code"] == "service_unavailable"
    # Not a measurement: a pool that hangs would take its full thirty seconds.
    assert time.monotonic() - start < 8


def test_what_needs_no_database_still_works(server):
    assert requests.get(f"{server}/api/schema", timeout=10).status_code == 200
    assert requests.get(f"{server}/api/nothing", timeout=10).status_code == 404
