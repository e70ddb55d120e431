"""Whether a process is alive, and whether it can serve.

``GET /healthz``: the process answers; asks nothing of anyone, so that a database that is away makes nobody
restart what would work again with it. ``GET /readyz``: the database answers and has the tables that this code
expects; 503 otherwise, so that a load balancer sends requests elsewhere.
"""

import logging
from collections.abc import Callable
from functools import cache
from typing import Final

from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse

from config.database.bounds import bounded_as

logger = logging.getLogger(__name__)

ALIVE: Final = "/healthz"
READY: Final = "/readyz"


class HealthMiddleware:
    """Answers before anything is asked of a request: probes know neither host name nor scheme nor token."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info == ALIVE:
            return HttpResponse("ok\n", content_type="text/plain", headers={"Cache-Control": "no-store"})
        if request.path_info == READY:
            return readiness()
        return self.get_response(request)


def readiness() -> HttpResponse:
    """Return what this process needs in order to serve, and whether it has it; two statements."""
    try:
        with bounded_as("api"):
            missing = len(_expected() - set(MigrationRecorder(connection).applied_migrations()))
    except (DatabaseError, InterfaceError) as error:
        logger.warning("not ready: %s: %s", type(error).__name__, str(error).partition("\n")[0])
        return _answer(database="does not answer", migrations="unknown")
    return _answer(database="ok", migrations=f"{missing} to apply" if missing else "ok")


def _answer(**needs: str) -> HttpResponse:
    ready = set(needs.values()) == {"ok"}
    return JsonResponse(needs, status=200 if ready else 503, headers={"Cache-Control": "no-store"})


@cache
def _expected() -> set[tuple[str, str]]:
    """Return app and name of each migration of this code; none that another replaces."""
    loader = MigrationLoader(connection=None)
    return {key for key in loader.disk_migrations if key in loader.graph.nodes}
