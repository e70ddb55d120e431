"""Signing in, with the keyboard alone."""

import pytest
from playwright.sync_api import expect

from tests.browser.looks import USABLE, assert_tab_reaches_everything
from tests.factories import PASSWORD


@pytest.fixture
def login(new_context, north):
    page = new_context().new_page()
    page.goto("/admin/")
    return page


def test_tab_reaches_everything_on_the_page_and_the_focus_is_seen(login):
    assert len(login.evaluate(USABLE)) >= 5
    assert_tab_reaches_everything(login)


def test_a_person_signs_in_and_out_without_a_mouse(login):
    expect(login.get_by_label("E-mail")).to_be_focused()
    login.keyboard.type("admin@north.test")
    login.keyboard.press("Tab")
    login.keyboard.type(PASSWORD)
    login.keyboard.press("Enter")
    login.get_by_role("heading", name="Administration").wait_for()
    login.get_by_role("button", name="Log out").press("Enter")
    login.get_by_text("Logged out").first.wait_for()
    login.goto("/admin/")
    expect(login.get_by_label("Password")).to_be_visible()


def test_a_wrong_password_is_said_in_the_page(login):
    login.get_by_label("E-mail").fill("admin@north.test")
    login.get_by_label("Password").fill("wrong")
    login.keyboard.press("Enter")
    error = login.locator(".errornote")
    error.wait_for()
    assert "password" in error.inner_text()
