"""The questions of a set are put in order on its page, as rows of the tree are."""

import pytest
from playwright.sync_api import expect

from quizzes.models import Question
from tests import factories
from tests.browser.conftest import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_questions_are_moved_with_keyboard_and_buttons_and_deleted_in_place(open_as, north, watch):
    practice = north.practices[0]
    rows = [
        factories.QuestionFactory(question_set=practice, text=text, display_order=n)
        for n, text in enumerate(("One?", "Two?", "Three?"))
    ]
    page = open_as(north.admin, f"/admin/quizzes/questionset/{practice.pk}/change/")
    titles = page.locator("#ordering .sibling .title")
    expect(titles).to_have_text(["One?", "Two?", "Three?"])
    page.get_by_role("button", name="Reorder One?").focus()
    for key in ("Space", "ArrowDown", "Space"):
        page.keyboard.press(key)
    expect(page.get_by_text("One? moved to position 2 of 3. Saved.").first).to_be_attached()
    page.get_by_role("button", name="Up: Three?").click()
    expect(titles).to_have_text(["Two?", "Three?", "One?"])
    expect(page.locator(".siblings[aria-busy=true]")).to_have_count(0)
    stored = Question.unscoped.filter(question_set=practice, deleted=None).order_by("display_order")
    assert [row.text for row in stored] == ["Two?", "Three?", "One?"]
    watch.expect("status of 409")
    page.get_by_role("link", name="Delete: Two?").click()
    page.locator("#ordering-confirm .confirm").click()
    expect(titles).to_have_text(["Three?", "One?"])
    assert Question.unscoped.get(pk=rows[1].pk).deleted
    page.get_by_label("Title").fill("Renamed")
    page.get_by_role("button", name="Save and continue editing").click()
    expect(titles).to_have_text(["Three?", "One?"])
    page.get_by_role("link", name="Add question").click()
    expect(page.get_by_role("heading", name="Add question")).to_be_visible()


def test_on_a_telephone_the_boxes_of_an_option_stand_beside_its_text(open_as, north):
    page = open_as(north.admin, f"/admin/quizzes/question/add/?question_set={north.practices[0].pk}", **PHONE)
    boxes = page.locator(".inline-group input[type=checkbox]").filter(visible=True)
    expect(boxes.first).to_be_visible()
    # What does not fit is cut off by the frame of the options.
    frame = page.locator(".inline-group").bounding_box()
    for box in boxes.all():
        place = box.bounding_box()
        assert place["x"] + place["width"] <= frame["x"] + frame["width"]
