"""The page of the API, in a browser and under the strict policy of every page."""

import pytest
from playwright.sync_api import expect

from config.api.operations import OPERATIONS, TAGS

pytestmark = pytest.mark.django_db(transaction=True)


def test_operations_stand_under_tags_in_the_order_in_which_a_client_meets_them(new_context):
    page = new_context().new_page()
    page.goto("/api/docs")
    tags = page.locator(".opblock-tag")
    expect(tags).to_have_count(len(TAGS))
    assert [tag.get_attribute("data-tag") for tag in tags.all()] == list(TAGS)
    expect(page.locator(".opblock")).to_have_count(len(OPERATIONS))
    expect(page.get_by_role("heading", name="Where a request acts")).to_be_visible()
    page.get_by_text("Complete a video").click()
    opened = page.locator(".opblock.is-open")
    expect(opened.get_by_text("locked").first).to_be_visible()
