"""How long the database may take: one set of bounds for the API, one for the admin, one for commands.

A connection is given its bounds when it is taken from the pool, or kept from the request before. Those of a
request are nearly always those it has already, so this costs no round trip.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.http import HttpRequest, HttpResponse

from config.database.connection import BoundedConnection, Timeouts

# Whatever runs outside a request is a command.
_kind: ContextVar[str] = ContextVar("kind_of_work", default="command")
_keeps: ContextVar[bool] = ContextVar("keeps_its_connection", default=False)


class BoundsMiddleware:
    """Bound the statements of a request as those of the API, or of the admin."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        kind = "admin" if request.path.startswith(settings.ADMIN_PATH) else "api"
        with bounded_as(kind):
            database = connections[DEFAULT_DB_ALIAS]
            if database.connection is not None:
                bound_connection(database)
            return self.get_response(request)


def keep_connection() -> None:
    """Let this thread keep its connection from one request to the next, as long as nothing fails on it.

    For threads that handle one request after the other: to give one back and take one again costs as much as
    a small statement. One on which something failed is given back by Django at the end of the request, and
    replaced by the pool if it is broken. Where there are fewer, with one for the background, threads share.
    """
    threads = settings.WEB_THREADS + settings.WEB_ADMIN_THREADS + settings.WEB_LOGIN_THREADS
    _keeps.set(threads < settings.DATABASES["default"]["OPTIONS"]["pool"]["max_size"])


@contextmanager
def bounded_as(kind: str) -> Iterator[None]:
    """Bound connections that are taken inside as those of ``api``, ``admin`` or ``command``."""
    token = _kind.set(kind)
    try:
        yield
    finally:
        _kind.reset(token)


def bound_connection(connection: Any, **kwargs: Any) -> None:
    """Give a connection its bounds; receives ``connection_created``."""
    held = connection.connection
    if isinstance(held, BoundedConnection):
        timeouts: Timeouts = settings.DATABASE_TIMEOUTS[_kind.get()]
        if held.timeouts != timeouts:
            # One that was kept may have broken meanwhile: a 503 as for a statement that finds out, and one
            # that the pool replaces.
            with connection.wrap_database_errors:
                held.bound(timeouts)
        if _keeps.get():
            connection.close_at = None
