"""The outermost layer of a request: no scope yet, a request id, and both gone afterwards."""

import logging
import re
from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse
from uuid_utils import uuid4

from tenancy.scope import EveryOrganization, Scope, ScopeNotEnteredError, current_scope, scope_entered

request_id: ContextVar[str] = ContextVar("request_id", default="-")
request_user: ContextVar[str] = ContextVar("request_user", default="-")

_CLIENT_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


class TenancyMiddleware:
    """Start every request with no scope entered, whatever ran on this thread before, and restore it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        sent = request.META.get("HTTP_X_REQUEST_ID", "")
        # Not the standard library's: that lets other threads run while it asks the system for each id.
        identifier = sent if _CLIENT_ID.fullmatch(sent) else uuid4().hex
        id_token, user_token = request_id.set(identifier), request_user.set("-")
        try:
            with scope_entered(None):
                response = self.get_response(request)
                # Django logs refused requests after the outermost layer has ended.
                request.log_context = log_context()  # type: ignore[attr-defined]
        finally:
            request_id.reset(id_token)
            request_user.reset(user_token)
        response["X-Request-ID"] = identifier
        return response


class RequestContextFilter(logging.Filter):
    """Add ``request_id``, ``user`` and ``organization`` to every log record; never a token or an e-mail."""

    def filter(self, record: logging.LogRecord) -> bool:
        ended = getattr(getattr(record, "request", None), "log_context", None)
        record.__dict__.update(ended or log_context())
        return True


def log_context() -> dict[str, str]:
    """Return what every log line of the current request carries; dashes outside one."""
    return {"request_id": request_id.get(), "user": request_user.get(), "organization": _organization()}


def _organization() -> str:
    try:
        scope = current_scope()
    except ScopeNotEnteredError:
        return "-"
    if isinstance(scope, EveryOrganization):
        return "every"
    assert isinstance(scope, Scope)
    return str(scope.organization_id)
