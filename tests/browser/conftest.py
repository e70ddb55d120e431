"""People in front of a real browser, and the live server they look at.

``open_as(north.admin, "/admin/")`` opens a page for someone who is signed in; each call in a test has another
browser context. Whatever goes wrong in any of them fails the test, unless it told ``watch`` to expect it.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client as HttpClient
from playwright.sync_api import (
    Browser,
    BrowserContext,
    BrowserType,
    Error,
    Page,
    Playwright,
    expect,
    sync_playwright,
)

from accounts.models import User
from tests.browser.executable import FLAGS, FOLDER, find_browser
from tests.browser.kept import Kept
from tests.browser.ordering import Ordering, address
from tests.browser.report import SKIPPED
from tests.browser.server import Answering
from tests.browser.watch import Watch
from tests.conftest import Client
from tests.contracts.world import REMEMBERED, World
from tests.tenants import Tenant

PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
}
TIMEOUT_MS = 10_000  # of each step; other tests share the processor

expect.set_options(timeout=TIMEOUT_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:  # of every folder: in others, a fixture of this name is not a real browser
        if item.path.is_relative_to(FOLDER) and "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")


# pytest-playwright keeps its browser until the session ends. Its event loop runs in this thread as long, and
# Django would refuse the database to the worker's other tests; here both end with the tests of this folder.


@pytest.fixture(scope="package")
def executable() -> str:
    path = find_browser()
    if path is None:
        pytest.skip(f"{SKIPPED}: bin/test says how to get one")
    return path


@pytest.fixture(scope="package")
def playwright(executable: str) -> Iterator[Playwright]:
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # The loop belongs to Playwright: nothing here is called from a coroutine.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield playwright


@pytest.fixture(scope="package")
def browser_type(playwright: Playwright) -> BrowserType:
    return playwright.chromium


@pytest.fixture(scope="package")
def browser(
    executable: str, browser_type: BrowserType, browser_type_launch_args: dict[str, Any]
) -> Iterator[Browser]:
    browser = browser_type.launch(**browser_type_launch_args, executable_path=executable, args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture(scope="package")
def browser_context_args(live_server: Any) -> dict[str, Any]:
    return {"base_url": live_server.url, "locale": "en-GB"}


@pytest.fixture
def answering(live_server: Any) -> Iterator[None]:
    """The live server has answered everything before the tables are emptied."""
    with Answering.counted() as answering:
        yield
        answering.wait_until_idle()


@pytest.fixture
def watch(live_server: Any) -> Iterator[Watch]:
    """``watch.expect(r"status of 500")`` for what a test provokes; anything else fails it."""
    watch = Watch(live_server.url)
    yield watch
    watch.check()


@pytest.fixture(scope="package")
def kept(browser: Browser, browser_context_args: dict[str, Any]) -> Kept:
    return Kept(browser, browser_context_args)


@pytest.fixture
def new_context(
    answering: None,
    watch: Watch,
    new_context: Callable[..., BrowserContext],
    kept: Kept,
    output_path: str,
    request: pytest.FixtureRequest,
) -> Iterator[Callable[..., BrowserContext]]:
    """The first of a test is the one that is kept, unless it has other ``options`` or is to be ``alone``."""
    contexts = []

    def make(*, alone: bool = False, **options: Any) -> BrowserContext:
        if alone or kept.is_lent or options.keys() - {"color_scheme", "viewport"}:
            context = new_context(**options)
            Watch.follow(context, lambda: watch)
        else:
            context = kept.lend(watch, **options)
        context.set_default_timeout(TIMEOUT_MS)
        contexts.append(context)
        return context

    yield make
    has_failed = bool(watch.unexpected) or getattr(request.node, "rep_call", request.node.rep_setup).failed
    # Playwright's own option takes one of every page, and throws it away where the test has passed.
    if has_failed:
        for number, page in enumerate([page for context in contexts for page in context.pages], start=1):
            with suppress(Error):  # of what has gone wrong, the test has told
                page.screenshot(path=Path(output_path) / f"test-failed-{number}.png", timeout=TIMEOUT_MS)
    kept.take_back(is_spoiled=has_failed)


def session_of(user: User) -> HttpClient:
    """Return a client with the session of a login, without its form and the slow hash behind it."""
    client = HttpClient()
    client.force_login(User.unscoped.get(pk=user.pk), backend="accounts.sign_in.authentication.EmailBackend")
    return client


def sign_in(context: BrowserContext, user: User, origin: str) -> None:
    """Give a browser a session of ``user``."""
    session = session_of(user).cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": session.key, "value": session.value, "url": origin, "httpOnly": True}])


@pytest.fixture
def open_as(new_context: Callable[..., BrowserContext], live_server: Any) -> Callable[..., Page]:
    """``open_as(north.admin, "/admin/", color_scheme="dark")``; options are those of a browser context.

    ``**PHONE`` makes it a telephone, ``java_script_enabled=False`` one without scripts. Tests share a page,
    one after the other; with ``alone=True`` it is a new one.
    """

    def open_page(user: User, path: str, **options: Any) -> Page:
        context = new_context(**options)
        sign_in(context, user, live_server.url)
        page = context.new_page()
        page.goto(path)
        return page

    return open_page


@pytest.fixture
def ordering(open_as: Callable[..., Page]) -> Callable[..., Ordering]:
    """``ordering(north.admin, north.sub_course)`` opens the ordering page with that branch open."""

    def open_page(user: User, *branches: Any, **options: Any) -> Ordering:
        return Ordering(open_as(user, address(*branches), **options))

    return open_page


@pytest.fixture
def learner(north: Tenant) -> User:
    """A learner of north who has completed the first video and is at the second."""
    done = Client().as_user(north.student).post(f"/api/v1/progress/videos/{north.videos[0].pk}/complete")
    assert done.status_code == 200
    return north.student


@pytest.fixture
def world(north: Tenant, sunrise: Tenant, global_admin: User, independent: User) -> World:
    """Two tenants with a row in every table."""
    with transaction.atomic():
        return REMEMBERED.again(north, sunrise, global_admin, independent)
