"""What only pages need: the API's answers are JSON and pay for none of it."""

from csp.middleware import CSPMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase


class PagePolicyMiddleware(CSPMiddleware):  # type: ignore[misc]
    """The Content-Security-Policy, on every page."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.headers.get("Content-Type", "").startswith("text/html"):
            return super().process_response(request, response)  # type: ignore[no-any-return]
        return response
