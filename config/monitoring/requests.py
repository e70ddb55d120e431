"""Each request, when it has been answered: counted, and written to the log, where that is wanted."""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse

from config.monitoring import metrics

logger = logging.getLogger(__name__)


class RequestMiddleware:
    """Around everything else, so that refusals and failures are among them; gone where both are off."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not (settings.METRICS_KEY or settings.LOG_REQUESTS):
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = self.get_response(request)
        seconds = time.perf_counter() - began
        if settings.METRICS_KEY:
            metrics.count(request, response.status_code, seconds)
        if settings.LOG_REQUESTS:
            logger.info("%s %s", request.method, request.path, extra=_told(request, response, seconds))
        return response


def _told(request: HttpRequest, response: HttpResponse, seconds: float) -> dict[str, Any]:
    # Without the query: it may hold what somebody searched for, or the token of a mail.
    return {
        "request": request,
        "method": request.method,
        "path": request.path,
        "route": metrics.route_of(request),
        "status": response.status_code,
        "duration_ms": round(seconds * 1000, 1),
    }
