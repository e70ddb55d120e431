"""An app on an origin of its own that calls the API, as a browser lets it."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from playwright.sync_api import Page

_FETCH = """
async ({ method, url, headers, body }) => {
    const answer = await fetch(url, { method, headers, body });
    const text = await answer.text();
    return {
        status: answer.status,
        headers: Object.fromEntries(answer.headers),
        body: text ? JSON.parse(text) : null,
    };
}
"""


class AppPage(BaseHTTPRequestHandler):
    """Answers everything with the page of an app."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b'<!doctype html><title>App</title><link rel="icon" href="data:,"><h1>App</h1>')

    def log_message(self, *args: Any) -> None:
        pass


@contextmanager
def app_server() -> Iterator[str]:
    """Serve the app on a free port; yield its origin."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), AppPage)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class App:
    """What the app's scripts do, in the browser of one person."""

    def __init__(self, page: Page, api: str) -> None:
        self.page, self.api = page, api
        self.tokens: dict[str, str] = {}

    def call(
        self, method: str, path: str, body: Any = None, *, expect: int = 200, **headers: str
    ) -> dict[str, Any]:
        """Send a request from the page; return ``status``, the ``headers`` that it may read, and ``body``."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.tokens:
            sent["Authorization"] = f"Bearer {self.tokens['access']}"
        if body is not None:
            sent["Content-Type"] = "application/json"
        answer = self.page.evaluate(
            _FETCH,
            {
                "method": method,
                "url": f"{self.api}{path}",
                "headers": sent,
                "body": None if body is None else json.dumps(body),
            },
        )
        assert answer["status"] == expect, (method, path, answer)
        return answer

    def log_in(self, email: str, password: str) -> None:
        """Get tokens and keep them."""
        answer = self.call("POST", "/v1/auth/login", {"email": email, "password": password})
        self.tokens = {name: answer["body"][name] for name in ("access", "refresh")}
