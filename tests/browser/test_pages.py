"""Every page of the admin in a real browser, for each kind of staff, in the light and in the dark theme."""

import re

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page

from tests.browser.conftest import PHONE, session_of
from tests.browser.looks import HARD_TO_READ, is_dark
from tests.contracts.world import World, make_world

PAGES_OF_A_ROW = ("change", "delete", "history")


@pytest.fixture
def world(north, sunrise, global_admin, independent) -> World:
    return make_world(north, sunrise, global_admin, independent)


def test_an_administrator_reads_every_page_in_both_themes(open_as, world):
    addresses = pages_for(session_of(world.north.admin))
    assert len(addresses) > 45
    page = open_as(world.north.admin, "/admin/")
    assert unreadable(page, addresses) == []


def test_a_global_user_reads_every_page_of_an_organization_in_both_themes(open_as, world):
    page = open_as(world.global_admin, "/admin/")
    page.get_by_label("Acting in").select_option(label="North")
    page.get_by_role("button", name="Change", exact=True).click()
    page.get_by_text("You are now acting in: North").wait_for()
    client = session_of(world.global_admin)
    client.post(reverse("admin:choose_organization"), {"organization": world.north.organization.pk})
    # Most pages differ from the administrator's in the header alone: here the others, and those to write on.
    known = set(pages_for(session_of(world.north.admin)))
    addresses = [
        page for page in pages_for(client) if page not in known or page.endswith(("/add/", "/change/"))
    ]
    assert len(addresses) > 20
    assert unreadable(page, addresses) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_without_rows_are_readable(open_as, north, scheme):
    page = open_as(north.admin, "/admin/quizzes/attempt/", color_scheme=scheme)
    assert page.evaluate(HARD_TO_READ) == []
    assert is_dark(page) is (scheme == "dark")


def test_text_that_is_hard_to_read_is_found(open_as, north):
    page = open_as(north.admin, "/admin/")
    page.evaluate("document.querySelector('h1').style.color = '#bbb'")
    (found,) = page.evaluate(HARD_TO_READ)
    assert "Administration" in found
    page.evaluate("document.querySelector('h1').style.color = '#555'")
    assert page.evaluate(HARD_TO_READ) == []


def test_on_a_telephone_no_page_is_wider_than_the_screen(open_as, world):
    page = open_as(world.north.admin, "/admin/", **PHONE)
    addresses = ["/admin/", *(a for a in pages_for(session_of(world.north.admin)) if "/learning/video" in a)]
    wide = []
    for address in addresses:
        page.goto(address)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wide.append(address)
    assert wide == []


def test_suggestions_are_found_by_typing(open_as, world):
    page = open_as(world.north.admin, "/admin/learning/video/add/")
    field = page.locator(".form-row.field-sub_course")
    field.get_by_role("combobox").click()
    page.locator(".select2-search__field").fill(world.north.sub_course.title)
    page.get_by_role("option", name=world.north.sub_course.title).first.click()
    assert field.locator("select").input_value() == str(world.north.sub_course.pk)


def pages_for(client: Client) -> list[str]:
    """Return the pages that links lead to: each model's list and form, and those of its first row."""
    visited: dict[str, set[str]] = {}

    def links_of(address: str) -> set[str]:
        if address not in visited:
            answer = client.get(address)
            assert answer.status_code == 200, f"{address} is linked and answers {answer.status_code}"
            visited[address] = set(re.findall(r'href="(/admin/[^"?#]*)', answer.content.decode()))
        return visited[address]

    front = links_of(reverse("admin:index"))
    for page in ("password_change", "ordering"):
        links_of(reverse(f"admin:{page}"))
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        rows = reverse(f"{name}_changelist")
        if rows not in front:
            continue
        below = {link.removeprefix(rows): link for link in links_of(rows) if link.startswith(rows)}
        for page in {"add/", "import/", "export/"} & below.keys():
            links_of(below[page])
        first = next((link for end, link in below.items() if end.endswith("/change/")), None)
        for page in PAGES_OF_A_ROW if first else ():
            address = str(first).replace("/change/", f"/{page}/")
            if page == "change" or address in links_of(str(first)):
                links_of(address)
    return list(visited)


WIDER_THAN_IT_MAY_BE = """
    () => [document.documentElement, ...document.querySelectorAll(".results")]
        .filter((element) => element.scrollWidth > element.clientWidth)
        .map((element) => `${element.className || "the page"} is ${element.scrollWidth} wide`)
"""


def unreadable(page: Page, addresses: list[str]) -> list[str]:
    """Return what is hard to read on these pages, in either theme, or cut off; each stays open a moment."""
    found = []
    for address in addresses:
        page.goto(address)
        assert page.viewport_size and page.viewport_size["width"] == 1280
        found += [f"{address}: {text}" for text in page.evaluate(WIDER_THAN_IT_MAY_BE)]
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            found += [f"{address} {scheme}: {text}" for text in page.evaluate(HARD_TO_READ)]
        assert is_dark(page), address
    return found
