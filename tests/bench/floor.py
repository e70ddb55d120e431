"""The floor: a view of Django and DRF that does nothing but send the limit's own statement.

It has no middlewares and one route, trusts the token, and reads and writes JSON with orjson. What lies
between it and the limit is the price of the framework: nothing that is written in one gets below.
"""

import os
from typing import Any, NamedTuple

import django
import orjson
from django.conf import settings
from django.core.wsgi import get_wsgi_application

settings.configure(
    SECRET_KEY=os.environ["SECRET_KEY"],
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    REST_FRAMEWORK={"UNAUTHENTICATED_USER": None},
)
django.setup()

from django.urls import path  # noqa: E402
from rest_framework.authentication import BaseAuthentication  # noqa: E402
from rest_framework.parsers import BaseParser  # noqa: E402
from rest_framework.permissions import IsAuthenticated  # noqa: E402
from rest_framework.renderers import BaseRenderer  # noqa: E402
from rest_framework.request import Request  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView  # noqa: E402

from tests.bench import limit  # noqa: E402


class Caller(NamedTuple):
    """Whoever the token says."""

    pk: str
    is_authenticated: bool = True


class Trusting(BaseAuthentication):
    """Believes a token that is signed."""

    def authenticate(self, request: Request) -> tuple[Caller, None]:
        return Caller(limit.claims_of(request.META["HTTP_AUTHORIZATION"])["user_id"]), None


class Parser(BaseParser):
    """Reads JSON."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        return orjson.loads(stream.read())


class Renderer(BaseRenderer):
    """Writes JSON."""

    media_type = "application/json"
    charset = None

    def render(self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None) -> bytes:
        return orjson.dumps(data)


class Anything(APIView):
    """Answers what the limit does."""

    authentication_classes = (Trusting,)
    permission_classes = (IsAuthenticated,)
    parser_classes = (Parser,)
    renderer_classes = (Renderer,)

    def get(self, request: Request, at: str) -> Response:
        """Answer a request of any method."""
        body = request.data if request.method != "GET" else None
        user, query = request.user.pk, request.META["QUERY_STRING"]
        return Response(limit.told(user, str(request.method), at, query, body))

    post = put = get


urlpatterns = [path("<path:at>", Anything.as_view())]
application = get_wsgi_application()
