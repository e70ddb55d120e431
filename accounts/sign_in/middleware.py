"""Sessions, CSRF, login and scope for the admin's pages; the API passes by untouched."""

from collections.abc import Callable
from typing import Any

import pghistory
from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware

from accounts.sign_in.acting import Acting
from tenancy.middleware import request_id, request_user
from tenancy.scope import scope_entered


class AdminPathsOnly:
    """Mixed in before one of Django's middlewares: skip it outside the admin."""

    get_response: Any

    def __call__(self, request: HttpRequest) -> Any:
        if request.path.startswith(settings.ADMIN_PATH):
            return super().__call__(request)  # type: ignore[misc]
        return self.get_response(request)


class AdminSessionMiddleware(AdminPathsOnly, SessionMiddleware):
    """Sessions for the admin."""


class AdminCsrfMiddleware(AdminPathsOnly, CsrfViewMiddleware):
    """CSRF protection for the admin."""

    def process_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.path.startswith(settings.ADMIN_PATH):
            return super().process_view(request, *args, **kwargs)
        return None


class AdminAuthenticationMiddleware(AdminPathsOnly, AuthenticationMiddleware):
    """``request.user`` from the session, for the admin."""


class AdminMessageMiddleware(AdminPathsOnly, MessageMiddleware):
    """Messages for the admin."""


class AdminScopeMiddleware(AdminPathsOnly):
    """Enter where the signed-in person acts, as the API does; pages find it in ``request.acting``."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> Any:
        user = getattr(request, "user", None)
        if user is None or not user.is_authenticated:
            return self.get_response(request)
        request_user.set(str(user.pk))
        acting = request.acting = Acting(user=user, session=request.session)  # type: ignore[attr-defined]
        with scope_entered(acting.scope):
            if request.method == "GET":
                return self.get_response(request)
            with pghistory.context(user=str(user.pk), request=request_id.get()):
                return self.get_response(request)
