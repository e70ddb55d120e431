"""What a page looks like: whether it can be read, in which theme, and where the focus is."""

import os
from pathlib import Path

from playwright.sync_api import Page

HARD_TO_READ = (Path(__file__).parent / "contrast.js").read_text()
BACKGROUND = "getComputedStyle(document.body).backgroundColor"


def is_dark(page: Page) -> bool:
    """Whether the page's background is nearer to black than to white."""
    return is_nearer_to_black(page.evaluate(BACKGROUND))


def is_nearer_to_black(colour: str) -> bool:
    """Whether a colour without transparency, as scripts are told it, is nearer to black than to white."""
    red, green, blue = (int(part) for part in colour.removeprefix("rgb(").removesuffix(")").split(","))
    return red + green + blue < 384


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


# Where to put pictures of what the tests look at, for people to look at.
PICTURES = os.environ.get("PICTURES_DIR")


def picture(page, name):
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True, animations="disabled")
