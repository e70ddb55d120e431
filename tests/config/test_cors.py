"""Browser apps on other origins may call the API: those that the setting names (``API.md`` "Everywhere")."""

import pytest
from django.db import OperationalError

from progress.steps.domain import path
from tests.config.processes import PRODUCTION, run
from tests.conftest import Client

APP = "https://app.example"
STRANGER = "https://stranger.example"
VIDEOS = "/api/v1/course-management/videos"
LOGIN = "/api/v1/auth/login"
ASKED_FOR = "authorization,content-type,x-scope,x-request-id,idempotency-key,if-none-match,if-match"


@pytest.fixture(autouse=True)
def allowed(settings):
    settings.CORS_ALLOWED_ORIGINS = [APP, "capacitor://localhost"]


@pytest.fixture
def app():
    """``app(north.student)`` calls as a browser does for a page of the app."""

    def call_as(user=None, origin=APP) -> Client:
        client = Client().as_user(user) if user else Client()
        client.raise_request_exception = False
        client.credentials(**client._credentials, HTTP_ORIGIN=origin)
        return client

    return call_as


def assert_readable(answer, status, origin=APP):
    assert answer.status_code == status, answer.content
    assert answer["Access-Control-Allow-Origin"] == origin
    assert "origin" in answer["Vary"].lower()
    exposed = {name.strip() for name in answer["Access-Control-Expose-Headers"].split(",")}
    assert exposed == {"ETag", "Retry-After", "X-Request-ID", "Link"}
    # Tokens only: a browser never sends this site's cookies for another origin's page.
    assert "Access-Control-Allow-Credentials" not in answer


def preflight(client, url, method="POST", headers=ASKED_FOR):
    asked = {"HTTP_ACCESS_CONTROL_REQUEST_METHOD": method, "HTTP_ACCESS_CONTROL_REQUEST_HEADERS": headers}
    return client.options(url, **asked)


@pytest.mark.parametrize("url", [LOGIN, VIDEOS, "/api/user_progress", "/api/v1/nothing"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_a_browser_that_asks_first_may_send_everything_the_api_reads(app, url, method):
    answer = preflight(app(), url, method)
    assert answer.status_code == 200
    assert answer["Access-Control-Allow-Origin"] == APP
    allowed = {name.strip() for name in answer["Access-Control-Allow-Headers"].split(",")}
    assert allowed == set(ASKED_FOR.split(","))
    assert method in answer["Access-Control-Allow-Methods"]
    assert int(answer["Access-Control-Max-Age"]) > 0


def test_an_app_in_capacitor_has_an_origin_too(app):
    answer = preflight(app(origin="capacitor://localhost"), LOGIN)
    assert answer["Access-Control-Allow-Origin"] == "capacitor://localhost"


def test_an_app_reads_what_it_asked_for_and_that_it_knows_it_already(app, north, sunrise):
    client, url = app(north.student), f"/api/v1/course-management/courses/{north.course.pk}/learning-path"
    first = client.get(url)
    assert_readable(first, 200)
    assert_readable(client.get(url, HTTP_IF_NONE_MATCH=first["ETag"]), 304)
    assert_readable(client.get(url.replace(str(north.course.pk), str(sunrise.course.pk))), 404)


def test_an_app_reads_why_it_was_refused(app, north):
    student, admin = app(north.student), app(north.admin)
    assert_readable(app().get(VIDEOS), 401)
    assert_readable(app().get(VIDEOS, HTTP_AUTHORIZATION="Bearer x"), 401)
    assert_readable(student.get(VIDEOS), 403)
    assert_readable(student.get("/api/v1/nothing"), 404)
    assert_readable(admin.patch(VIDEOS), 405)
    assert_readable(admin.post(VIDEOS, "x=1", content_type="application/x-www-form-urlencoded"), 415)
    assert_readable(admin.post(VIDEOS, b"{", content_type="application/json"), 400)
    assert_readable(admin.post(VIDEOS, b" " * 2_000_000, content_type="application/json"), 413)


def test_an_app_reads_that_it_has_to_wait(app, north):
    wrong = {"email": north.student.email, "password": "wrong"}
    answers = [app().post(LOGIN, wrong) for _ in range(10)]
    assert_readable(answers[0], 401)
    assert_readable(answers[-1], 429)
    assert answers[-1]["Retry-After"]


@pytest.mark.parametrize(("error", "status"), [(RuntimeError, 500), (OperationalError, 503)])
def test_an_app_reads_that_the_server_failed(app, north, monkeypatch, error, status):
    def broken(**kwargs):
        raise error

    client = app(north.student)
    monkeypatch.setattr(path, "find_course", broken)
    url = f"/api/v1/course-management/courses/{north.course.pk}/learning-path"
    assert_readable(client.get(url), status)


@pytest.mark.parametrize(("error", "status"), [(RuntimeError, 500), (OperationalError, 503)])
def test_an_app_reads_that_the_server_failed_before_any_view(app, monkeypatch, error, status):
    def broken(*args):
        raise error

    monkeypatch.setattr("config.middleware.PagePolicyMiddleware.process_response", broken)
    assert_readable(app().get("/api/v1/nothing"), status)


def test_an_app_reads_what_a_middleware_refuses(app, settings):
    assert_readable(app().get(VIDEOS, HTTP_HOST="stranger.example"), 400)
    settings.SECURE_SSL_REDIRECT = True
    assert_readable(Client().get(VIDEOS, HTTP_ORIGIN=APP), 301)


@pytest.mark.parametrize("origin", [STRANGER, "null", f"{APP}.stranger.example", "http://app.example", "x"])
def test_another_origin_is_told_nothing(app, north, origin):
    for answer in (
        preflight(app(origin=origin), LOGIN),
        app(north.student, origin).get("/api/v1/users/me"),
        app(origin=origin).get(VIDEOS),
    ):
        assert not [name for name in answer.headers if name.startswith("Access-Control")]
        assert "origin" in answer["Vary"].lower()


def test_no_origin_is_allowed_unless_the_setting_names_it(app, settings):
    code = "from config import settings; print(settings.CORS_ALLOWED_ORIGINS)"
    assert run("-c", code, **PRODUCTION).stdout.strip() == "[]"
    two = run("-c", code, **PRODUCTION, CORS_ALLOWED_ORIGINS=f"{APP}, {STRANGER},").stdout.strip()
    assert two == str([APP, STRANGER])


@pytest.mark.parametrize("wrong", [f"{APP}/", "app.example", "*"])
def test_an_origin_that_would_never_match_is_found_by_the_check(wrong):
    result = run("manage.py", "check", **PRODUCTION, CORS_ALLOWED_ORIGINS=wrong)
    assert result.returncode != 0
    assert "CORS_ALLOWED_ORIGINS" in result.stderr


@pytest.mark.parametrize("url", ["/admin", "/admin/", "/admin/login/", "/admin/nothing", "/static/x.css"])
def test_the_admin_is_for_its_own_pages_only(app, north, url):
    client = app()
    client.force_login(north.admin, backend="accounts.sign_in.authentication.EmailBackend")
    for answer in (client.get(url), client.post(url), preflight(client, url)):
        assert not [name for name in answer.headers if name.startswith("Access-Control")]
