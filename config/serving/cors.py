"""What lets a page of another origin read a refusal that Django never saw."""

from typing import Final

from corsheaders.middleware import CorsMiddleware
from django.http import HttpRequest, HttpResponse

_MIDDLEWARE: Final = CorsMiddleware(lambda _request: HttpResponse())


def cors_headers(path: str, origin: str | None) -> list[tuple[str, str]]:
    """Return the headers that Django's own answers at this path have for this origin."""
    request, response = HttpRequest(), HttpResponse()
    request.path_info = path
    if origin is not None:
        request.META["HTTP_ORIGIN"] = origin
    added = set(_MIDDLEWARE.add_response_headers(request, response).headers) - {"Content-Type"}
    return [(name.lower(), response.headers[name]) for name in sorted(added)]
