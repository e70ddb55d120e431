"""A whole course, written with the keyboard alone and with the mouse, and what that takes."""

import pytest
from playwright.sync_api import Locator, Page, expect

from learning.models import Course, SubCourse, Video
from quizzes.models import Question, QuestionSet
from tests.browser.ordering import Ordering, address, field, titles

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

QUESTIONS = "\n".join(f"Question {n}?\n* yes\n- no" for n in range(3))


CLICKS = (
    """addEventListener("click", (event) => { if (event.isTrusted && event.detail) counted(); }, true);"""
)
# How often a key is pressed at most to get somewhere, the header and the side bar of a page included.
MOST_KEYS = 200
# Where the focus is, seen from where it is to be.
FOCUS = """
(target) => {
    const at = document.activeElement;
    if (target === at) return "there";
    if (target.closest(".row")?.contains(at)) return at.matches(".handle") ? "on its handle" : "in its row";
    const isAbove = at.compareDocumentPosition(target) & Node.DOCUMENT_POSITION_PRECEDING;
    return isAbove && !target.contains(at) ? "beyond" : "before";
}
"""


def reach(page: Page, target: Locator) -> None:
    """Bring the focus to a control without a mouse: from row to row with Tab, then with the arrows."""
    target.wait_for()
    in_row = False
    for _ in range(MOST_KEYS):
        focus = target.evaluate(FOCUS)
        if focus == "there":
            return
        if in_row:
            page.keyboard.press("ArrowLeft")
        elif focus in ("in its row", "on its handle"):
            # From its end, as the right arrow would open its branch; on the handle, End is for its list.
            in_row = focus == "in its row"
            page.keyboard.press("End" if in_row else "ArrowRight")
        else:
            page.keyboard.press("Shift+Tab" if focus == "beyond" else "Tab")
    pytest.fail(f"{target} is not reached with {MOST_KEYS} keys")


def test_a_course_with_its_questions_is_written_and_published_in_six_page_loads_with_the_keyboard_alone(
    open_as, north
):
    page = open_as(north.admin, address(north.category), alone=True)
    loads, clicks = [page.url], []
    page.on("load", lambda loaded: loads.append(loaded.url))
    page.expose_function("counted", lambda: clicks.append(page.url))
    page.add_init_script(CLICKS)
    page.evaluate(CLICKS)
    at, keyboard = Ordering(page), page.keyboard

    def press(row, name):
        reach(page, at.control(row, name))
        keyboard.press("Enter")

    def write(model, parent, *lines):
        reach(page, field(at, model, parent))
        for line in lines:
            title, where, url = line.partition(" https")
            keyboard.type(title)
            keyboard.insert_text(where + url)  # as if it were pasted
            keyboard.press("Enter")
        expect(titles(at, model, parent).last).to_have_text(lines[-1].split(" https")[0])
        at.settle()

    def open_branch(row):
        reach(page, at.control(row, "toggle"))
        keyboard.press("ArrowRight")

    write(Course, north.category, "Reading")
    course = Course.unscoped.get(title="Reading")
    open_branch(course)
    write(SubCourse, course, "Letters", "Words")
    for sub_course in SubCourse.unscoped.filter(course=course):
        open_branch(sub_course)
        write(Video, sub_course, *(f"Part {n} https://videos.example/{n}.mp4" for n in range(3)))
        write(QuestionSet, sub_course, f"Practice of {sub_course}")
    for practice in QuestionSet.unscoped.filter(sub_course__course=course, set_type="PRACTICE"):
        press(practice, "title")
        reach(page, page.get_by_label("Add questions"))
        keyboard.insert_text(QUESTIONS)
        reach(page, page.get_by_role("button", name="Save", exact=True))
        keyboard.press("Enter")
        expect(at.control(practice, "counts")).to_have_text("3 questions")
        # Before the page's script runs, its buttons would load it anew.
        page.wait_for_load_state()
    press(course, "publish-below")
    expect(page.get_by_text("10 are published now.")).to_be_visible()
    press(course, "publish")
    expect(at.control(course, "status")).to_have_text("published")
    assert Course.unscoped.get(pk=course.pk).status == "PUBLISHED"
    assert Video.unscoped.filter(sub_course__course=course, status="PUBLISHED").count() == 6
    assert Question.unscoped.filter(question_set__sub_course__course=course, deleted=None).count() == 6
    assert len(loads) <= 6, loads
    assert clicks == []


def test_with_the_mouse_the_same_course_takes_at_most_thirty_clicks_and_six_page_loads(open_as, north):
    page = open_as(north.admin, address(north.category), alone=True)
    loads, clicks = [page.url], []
    page.on("load", lambda loaded: loads.append(loaded.url))
    page.expose_function("counted", lambda: clicks.append(page.url))
    page.add_init_script(CLICKS)
    page.evaluate(CLICKS)
    at = Ordering(page)

    def write(model, parent, *lines):
        field(at, model, parent).click()
        for line in lines:
            page.keyboard.insert_text(line)
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
