"""Asking for the file of a long list in a browser: the page follows it until it can be downloaded."""

import pytest
from playwright.sync_api import expect

from accounts.imports.jobs import domain
from tests.browser.accessibility import hard_to_use_in_either_theme
from tests.browser.looks import HARD_TO_READ


@pytest.fixture
def page(open_as, north, sunrise, settings):
    settings.EXPORT_AT_ONCE_ROWS = 1
    page = open_as(north.admin, "/admin/accounts/user/?q=student")
    page.get_by_role("link", name="Export").click()
    page.get_by_label("Format").select_option("CSV")
    page.get_by_role("button", name="Export").click()
    page.get_by_text("The file waits for its turn.").wait_for()
    return page


def test_the_file_of_a_long_list_is_followed_until_it_is_there(page):
    assert page.evaluate(HARD_TO_READ) == []
    assert domain.run_next()
    # Nobody reloads the page.
    expect(page.get_by_text("The file is ready")).to_be_visible(timeout=20_000)
    assert hard_to_use_in_either_theme(page) == []
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    text = download.value.path().read_text("utf-8-sig")
    assert "student@north.test" in text
    assert "sunrise" not in text
    page.get_by_role("link", name="Close").click()
    expect(page).to_have_url("/admin/accounts/user/?q=student")


def test_a_file_that_waits_is_cancelled(page):
    page.get_by_role("button", name="Cancel").click()
    page.get_by_text("This was cancelled.").wait_for()
    assert not domain.run_next()
