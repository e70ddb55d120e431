"""One handler that turns what was raised, by whomever, into one shape of error.

``{"type", "errors": [{"code", "detail", "attr"}]}`` (drf-standardized-errors), with ``meta`` beside
``code`` where an error carries data. The same shape is given to unknown paths and to failures outside
any view, so that nothing a client of the API meets is HTML.
"""

import logging
import sys
from typing import Any, Final

import orjson
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views import defaults
from drf_standardized_errors.formatter import ExceptionFormatter as BaseFormatter
from drf_standardized_errors.handler import ExceptionHandler as BaseHandler
from drf_standardized_errors.handler import exception_handler
from drf_standardized_errors.types import ErrorResponse
from psycopg.errors import DeadlockDetected, IdleInTransactionSessionTimeout, LockNotAvailable, QueryCanceled
from rest_framework import exceptions, status
from rest_framework.response import Response

from tenancy.errors import (
    ConflictError,
    DomainError,
    InvalidError,
    NotFoundError,
    RefusedError,
    StaleError,
)

__all__ = ["ExceptionFormatter", "ExceptionHandler", "exception_handler"]

logger = logging.getLogger(__name__)

_TYPES: Final = ["application/json", "text/html"]


class Conflict(exceptions.APIException):
    """The state of the data does not allow the request."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"


class PreconditionFailed(exceptions.APIException):
    """The row is not the one that ``If-Match`` names any more."""

    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_code = "precondition_failed"


class BadRequest(exceptions.APIException):
    """What Django itself finds malformed while a view reads the request: too many parameters, say."""

    status_code = status.HTTP_400_BAD_REQUEST
    default_code = "bad_request"
    default_detail = "The request is malformed."


class Unavailable(exceptions.APIException):
    """The database cannot be reached, or is too busy to answer in time."""

    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_code = "service_unavailable"
    default_detail = "The service is not available right now. Try again in a moment."
    wait = 5


class TooSlow(Unavailable):
    """The database was stopped because it took too long."""

    default_code = "too_slow"
    default_detail = "This took too long and was stopped. Ask for less, or try again later."
    wait = 10


class Busy(Unavailable):
    """Somebody else holds what the request needs."""

    default_code = "busy"
    default_detail = "Someone else is changing this right now. Try again in a moment."
    wait = 2


_BOUNDED: dict[type[BaseException | None], type[Unavailable]] = {
    QueryCanceled: TooSlow,
    IdleInTransactionSessionTimeout: TooSlow,
    LockNotAvailable: Busy,
}


def unavailable(error: BaseException | None) -> Unavailable | None:
    """Return how a failure of the database is answered; None for any other failure."""
    if not isinstance(error, OperationalError | InterfaceError):
        return None
    return _BOUNDED.get(type(error.__cause__), Unavailable)()


_STATUS: dict[type[DomainError], type[exceptions.APIException]] = {
    RefusedError: exceptions.PermissionDenied,
    NotFoundError: exceptions.NotFound,
    ConflictError: Conflict,
    StaleError: PreconditionFailed,
}


def _from_domain(error: DomainError) -> exceptions.APIException:
    if isinstance(error, InvalidError):
        detail = str(error.detail)
        return exceptions.ValidationError(
            {error.attr: detail} if error.attr else detail, code=error.error_code
        )
    for kind, api_exception in _STATUS.items():
        if isinstance(error, kind):
            return api_exception(str(error.detail), code=error.error_code)
    raise TypeError(f"{type(error).__name__} says nothing about its status.") from error


class ExceptionHandler(BaseHandler):
    """Knows the domain's errors, Django's validation errors, and a database that is away."""

    def convert_known_exceptions(self, exc: Exception) -> Exception:
        if isinstance(exc, DomainError):
            return _from_domain(exc)
        if isinstance(exc, DjangoValidationError):
            return exceptions.ValidationError(_details_of(exc))
        if isinstance(exc, SuspiciousOperation):
            return BadRequest()
        if answer := unavailable(exc):
            deadlock = isinstance(exc.__cause__, DeadlockDetected)
            what = "deadlock, which is a fault of ours" if deadlock else f"database: {answer.default_code}"
            logger.error("%s", what, exc_info=exc)
            return answer
        return super().convert_known_exceptions(exc)

    def report_exception(self, exc: exceptions.APIException, response: Response) -> None:
        # An absent database is logged once, above, not as a failure of this code.
        if isinstance(exc, Unavailable):
            response._has_been_logged = True  # type: ignore[attr-defined]
        else:
            super().report_exception(exc, response)


def _details_of(error: DjangoValidationError) -> Any:
    def as_details(errors: list[DjangoValidationError]) -> list[exceptions.ErrorDetail]:
        return [
            exceptions.ErrorDetail(message, code=item.code or "invalid")
            for item in errors
            for message in item.messages
        ]

    if hasattr(error, "error_dict"):
        return {
            ("non_field_errors" if name == "__all__" else name): as_details(errors)
            for name, errors in error.error_dict.items()
        }
    return as_details(error.error_list)


class ExceptionFormatter(BaseFormatter):
    """Adds ``meta`` where the original error carries data."""

    def format_error_response(self, error_response: ErrorResponse) -> Any:
        # Not the library's ``asdict``, which copies each word of it.
        errors = [{**vars(error)} for error in error_response.errors]
        body: dict[str, Any] = {"type": error_response.type, "errors": errors}
        meta = getattr(self.original_exc, "meta", None)
        if meta is not None:
            body["errors"][0]["meta"] = meta
        return body


def error_body(code: str, detail: str, *, server: bool = False) -> bytes:
    """Return an error that happened outside any view, as JSON."""
    return orjson.dumps(
        {
            "type": "server_error" if server else "client_error",
            "errors": [{"code": code, "detail": detail, "attr": None}],
        }
    )


def _json(status_code: int, code: str, detail: str) -> HttpResponse:
    body = error_body(code, detail, server=status_code >= 500)
    return HttpResponse(body, status=status_code, content_type="application/json")


def _is_page(request: HttpRequest) -> bool:
    return request.path.startswith(settings.PAGE_PATHS)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a path that no route matches: a browser with a page, everything that calls the API with JSON."""
    if _is_page(request):
        return defaults.page_not_found(request, exception)
    # Programs mostly take anything; only a browser says that it would rather have a page.
    if not request.path.startswith("/api/") and request.get_preferred_type(_TYPES) == "text/html":
        response = render(request, "no_page.html", {"title": _("Page not found")}, status=404)
    else:
        response = _json(404, "not_found", "Not found.")
    patch_vary_headers(response, ["Accept"])
    return response


def method_not_allowed(allowed: list[str]) -> HttpResponse:
    """Answer a method that a view outside the API does not know."""
    response = _json(405, "method_not_allowed", "This method is not allowed here.")
    response["Allow"] = ", ".join(allowed)
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that Django itself finds malformed."""
    if _is_page(request):
        return defaults.bad_request(request, exception)
    return _json(400, BadRequest.default_code, BadRequest.default_detail)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what Django itself refuses."""
    if _is_page(request):
        return defaults.permission_denied(request, exception)
    return _json(403, "permission_denied", "You do not have permission to perform this action.")


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a failure outside any API view, with nothing of it in the body.

    A database that is away is a 503 with ``Retry-After`` here too; Django calls this while it handles
    the exception.
    """
    if answer := unavailable(sys.exc_info()[1]):
        response = (
            HttpResponse(render_to_string("refused.html", {"detail": answer.detail}), status=503)
            if _is_page(request)
            else _json(503, answer.default_code, str(answer.detail))
        )
        response["Retry-After"] = str(answer.wait)
        return response
    if _is_page(request):
        return defaults.server_error(request)
    return _json(500, "error", "A server error occurred.")
