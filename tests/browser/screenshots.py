"""Pictures of pages, taken from a demo of their own.

bin/screenshots                  renews those of the docs
bin/screenshots --all DIRECTORY  takes every kind of page in three sizes and two themes, to be looked at
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.every_page import EVERY_PAGE, SIZES, THEMES, sign_in, take_every_page
from tests.browser.executable import FLAGS, find_browser
from tests.browser.shown import ADMIN, COURSE, DRAFT, IN_DOCS, SUB_COURSE, VIDEO
from tests.e2e.demo import Demo
from tests.e2e.servers import ROOT

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


def main(arguments: list[str]) -> int:
    """Take pictures; return the exit status."""
    asked = what_is_asked(arguments)
    path = find_browser()
    if path is None:
        return 1
    with serving(asked.url) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        wrong = []
        if asked.all:
            for line in take_every_page(
                browser, address, asked.all, asked.names, asked.size or list(SIZES), asked.theme or [*THEMES]
            ):
                print(line)
                wrong.append(line)
        else:
            take_the_docs(browser, address)
        browser.close()
    return 1 if wrong else 0


def what_is_asked(arguments: list[str]) -> argparse.Namespace:
    """Read the arguments."""
    parser = argparse.ArgumentParser(
        "bin/screenshots", description="Renew the pictures of the docs, or take every page."
    )
    parser.add_argument("--all", metavar="DIRECTORY", type=Path, help="every page, into this directory")
    parser.add_argument("--url", help="of a running demo; without it one of its own is started")
    parser.add_argument("--size", action="append", choices=list(SIZES), help="only this one; may be repeated")
    parser.add_argument("--theme", action="append", choices=list(THEMES), help="only this one")
    parser.add_argument("names", nargs="*", metavar="NAME", help="only pages with this in their name")
    asked = parser.parse_args(arguments)
    if not asked.all and arguments:
        parser.error("options and names choose among the pages that --all takes")
    return asked


@contextmanager
def serving(url: str | None) -> Iterator[str]:
    """Return the address of a demo."""
    if url:
        yield url
        return
    # Not in the project: a socket's path must be short.
    with tempfile.TemporaryDirectory(prefix="pictures-") as data, Demo(Path(data)).running() as demo:
        yield demo.url


def take_the_docs(browser: Browser, address: str) -> None:
    """Renew each picture of the docs."""
    # Before anything is changed, as what a picture shows of the past is what the demo wrote.
    for name, (shown, size, theme) in IN_DOCS.items():
        take_page(browser, address, f"pages/{name}", shown, size, theme)
    page = sign_in(browser, address, ADMIN)
    take_ordering(page)
    take_history(page)
    take_front_page(page)
    take_reports(page)
    take_person(page)


def take_page(browser: Browser, address: str, name: str, wanted: str, size: str, theme: str) -> None:
    """One kind of page, as the table of all pages has it."""
    (shown,) = [one for one in EVERY_PAGE if one.name == wanted]
    page = sign_in(browser, address, shown.who, size)
    page.emulate_media(color_scheme=theme)
    page.goto(shown.address)
    if shown.act is not None:
        shown.act(page)
    save(page, name)
    page.context.close()


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


def take_reports(page: Page) -> None:
    """Who has done the safety quiz, and how far learners are with a course."""
    page.goto("/admin/safety-completion/")
    save(page, "completion")
    page.goto("/admin/learning-report/")
    save(page, "learning")


def take_person(page: Page) -> None:
    """What is known of a learner, and why a step is open to them or locked."""
    page.goto("/admin/accounts/user/?q=student2")
    page.locator("#result_list tbody a").first.click()
    page.get_by_role("link", name="Person page").click()
    save(page, "person")


def save(page: Page, name: str) -> None:
    """Write the picture of what is seen."""
    page.mouse.move(0, 0)
    page.wait_for_load_state("networkidle")
    page.evaluate(_STEADY)
    picture = ROOT / "docs" / f"{name}.png"
    picture.parent.mkdir(exist_ok=True)
    page.screenshot(path=picture, animations="disabled")
    print(f"{picture.relative_to(ROOT)}: {picture.stat().st_size // 1024} KB")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
