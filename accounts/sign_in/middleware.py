"""Sessions, CSRF, login and scope for pages; the API passes by untouched."""

from collections.abc import Callable
from typing import Any

import pghistory
from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware, get_user
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.utils import timezone

from accounts.sign_in.acting import Acting
from accounts.sign_in.opened import answer_elsewhere
from tenancy.middleware import request_id, request_user
from tenancy.scope import scope_entered


class OnPages:
    """Mixed in before one of Django's middlewares: skip it outside ``PAGE_PATHS``."""

    get_response: Any

    def __call__(self, request: HttpRequest) -> Any:
        if request.path.startswith(settings.PAGE_PATHS):
            return super().__call__(request)  # type: ignore[misc]
        return self.get_response(request)


class PageSessionMiddleware(OnPages, SessionMiddleware):
    """Sessions for pages."""


class PageCsrfMiddleware(OnPages, CsrfViewMiddleware):
    """CSRF protection for pages."""

    def process_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.path.startswith(settings.PAGE_PATHS):
            return super().process_view(request, *args, **kwargs)
        return None


class PageAuthenticationMiddleware(OnPages, AuthenticationMiddleware):
    """``request.user`` from the session, for pages."""


class PageMessageMiddleware(OnPages, MessageMiddleware):
    """Messages for pages."""


class AdminScopeMiddleware:
    """Enter where the signed-in person acts, as the API does, and the time that is told there.

    The admin finds it in ``request.acting``.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> Any:
        user: Any = getattr(request, "user", None)
        if not request.path.startswith(settings.ADMIN_PATH) or not user.is_authenticated:
            return self.get_response(request)
        # Themselves, without what waited until someone asks: a page asks hundreds of times what they may.
        user = request.user = get_user(request)
        request_user.set(str(user.pk))
        acting = request.acting = Acting(user=user, session=request.session)  # type: ignore[attr-defined]
        with scope_entered(acting.scope), timezone.override(acting.zone):
            if request.method == "GET":
                return self.get_response(request)
            with pghistory.context(user=str(user.pk), request=request_id.get()):
                return self.get_response(request)

    def process_view(self, request: HttpRequest, *args: Any) -> HttpResponse | None:
        """Hold what was written for another organization; after the CSRF token has been checked."""
        return answer_elsewhere(request) if hasattr(request, "acting") else None
