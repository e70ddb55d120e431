"""The page of the API, in a browser and under the strict policy of every page."""

import pytest
from playwright.sync_api import Page, expect

from config.api.operations import OPERATIONS, TAGS

pytestmark = pytest.mark.django_db(transaction=True)

SCREENS = 200


def seen_on_the_way_down(page: Page) -> tuple[list[str], set[str]]:
    """Return tags and summaries in view, screen by screen: of so many the page makes those looked at."""
    tags: list[str] = []
    summaries: set[str] = set()
    for _screen in range(SCREENS):
        for tag in page.locator(".opblock-tag").evaluate_all("tags => tags.map((tag) => tag.dataset.tag)"):
            tags += [tag] if tag not in tags else []
        summaries.update(page.locator(".opblock-summary-description").all_inner_texts())
        if len(summaries) == len(OPERATIONS):
            break
        page.mouse.wheel(0, 500)
        page.wait_for_timeout(50)
    return tags, summaries


def test_operations_stand_under_tags_in_the_order_in_which_a_client_meets_them(new_context):
    page = new_context().new_page()
    page.goto("/api/docs")
    expect(page.get_by_role("heading", name="Where a request acts")).to_be_visible()
    expect(page.locator(".opblock").first).to_be_attached()
    tags, summaries = seen_on_the_way_down(page)
    assert tags == list(TAGS)
    assert summaries == {operation.summary for operation in OPERATIONS.values()}


def test_a_link_leads_to_an_operation_that_says_how_it_is_refused(new_context):
    page = new_context().new_page()
    page.goto("/api/docs#/Learning/completeVideo")
    opened = page.locator(".opblock.is-open")
    expect(opened.get_by_text("Complete a video")).to_be_visible()
    expect(opened.get_by_text("locked").first).to_be_visible()
