"""Who is calling: tokens for the API, e-mail and password for login.

The token says who; everything about what they may do is read from the database on every request.
"""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import check_password, make_password
from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import AccessToken, Token

from accounts.models import User
from accounts.principal import load_principal
from tenancy.middleware import request_user

VERSION_CLAIM = "token_version"


def user_of_token(token: Token) -> User | None:
    """Return the active user a token was issued to, unless all their tokens were ended since.

    One statement. The token's signature and expiry have been checked by whoever made it.
    """
    try:
        user_id = UUID(token["user_id"])
    except (KeyError, ValueError, TypeError, AttributeError):
        return None
    user: User | None = load_principal(user_id)
    if user is None or not user.is_active or user.deleted is not None:
        return None
    version = token.get(VERSION_CLAIM)
    return user if type(version) is int and version == user.token_version else None


class TokenAuthentication(BaseAuthentication):
    """``Authorization: Bearer <access token>``; a missing header leaves the request anonymous."""

    def authenticate(self, request: Request) -> tuple[User, Token] | None:
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != b"bearer":
            return None
        try:
            token = AccessToken(parts[1]) if len(parts) == 2 else None
        except (TokenError, ValueError, TypeError):
            token = None
        user = user_of_token(token) if token is not None else None
        if user is None or token is None:
            raise AuthenticationFailed("The access token is not valid.", code="token_not_valid")
        request_user.set(str(user.pk))
        return user, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


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
        user: User | None = load_principal(UUID(str(user_id)))
        return user if user is not None and user.is_active and user.deleted is None else None


def attempted_email(request: HttpRequest | None, credentials: dict[str, Any] | None = None) -> str:
    """Return the address that failed logins are counted for, in its one spelling."""
    sent = (credentials or {}).get("username") or getattr(request, "POST", {}).get("username", "")
    return User.normalize_email(str(sent))[:254]


def client_address(request: HttpRequest) -> str:
    """Return the caller's address, believing as many proxies as ``TRUSTED_PROXIES`` says."""
    if settings.TRUSTED_PROXIES and (forwarded := request.headers.get("X-Forwarded-For")):
        hops = [hop.strip() for hop in forwarded.split(",")]
        return hops[-min(settings.TRUSTED_PROXIES, len(hops))]
    address: str = request.META.get("REMOTE_ADDR", "")
    return address
