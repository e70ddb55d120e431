"""Whatever happens to a request, the page says so, and page and database say the same afterwards."""

import threading
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import DatabaseError, transaction
from django.utils import timezone
from playwright.sync_api import Route, expect

from learning.models import SubCourse, Video
from learning.tree.domain import ordering as rules
from learning.tree.domain.levels import VIDEOS
from quizzes.models import QuestionSet
from tenancy.scope import organization_scope
from tests import factories
from tests.browser.ordering import Ordering, ids, stored

REORDER = "**/admin/ordering/*/reorder/"


@pytest.fixture
def at(ordering, north) -> Ordering:
    page: Ordering = ordering(north.admin, north.sub_course)
    return page


def button(at: Ordering, name: str) -> Any:
    return at.messages.get_by_role("button", name=name)


def hold_back(at: Ordering, what: str = REORDER) -> list[Route]:
    """Keep the next such request from the server; return where it will be found."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    at.page.route(what, hold, times=1)
    return held


def test_after_an_error_of_the_server_the_old_order_is_back_and_another_try_saves(
    at, north, monkeypatch, watch
):
    def fail(*args: Any, **kwargs: Any) -> None:
        raise DatabaseError("broken")

    watch.expect("status of 500")
    one, two, three = north.videos
    with monkeypatch.context() as patch:
        patch.setattr(rules, "carry_out", fail)
        at.control(one, "down").press("Enter")
        at.see("unsaved_server")
    assert at.agreed(Video, north.sub_course) == ids(one, two, three)
    expect(at.control(one, "down")).to_be_focused()
    button(at, "Try again").click()
    at.hear("saved", title=one, position=2, total=3)
    assert at.agreed(Video, north.sub_course) == ids(two, one, three)
    expect(at.messages).to_have_count(1)


def test_a_connection_that_breaks_after_the_server_has_saved_keeps_the_new_order(at, north, watch):
    """The network cable, pulled in the middle of a move."""

    def lose_the_answer(route: Route) -> None:
        route.fetch()
        route.abort("connectionreset")

    watch.expect("ERR_CONNECTION_RESET")
    one, two, three = north.videos
    at.page.route(REORDER, lose_the_answer, times=1)
    at.control(one, "down").press("Enter")
    at.see("saved_after_all")
    assert at.agreed(Video, north.sub_course) == ids(two, one, three)
    expect(at.control(one, "down")).to_be_focused()
    # Its version is the new one: the next move is no conflict.
    at.page.keyboard.press("Enter")
    at.hear("saved", title=one, position=3, total=3)
    assert at.agreed(Video, north.sub_course) == ids(two, three, one)


def test_without_a_network_the_page_waits_and_shows_what_the_server_has_when_it_is_back(at, north, watch):
    watch.expect("ERR_INTERNET_DISCONNECTED")
    one, two, three = north.videos
    at.page.context.set_offline(True)
    at.drag(one, onto=two)
    at.see("unknown_lost")
    assert at.shown(Video, north.sub_course) == stored(Video, north.sub_course) == ids(one, two, three)
    # Until the server has said what it has, this list takes no further moves.
    at.control(three, "up").press("Enter")
    at.hear("busy")
    at.page.context.set_offline(False)
    at.see("unsaved")
    assert at.agreed(Video, north.sub_course) == ids(one, two, three)


def test_a_server_that_does_not_answer_in_time_is_asked_what_it_has(ordering, north):
    one, two, three = north.videos
    at = ordering(north.admin, north.sub_course, alone=True)
    at.page.clock.install()
    at.page.reload()
    held, asked = hold_back(at), hold_back(at, "**/branch/**")
    at.control(one, "down").press("Enter")
    at.hear("saving", title=one, position=2, total=3)
    at.page.clock.fast_forward(10_000)
    at.see("unknown_timeout")
    for _ in range(200):
        if asked:
            break
        at.page.wait_for_timeout(50)
    asked[0].continue_()
    at.see("unsaved")
    assert at.agreed(Video, north.sub_course) == ids(one, two, three)
    # What was held up on the way arrives after all.
    assert held
    with organization_scope(north.organization), transaction.atomic():
        order = rules.positions_of(ids(two, one, three))
        rules.carry_out(rules.plan_reorder(kind=VIDEOS, positions=order), by=north.admin)
    at.page.clock.fast_forward(5_000)
    at.see("arrived_late")
    assert at.agreed(Video, north.sub_course) == ids(two, one, three)


def test_moves_made_while_a_request_is_on_its_way_are_sent_together_after_it(at, north, monkeypatch):
    let_go, arrived = threading.Event(), threading.Event()
    carry_out = rules.carry_out

    def wait(*args: Any, **kwargs: Any) -> Any:
        arrived.set()
        assert let_go.wait(10)
        return carry_out(*args, **kwargs)

    monkeypatch.setattr(rules, "carry_out", wait)
    one, two, three = north.videos
    at.control(one, "down").press("Enter")
    assert arrived.wait(10)
    at.page.keyboard.press("Enter")
    at.control(two, "down").press("Enter")
    assert at.shown(Video, north.sub_course) == ids(three, two, one)
    expect(at.siblings(Video, north.sub_course)).to_have_attribute("aria-busy", "true")
    assert at.sent == ["videos/reorder/"]
    assert stored(Video, north.sub_course) == ids(one, two, three)
    let_go.set()
    at.hear("saved", title=two, position=2, total=3)
    assert at.agreed(Video, north.sub_course) == ids(three, two, one)
    assert at.sent == ["videos/reorder/", "videos/reorder/"]


def test_leaving_the_page_asks_while_something_is_not_saved(at, north):
    one, *_others = north.videos
    held = hold_back(at)
    at.control(one, "down").press("Enter")
    asked: list[str] = []

    def stay(dialog: Any) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    at.page.on("dialog", stay)
    at.page.evaluate("location.href = '/admin/'")
    at.page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    held[0].continue_()
    at.hear("saved", title=one, position=2, total=3)
    at.page.goto("/admin/")
    assert asked == ["beforeunload"]


def test_a_person_whose_session_has_ended_is_told(at, north, watch):
    watch.expect("status of 40[13]")
    one, two, three = north.videos
    Session.objects.all().delete()
    at.control(one, "down").press("Enter")
    at.see("signed_out")
    assert at.agreed(Video, north.sub_course) == ids(one, two, three)


def test_a_person_who_is_signed_out_is_told_once_and_is_not_asked_to_try_again(at, north, watch):
    watch.expect("status of 40[13]")
    one, _two, three = north.videos
    other = factories.SubCourseFactory(course=north.course)
    at.page.reload()
    Session.objects.all().delete()
    at.press(other, "toggle")
    at.see("signed_out_reading")
    # What is told last is what is answered last.
    with at.page.expect_response(lambda response: "/login/" in response.url):
        at.press(three, "move-to")
    at.see("signed_out_reading")
    at.press(one, "down")
    at.see("signed_out")
    at.press(three, "unpublish")
    at.see("signed_out")
    expect(at.messages).to_have_count(1)
    expect(button(at, "Try again")).to_have_count(0)
    button(at, "Reload the page").click()
    expect(at.page.locator("#id_username")).to_be_visible()


def test_a_person_who_has_signed_in_again_elsewhere_is_told_to_reload_the_page(at, north, live_server, watch):
    watch.expect("status of 403")
    one, two, three = north.videos
    # Each login has a CSRF token of its own; the page still has that of the one before.
    at.page.context.add_cookies(
        [{"name": settings.CSRF_COOKIE_NAME, "value": "x" * 32, "url": live_server.url}]
    )
    at.press(one, "down")
    at.see("signed_out")
    expect(button(at, "Try again")).to_have_count(0)
    button(at, "Reload the page").click()
    expect(at.messages).to_have_count(0)
    at.press(one, "down")
    at.hear("saved", title=one, position=2, total=3)
    assert at.agreed(Video, north.sub_course) == ids(two, one, three)


def test_a_list_that_is_not_there_any_more_is_not_said_to_have_changed(at, north, watch):
    watch.expect("status of 40[04]")
    one, two, three = north.videos
    for model in (Video, QuestionSet):
        model.unscoped.filter(sub_course=north.sub_course).update(deleted=timezone.now())
    SubCourse.unscoped.filter(pk=north.sub_course.pk).update(deleted=timezone.now())
    at.press(one, "down")
    at.see("list_gone")
    at.press(two, "unpublish")
    at.see("not_found")
    assert at.shown(Video, north.sub_course) == ids(one, two, three)
    expect(button(at, "Try again")).to_have_count(0)
    expect(button(at, "Reload the page")).to_have_count(2)
    button(at, "Reload the page").first.click()
    expect(at.row(north.sub_course)).to_have_count(0)
    expect(at.row(north.category)).to_be_visible()


def test_an_answer_that_is_no_answer_is_not_taken_for_one(at, north):
    """A portal of some network answers in place of the server."""
    one, two, three = north.videos
    portal = "<html><title>Please accept our conditions</title></html>"
    at.page.route(REORDER, lambda route: route.fulfill(body=portal, content_type="text/html"), times=1)
    at.control(one, "down").press("Enter")
    at.see("unsaved_server")
    assert at.agreed(Video, north.sub_course) == ids(one, two, three)
