"""What the views share that people call before they are signed in."""

from math import ceil
from types import SimpleNamespace
from typing import Any

from django.http import HttpRequest
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.serializers import Serializer
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from accounts.sign_in.authentication import AUTHENTICATE_HEADER, client_address


class AddressThrottle(ScopedRateThrottle):
    """Counts the requests of one client address; a header a client can set is no address."""

    num_requests: int
    duration: int
    """Seconds."""

    def get_ident(self, request: Request) -> str:
        return client_address(request._request) or "unknown"

    def throttle_failure(self) -> bool:
        """Refuse, unless some of the requests were counted by a clock that has been set back since.

        Those would count until that time has come again. Clocks of several servers differ by less.
        """
        counted = [at for at in self.history if at <= self.now + self.duration]
        if len(counted) == len(self.history):
            return bool(super().throttle_failure())
        self.history = counted
        return len(counted) < self.num_requests and bool(self.throttle_success())


def seconds_to_wait(request: HttpRequest, scope: str) -> int:
    """Count a form that a page got; return how long its address has to wait before it may send another."""
    throttle = AddressThrottle()
    # By address whoever is signed in; a Request of the framework would forget who that is.
    asking, view = SimpleNamespace(_request=request, user=None), SimpleNamespace(throttle_scope=scope)
    if throttle.allow_request(asking, view):  # type: ignore[arg-type]
        return 0
    return max(1, ceil(throttle.wait() or 0))


class AnonymousView(APIView):
    """A view for everyone: no token is read, so that a stale one is not in the way.

    What it answers is kept nowhere on its way: it may hold tokens.

    Attributes:
        throttle_scope: the name of the view's rate in ``DEFAULT_THROTTLE_RATES``, if it has one.
    """

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = (AddressThrottle,)
    throttle_scope: str | None = None
    http_method_names = ["post"]

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        answer = super().finalize_response(request, response, *args, **kwargs)
        answer["Cache-Control"] = "no-store"
        return answer

    def get_authenticate_header(self, request: Request) -> str:
        """Make a refused login or refresh a 401; with no authenticators it would be a 403."""
        return AUTHENTICATE_HEADER


def validated(
    serializer: type[Serializer[Any]], request: Request, *, partial: bool = False
) -> dict[str, Any]:
    """Return the body's values; ``partial``: those that were sent.

    Raises:
        ValidationError: naming each field that is wrong.
    """
    checked = serializer(data=request.data, partial=partial)
    checked.is_valid(raise_exception=True)
    return checked.validated_data
