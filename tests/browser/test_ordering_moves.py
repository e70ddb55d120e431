"""Putting a list in order: by mouse, by touch, with buttons, with a position, with the keyboard."""

import random

import pytest
from playwright.sync_api import expect

from learning.models import CourseCategory, Video
from quizzes.models import QuestionSet
from tests import factories
from tests.browser.conftest import PHONE
from tests.browser.ordering import ids, stored


@pytest.fixture
def twenty(north):
    """A sub-course with twenty videos, in order."""
    sub_course = factories.SubCourseFactory(course=north.course)
    return [factories.VideoFactory(sub_course=sub_course, display_order=n) for n in range(20)]


def test_dragging_with_the_mouse_moves_a_row_down_and_up(ordering, north):
    one, two, three = north.videos
    at = ordering(north.admin, north.sub_course)
    at.drag(one, onto=three)
    at.hear("saved", title=one, position=3, total=3)
    assert at.agreed(Video, north.sub_course) == ids(two, three, one)
    expect(at.control(one, "handle")).to_be_focused()
    at.drag(one, onto=two)
    at.hear("saved", title=one, position=1, total=3)
    assert at.agreed(Video, north.sub_course) == ids(one, two, three)
    first, second = north.practices
    at.drag(second, onto=first)
    at.hear("saved", title=second, position=1, total=2)
    assert at.agreed(QuestionSet, north.sub_course) == ids(second, first)
    assert at.sent == ["videos/reorder/", "videos/reorder/", "practices/reorder/"]


def test_dragging_with_a_finger_moves_a_row(ordering, north):
    one, two, three = north.videos
    at = ordering(north.admin, north.sub_course, **PHONE)
    at.drag_by_touch(three, onto=one)
    at.hear("saved", title=three, position=1, total=3)
    assert at.agreed(Video, north.sub_course) == ids(three, one, two)


def test_a_row_that_is_dropped_where_it_was_or_dragged_with_escape_is_not_sent(ordering, north):
    one, two, three = north.videos
    at = ordering(north.admin, north.sub_course)
    at.press(one, "handle")
    x, y = at.middle(at.control(one, "handle"))
    at.page.mouse.move(x, y)
    at.page.mouse.down()
    at.page.mouse.move(*at.middle(at.control(three, "handle")), steps=8)
    at.page.wait_for_timeout(300)
    assert at.shown(Video, north.sub_course) != ids(one, two, three)
    at.page.keyboard.press("Escape")
    at.page.mouse.up()
    assert at.agreed(Video, north.sub_course) == ids(one, two, three)
    assert at.sent == []


def test_categories_of_an_organization_are_put_in_order_too(ordering, north):
    second = factories.CategoryFactory(organization=north.organization)
    at = ordering(north.admin)
    at.press(second, "up")
    at.hear("saved", title=second, position=1, total=2)
    assert at.agreed(CourseCategory, north.organization) == ids(second, north.category)


def test_buttons_move_by_one_and_keep_the_focus_even_at_the_ends(ordering, north):
    one, two, three = north.videos
    at = ordering(north.admin, north.sub_course)
    at.control(one, "down").press("Enter")
    at.hear("saved", title=one, position=2, total=3)
    expect(at.control(one, "down")).to_be_focused()
    at.page.keyboard.press("Enter")
    at.hear("saved", title=one, position=3, total=3)
    assert at.agreed(Video, north.sub_course) == ids(two, three, one)
    expect(at.control(one, "down")).to_be_focused()
    expect(at.control(one, "down")).to_have_attribute("aria-disabled", "true")
    expect(at.control(two, "up")).to_have_attribute("aria-disabled", "true")
    at.page.keyboard.press("Enter")
    at.hear("position", position=3, total=3)
    at.press(three, "up")
    at.hear("saved", title=three, position=1, total=3)
    assert at.agreed(Video, north.sub_course) == ids(three, two, one)
    assert len(at.sent) == 3


def test_move_to_asks_for_a_position_and_can_be_cancelled(ordering, twenty, north):
    at = ordering(north.admin, twenty[0].sub_course)
    at.press(twenty[0], "move-to")
    at.place.get_by_label("Position").fill("15")
    at.place.locator(".cancel").click()
    expect(at.place).to_be_hidden()
    expect(at.control(twenty[0], "move-to")).to_be_focused()
    at.press(twenty[0], "move-to")
    expect(at.place.get_by_label("Position")).to_have_value("1")
    at.place.get_by_label("Position").fill("15")
    at.page.keyboard.press("Enter")
    at.hear("saved", title=twenty[0], position=15, total=20)
    expect(at.control(twenty[0], "move-to")).to_be_focused()
    assert at.agreed(Video, twenty[0].sub_course).index(twenty[0].pk) == 14
    assert len(at.sent) == 1


def test_a_person_without_a_mouse_puts_twenty_videos_in_any_order_and_hears_where_they_are(
    ordering, twenty, north
):
    at = ordering(north.admin, twenty[0].sub_course)
    order, wanted = list(twenty), random.Random(3).sample(twenty, 20)
    keys = at.page.keyboard
    for place, video in enumerate(wanted):
        at.control(video, "handle").focus()
        keys.press("Space")
        now = order.index(video)
        at.hear("lifted", title=video, position=now + 1, total=20)
        while now > place:
            keys.press("ArrowUp")
            now -= 1
            at.hear("position", position=now + 1, total=20)
        keys.press("Space")
        if order.index(video) == place:
            at.hear("dropped_in_place", title=video, position=place + 1, total=20)
        else:
            at.hear("saved", title=video, position=place + 1, total=20)
        expect(at.control(video, "handle")).to_be_focused()
        order.remove(video)
        order.insert(place, video)
    assert at.agreed(Video, twenty[0].sub_course) == ids(*wanted)


def test_home_and_end_go_to_the_ends_and_nothing_is_sent_before_the_drop(ordering, twenty, north):
    at = ordering(north.admin, twenty[0].sub_course)
    keys = at.page.keyboard
    handle = at.control(twenty[3], "handle")
    handle.press("Enter")
    expect(handle).to_have_attribute("aria-pressed", "true")
    keys.press("End")
    at.hear("position", position=20, total=20)
    keys.press("ArrowDown")
    at.hear("position", position=20, total=20)
    keys.press("Home")
    at.hear("position", position=1, total=20)
    assert at.sent == []
    keys.press("Enter")
    at.hear("saved", title=twenty[3], position=1, total=20)
    expect(handle).to_have_attribute("aria-pressed", "false")
    assert at.agreed(Video, twenty[0].sub_course)[0] == twenty[3].pk


@pytest.mark.parametrize("key", ["Escape", "Tab"])
def test_a_lifted_row_goes_back_where_it_was(ordering, north, key):
    one, two, three = north.videos
    at = ordering(north.admin, north.sub_course)
    at.control(one, "handle").press("Space")
    at.page.keyboard.press("ArrowDown")
    at.hear("position", position=2, total=3)
    at.page.keyboard.press(key)
    at.hear("cancelled", title=one, position=1, total=3)
    if key == "Escape":
        expect(at.control(one, "handle")).to_be_focused()
    assert at.agreed(Video, north.sub_course) == ids(one, two, three)
    assert at.sent == []


def test_undo_takes_moves_back_one_after_the_other(ordering, north):
    one, two, three = north.videos
    at = ordering(north.admin, north.sub_course)
    at.control(one, "down").press("Enter")
    at.hear("saved", title=one, position=2, total=3)
    at.control(one, "down").press("Enter")
    at.hear("saved", title=one, position=3, total=3)
    at.messages.get_by_role("button", name="Undo").click()
    at.hear("undone", title=one, position=2, total=3)
    assert at.agreed(Video, north.sub_course) == ids(two, one, three)
    at.control(one, "handle").press("Control+z")
    at.hear("undone", title=one, position=1, total=3)
    assert at.agreed(Video, north.sub_course) == ids(one, two, three)
    at.control(one, "handle").press("Control+z")
    at.hear("nothing_to_undo")
    expect(at.control(one, "handle")).to_be_focused()
    assert stored(Video, north.sub_course) == ids(one, two, three)
