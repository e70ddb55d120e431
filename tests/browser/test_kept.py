"""The page that tests share has nothing of the test before."""

import pytest

from tests.browser.kept import Kept
from tests.browser.watch import Watch

STATE = """
() => [localStorage.length, sessionStorage.length, document.cookie, innerWidth, navigator.onLine,
       matchMedia("(prefers-color-scheme: dark)").matches, matchMedia("print").matches,
       matchMedia("(prefers-reduced-motion: reduce)").matches]
"""


@pytest.fixture
def kept(browser, browser_context_args):
    kept = Kept(browser, browser_context_args)
    yield kept
    kept.lend(Watch("")).close()


def test_a_page_that_is_lent_again_is_as_it_was(kept, live_server, db):
    def visit():
        page = kept.lend(Watch(live_server.url)).new_page()
        page.goto("/admin/login/")
        page.context.clear_cookies(name="csrftoken")
        return page

    page = visit()
    new, heard = page.evaluate(STATE), []
    page.on("request", lambda request: heard.append(request.url))
    page.route("**/nowhere/", lambda route: route.fulfill(body="routed"))
    page.evaluate("localStorage.a = sessionStorage.b = 1; document.cookie = 'c=3'")
    page.set_viewport_size({"width": 500, "height": 500})
    page.emulate_media(color_scheme="dark", media="print", reduced_motion="reduce")
    page.context.new_page()
    page.context.set_offline(True)
    assert all(now != was for now, was in zip(page.evaluate(STATE), new, strict=True))
    kept.take_back(is_spoiled=False)
    heard.clear()

    again = visit()
    assert again is page
    assert again.evaluate(STATE) == new
    assert len(again.context.pages) == 1
    assert again.evaluate("fetch('/nowhere/').then((answer) => answer.status)") == 404
    assert heard == []


def test_what_would_stay_is_refused_and_a_page_of_a_test_that_failed_is_not_lent_again(kept):
    page = kept.lend(Watch("")).new_page()
    for lasting in (page.add_init_script, page.context.expose_function, page.clock.install):
        with pytest.raises(AssertionError, match="alone=True"):
            lasting("1")
    kept.take_back(is_spoiled=True)
    assert page.is_closed()
    assert kept.lend(Watch("")).new_page() is not page
