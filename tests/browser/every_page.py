"""Pictures of every kind of page, in the sizes and themes in which people have them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, Error, Page, expect

from demo.people import PASSWORD
from tests.browser.shown import CONTENT, Shown
from tests.browser.shown_people import PEOPLE

SIZES: Final[dict[str, dict[str, Any]]] = {
    "1280": {"viewport": {"width": 1280, "height": 800}},
    "1440": {"viewport": {"width": 1440, "height": 900}},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
}
THEMES: Final = ("light", "dark")
# What stands further down a list looks as what stands above it.
TALLEST: Final = 3000
TIMEOUT_MS: Final = 15_000  # of each step
EVERY_PAGE: Final = [*CONTENT, *PEOPLE]

# Where a theme fades in, what is seen is where it ends.
_SETTLE: Final = """
() => {
    getComputedStyle(document.body).color;
    document.getAnimations().forEach((animation) => animation.finish());
}
"""
_SIZE_OF_THE_PAGE: Final = """
() => ({ wide: document.documentElement.scrollWidth, tall: document.documentElement.scrollHeight,
         screen: document.documentElement.clientWidth })
"""


def sign_in(browser: Browser, address: str, who: str, size: str = "1280") -> Page:
    """Return a page of someone who is signed in, or of nobody."""
    context = browser.new_context(base_url=address, locale="en-GB", timezone_id="UTC", **SIZES[size])
    context.set_default_timeout(TIMEOUT_MS)
    page = context.new_page()
    if who:
        page.goto("/admin/login/?next=/admin/password_change/")
        page.get_by_label("E-mail").fill(who)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_label("Old password")).to_be_visible()
    return page


def take_every_page(
    browser: Browser, address: str, folder: Path, names: list[str], sizes: list[str], themes: list[str]
) -> Iterator[str]:
    """Write ``NAME-SIZE-THEME.png`` for each page, and yield what is wrong with any.

    Args:
        names: parts of names; without any, every page is taken.
    """
    folder.mkdir(parents=True, exist_ok=True)
    wanted = [shown for shown in EVERY_PAGE if not names or any(name in shown.name for name in names)]
    for size in sizes:
        pages: dict[str, Page] = {}
        for shown in wanted:
            if shown.who not in pages:
                pages[shown.who] = sign_in(browser, address, shown.who, size)
            try:
                yield from _take(pages[shown.who], shown, folder, size, themes)
            except (Error, AssertionError) as error:
                yield f"{shown.name}: {str(error).strip().splitlines()[0]}"
        for page in pages.values():
            page.context.close()


def _take(page: Page, shown: Shown, folder: Path, size: str, themes: list[str]) -> Iterator[str]:
    page.emulate_media(color_scheme="light", media="screen")
    answer = page.goto(shown.address)
    if answer is not None and answer.status != shown.status:
        yield f"{shown.name}: {shown.address} answers {answer.status}"
        return
    if shown.act is not None:
        shown.act(page)
    page.wait_for_load_state("networkidle")
    found = page.evaluate(_SIZE_OF_THE_PAGE)
    if found["wide"] > found["screen"]:
        yield f"{shown.name}: {found['wide']} pixels wide on a screen of {found['screen']}"
    clip = {"x": 0, "y": 0, "width": found["screen"], "height": min(found["tall"], TALLEST)}
    for theme in themes:
        page.emulate_media(color_scheme=theme)
        page.evaluate(_SETTLE)
        page.screenshot(
            path=folder / f"{shown.name}-{size}-{theme}.png",
            full_page=True,
            clip=clip,
            animations="disabled",
            scale="css",
        )
