"""Signing in, with the keyboard alone."""

import pytest

from tests.factories import PASSWORD

# Everything that can be used on the page, by what a person would call it.
USABLE = """
() => [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, [tabindex]")]
    .filter((element) => element.checkVisibility() && !element.disabled && element.tabIndex >= 0)
    .map((element) => element.labels?.[0]?.textContent.trim() || element.value || element.textContent.trim())
"""
FOCUSED = """
() => {
    const element = document.activeElement;
    return element.labels?.[0]?.textContent.trim() || element.value || element.textContent.trim();
}
"""
# What a person sees of the focus: an outline, a border or a background that is only there with it.
SHOWN = """
() => {
    const look = (style) => [style.outline, style.boxShadow, style.borderColor, style.backgroundColor].join();
    const element = document.activeElement;
    const settle = () => document.getAnimations().forEach((animation) => animation.finish());
    settle();
    const focused = look(getComputedStyle(element));
    element.blur();
    settle();
    const blurred = look(getComputedStyle(element));
    element.focus({ focusVisible: true });
    return focused !== blurred;
}
"""


@pytest.fixture
def login(new_context, north):
    page = new_context().new_page()
    page.goto("/admin/")
    return page


def assert_tab_reaches_everything(page):
    """Check that Tab reaches what can be used on a page, and that the focus is seen on each."""
    usable = page.evaluate(USABLE)
    page.evaluate("document.activeElement.blur()")
    reached, unseen = set(), []
    for _ in range(2 * len(usable)):
        page.keyboard.press("Tab")
        name = page.evaluate(FOCUSED)
        if name in usable and name not in reached:
            reached.add(name)
            if not page.evaluate(SHOWN):
                unseen.append(name)
    assert reached == set(usable)
    assert unseen == []


def test_tab_reaches_everything_on_the_page_and_the_focus_is_seen(login):
    assert len(login.evaluate(USABLE)) >= 5
    assert_tab_reaches_everything(login)


def test_a_person_signs_in_and_out_without_a_mouse(login):
    assert login.get_by_label("E-mail").evaluate("element => element === document.activeElement")
    login.keyboard.type("admin@north.test")
    login.keyboard.press("Tab")
    login.keyboard.type(PASSWORD)
    login.keyboard.press("Enter")
    login.get_by_role("heading", name="Administration").wait_for()
    login.get_by_role("button", name="Log out").press("Enter")
    login.get_by_text("Logged out").first.wait_for()
    login.goto("/admin/")
    assert login.get_by_label("Password").is_visible()


def test_a_wrong_password_is_said_in_the_page(login):
    login.get_by_label("E-mail").fill("admin@north.test")
    login.get_by_label("Password").fill("wrong")
    login.keyboard.press("Enter")
    error = login.locator(".errornote")
    error.wait_for()
    assert "password" in error.inner_text()
