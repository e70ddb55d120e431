"""What goes wrong in a browser: errors of console and scripts, lost requests, refusals by the policy."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, WebError

# The policy's refusals arrive as errors of the console too, but not all of them, and not with the directive.
_LISTEN = """
document.addEventListener("securitypolicyviolation", (event) => {
    window.reportViolation(`${event.violatedDirective} ${event.blockedURI} at ${location.pathname}`);
});
"""


class Watch:
    """Collects what goes wrong in every context that is followed for it.

    Attributes:
        problems: one line for each.
    """

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.problems: list[str] = []
        self._expected: list[str] = []

    @staticmethod
    def follow(context: BrowserContext, watching: Callable[[], "Watch | None"]) -> None:
        """Listen to all pages of a context that has none yet, and tell whoever is watching by then."""

        def tell(heard: str) -> Callable[..., None]:
            def hear(*what: Any) -> None:
                if watch := watching():
                    getattr(watch, heard)(*what)

            return hear

        context.on("console", tell("_console"))
        context.on("weberror", tell("_error"))
        context.on("requestfailed", tell("_lost"))
        context.expose_binding("reportViolation", tell("_violation"))
        context.add_init_script(_LISTEN)

    def expect(self, pattern: str) -> None:
        """Say that a problem that this matches belongs to the test; it must then occur."""
        self._expected.append(pattern)

    @property
    def unexpected(self) -> list[str]:
        return [p for p in self.problems if not any(re.search(e, p) for e in self._expected)]

    def check(self) -> None:
        """Fail for what was not expected, and for what was expected and did not occur."""
        assert not self.unexpected, "in the browser:\n" + "\n".join(self.unexpected)
        absent = [e for e in self._expected if not any(re.search(e, p) for p in self.problems)]
        assert not absent, f"expected in the browser, but not seen: {absent}"

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            where = message.location
            self.problems.append(
                f"console {message.type}: {message.text} ({where['url']}:{where['lineNumber']})"
            )

    def _error(self, error: WebError) -> None:
        self.problems.append(f"error in a script: {error.error}")

    def _lost(self, request: Request) -> None:
        # A page that is left behind, and a download, abort what they asked for.
        if request.url.startswith(self.origin) and request.failure != "net::ERR_ABORTED":
            self.problems.append(f"request lost: {request.method} {request.url} {request.failure}")

    def _violation(self, _source: Any, what: str) -> None:
        self.problems.append(f"policy violation: {what}")
