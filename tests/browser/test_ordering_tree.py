"""Branches, other parents, publishing, and what all of that means for learners."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Request, expect

from learning.models import Video
from progress.models import VideoCompletion
from quizzes.models import QuestionSet
from tests import factories
from tests.browser.ordering import ids, stored


@pytest.fixture
def elsewhere(north):
    """A second sub-course of the same course, with a video."""
    sub_course = factories.SubCourseFactory(course=north.course)
    factories.VideoFactory(sub_course=sub_course)
    return sub_course


def test_branches_are_fetched_when_they_are_opened_and_the_address_keeps_them(ordering, north):
    at = ordering(north.admin)
    expect(at.row(north.course)).to_have_count(0)
    fetched: list[str] = []

    def note(request: Request) -> None:
        if "/branch/" in request.url:
            fetched.append(request.url)

    at.page.on("request", note)
    toggle = at.control(north.category, "toggle")
    expect(toggle).to_have_attribute("aria-expanded", "false")
    toggle.press("Enter")
    expect(at.row(north.course)).to_be_visible()
    expect(toggle).to_have_attribute("aria-expanded", "true")
    expect(toggle).to_be_focused()
    at.press(north.course, "toggle")
    at.press(north.sub_course, "toggle")
    expect(at.row(north.videos[0])).to_be_visible()
    toggle.click()
    expect(at.row(north.course)).to_be_hidden()
    toggle.click()
    expect(at.row(north.videos[0])).to_be_visible()
    toggle.press("ArrowLeft")
    expect(at.row(north.course)).to_be_hidden()
    toggle.press("ArrowRight")
    expect(at.row(north.videos[0])).to_be_visible()
    assert len(fetched) == 3
    at.page.reload()
    expect(at.row(north.videos[0])).to_be_visible()
    at.press(north.videos[0], "down")
    at.hear("saved", title=north.videos[0], position=2, total=3)
    at.agreed(Video, north.sub_course)


def test_rows_say_their_status_level_and_counts_and_lead_to_their_forms(ordering, north):
    Video.unscoped.filter(pk=north.videos[1].pk).update(status="DRAFT")
    at = ordering(north.admin, north.sub_course)
    expect(at.control(north.sub_course, "level")).to_have_text("A1")
    expect(at.control(north.sub_course, "counts")).to_have_text(
        "3 videos, 2 practices, 4 published, 2 without questions"
    )
    expect(at.control(north.videos[0], "status")).to_have_text(re.compile("published", re.IGNORECASE))
    expect(at.control(north.videos[1], "status")).to_have_text(re.compile("draft", re.IGNORECASE))
    at.press(north.videos[1], "title")
    expect(at.page.get_by_label("Title")).to_have_value(north.videos[1].title)


def test_a_video_moves_to_another_sub_course_by_dialog_and_back_by_undo(ordering, north, elsewhere, watch):
    watch.expect("status of 409")  # the question, before it is confirmed
    one, two, three = north.videos
    other = stored(Video, elsewhere)
    at = ordering(north.admin, north.sub_course, elsewhere)
    at.press(two, "move-to")
    at.place.get_by_label("Parent").select_option(str(elsewhere.pk))
    at.place.get_by_label("Position").fill("1")
    at.place.get_by_role("button", name="Move").click()
    expect(at.question.locator(".text")).to_contain_text(f"“{two.title}” moves from")
    at.question.get_by_role("button", name="Cancel").click()
    at.hear("move_cancelled", title=two)
    assert at.agreed(Video, north.sub_course) == ids(one, two, three)

    at.press(two, "move-to")
    at.place.get_by_label("Parent").select_option(str(elsewhere.pk))
    at.place.get_by_label("Position").fill("1")
    at.place.get_by_role("button", name="Move").click()
    at.question.locator(".confirm").click()
    expect(at.messages.filter(has_text=two.title)).to_be_visible()
    assert at.agreed(Video, elsewhere) == [two.pk, *other]
    assert at.agreed(Video, north.sub_course) == ids(one, three)
    expect(at.control(elsewhere, "counts")).to_have_text("2 videos, 0 practices, 2 published")
    expect(at.row(two).locator(":focus")).to_have_count(1)

    at.messages.get_by_role("button", name="Undo").click()
    at.hear("undone_move", title=two, place=north.sub_course)
    assert at.agreed(Video, north.sub_course) == ids(one, two, three)
    assert at.agreed(Video, elsewhere) == other


def send_to(at, row, parent):
    """Move a row to the first place below another parent, by the dialog."""
    at.press(row, "move-to")
    at.place.get_by_label("Parent").select_option(str(parent.pk))
    at.place.get_by_label("Position").fill("1")
    at.place.get_by_role("button", name="Move").click()
    at.question.locator(".confirm").click()


def test_undo_goes_on_behind_a_move_to_another_parent(ordering, north, elsewhere, watch):
    watch.expect("status of 409")
    one, two, three = north.videos
    (other,) = Video.unscoped.filter(sub_course=elsewhere)
    last = factories.VideoFactory(sub_course=elsewhere)
    at = ordering(north.admin, north.sub_course, elsewhere)
    at.press(one, "down")
    at.hear("saved", title=one, position=2, total=3)
    at.press(other, "down")
    at.hear("saved", title=other, position=2, total=2)
    send_to(at, one, elsewhere)
    at.hear("moved", title=one, place=elsewhere)
    assert at.agreed(Video, elsewhere) == ids(one, last, other)

    at.control(one, "handle").press("Control+z")
    at.hear("undone_move", title=one, place=north.sub_course)
    assert at.agreed(Video, north.sub_course) == ids(two, one, three)
    at.control(one, "handle").press("Control+z")
    at.hear("undone", title=other, position=1, total=2)
    assert at.agreed(Video, elsewhere) == ids(other, last)
    at.control(one, "handle").press("Control+z")
    at.hear("undone", title=one, position=1, total=3)
    assert at.agreed(Video, north.sub_course) == ids(one, two, three)


def test_undo_ends_at_a_move_into_a_list_that_others_have_changed_since(ordering, north, elsewhere, watch):
    watch.expect("status of 40[09]")
    one, two, three = north.videos
    (other,) = Video.unscoped.filter(sub_course=elsewhere)
    at = ordering(north.admin, north.sub_course, elsewhere)
    at.press(one, "down")
    at.hear("saved", title=one, position=2, total=3)
    send_to(at, one, elsewhere)
    at.hear("moved", title=one, place=elsewhere)
    new = factories.VideoFactory(sub_course=elsewhere)
    at.press(one, "down")
    at.see("list_changed")
    at.messages.get_by_role("button", name="Reload the list").click()
    at.hear("reloaded")
    assert at.agreed(Video, elsewhere) == ids(one, other, new)
    # Without the move taken back, the place that the video had in its old list means nothing.
    at.control(one, "handle").press("Control+z")
    at.hear("nothing_to_undo")
    assert at.agreed(Video, north.sub_course) == ids(two, three)


def test_a_move_into_a_list_that_others_have_changed_is_refused_and_shows_it(
    ordering, north, elsewhere, watch
):
    watch.expect("status of 409")
    one, two, three = north.videos
    (other,) = Video.unscoped.filter(sub_course=elsewhere)
    at = ordering(north.admin, north.sub_course, elsewhere)
    new = factories.VideoFactory(sub_course=elsewhere, display_order=0)
    send_to(at, two, elsewhere)
    at.see("target_changed", title=two, place=elsewhere)
    assert at.agreed(Video, elsewhere) == stored(Video, elsewhere)
    assert set(at.shown(Video, elsewhere)) == {other.pk, new.pk}
    assert at.agreed(Video, north.sub_course) == ids(one, two, three)
    expect(at.control(two, "move-to")).to_be_focused()

    at.messages.get_by_role("button", name="Try again").click()
    at.question.locator(".confirm").click()
    at.hear("moved", title=two, place=elsewhere)
    assert at.agreed(Video, elsewhere)[0] == two.pk
    assert at.agreed(Video, north.sub_course) == ids(one, three)


def test_a_row_that_went_elsewhere_meanwhile_is_not_asked_about(ordering, north, elsewhere, watch):
    watch.expect("status of 404")
    one, two, three = north.videos
    at = ordering(north.admin, north.sub_course)
    Video.unscoped.filter(pk=two.pk).update(deleted=timezone.now())
    at.press(two, "move-to")
    at.see("list_gone")
    expect(at.place).to_be_hidden()
    expect(at.messages.get_by_role("button", name="Try again")).to_have_count(0)
    at.messages.get_by_role("button", name="Reload the page").click()
    expect(at.row(two)).to_have_count(0)
    assert at.agreed(Video, north.sub_course) == ids(one, three)


def test_dropping_a_row_into_another_list_asks_before_it_moves_there(ordering, north, elsewhere, watch):
    watch.expect("status of 409")
    one, two, three = north.videos
    (target,) = Video.unscoped.filter(sub_course=elsewhere)
    at = ordering(north.admin, north.sub_course, elsewhere)
    at.drag(three, onto=target)
    at.question.locator(".confirm").click()
    expect(at.row(three)).to_be_visible()
    assert at.agreed(Video, elsewhere) == ids(three, target)
    assert at.agreed(Video, north.sub_course) == ids(one, two)

    empty = at.siblings(QuestionSet, elsewhere)
    at.drag_into(north.practices[1], empty)
    at.question.locator(".confirm").click()
    expect(empty.locator(".sibling")).to_have_count(1)
    assert at.agreed(QuestionSet, elsewhere) == ids(north.practices[1])
    expect(empty.locator(".sibling.moved")).to_have_count(1)
    assert at.agreed(QuestionSet, north.sub_course) == ids(north.practices[0])


def test_an_order_that_sends_learners_to_another_step_is_asked_about_first(ordering, north, learner, watch):
    watch.expect("status of 409")
    one, two, three = north.videos
    at = ordering(north.admin, north.sub_course)
    at.control(three, "up").press("Enter")
    expect(at.question.locator(".text")).to_have_text(
        f"1 learner is in this sub-course; 1 will be asked to complete “{three.title}” before they continue."
    )
    assert stored(Video, north.sub_course) == ids(one, two, three)
    for words in ("Save the new order", "Put it back"):
        expect(at.question.get_by_role("button", name=words, exact=True)).to_be_visible()
    at.page.keyboard.press("Escape")
    at.hear("cancelled", title=three, position=3, total=3)
    assert at.agreed(Video, north.sub_course) == ids(one, two, three)
    expect(at.control(three, "up")).to_be_focused()

    at.page.keyboard.press("Enter")
    at.question.get_by_label("Do not ask again for this list").check()
    at.question.get_by_role("button", name="Save the new order").click()
    at.hear("saved", title=three, position=2, total=3)
    assert at.agreed(Video, north.sub_course) == ids(one, three, two)
    marked = at.page.locator("#ordering .sibling.moved")
    expect(marked).to_have_attribute("data-title", three.title)
    expect(at.control(three, "up")).to_be_focused()
    at.control(two, "up").press("Enter")
    at.hear("saved", title=two, position=2, total=3)
    expect(at.question).to_be_hidden()
    assert at.agreed(Video, north.sub_course) == ids(one, two, three)
    expect(marked).to_have_attribute("data-title", two.title)
    assert VideoCompletion.unscoped.filter(user=learner).count() == 1


def test_publishing_and_unpublishing_from_the_page(ordering, north, learner, watch):
    watch.expect("status of 409")
    one, two, three = north.videos
    at = ordering(north.admin, north.sub_course)

    def status_of(video):
        return Video.unscoped.get(pk=video.pk).status

    at.control(three, "unpublish").press("Enter")
    expect(at.question).to_be_visible()
    at.question.get_by_role("button", name="Cancel").click()
    expect(at.control(three, "unpublish")).to_be_focused()
    assert status_of(three) == "PUBLISHED"

    at.control(three, "unpublish").press("Enter")
    at.question.locator(".confirm").click()
    expect(at.control(three, "publish")).to_be_visible()
    expect(at.control(three, "status")).to_have_text(re.compile("draft", re.IGNORECASE))
    expect(at.control(three, "publish")).to_be_focused()
    assert status_of(three) == "DRAFT"

    at.messages.get_by_role("button", name="Undo").click()
    expect(at.control(three, "unpublish")).to_be_visible()
    assert status_of(three) == "PUBLISHED"
    at.press(north.practices[1], "unpublish")
    expect(at.control(north.practices[1], "publish")).to_be_visible()
    assert QuestionSet.unscoped.get(pk=north.practices[1].pk).status == "DRAFT"
    assert stored(Video, north.sub_course) == ids(one, two, three)


def test_a_branch_that_cannot_be_loaded_says_so_and_is_loaded_by_another_try(ordering, north, watch):
    watch.expect("ERR_CONNECTION_RESET")
    at = ordering(north.admin)
    at.page.route("**/branch/**", lambda route: route.abort("connectionreset"), times=1)
    at.press(north.category, "toggle")
    at.see("load_failed")
    at.messages.get_by_role("button", name="Try again").click()
    expect(at.row(north.course)).to_be_visible()
    expect(at.messages).to_have_count(0)
