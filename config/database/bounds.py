"""How long the database may take: one set of bounds for the API, one for the admin, one for commands.

A connection is given its bounds when it is taken from the pool. Those of a request are nearly always those
it has already, so this costs no round trip; nothing is left over for the next request, which asks again.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from config.database.connection import BoundedConnection, Timeouts

# Whatever runs outside a request is a command.
_kind: ContextVar[str] = ContextVar("kind_of_work", default="command")


class BoundsMiddleware:
    """Bound the statements of a request as those of the API, or of the admin."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        kind = "admin" if request.path.startswith(settings.ADMIN_PATH) else "api"
        with bounded_as(kind):
            return self.get_response(request)


@contextmanager
def bounded_as(kind: str) -> Iterator[None]:
    """Bound connections that are taken inside as those of ``api``, ``admin`` or ``command``."""
    token = _kind.set(kind)
    try:
        yield
    finally:
        _kind.reset(token)


def bound_connection(connection: Any, **kwargs: Any) -> None:
    """Give a connection that was just taken its bounds: receives ``connection_created``."""
    if isinstance(connection.connection, BoundedConnection):
        timeouts: Timeouts = settings.DATABASE_TIMEOUTS[_kind.get()]
        connection.connection.bound(timeouts)
