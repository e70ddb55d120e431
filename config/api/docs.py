"""The OpenAPI document and the page that shows it; neither needs an outside address.

The document is the committed one. Generating it takes half a second of a core and is not safe in threads,
so that no request does it.
"""

from functools import cache
from pathlib import Path
from threading import Lock
from typing import Final, NamedTuple

import orjson
import yaml
from django.conf import settings
from django.http import HttpResponse
from drf_spectacular.renderers import (
    OpenApiJsonRenderer,
    OpenApiJsonRenderer2,
    OpenApiYamlRenderer,
    OpenApiYamlRenderer2,
)
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api.json import JSONRenderer

DOCUMENT: Final = Path(settings.BASE_DIR) / "docs" / "openapi.yaml"
_PREPARING: Final = Lock()


class Document(NamedTuple):
    """The OpenAPI document as it is sent."""

    yaml: bytes
    json: bytes


def prepared_document() -> Document:
    """Return the document, read by the first caller in this process; others wait for that one."""
    with _PREPARING:
        return _read_document()


@cache
def _read_document() -> Document:
    text = DOCUMENT.read_bytes()
    return Document(yaml=text, json=orjson.dumps(yaml.load(text, Loader=yaml.CSafeLoader)))


class SchemaPermission(BasePermission):
    """Public unless ``SCHEMA_PUBLIC`` closes it; then for signed-in users."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return settings.SCHEMA_PUBLIC or bool(request.user)


class SchemaView(APIView):
    """The OpenAPI document, as JSON or YAML by ``Accept``."""

    schema = None
    permission_classes = [SchemaPermission]
    # For their media types: what they would write is prepared.
    renderer_classes = [OpenApiYamlRenderer, OpenApiYamlRenderer2, OpenApiJsonRenderer, OpenApiJsonRenderer2]

    def handle_exception(self, exc: Exception) -> Response:
        """Answer errors in the one shape, whatever the document was asked for in."""
        self.request.accepted_renderer = JSONRenderer()  # type: ignore[attr-defined]
        self.request.accepted_media_type = JSONRenderer.media_type  # type: ignore[attr-defined]
        return super().handle_exception(exc)

    def get(self, request: Request) -> HttpResponse:
        media_type = request.accepted_renderer.media_type
        document = prepared_document()
        body = document.json if media_type.endswith("json") else document.yaml
        return HttpResponse(body, content_type=f"{media_type}; charset=utf-8")


class DocsView(SpectacularSwaggerSplitView):  # type: ignore[misc]
    """The API to read and try out, under the same strict Content-Security-Policy as every page."""

    template_name = "api/docs.html"
    permission_classes = [SchemaPermission]
