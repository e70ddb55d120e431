"""What only some requests need, and the others do not pay for."""

from typing import Any

from corsheaders.middleware import CorsMiddleware
from csp.middleware import CSPMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers


class OriginMiddleware(CorsMiddleware):
    """CORS, for browsers, which say of what origin a page is; apps and programs have none."""

    def __call__(self, request: HttpRequest) -> Any:
        if "HTTP_ORIGIN" in request.META:
            return super().__call__(request)
        response: Any = self.get_response(request)
        if self.is_enabled(request):
            # A cache in between must not give this answer to a page.
            patch_vary_headers(response, ("origin",))
        return response


class PagePolicyMiddleware(CSPMiddleware):  # type: ignore[misc]
    """The Content-Security-Policy, on every page."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.headers.get("Content-Type", "").startswith("text/html"):
            return super().process_response(request, response)  # type: ignore[no-any-return]
        return response
