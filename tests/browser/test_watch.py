"""Whatever goes wrong in the browser is seen, or else the other tests here could not fail."""

import pytest

from tests.browser.watch import Watch


@pytest.fixture
def seen(live_server, browser):
    """Return what a page's problems are, with the policy of the admin's pages."""

    def visit(*scripts: str) -> Watch:
        watch = Watch(live_server.url)
        context = browser.new_context(base_url=live_server.url)
        Watch.follow(context, lambda: watch)
        page = context.new_page()
        page.goto("/admin/login/")
        for script in scripts:
            page.evaluate(script)
        page.wait_for_timeout(100)
        context.close()
        return watch

    return visit


PROBLEMS = {
    "document.body.setAttribute('style', 'color: red')": "policy violation: style-src-attr inline",
    "document.body.append(Object.assign(document.createElement('script'), {text: '1'}))": "n: script-src",
    "new Image().src = 'https://elsewhere.example/x.png'": "policy violation: img-src",
    "console.error('broken')": "console error: broken",
    "console.warn('odd')": "console warning: odd",
    "setTimeout(() => { throw new Error('thrown') })": "error in a script: thrown",
    "void Promise.reject(new Error('rejected'))": "error in a script: rejected",
    "void fetch('/static/nothing.js')": "status of 404",
}


def test_a_problem_fails_a_test_unless_it_was_expected(seen):
    for script, problem in PROBLEMS.items():
        watch = seen(script)
        with pytest.raises(AssertionError, match=problem):
            watch.check()
        watch.expect("")
        watch.check()


def test_a_request_that_is_lost_fails_a_test(open_as, north, watch):
    page = open_as(north.admin, "/admin/")
    page.context.set_offline(True)
    with page.expect_event("requestfailed"):
        page.evaluate("fetch('/admin/').catch(() => {})")
    assert any(problem.startswith("request lost: GET") for problem in watch.problems)
    watch.expect("ERR_INTERNET_DISCONNECTED")


def test_a_page_without_problems_passes_but_not_if_one_was_expected(seen):
    watch = seen("1 + 1")
    watch.check()
    watch.expect("status of 500")
    with pytest.raises(AssertionError, match="not seen"):
        watch.check()
