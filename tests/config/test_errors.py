"""One shape of error, whoever raised it; ``API.md`` "Everywhere"."""

import pytest

from config.api import errors
from progress.steps.domain import path
from tests.config.errors import assert_shape
from tests.conftest import error_of

VIDEOS = "/api/v1/course-management/videos"


@pytest.mark.parametrize(
    "url",
    ["/nothing", "/api/v1", "/api/v1/nothing", f"{VIDEOS}/x", f"{VIDEOS}/{'9' * 19}", f"{VIDEOS}%0A"],
)
def test_an_unknown_path_is_a_404_in_the_one_shape(url, client):
    assert_shape(client.get(url), 404, "not_found")


@pytest.mark.parametrize("url", ["/nope", "/nope/at/all/", "/administration"])
def test_a_browser_is_shown_a_page_where_there_is_none(url, db, client):
    accepts = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    response = client.get(url, HTTP_ACCEPT=accepts)
    assert response.status_code == 404
    assert response["Content-Type"].startswith("text/html")
    assert "There is no page at this address." in response.content.decode()
    assert (
        response["Content-Security-Policy"] == client.get("/", HTTP_ACCEPT=accepts)["Content-Security-Policy"]
    )
    assert "Accept" in response["Vary"]
    # Whoever calls the API is answered in its one shape, a browser too.
    assert_shape(client.get(f"/api/v1{url}", HTTP_ACCEPT=accepts), 404, "not_found")
    assert_shape(client.get(url, HTTP_ACCEPT="application/json"), 404, "not_found")


@pytest.mark.parametrize("accept", ["*/*", "application/yaml", "application/vnd.oai.openapi"])
def test_errors_of_the_api_document_are_json_as_all_others(accept, db, client, settings):
    assert_shape(client.post("/api/schema", {}, HTTP_ACCEPT=accept), 405, "method_not_allowed")
    assert_shape(client.get("/api/schema", HTTP_ACCEPT="text/html"), 406, "not_acceptable")
    settings.SCHEMA_PUBLIC = False
    assert_shape(client.get("/api/schema", HTTP_ACCEPT=accept), 401, "not_authenticated")


def test_a_choice_that_is_none_is_refused_with_the_choices(north, as_user):
    sent = {"title": "x", "course_id": north.course.pk, "level": "EXPERT", "sub_level": "A1"}
    refused = as_user(north.admin).post("/api/v1/course-management/sub-courses", sent)
    assert error_of(refused)["attr"] == "level"
    assert error_of(refused)["detail"] == "Must be one of: BEGINNER, INTERMEDIATE, ADVANCED."
    for name, value, choices in (("theme", "pink", "dark"), ("playbackSpeed", 9, "1.5")):
        wrong = as_user(north.student).patch("/api/v1/users/me/preferences", {name: value})
        assert error_of(wrong)["attr"] == name
        assert error_of(wrong)["detail"].startswith("Must be one of: ")
        assert choices in error_of(wrong)["detail"]


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


def test_a_failure_of_a_page_is_a_page_that_can_be_read(rf):
    request = rf.get("/admin/", HTTP_ACCEPT="text/html")
    for answer, status, told in (
        (errors.server_error(request), 500, "Something went wrong on the server."),
        (errors.bad_request(request, ValueError("secret")), 400, "could not read what your browser sent"),
    ):
        page = answer.content.decode()
        assert answer.status_code == status
        assert answer["Content-Type"].startswith("text/html")
        assert told in page
        assert "This did not work | Stepwise" in page
        assert "secret" not in page


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
