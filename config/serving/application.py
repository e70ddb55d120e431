"""What the server calls for each request: read the body, take a thread, let Django answer.

The server speaks to an event loop (RSGI), Django stays WSGI in threads. A client that is slow costs a place
in the loop, never a thread; a body that is refused is refused before any of it is kept.
"""

import asyncio
import io
import time
from functools import partial
from typing import Any, Final

from django.conf import settings
from django.template.loader import render_to_string

from config.api.errors import error_body
from config.monitoring.health import ALIVE
from config.serving.bodies import Bodies, RefusedRequest, drain, limit_of
from config.serving.cors import cors_headers
from config.serving.lanes import Lane
from config.serving.unsent import UnsentAnswers
from config.serving.workers import PART
from config.serving.wsgi import Application, answer, environ_of

HELD_BODIES: Final = 128 * 1024 * 1024
SECONDS_TO_END: Final = 8
PATIENCE_TO_LOG_IN: Final = 20
"""Seconds: a class that logs in at once takes as long, and who came again would be behind the others."""
_LONG: Final = (settings.ADMIN_PATH, *settings.REPORT_PATHS)
"""What may take long: no more of it is handled at once than the admin has threads."""


class Server:
    """The application of one worker process."""

    def __init__(
        self, application: Application, *, threads: int, admin_threads: int, login_threads: int
    ) -> None:
        self.application = application
        self.bodies = Bodies(HELD_BODIES)
        self.api, self.admin = Lane("api", threads), Lane("admin", admin_threads)
        self.login = Lane("login", login_threads, patience=PATIENCE_TO_LOG_IN)
        self.unsent = UnsentAnswers(
            limit=settings.UNSENT_MEGABYTES * 1024 * 1024,
            number=settings.UNSENT_ANSWERS,
            seconds=settings.UNSENT_SECONDS,
        )
        self.parting: list[tuple[str, str]] = []
        """Headers of each answer: that the connection ends with it, once this process is about to end."""

    def __rsgi_init__(self, loop: Any) -> None:
        """Begin to serve."""
        loop.add_signal_handler(PART, self.parting.append, ("connection", "close"))

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        """Answer one request."""
        try:
            await self._handle(scope, protocol)
        except RefusedRequest as refused:
            self._refuse(scope, protocol, refused)
            if refused.status == 413:
                await drain(protocol)

    def _lane_of(self, path: str) -> Lane:
        if path.startswith(_LONG):
            return self.admin
        return self.login if path.startswith(settings.PASSWORD_PATHS) else self.api

    def __rsgi_del__(self, loop: Any) -> None:
        """End with what is being handled."""
        until = time.monotonic() + SECONDS_TO_END
        for lane in (self.api, self.admin, self.login):
            lane.close(until)
        # Those who waited for it hear of it.
        loop.run_until_complete(asyncio.sleep(0))

    async def _handle(self, scope: Any, protocol: Any) -> None:
        path = scope.path
        if path == ALIVE:  # also while all threads are taken: a process that is busy is alive
            protocol.response_bytes(200, [("content-type", "text/plain"), *self.parting], b"ok\n")
            return
        lane = self._lane_of(path)
        body = await self.bodies.read(protocol, scope.headers, limit_of(path))
        try:
            length = body.seek(0, io.SEEK_END)
            body.seek(0)
            environ = environ_of(scope, body, length)
            refuse = partial(self._refuse, scope, protocol)
            handle = partial(
                answer,
                self.application,
                environ,
                protocol,
                parting=self.parting,
                unsent=self.unsent,
                refuse=refuse,
            )
            await lane.run(handle, refuse)
        finally:
            self.bodies.release(body)

    def _refuse(self, scope: Any, protocol: Any, refused: RefusedRequest) -> None:
        headers = cors_headers(scope.path, scope.headers.get("origin"))
        headers += [("connection", "close")] if refused.closes else self.parting
        if refused.retry_after is not None:
            headers.append(("retry-after", str(refused.retry_after)))
        if scope.path.startswith(settings.PAGE_PATHS):
            page = render_to_string("refused.html", {"detail": refused.detail})
            policy = "default-src 'none'; style-src 'self'"
            headers += [("content-type", "text/html; charset=utf-8"), ("content-security-policy", policy)]
            protocol.response_bytes(refused.status, headers, page.encode())
        else:
            headers.append(("content-type", "application/json"))
            body = error_body(refused.code, refused.detail, server=refused.status >= 500)
            protocol.response_bytes(refused.status, headers, body)
