"""The page that tests share, one after the other: like a new one, but for what its browser has read already.

A context of its own costs a test more than the page that it opens: a process starts, every style sheet and
script is asked for, and compiled.
"""

from typing import Any, Final

from playwright.sync_api import Browser, BrowserContext, Error, Page

from tests.browser.watch import Watch

# What stays with a page or with its context.
_LASTING: Final = ("add_init_script", "expose_binding", "expose_function", "install", "set_fixed_time")
_EMPTY: Final = "() => { localStorage.clear(); sessionStorage.clear(); }"


class Kept:
    """One context with one page, lent to a test at a time."""

    def __init__(self, browser: Browser, options: dict[str, Any]) -> None:
        self._browser = browser
        self._options = options
        self._page: Page | None = None
        self._watch: Watch | None = None
        self._listeners: list[tuple[str, Any]] = []

    @property
    def is_lent(self) -> bool:
        return self._watch is not None

    def lend(self, watch: Watch, color_scheme: Any = None, viewport: Any = None) -> BrowserContext:
        """Return the context; the first page that it is asked for is the one that is kept."""
        if self._page is None or self._page.is_closed():
            self._page = self._begin()
        page, self._watch = self._page, watch
        if color_scheme:
            page.emulate_media(color_scheme=color_scheme)
        if viewport:
            page.set_viewport_size(viewport)
        context: Any = page.context
        vars(context).pop("new_page", None)
        make = context.new_page

        def first_page() -> Page:
            context.new_page = make
            return page

        context.new_page = first_page
        return page.context

    def take_back(self, *, is_spoiled: bool) -> None:
        """Leave the page behind; where something went wrong, in whichever state, the next one is new."""
        page, is_lent = self._page, self.is_lent
        self._watch = None
        if page is None or not is_lent:
            return
        try:
            if not is_spoiled and not page.is_closed():
                self._empty(page)
                return
        except (Error, KeyError):  # a listener that is gone already
            pass
        self._page = None
        page.context.close()

    def _begin(self) -> Page:
        self._listeners = []
        context = self._browser.new_context(**self._options)
        Watch.follow(context, lambda: self._watch)
        page: Any = context.new_page()
        listen = page.on

        def on(event: str, heard: Any) -> None:
            self._listeners.append((event, heard))
            listen(event, heard)

        page.on = on
        for name in _LASTING:
            for lasts in (page, context, context.clock):
                if hasattr(lasts, name):
                    setattr(lasts, name, _refuse)
        return page

    def _empty(self, page: Page) -> None:
        context = page.context
        while self._listeners:
            page.remove_listener(*self._listeners.pop())
        for other in context.pages:
            if other is not page:
                other.close()
        page.unroute_all()
        context.set_offline(False)
        page.mouse.move(-1, -1)
        if page.url.startswith("http"):
            page.evaluate(_EMPTY)
        page.goto("about:blank")
        page.set_viewport_size({"width": 1280, "height": 720})
        page.emulate_media(media="null", color_scheme="light", reduced_motion="no-preference")
        context.clear_cookies()


def _refuse(*args: Any, **kwargs: Any) -> None:
    raise AssertionError("This would stay for later tests: ask for a page of your own with alone=True.")
