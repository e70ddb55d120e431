"""The OpenAPI document."""

from django.conf import settings
from drf_standardized_errors.openapi import AutoSchema
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView


class SchemaPermission(BasePermission):
    """Public unless ``SCHEMA_PUBLIC`` closes it; then for signed-in users."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return settings.SCHEMA_PUBLIC or bool(request.user)


class StepwiseSchema(AutoSchema):  # type: ignore[misc]
    """drf-spectacular's generator with the one error shape."""
