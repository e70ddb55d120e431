"""Writing in the tree: titles, new names and deletions without leaving the page, and by keyboard alone."""

import re

import pytest
from playwright.sync_api import expect

from learning.models import Course, SubCourse, Video
from quizzes.models import QuestionSet
from tests.browser.ordering import field, stored, titles
from tests.factories import VideoFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_titles_are_typed_one_after_the_other(ordering, north):
    at = ordering(north.admin, north.sub_course)
    new = field(at, Video, north.sub_course)
    new.click()
    for title in ("Greetings", "Farewells", "“Thanks” & <more>"):
        at.page.keyboard.type(title)
        at.page.keyboard.press("Enter")
    expect(titles(at, Video, north.sub_course)).to_have_count(6)
    at.settle()
    expect(titles(at, Video, north.sub_course).nth(5)).to_have_text("“Thanks” & <more>")
    expect(new).to_be_focused()
    expect(at.live).to_have_text(re.compile("was added as a draft at position 6 of 6"))
    assert at.agreed(Video, north.sub_course)[:3] == [video.pk for video in north.videos]
    assert Video.unscoped.get(title="Farewells").status == "DRAFT"
    assert at.page.url.count("#") == 0, "nothing was loaded"


def test_a_row_that_arrives_while_a_button_is_pressed_waits_and_does_not_move_it_away(ordering, north):
    at = ordering(north.admin, north.sub_course)
    new, mouse, held = field(at, Video, north.sub_course), at.page.mouse, []
    add = new.locator("xpath=following-sibling::button")

    def hold(route):
        held.append(route)

    at.page.route("**/branch/**", hold, times=1)
    new.fill("Greetings")
    add.click()
    expect(new).to_have_value("")
    new.fill("Farewells")
    mouse.move(*at.middle(add))
    mouse.down()
    while not held:
        at.page.wait_for_timeout(20)
    with at.page.expect_response("**/branch/**") as answer:
        held[0].continue_()
    answer.value.finished()
    at.page.wait_for_timeout(100)
    mouse.up()
    expect(titles(at, Video, north.sub_course).last).to_have_text("Farewells")
    at.settle()


def test_a_branch_of_a_course_is_written_with_the_keyboard_alone(ordering, north):
    at = ordering(north.admin, north.category)
    loads = []
    at.page.on("request", lambda request: request.is_navigation_request() and loads.append(request.url))
    keyboard = at.page.keyboard
    field(at, Course, north.category).focus()
    keyboard.type("Reading")
    keyboard.press("Enter")
    expect(titles(at, Course, north.category)).to_have_count(2)
    at.settle()
    course = Course.unscoped.get(title="Reading")
    for kind, above, model, written in (
        (Course, "Reading", SubCourse, ["First", "Second"]),
        (SubCourse, "First", Video, ["One", "Two", "Three"]),
        (SubCourse, "First", QuestionSet, ["Words"]),
    ):
        parent = kind.unscoped.get(title=above)
        toggle = at.control(parent, "toggle")
        if toggle.get_attribute("aria-expanded") == "false":
            toggle.focus()
            keyboard.press("ArrowRight")
        field(at, model, parent).focus()
        for title in written:
            keyboard.type(title)
            keyboard.press("Enter")
        expect(titles(at, model, parent)).to_have_text(written)
        at.settle()
    assert course.status == "DRAFT"
    first = SubCourse.unscoped.get(title="First")
    expect(at.control(first, "counts")).to_have_text(re.compile("3 videos, 1 practice"))
    assert len(stored(Video, first)) == 3
    assert not loads


def test_a_row_is_renamed_in_place(ordering, north):
    at = ordering(north.admin, north.sub_course)
    video = north.videos[1]
    at.control(video, "rename").press("Enter")
    input_ = at.control(video, "title-field")
    expect(input_).to_be_focused()
    at.page.keyboard.type("Quite another")
    at.page.keyboard.press("Enter")
    expect(at.control(video, "title")).to_have_text("Quite another")
    expect(at.control(video, "rename")).to_be_focused()
    expect(at.control(video, "up")).to_have_attribute("aria-label", "Up: Quite another")
    at.hear("renamed", was=video.title, title="Quite another")
    assert Video.unscoped.get(pk=video.pk).title == "Quite another"
    at.control(video, "rename").press("Enter")
    at.page.keyboard.type("Never")
    at.page.keyboard.press("Escape")
    expect(at.control(video, "title")).to_have_text("Quite another")
    assert Video.unscoped.get(pk=video.pk).title == "Quite another"


def test_a_row_is_deleted_after_its_question(ordering, north, learner, watch):
    at = ordering(north.admin, north.sub_course)
    video = north.videos[1]
    watch.expect("status of 409")
    at.press(video, "remove")
    expect(at.question).to_contain_text("It can be brought back.")
    expect(at.question).to_contain_text("1 will be asked to complete")
    at.question.locator(".cancel").click()
    at.hear("remove_cancelled", title=video.title)
    assert Video.unscoped.get(pk=video.pk).deleted is None
    watch.expect("status of 409")
    at.press(video, "remove")
    at.question.locator(".confirm").click()
    expect(at.row(video)).to_have_count(0)
    at.see("removed", title=video.title)
    assert at.agreed(Video, north.sub_course) == [north.videos[0].pk, north.videos[2].pk]
    expect(at.control(north.sub_course, "counts")).to_have_text(re.compile("2 videos"))


def test_a_row_is_duplicated_and_its_copy_can_be_named_at_once(ordering, north):
    at = ordering(north.admin, north.course)
    at.control(north.sub_course, "duplicate").press("Enter")
    expect(titles(at, SubCourse, north.course)).to_have_text(
        [north.sub_course.title, f"{north.sub_course.title} (copy)"]
    )
    copy = SubCourse.unscoped.get(title__endswith="(copy)")
    expect(at.control(copy, "rename")).to_be_focused()
    expect(at.control(copy, "counts")).to_have_text(re.compile("3 videos, 2 practices, 0 published"))
    at.see("duplicated", title=copy.title, position=2, total=2)
    assert at.agreed(SubCourse, north.course) == [north.sub_course.pk, copy.pk]


def test_a_form_comes_back_to_the_branches_that_were_open(ordering, north):
    at = ordering(north.admin, north.sub_course)
    at.press(north.sub_course, "toggle")
    at.press(north.sub_course, "toggle")
    at.press(north.videos[2], "title")
    at.page.get_by_label("Title").fill("From the form")
    at.page.get_by_role("button", name="Save", exact=True).click()
    expect(at.control(north.videos[2], "title")).to_have_text("From the form")
    assert at.page.url.endswith(f"#videos-{north.videos[2].pk}")


def test_what_another_has_renamed_is_said(ordering, north, watch):
    at = ordering(north.admin, north.sub_course)
    video = north.videos[0]
    Video.unscoped.filter(pk=video.pk).update(title="Theirs")
    watch.expect("status of 412")
    at.control(video, "rename").click()
    at.page.keyboard.type("Mine")
    at.page.keyboard.press("Enter")
    expect(at.messages).to_contain_text("It is now called “Theirs”.")


def test_everything_ready_below_is_published_at_once_and_the_branches_stay_open(ordering, north):
    at = ordering(north.admin, north.course)
    draft = VideoFactory(sub_course=north.sub_course, status="DRAFT", title="Ready")
    at.press(north.sub_course, "toggle")
    expect(at.control(draft, "status")).to_have_text("draft")
    expect(at.control(north.sub_course, "counts")).to_have_text(re.compile("5 published"))
    at.press(north.sub_course, "publish-below")
    expect(at.page.get_by_text("1 is published now.")).to_be_visible()
    expect(at.control(draft, "status")).to_have_text("published")
    expect(at.control(north.sub_course, "counts")).to_have_text(re.compile("6 published"))
    at.press(draft, "unpublish")
    expect(at.control(north.sub_course, "counts")).to_have_text(re.compile("5 published"))
