"""One shape of error, whoever raised it; ``API.md`` "Everywhere"."""

import pytest

from progress.steps.domain import path
from tests.conftest import error_of

VIDEOS = "/api/v1/course-management/videos"


def assert_shape(response, status, code, kind="client_error"):
    assert response.status_code == status
    assert response["Content-Type"] == "application/json"
    body = response.json()
    assert body["type"] == kind
    error = error_of(response)
    assert error["code"] == code
    assert set(error) == {"code", "detail", "attr"}
    assert error["detail"]


@pytest.mark.parametrize(
    "url",
    ["/nothing", "/api/v1", "/api/v1/nothing", f"{VIDEOS}/x", f"{VIDEOS}/{'9' * 19}", f"{VIDEOS}%0A"],
)
def test_an_unknown_path_is_a_404_in_the_one_shape(url, client):
    assert_shape(client.get(url), 404, "not_found")


def test_no_token_is_a_401_that_says_how_to_authenticate(north, client):
    response = client.get(VIDEOS)
    assert_shape(response, 401, "not_authenticated")
    assert response["WWW-Authenticate"].startswith("Bearer")


def test_a_method_a_path_does_not_know_is_a_405(north, as_user):
    assert_shape(as_user(north.admin).patch(VIDEOS), 405, "method_not_allowed")
    assert_shape(
        as_user(north.student).delete("/api/v1/course-management/learning-tree"), 405, "method_not_allowed"
    )


def test_a_body_that_is_not_json_is_a_415(north, as_user):
    response = as_user(north.admin).post(VIDEOS, "title=x", content_type="application/x-www-form-urlencoded")
    assert_shape(response, 415, "unsupported_media_type")


@pytest.mark.parametrize(
    "sent",
    [
        b"{",
        b"{'a': 1}",
        b'{"title": NaN}',
        b'{"title": "\xff"}',
        b'{"title": "\\ud800"}',
        b'{"title": Infinity}',
        b"[" * 5000 + b"]" * 5000,
        b'{"a":' * 5000 + b"1" + b"}" * 5000,
        b"",
    ],
)
def test_malformed_json_is_a_400(sent, north, as_user):
    response = as_user(north.admin).post(VIDEOS, sent, content_type="application/json")
    assert response.status_code == 400
    assert response.json()["type"] in ("client_error", "validation_error")


@pytest.mark.parametrize("sent", [b"[]", b"1", b'"x"', b"null", b"true"])
def test_a_body_that_is_no_object_is_a_400(sent, north, as_user):
    response = as_user(north.admin).post(VIDEOS, sent, content_type="application/json")
    assert response.status_code == 400


def test_a_body_of_two_megabytes_is_refused_unread(north, as_user):
    body = b'{"title": "' + b"x" * 2_000_000 + b'"}'
    response = as_user(north.admin).post(VIDEOS, body, content_type="application/json")
    assert_shape(response, 413, "body_too_large")


def test_a_failure_of_ours_says_nothing_of_itself(north, as_user, monkeypatch):
    def broken(**kwargs):
        raise RuntimeError("SELECT secret FROM users")

    monkeypatch.setattr(path, "find_course", broken)
    client = as_user(north.admin)
    client.raise_request_exception = False
    response = client.get(f"/api/v1/course-management/courses/{north.course.pk}/learning-path")
    assert_shape(response, 500, "error", "server_error")
    assert b"secret" not in response.content


def test_an_unknown_admin_path_is_a_page_not_json(db, client):
    response = client.get("/admin/nothing/here/")
    assert response.status_code in (302, 404)
    assert response["Content-Type"].startswith("text/html")


def test_responses_are_compact_json_with_times_in_utc(north, as_user):
    response = as_user(north.student).post(f"/api/v1/progress/videos/{north.videos[0].pk}/complete")
    assert response["Content-Type"] == "application/json"
    assert response.json()["completed_at"].endswith("Z")
    assert b": " not in response.content


def test_one_trailing_slash_is_tolerated(north, as_user):
    client = as_user(north.admin)
    assert client.get(f"{VIDEOS}/").content == client.get(VIDEOS).content
    assert client.get(f"{VIDEOS}//").status_code == 404


@pytest.mark.parametrize("url", ["/admin/login/", "/api/docs"])
def test_pages_carry_a_strict_content_security_policy(url, db, client):
    policy = client.get(url)["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy
