"""Every page of the admin in a real browser, for each kind of staff, in both themes and on two screens."""

import re
from types import SimpleNamespace
from typing import Any

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


READ: dict[int, dict[str, str]] = {}


def pages_of(administrator: User) -> dict[str, str]:
    """Return where links lead an administrator, and what is there; in each world, rows have the same ids."""
    if administrator.pk not in READ:
        READ[administrator.pk] = contents_for(session_of(administrator))
    return READ[administrator.pk]


def contents_for(client: Any) -> dict[str, str]:
    """Return the pages that links lead to, each without what all of them begin with."""
    return {address: content_of(page) for address, page in pages_for(client).items()}


def content_of(page: Any) -> str:
    _, main, content = page.content.decode().partition("<main ")
    assert main
    # Times are others a minute later.
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"|\d+', "", content)


def test_an_administrator_reads_every_page_in_both_themes(open_as, world):
    reader = Reader(open_as(world.north.admin, "/admin/"))
    READ[world.north.admin.pk] = contents_for(reader)
    assert len(READ[world.north.admin.pk]) > 100
    assert reader.found == []


def test_a_global_user_reads_every_page_of_an_organization_in_both_themes(open_as, world):
    page = open_as(world.global_admin, "/admin/")
    page.get_by_label("Acting in").select_option(label="North")
    page.get_by_role("button", name="Change", exact=True).click()
    page.get_by_text("You are now acting in: North").wait_for()
    client = session_of(world.global_admin)
    client.post(reverse("admin:choose_organization"), {"organization": world.north.organization.pk})
    # Most pages differ from the administrator's in the header alone: here are the others.
    known = pages_of(world.north.admin)
    addresses = [page for page, content in contents_for(client).items() if known.get(page) != content]
    assert len(addresses) > 10
    reader = Reader(page)
    for address in addresses:
        reader.get(address)
    assert reader.found == []


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


class Reader:
    """Reads pages in a browser, in the place of a client that gets them.

    Attributes:
        found: what is hard to read or to use on them, in either theme, or wider than a screen.
    """

    def __init__(self, page: Page) -> None:
        page.emulate_media(reduced_motion="reduce")  # a change of theme fades; what counts is where it ends
        self.page = page
        self.found: list[str] = []
        self._states = [(TELEPHONE, "light"), (DESK, "light"), (DESK, "dark")]
        self._shown_in: tuple[Any, Any] = (None, None)

    def get(self, address: str) -> Any:
        answer = self.page.goto(address)
        assert answer is not None
        for state in self._states:
            self._look(address, *state)
        if not address.endswith(ALIKE):
            self.found += [f"{address}: {text}" for text in hard_to_use(self.page, contrast=False)]
        # The next page begins as this one ends: what does not change is not drawn again.
        self._states.reverse()
        return SimpleNamespace(status_code=answer.status, content=answer.body())

    def _look(self, address: str, screen: ViewportSize, scheme: Any) -> None:
        if screen is not self._shown_in[0]:
            self.page.set_viewport_size(screen)
        if scheme != self._shown_in[1]:
            self.page.emulate_media(color_scheme=scheme)
        self._shown_in = screen, scheme
        seen = self.page.evaluate(LOOK, screen is DESK)
        self.found += [f"{address} {screen['width']}: {text}" for text in seen["wide"]]
        self.found += [f"{address} {scheme}: {text}" for text in seen["hard"]]
        assert is_nearer_to_black(seen["background"]) is (scheme == "dark"), address
