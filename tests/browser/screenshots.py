"""The README's pictures, taken from a demo of their own: ``bin/screenshots``."""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from demo.people import PASSWORD
from tests.browser.executable import FLAGS, find_browser
from tests.e2e.demo import Demo
from tests.e2e.servers import ROOT

WHO = "admin@north.test"
SIZE = {"width": 1280, "height": 800}
# Ids of a fresh demo, as in the README's tour.
COURSE, SUB_COURSE, VIDEO, DRAFT = 2, 2, 6, 11

# Times differ from run to run, and themes fade; the pictures of pages that did not change should be the same.
_STEADY = """
() => {
    getComputedStyle(document.body).color;
    document.getAnimations().forEach((animation) => animation.finish());
    const moment = /\\d{1,2} [A-Z][a-z]+ \\d{4}, \\d{1,2}:\\d\\d/g;
    const ago = /\\d+\\s+(second|minute|hour)s?( ago)/g;
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        node.data = node.data.replace(moment, "12 Jan 2026, 9:30").replace(ago, "5\\u00a0minutes$2");
    }
}
"""


def main() -> int:
    """Take every picture; return the exit status."""
    path = find_browser()
    if path is None:
        return 1
    # Not in the project: a socket's path must be short.
    with (
        tempfile.TemporaryDirectory(prefix="pictures-") as data,
        Demo(Path(data)).running() as demo,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        page = sign_in(browser, demo.url)
        take_ordering(page)
        take_history(page)
        take_front_page(page)
        browser.close()
    return 0


def sign_in(browser: Browser, address: str) -> Page:
    """Return a page of the administrator."""
    context = browser.new_context(base_url=address, viewport=SIZE, locale="en-GB", timezone_id="UTC")
    page = context.new_page()
    page.goto("/admin/")
    page.get_by_label("E-mail").fill(WHO)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(
        page.get_by_role("link", name="Log out").or_(page.get_by_role("button", name="Log out"))
    ).to_be_visible()
    return page


def take_ordering(page: Page) -> None:
    """The ordering page with a sub-course open and a row just moved, in both themes."""
    page.goto(f"/admin/ordering/?open=courses:{COURSE}&open=sub-courses:{SUB_COURSE}")
    page.locator(f"#videos-{DRAFT} > .row .up").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    page.evaluate("scrollTo(0, 0)")
    save(page, "ordering")
    page.emulate_media(color_scheme="dark")
    save(page, "ordering-dark")
    page.emulate_media(color_scheme="light")


def take_history(page: Page) -> None:
    """A video's history, with something in it."""
    page.goto(f"/admin/learning/video/{VIDEO}/change/")
    title = page.get_by_label("Title")
    title.fill(f"{title.input_value()}!")
    page.get_by_role("button", name="Save", exact=True).click()
    page.goto(f"/admin/learning/video/{VIDEO}/history/")
    save(page, "history")


def take_front_page(page: Page) -> None:
    """What the administrator sees first."""
    page.goto("/admin/")
    save(page, "admin")


def save(page: Page, name: str) -> None:
    """Write the picture of what is seen."""
    page.mouse.move(0, 0)
    page.wait_for_load_state("networkidle")
    page.evaluate(_STEADY)
    picture = ROOT / "docs" / f"{name}.png"
    page.screenshot(path=picture, animations="disabled")
    print(f"{picture.relative_to(ROOT)}: {picture.stat().st_size // 1024} KB")


if __name__ == "__main__":
    sys.exit(main())
