"""Pages of the admin that are about no one model: who may open one, and how it is rendered."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from tenancy.scope import Scope, current_scope


def check_key(request: HttpRequest, key: str) -> None:
    """Refuse who does not hold a key, or belongs to no organization.

    Raises:
        PermissionDenied: they do not.
    """
    user: Any = request.user
    scope = current_scope()
    if not user.holds(key) or (isinstance(scope, Scope) and scope.only_user_id is not None):
        raise PermissionDenied


def render_page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """Return a page of the admin site."""
    request.current_app = admin.site.name  # type: ignore[attr-defined]
    return TemplateResponse(request, template, {**admin.site.each_context(request), **context})
