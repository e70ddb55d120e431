"""The server's side of a request, as what stands between it and Django sees it."""

import asyncio
import json
from pathlib import Path


class Headers(dict):
    """The server's: names in lower case, one value for each here."""


class Protocol:
    """The server's side of one request."""

    def __init__(self, chunks=()):
        self.chunks = list(chunks)
        self.answer = None
        self.file = None

    def __call__(self):
        async def whole():
            return b"".join(self.chunks)

        return asyncio.ensure_future(whole())

    async def __aiter__(self):
        for chunk in self.chunks:
            yield chunk

    def response_bytes(self, status, headers, body):
        assert self.answer is None
        self.answer = status, dict(headers), body

    def response_file(self, status, headers, path):
        assert self.answer is None
        self.answer = status, dict(headers), b""
        self.file = Path(path).open("rb")  # noqa: SIM115

    @property
    def status(self):
        return self.answer and self.answer[0]

    @property
    def code(self):
        return json.loads(self.answer[2])["errors"][0]["code"]


class Scope:
    proto, http_version, scheme = "http", "1.1", "http"
    client, server, query_string = "[::1]:5000", "127.0.0.1:8000", ""

    def __init__(self, path="/api/v1/x", method="GET", **headers):
        self.path, self.method = path, method
        self.headers = Headers({name.replace("__", "-"): value for name, value in headers.items()})


def hello(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [environ["wsgi.input"].read() or b"hello"]


def ask(server, *requests):
    """Send requests at once, each ``(scope, chunks of the body)``, and return what became of them."""
    protocols = [Protocol(chunks) for _scope, chunks in requests]

    async def run():
        handled = (server.__rsgi__(scope, p) for (scope, _), p in zip(requests, protocols, strict=True))
        await asyncio.wait_for(asyncio.gather(*handled), 20)

    asyncio.run(run())
    return protocols
