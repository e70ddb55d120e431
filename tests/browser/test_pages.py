"""Every page of the admin in a real browser, for each kind of staff, in both themes and on two screens."""

import re
from functools import cache
from typing import Any

from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, ViewportSize, expect

from accounts.models import User
from tests.browser.accessibility import hard_to_use
from tests.browser.conftest import PHONE, session_of
from tests.browser.looks import BACKGROUND, HARD_TO_READ, is_dark, is_nearer_to_black
from tests.contracts.admin_pages import pages_for

DESK: ViewportSize = {"width": 1280, "height": 720}
TELEPHONE: ViewportSize = PHONE["viewport"]
# Of these pages, those of one model differ from those of another in words alone.
ALIKE = ("/export/", "/delete/", "/history/")


@cache
def pages_of(administrator: int) -> dict[str, str]:
    """Return where links lead an administrator, and what is there; in each world, rows have the same ids."""
    return contents_for(session_of(User.unscoped.get(pk=administrator)))


def contents_for(client: Client) -> dict[str, str]:
    """Return the pages that links lead to, each without what all of them begin with."""
    return {address: content_of(page) for address, page in pages_for(client).items()}


def content_of(page: Any) -> str:
    _, main, content = page.content.decode().partition("<main ")
    assert main
    return re.sub('name="csrfmiddlewaretoken" value="[^"]+"', "", content)


def test_an_administrator_reads_every_page_in_both_themes(open_as, world):
    addresses = list(pages_of(world.north.admin.pk))
    assert len(addresses) > 100
    page = open_as(world.north.admin, "/admin/")
    assert unreadable(page, addresses) == []


def test_a_global_user_reads_every_page_of_an_organization_in_both_themes(open_as, world):
    page = open_as(world.global_admin, "/admin/")
    page.get_by_label("Acting in").select_option(label="North")
    page.get_by_role("button", name="Change", exact=True).click()
    page.get_by_text("You are now acting in: North").wait_for()
    client = session_of(world.global_admin)
    client.post(reverse("admin:choose_organization"), {"organization": world.north.organization.pk})
    # Most pages differ from the administrator's in the header alone: here are the others.
    known = pages_of(world.north.admin.pk)
    addresses = [page for page, content in contents_for(client).items() if known.get(page) != content]
    assert 10 < len(addresses) < len(known) / 2
    assert unreadable(page, addresses) == []


def test_pages_without_rows_are_readable(open_as, north):
    page = open_as(north.admin, "/admin/quizzes/attempt/")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate(HARD_TO_READ) == []
        assert is_dark(page) is (scheme == "dark")


def test_text_that_is_hard_to_read_is_found(open_as, north):
    page = open_as(north.admin, "/admin/")
    page.evaluate("document.querySelector('h1').style.color = '#bbb'")
    (found,) = page.evaluate(HARD_TO_READ)
    assert "Administration" in found
    page.evaluate("document.querySelector('h1').style.color = '#555'")
    assert page.evaluate(HARD_TO_READ) == []


def test_what_is_wider_than_a_telephone_is_found(open_as, north):
    page = open_as(north.admin, "/admin/safety-completion/", **PHONE)
    assert page.evaluate(WIDER_THAN_IT_MAY_BE) == []
    page.evaluate("document.querySelector('h1').style.minWidth = '400px'")
    assert page.evaluate(WIDER_THAN_IT_MAY_BE) != []


def test_a_question_about_chosen_people_fits_a_telephone(open_as, north):
    page = open_as(north.admin, "/admin/accounts/user/", **PHONE)
    page.locator("input.action-select").first.check()
    page.get_by_label("Action:").select_option(label="Move selected people to…")
    page.get_by_role("button", name=re.compile("^(Go|Run)$")).click()
    expect(page.get_by_role("heading", name="Move people")).to_be_visible()
    assert page.evaluate(WIDER_THAN_IT_MAY_BE) == []


def test_suggestions_are_found_by_typing(open_as, world):
    page = open_as(world.north.admin, "/admin/learning/video/add/")
    field = page.locator(".form-row.field-sub_course")
    field.locator(".select2-selection").click()
    page.locator(".select2-search__field").fill(world.north.sub_course.title)
    page.get_by_role("option", name=world.north.sub_course.title).first.click()
    assert field.locator("select").input_value() == str(world.north.sub_course.pk)


def test_the_words_of_scripts_are_asked_for_once(open_as, north):
    page = open_as(north.admin, "/admin/learning/video/", alone=True)
    sent = "performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('/jsi18n/'))"
    assert page.evaluate(f"{sent}.map((words) => words.transferSize > 0)") == [True]
    for address in ("/admin/learning/course/", "/admin/learning/video/add/"):
        page.goto(address)
        assert page.evaluate(f"{sent}.map((words) => words.transferSize)") == [0], address


WIDER_THAN_IT_MAY_BE = """
    () => [document.documentElement, ...document.querySelectorAll(".results, .sw-wide, .sw-scroll")]
        .filter((element) => element.scrollWidth > element.clientWidth)
        .map((element) => `${element.className || "the page"} is ${element.scrollWidth} wide`)
"""


# In one go: to ask costs more than to look.
LOOK = f"""
    (isRead) => ({{
        wide: ({WIDER_THAN_IT_MAY_BE})(),
        hard: isRead ? (
            {HARD_TO_READ}
        )() : [],
        background: {BACKGROUND},
    }})
"""


def unreadable(page: Page, addresses: list[str]) -> list[str]:
    """Return what is hard to read or to use on these pages, in either theme, or wider than a screen."""
    found = []
    states = [(TELEPHONE, "light"), (DESK, "light"), (DESK, "dark")]
    shown_in: tuple[Any, Any] = (None, None)
    for address in addresses:
        page.goto(address)
        for screen, scheme in states:
            if screen is not shown_in[0]:
                page.set_viewport_size(screen)
            if scheme != shown_in[1]:
                page.emulate_media(color_scheme=scheme)
            shown_in = screen, scheme
            seen = page.evaluate(LOOK, screen is DESK)
            found += [f"{address} {screen['width']}: {text}" for text in seen["wide"]]
            found += [f"{address} {scheme}: {text}" for text in seen["hard"]]
            assert is_nearer_to_black(seen["background"]) is (scheme == "dark"), address
        if not address.endswith(ALIKE):
            found += [f"{address}: {text}" for text in hard_to_use(page, contrast=False)]
        # The next page begins as this one ends: what does not change is not drawn again.
        states.reverse()
    return found
