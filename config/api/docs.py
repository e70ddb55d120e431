"""The OpenAPI document and the page that shows it; neither needs an outside address."""

from django.conf import settings
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView


class SchemaPermission(BasePermission):
    """Public unless ``SCHEMA_PUBLIC`` closes it; then for signed-in users."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return settings.SCHEMA_PUBLIC or bool(request.user)


class SchemaView(SpectacularAPIView):  # type: ignore[misc]
    """The OpenAPI document, as JSON or YAML by ``Accept``."""

    permission_classes = [SchemaPermission]


class DocsView(SpectacularSwaggerSplitView):  # type: ignore[misc]
    """The API to read and try out, under the same strict Content-Security-Policy as every page."""

    template_name = "api/docs.html"
    permission_classes = [SchemaPermission]
