"""A page on another origin uses the API: what the browser lets it send and read."""

import pytest
from playwright.sync_api import Error

from tests.browser.other_origin import App, app_server
from tests.factories import PASSWORD


@pytest.fixture
def origin():
    with app_server() as address:
        yield address


@pytest.fixture
def app(new_context, live_server, origin, settings, north, sunrise):
    settings.CORS_ALLOWED_ORIGINS = [origin]
    page = new_context().new_page()
    page.goto(origin)
    return App(page, f"{live_server.url}/api")


def test_an_app_logs_in_reads_in_a_scope_and_is_told_what_it_needs_to_know(app, north, watch):
    app.log_in("admin@north.test", PASSWORD)
    path = f"/v1/course-management/courses/{north.course.pk}/learning-path"
    scope = {"X_Scope": f"organization:{north.organization.pk}", "X_Request_ID": "of-the-app-1"}
    read = app.call("GET", path, **scope)
    assert read["body"]["id"] == north.course.pk
    assert read["headers"]["x-request-id"] == "of-the-app-1"
    known = app.call("GET", path, **scope, If_None_Match=read["headers"]["etag"], expect=304)
    assert known["body"] is None

    app.log_in("student@north.test", PASSWORD)
    watch.expect("status of 403")
    refused = app.call("GET", "/v1/course-management/videos", expect=403)
    assert refused["body"]["errors"][0]["code"] == "permission_denied"
    watch.expect("status of 404")
    app.call("GET", path, X_Scope=f"school:{north.organization.pk}", expect=404)


def test_a_learner_takes_two_steps_of_a_course_in_an_app(app, north, watch):
    app.log_in("student@north.test", PASSWORD)
    [course] = app.call("GET", "/v1/me/courses?status=not_started")["body"]["rows"]
    assert (course["title"], course["completed"], course["total"]) == (north.course.title, 0, 5)
    one, two, three = (video.pk for video in north.videos)
    assert course["continue_at"]["id"] == one

    watch.expect("status of 403")
    app.call("GET", f"/v1/course-management/videos/{three}", expect=403)
    for step, following in ((one, two), (two, three)):
        app.call("GET", f"/v1/course-management/videos/{step}")
        done = app.call("POST", f"/v1/progress/videos/{step}/complete")["body"]
        assert done["next"]["id"] == following
    assert app.call("GET", f"/v1/course-management/videos/{three}")["body"]["video_url"]
    [course] = app.call("GET", "/v1/me/courses?status=in_progress")["body"]["rows"]
    assert (course["completed"], course["continue_at"]["id"]) == (2, three)

    item = {"progress_type": "sign_learned", "item_id": "hello", "value": "seen", "score": 3}
    assert app.call("POST", "/user_progress", {"data": item}, Idempotency_Key="save-1")["body"]
    [saved] = app.call("GET", "/user_progress?progress_type=sign_learned")["body"]["rows"]
    assert (saved["item_id"], saved["score"]) == ("hello", 3)

    app.call("POST", "/v1/auth/logout", {"refresh": app.tokens["refresh"]}, expect=204)
    watch.expect("status of 401")
    app.call("POST", "/v1/auth/refresh", {"refresh": app.tokens["refresh"]}, expect=401)


def test_a_page_of_an_origin_that_is_not_allowed_reads_nothing(app, settings, watch):
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example"]
    watch.expect("blocked by CORS policy")
    watch.expect("request lost|ERR_FAILED")
    with pytest.raises(Error, match="Failed to fetch"):
        app.log_in("admin@north.test", PASSWORD)


def test_the_admin_is_closed_to_pages_of_other_origins(app, live_server, watch):
    watch.expect("blocked by CORS policy")
    watch.expect("request lost|ERR_FAILED")
    with pytest.raises(Error, match="Failed to fetch"):
        app.page.evaluate("(url) => fetch(url)", f"{live_server.url}/admin/login/")
