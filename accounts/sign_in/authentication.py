"""Who is calling: tokens for the API, e-mail and password for login.

The token says who; everything about what they may do is read from the database on every request.
"""

from datetime import datetime, timedelta
from ipaddress import ip_address
from math import ceil
from typing import Any, NamedTuple
from uuid import UUID

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib import admin
from django.contrib.auth import authenticate
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.signals import user_logged_in
from django.db.models import Max, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from rest_framework.authentication import (
    BaseAuthentication,
    SessionAuthentication,
)
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied, Throttled
from rest_framework.request import Request
from rest_framework_simplejwt.tokens import Token

from accounts.models import User
from accounts.rights.principal import load_page_principal
from accounts.sign_in.domain.passwords import wrong_password
from accounts.sign_in.failures import until_now
from accounts.sign_in.tokens import read_access_token, user_of_token
from tenancy.middleware import request_user
from tenancy.scope import scope_entered

AUTHENTICATE_HEADER = 'Bearer realm="api"'


class TokenAuthentication(BaseAuthentication):
    """``Authorization: Bearer <access token>``; a missing header leaves the request anonymous."""

    def authenticate(self, request: Request) -> tuple[User, Token] | None:
        # From where the server has put it: ``request.headers`` makes another name of each header first.
        parts = str(request.META.get("HTTP_AUTHORIZATION", "")).split()
        if not parts or parts[0].lower() != "bearer":
            return None
        token = read_access_token(parts[1].encode("latin-1", "replace")) if len(parts) == 2 else None
        remembered = getattr(request.parser_context.get("view"), "takes_remembered_callers", False)
        user = user_of_token(token, remembered=remembered) if token is not None else None
        if user is None or token is None:
            raise AuthenticationFailed("The access token is not valid.", code="token_not_valid")
        request_user.set(str(user.pk))
        return user, token

    def authenticate_header(self, request: Request) -> str:
        return AUTHENTICATE_HEADER


class PageSessionAuthentication(SessionAuthentication):
    """The session of the admin, for what its pages ask by script; checks the CSRF token."""

    def authenticate(self, request: Request) -> tuple[User, None] | None:
        # The middleware of the admin's pages has read it.
        user = getattr(request._request, "user", None)
        if not isinstance(user, User) or not admin.site.has_permission(request._request):
            return None
        self.enforce_csrf(request)
        return user, None

    def enforce_csrf(self, request: Request) -> None:
        """Name the refusal: a page loaded before the session began has to be loaded anew."""
        try:
            super().enforce_csrf(request)
        except PermissionDenied as error:
            raise PermissionDenied(str(error.detail), code="csrf_failed") from error


class EmailBackend(BaseBackend):
    """Check an e-mail address, in any case, and a password; for the API's login and the admin's.

    An unknown address costs as much time as a wrong password.
    """

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        if username is None or password is None:
            return None
        try:
            user: User = User.objects.get_by_natural_key(username)
        except User.DoesNotExist:
            make_password(password)
            return None
        return user if check_password(password, user.password) and user.is_active else None

    def get_user(self, user_id: Any) -> User | None:
        """Return the user of an admin session, before any scope is known."""
        user: User | None = load_page_principal(UUID(str(user_id)))
        return user if user is not None and user.is_active and user.deleted is None else None


class TooManyAttempts(Throttled):
    """Ten wrong passwords for one account: even the right one is refused for a minute."""

    default_code = "too_many_attempts"
    default_detail = "Too many failed attempts to log in."

    def __init__(self, *, wait: int) -> None:
        # The wait goes into Retry-After only: the body is the same whatever the second.
        super().__init__()
        self.wait = wait


def log_in(request: HttpRequest, *, email: str, password: str) -> User:
    """Return who this is, and record the login. Counts failures for each account.

    Raises:
        AuthenticationFailed: ``invalid_credentials``, the same for an unknown address, a wrong password
            and someone deactivated.
        TooManyAttempts: this account is locked for now, or this attempt has just locked it.
    """
    user = _authenticated(request, email=email, password=password)
    if user is None:
        raise AuthenticationFailed("Wrong e-mail address or password.", code="invalid_credentials")
    # Forgets the failures (django-axes) and updates ``last_login`` (Django).
    user_logged_in.send(sender=User, request=request, user=user)
    return user


def confirm_password(request: HttpRequest, *, user: User, password: str) -> None:
    """Make sure that the caller, who is signed in, knows their password. Failures count as those to log in.

    Raises:
        InvalidError: ``wrong_password``, naming ``current_password``.
        TooManyAttempts: as in ``log_in``.
    """
    # As one who logs in: behind the wall of an organization the index of addresses is not asked, and all of
    # its people would be read.
    with scope_entered(None):
        found = _authenticated(request, email=user.email, password=password)
    if found != user:
        raise wrong_password()
    _failures(user.email).delete()


def _authenticated(request: HttpRequest, *, email: str, password: str) -> User | None:
    """Return whose address and password these are; a failure is counted, and may lock the account."""
    user = authenticate(request=request, username=email, password=password)
    if getattr(request, "axes_locked_out", False):
        raise TooManyAttempts(wait=seconds_locked_out(email))
    return user if isinstance(user, User) else None


def attempted_email(request: HttpRequest | None, credentials: dict[str, Any] | None = None) -> str:
    """Return the address that failed logins are counted for, in its one spelling."""
    sent = (credentials or {}).get("username") or getattr(request, "POST", {}).get("username", "")
    return User.normalize_email(str(sent))[:254]


def _failures(email: str) -> "QuerySet[Any, Any]":
    """Return what has been counted for an account."""
    failures: QuerySet[Any, Any] = AccessAttempt.objects.filter(
        username=attempted_email(None, {"username": email})
    )
    return failures


def seconds_locked_out(email: str) -> int:
    """Return how long a locked account stays so, from the last attempt that was counted."""
    last = until_now(_failures(email)).aggregate(last=Max("attempt_time"))["last"] or timezone.now()
    cool_off: timedelta = settings.AXES_COOLOFF_TIME
    return max(1, ceil((last + cool_off - timezone.now()).total_seconds()))


class Lockout(NamedTuple):
    """What has been counted for an account.

    Attributes:
        failures: wrong passwords that are not forgotten yet.
        until: when the account lets somebody in again; nothing where it does now.
    """

    failures: int
    until: datetime | None


def lockout_of(email: str) -> Lockout:
    """Return what has been counted for an account, and whether it is locked. One statement."""
    counted = until_now(_failures(email)).aggregate(
        last=Max("attempt_time"), number=Sum("failures_since_start")
    )
    failures, last = counted["number"] or 0, counted["last"]
    until = last + settings.AXES_COOLOFF_TIME if last and failures >= settings.AXES_FAILURE_LIMIT else None
    return Lockout(failures, until if until and until > timezone.now() else None)


def forget_failures(email: str) -> int:
    """Let in who is locked out: forget the wrong passwords of an account, and return how many those were."""
    failures = lockout_of(email).failures
    _failures(email).delete()
    return failures


def lockout_response(
    request: HttpRequest, response: HttpResponse, credentials: dict[str, Any] | None
) -> HttpResponse:
    """Answer a locked account on the admin's login page; the API's view has answered already."""
    if not request.path.startswith(settings.ADMIN_PATH):
        return response
    return too_many_attempts(request, seconds_locked_out(attempted_email(request, credentials)))


def too_many_attempts(request: HttpRequest, seconds: int) -> HttpResponse:
    """Return the page that says how long to wait before logging in."""
    context = {**admin.site.each_context(request), "title": None, "seconds": seconds}
    page = render(request, "accounts/locked_out.html", context, status=429)
    page["Retry-After"] = str(seconds)
    return page


def client_address(request: HttpRequest) -> str | None:
    """Return the caller's address, believing as many proxies as ``TRUSTED_PROXIES`` says.

    ``None`` where there is none, as behind a Unix socket.
    """
    addresses = [str(request.META.get("REMOTE_ADDR", ""))]
    if settings.TRUSTED_PROXIES and (forwarded := request.headers.get("X-Forwarded-For")):
        hops = [hop.strip() for hop in forwarded.split(",")]
        addresses.insert(0, hops[-min(settings.TRUSTED_PROXIES, len(hops))])
    for address in addresses:
        try:
            # A zone ("%eth0") is the machine's own business, and nothing the database stores.
            return str(ip_address(address.partition("%")[0]))
        except ValueError:
            continue
    return None
