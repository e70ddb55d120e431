"""A whole course, written with the keyboard alone and with the mouse, and what that takes."""

import pytest
from playwright.sync_api import expect

from learning.models import Course, SubCourse, Video
from quizzes.models import Question, QuestionSet
from tests.browser.ordering import Ordering, address, field, titles

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

QUESTIONS = "\n".join(f"Question {n}?\n* yes\n- no" for n in range(3))


def test_a_course_with_its_questions_is_written_and_published_in_six_page_loads_without_a_click(
    open_as, north
):
    page = open_as(north.admin, address(north.category))
    at, loads = Ordering(page), [page.url]
    page.on("load", lambda loaded: loads.append(loaded.url))

    def write(model, parent, *lines):
        field(at, model, parent).focus()
        for line in lines:
            page.keyboard.type(line)
            page.keyboard.press("Enter")
        expect(titles(at, model, parent).last).to_have_text(lines[-1].split(" https")[0])
        at.settle()

    def open_branch(row):
        at.control(row, "toggle").focus()
        page.keyboard.press("ArrowRight")

    write(Course, north.category, "Reading")
    course = Course.unscoped.get(title="Reading")
    open_branch(course)
    write(SubCourse, course, "Letters", "Words")
    for sub_course in SubCourse.unscoped.filter(course=course):
        open_branch(sub_course)
        write(Video, sub_course, *(f"Part {n} https://videos.example/{n}.mp4" for n in range(3)))
        write(QuestionSet, sub_course, f"Practice of {sub_course}")
    for practice in QuestionSet.unscoped.filter(sub_course__course=course, set_type="PRACTICE"):
        at.control(practice, "title").press("Enter")
        page.get_by_label("Add questions").fill(QUESTIONS)
        page.get_by_role("button", name="Save", exact=True).press("Enter")
        expect(at.control(practice, "counts")).to_have_text("3 questions")
        # Before the page's script runs, its buttons would load it anew.
        page.wait_for_load_state()
    at.control(course, "publish-below").press("Enter")
    expect(page.get_by_text("10 are published now.")).to_be_visible()
    assert Video.unscoped.filter(sub_course__course=course, status="PUBLISHED").count() == 6
    assert Question.unscoped.filter(question_set__sub_course__course=course, deleted=None).count() == 6
    assert len(loads) <= 6, loads


CLICKS = (
    """addEventListener("click", (event) => { if (event.isTrusted && event.detail) counted(); }, true);"""
)


def test_with_the_mouse_the_same_course_takes_at_most_thirty_clicks_and_six_page_loads(open_as, north):
    page = open_as(north.admin, address(north.category))
    loads, clicks = [page.url], []
    page.on("load", lambda loaded: loads.append(loaded.url))
    page.expose_function("counted", lambda: clicks.append(page.url))
    page.add_init_script(CLICKS)
    page.evaluate(CLICKS)
    at = Ordering(page)

    def write(model, parent, *lines):
        field(at, model, parent).click()
        for line in lines:
            page.keyboard.type(line)
            # Enter does it as well; a hand that stays at the mouse presses the button.
            field(at, model, parent).locator("xpath=following-sibling::button").click()
        expect(titles(at, model, parent).last).to_have_text(lines[-1].split(" https")[0])
        at.settle()

    write(Course, north.category, "Reading")
    course = Course.unscoped.get(title="Reading")
    at.press(course, "toggle")
    write(SubCourse, course, "Letters", "Words")
    for sub_course in SubCourse.unscoped.filter(course=course):
        at.press(sub_course, "toggle")
        write(Video, sub_course, *(f"Part {n} https://videos.example/{n}.mp4" for n in range(3)))
        write(QuestionSet, sub_course, f"Practice of {sub_course}")
    for practice in QuestionSet.unscoped.filter(sub_course__course=course, set_type="PRACTICE"):
        at.press(practice, "title")
        page.get_by_label("Add questions").click()
        page.keyboard.insert_text(QUESTIONS)
        page.get_by_role("button", name="Save", exact=True).click()
        expect(at.control(practice, "counts")).to_have_text("3 questions")
        # Before the page's script runs, its buttons would load it anew.
        page.wait_for_load_state()
    at.press(course, "publish-below")
    expect(page.get_by_text("10 are published now.")).to_be_visible()
    at.press(course, "publish")
    expect(at.control(course, "status")).to_have_text("published")
    assert Question.unscoped.filter(question_set__sub_course__course=course, deleted=None).count() == 6
    assert Video.unscoped.filter(sub_course__course=course, status="PUBLISHED").count() == 6
    assert len(loads) <= 6, loads
    assert 20 < len(clicks) <= 30, clicks
