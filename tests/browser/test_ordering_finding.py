"""Getting about in the tree: one stop of the Tab key for each row, finding by title, opening everything."""

import pytest
from playwright.sync_api import expect

from learning.models import Video
from tests import factories
from tests.browser.ordering import Ordering, address

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def stops(at, row):
    """How many controls of a row the Tab key stops at."""
    line = f"#{at.row(row).get_attribute('id')} > .row"
    return at.page.locator(f"{line} :is(a, button)").evaluate_all(
        "all => all.filter(each => each.tabIndex === 0).length"
    )


def test_each_row_is_one_stop_of_tab_and_the_arrows_reach_everything_in_it(ordering, north):
    at = ordering(north.admin, north.sub_course)
    keyboard = at.page.keyboard
    first, second, third = north.videos
    at.control(first, "handle").focus()
    keyboard.press("Tab")
    expect(at.control(second, "handle")).to_be_focused()
    reached = []
    for _ in range(12):
        reached.append(at.page.evaluate("document.activeElement.className"))
        keyboard.press("ArrowRight")
    shown = at.page.locator(f"#videos-{second.pk} > .row :is(a, button):visible")
    assert set(reached) == set(shown.evaluate_all("all => all.map(each => each.className)"))
    assert len(set(reached)) >= 7
    keyboard.press("ArrowDown")
    last = reached[-1].split()[0]
    expect(at.control(third, last)).to_be_focused()
    keyboard.press("Home")
    expect(at.control(third, "handle")).to_be_focused()
    keyboard.press("End")
    keyboard.press("Shift+Tab")
    expect(at.control(second, last)).to_be_focused()
    assert [stops(at, row) for row in north.videos] == [1, 1, 1]
    # What stands in the branch of a row takes its stop from none.
    at.page.locator(f"#sub-courses-{north.sub_course.pk} .add").first.focus()
    assert stops(at, north.sub_course) == 1
    # Up and down go on into the rows above, whichever list these are in.
    at.control(first, "title").focus()
    keyboard.press("ArrowUp")
    expect(at.control(north.sub_course, "title")).to_be_focused()


def test_a_row_stays_one_stop_whatever_is_done_to_it(ordering, north):
    at = ordering(north.admin, north.sub_course)
    video, keyboard = north.videos[1], at.page.keyboard
    at.control(video, "rename").press("Enter")
    keyboard.type("Quite another")
    keyboard.press("Enter")
    expect(at.page.get_by_role("toolbar", name="Quite another")).to_be_visible()
    at.control(video, "unpublish").press("Enter")
    expect(at.control(video, "status")).to_have_text("draft")
    at.control(video, "up").press("Enter")
    at.settle()
    assert [stops(at, row) for row in north.videos] == [1, 1, 1]
    assert at.agreed(Video, north.sub_course)[0] == video.pk


def test_a_row_is_found_by_its_title_with_the_keyboard_and_marked(ordering, north, sunrise):
    wanted = factories.VideoFactory(sub_course=north.sub_course, title="A needle & more")
    factories.VideoFactory(sub_course=sunrise.sub_course, title="A needle of others")
    at = ordering(north.admin)
    loads = []
    at.page.on("load", lambda page: loads.append(page.url))
    expect(at.row(north.course)).to_have_count(0)
    field = at.page.get_by_role("searchbox", name="Find in the tree")
    field.fill("needle")
    field.press("Enter")
    expect(at.control(wanted, "title")).to_be_focused()
    assert "found" in at.row(wanted).get_attribute("class").split()
    at.hear("found", title=wanted)
    assert f"open=sub-courses:{north.sub_course.pk}" in at.page.url
    assert not loads
    field.fill("no such thing")
    field.press("Enter")
    expect(at.page.locator("#ordering-found")).to_contain_text("Nothing is called “no such thing”.")


def test_of_several_rows_one_is_chosen_with_the_arrow_keys(ordering, north):
    rows = [
        factories.CourseFactory(category=north.category, title="Thread of a course"),
        factories.VideoFactory(sub_course=north.sub_course, title="Thread of a video"),
    ]
    at = ordering(north.admin)
    field = at.page.get_by_role("searchbox", name="Find in the tree")
    field.fill("thread")
    field.press("Enter")
    expect(at.page.locator("#ordering-found a")).to_have_text([row.title for row in rows])
    field.press("ArrowDown")
    at.page.keyboard.press("ArrowDown")
    at.page.keyboard.press("Enter")
    expect(at.control(rows[1], "title")).to_be_focused()
    at.page.locator("#ordering-found a").first.press("Escape")
    expect(at.page.locator("#ordering-found a")).to_have_count(0)
    expect(field).to_be_focused()


def test_everything_is_opened_and_closed_at_once(ordering, north):
    at = ordering(north.admin)
    at.page.get_by_role("link", name="Open all").click()
    expect(at.row(north.videos[0])).to_be_visible()
    at.page.get_by_role("link", name="Close all").click()
    expect(at.row(north.course)).to_be_hidden()
    assert "open=" not in at.page.url


def test_without_a_script_what_is_found_is_a_link_to_its_row(open_as, north):
    page = open_as(north.admin, f"{address()}find={north.videos[2].title}")
    link = page.locator("#ordering-found a")
    expect(link).to_have_attribute("href", f"{_page(north)}#videos-{north.videos[2].pk}")
    assert Ordering(page).shown(type(north.category), north.organization)


def _page(north):
    opened = (("categories", north.category), ("courses", north.course), ("sub-courses", north.sub_course))
    return "/admin/ordering/?" + "&".join(f"open={name}%3A{row.pk}" for name, row in opened)
