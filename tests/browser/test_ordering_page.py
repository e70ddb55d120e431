"""How the page looks and holds up: themes, small screens, five hundred siblings, and without scripts."""

import pytest
from playwright.sync_api import expect

from learning.models import Video
from tests import factories
from tests.browser.conftest import PHONE
from tests.browser.looks import HARD_TO_READ, is_dark
from tests.browser.ordering import ids, stored

WITHOUT_SCRIPTS = {"java_script_enabled": False}
TOO_WIDE = "document.documentElement.scrollWidth > innerWidth"
# Controls that a finger hardly hits (WCAG 2.2, 2.5.8), and those that a screen reader cannot name.
TOO_SMALL = """
() => [...document.querySelectorAll("#ordering :is(button, a:not(.title)), dialog[open] button")]
    .filter((control) => control.checkVisibility())
    .map((control) => [control.className, control.getBoundingClientRect()])
    .filter(([, { width, height }]) => width < 24 || height < 24)
    .map(([name, { width, height }]) => `${name} ${width}x${height}`)
"""
NAMELESS = """
() => [...document.querySelectorAll("#ordering :is(button, a), dialog[open] button")]
    .filter((control) => control.checkVisibility() && !control.ariaLabel && !control.textContent.trim())
    .map((control) => control.className)
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_on_it_is_readable(ordering, north, learner, watch, scheme):
    watch.expect("status of 409")
    factories.SubCourseFactory(course=north.course)
    Video.unscoped.filter(pk=north.videos[2].pk).update(status="DRAFT")
    at = ordering(north.admin, north.sub_course, color_scheme=scheme)
    assert is_dark(at.page) is (scheme == "dark")

    def check(what: str) -> None:
        assert at.page.evaluate(HARD_TO_READ) == [], what
        assert at.page.evaluate(NAMELESS) == [], what

    at.press(north.practices[0], "down")
    at.settle()
    check("with a message")
    at.control(north.videos[0], "handle").press("Space")
    check("with a lifted row")
    at.page.keyboard.press("Escape")
    at.press(north.videos[1], "unpublish")
    expect(at.question).to_be_visible()
    check("with the question")
    at.question.get_by_role("button", name="Cancel").click()
    at.press(north.videos[1], "move-to")
    expect(at.place).to_be_visible()
    check("with the form")


@pytest.mark.parametrize("screen", [PHONE, {"viewport": {"width": 640, "height": 400}}])
def test_it_fits_small_screens_and_can_be_hit_with_a_finger(ordering, north, screen):
    at = ordering(north.admin, north.sub_course, **screen)
    assert not at.page.evaluate(TOO_WIDE)
    assert at.page.evaluate(TOO_SMALL) == []
    at.press(north.videos[0], "down")
    at.hear("saved", title=north.videos[0], position=2, total=3)
    assert not at.page.evaluate(TOO_WIDE)


# The rows of which the controls stand below the title.
BROKEN = """
() => [...document.querySelectorAll("#ordering .sibling > .row")]
    .filter((row) => {
        const [title, actions] = [".title", ".actions"].map((part) => row.querySelector(part));
        return actions.getBoundingClientRect().top >= title.getBoundingClientRect().bottom;
    })
    .map((row) => row.textContent)
"""


def test_at_1280_pixels_what_can_be_done_with_a_row_stands_beside_its_title(ordering, north):
    at = ordering(north.admin, north.sub_course, viewport={"width": 1280, "height": 800})
    expect(at.control(north.sub_course, "publish-below")).to_be_visible()
    assert at.page.evaluate(BROKEN) == []
    # What is a sign alone has its word as its name, and over it.
    rename = at.page.get_by_role("button", name=f"Rename: {north.videos[0].title}")
    expect(rename).to_have_attribute("title", "Rename")
    at.page.set_viewport_size({"width": 600, "height": 800})
    assert at.page.evaluate(BROKEN) != []


# The rows that a message lies over.
COVERED = """
() => {
    const bar = document.querySelector("#ordering-messages .message").getBoundingClientRect();
    return [...document.querySelectorAll("#ordering .row, #ordering .list-heading")]
        .filter((row) => row.checkVisibility())
        .map((row) => [row.innerText, row.getBoundingClientRect()])
        .filter(([, { top, bottom }]) => top < bar.bottom && bottom > bar.top)
        .map(([text]) => text);
}
"""


@pytest.mark.parametrize("screen", [{"viewport": {"width": 1280, "height": 800}}, PHONE])
def test_a_message_covers_no_row_and_moves_none(ordering, north, screen):
    at = ordering(north.admin, north.sub_course, **screen)
    last = at.control(north.practices[-1], "title")
    before = last.bounding_box()["y"] + at.page.evaluate("scrollY")
    at.press(north.videos[0], "down")
    at.hear("saved", title=north.videos[0], position=2, total=3)
    assert last.bounding_box()["y"] + at.page.evaluate("scrollY") == before
    at.page.evaluate("scrollTo(0, 0)")
    assert at.page.evaluate(COVERED) == []
    # And where the page has been scrolled it is still in view.
    at.page.evaluate("scrollTo(0, document.body.scrollHeight)")
    expect(at.messages).to_be_in_viewport(ratio=1)


ON_TOP = """
() => {
    const { left, top, width, height } = document.querySelector(".messagelist li").getBoundingClientRect();
    return Boolean(document.elementFromPoint(left + width / 2, top + height / 2)?.closest(".messagelist"));
}
"""


def test_what_a_form_has_said_stays_in_view_where_its_row_is(ordering, north):
    at = ordering(north.admin, north.sub_course)
    at.control(north.practices[-1], "title").click()
    at.page.get_by_role("button", name="Save", exact=True).click()
    expect(at.page.locator("#ordering.is-live")).to_be_visible()
    at.page.evaluate("scrollTo(0, document.body.scrollHeight)")
    expect(at.page.locator(".messagelist li")).to_be_in_viewport(ratio=1)
    assert at.page.evaluate(ON_TOP)


def test_five_hundred_siblings_can_be_put_in_order(ordering, north):
    sub_course = factories.SubCourseFactory(course=north.course)
    made = Video.unscoped.bulk_create(
        factories.VideoFactory.build(sub_course=sub_course, organization=north.organization, display_order=n)
        for n in range(500)
    )
    at = ordering(north.admin, sub_course)
    order = ids(*made)
    at.page.evaluate(
        """list => {
            window.touched = 0;
            const count = (changes) => changes.forEach(({ addedNodes }) => (touched += addedNodes.length));
            new MutationObserver(count).observe(list, { childList: true });
        }""",
        at.siblings(Video, sub_course).element_handle(),
    )
    at.press(made[0], "move-to")
    at.place.get_by_label("Position").fill("400")
    at.page.keyboard.press("Enter")
    at.hear("saved", title=made[0], position=400, total=500)
    expect(at.row(made[0])).to_be_in_viewport()
    order.insert(399, order.pop(0))
    assert at.agreed(Video, sub_course) == order

    at.control(made[499], "handle").press("Space")
    at.page.keyboard.press("Home")
    at.hear("position", position=1, total=500)
    at.page.keyboard.press("Space")
    at.hear("saved", title=made[499], position=1, total=500)
    expect(at.row(made[499])).to_be_in_viewport()
    order.insert(0, order.pop())
    assert at.agreed(Video, sub_course) == order

    at.drag(made[2], onto=made[5])
    at.hear("saved", title=made[2], position=6, total=500)
    at.agreed(Video, sub_course)
    assert at.page.evaluate("touched") <= 20, "a move touches the rows it is about"


def test_a_mouse_at_the_edge_of_the_screen_scrolls_a_long_list(ordering, north):
    sub_course = factories.SubCourseFactory(course=north.course)
    made = [factories.VideoFactory(sub_course=sub_course, display_order=n) for n in range(60)]
    at = ordering(north.admin, sub_course)
    x, y = at.middle(at.control(made[0], "handle"))
    at.page.mouse.move(x, y)
    at.page.mouse.down()
    at.page.mouse.move(x, y + 10)
    before = at.page.evaluate("scrollY")
    height = at.page.viewport_size["height"]
    for wiggle in range(20):
        at.page.mouse.move(x, height - 6 - wiggle % 2)
        at.page.wait_for_timeout(50)
    assert at.page.evaluate("scrollY") > before + 100
    at.page.mouse.up()
    assert at.agreed(Video, sub_course).index(made[0].pk) > 5


def test_without_scripts_buttons_and_forms_do_the_same(ordering, north, learner):
    one, two, three = north.videos
    at = ordering(north.admin, **WITHOUT_SCRIPTS)
    at.press(north.category, "toggle")
    at.press(north.course, "toggle")
    at.press(north.sub_course, "toggle")
    expect(at.row(one)).to_be_visible()
    expect(at.control(one, "handle")).to_be_hidden()

    at.press(north.practices[0], "down")
    expect(at.page.locator(".messagelist")).to_contain_text("position 2 of 2")
    expect(at.row(one)).to_be_visible()

    # A learner is in the middle of it: the page asks first.
    at.press(three, "up")
    expect(at.page.get_by_text(f"1 will be asked to complete “{three.title}”")).to_be_visible()
    assert stored(Video, north.sub_course) == ids(one, two, three)
    at.page.get_by_role("button", name="Save the new order").click()
    expect(at.row(one)).to_be_visible()
    assert at.shown(Video, north.sub_course) == stored(Video, north.sub_course) == ids(one, three, two)

    at.press(one, "move-to")
    expect(at.page.get_by_role("heading", level=1)).to_have_text(f"Move “{one.title}”")
    expect(at.page.locator("#content").get_by_role("heading")).to_have_count(1)
    expect(at.page.get_by_role("form", name=f"Move “{one.title}”")).to_be_visible()
    at.page.get_by_label("Position").fill("3")
    at.page.get_by_role("button", name="Move").click()
    expect(at.page.locator(".messagelist")).to_contain_text("position 3 of 3")
    assert at.shown(Video, north.sub_course) == stored(Video, north.sub_course) == ids(three, two, one)

    at.press(north.practices[0], "unpublish")
    expect(at.control(north.practices[0], "publish")).to_be_visible()
