"""What Django's test client does anew for each client, done once or in one statement."""

from typing import Any, Final

import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.handlers.base import BaseHandler
from django.core.signals import setting_changed
from django.http import HttpRequest
from django.test import Client
from django.test.client import ClientHandler
from django.utils.crypto import get_random_string

LOADED: Final = (
    "_view_middleware",
    "_template_response_middleware",
    "_exception_middleware",
    "_middleware_chain",
)
"""What loading middlewares sets."""


def share_middlewares(patch: pytest.MonkeyPatch) -> None:
    """Let all clients go through the same middlewares until a setting changes: loading them is dear."""
    loaded: dict[str, Any] = {}

    def load(handler: BaseHandler, is_async: bool = False) -> None:
        if not loaded:
            BaseHandler.load_middleware(handler, is_async)
            loaded.update({name: getattr(handler, name) for name in LOADED})
        vars(handler).update(loaded)

    def forget(**_sent: Any) -> None:
        loaded.clear()

    setting_changed.connect(forget, weak=False)
    patch.setattr(ClientHandler, "load_middleware", load, raising=False)


def sign_in_at_once(patch: pytest.MonkeyPatch) -> None:
    """Have ``force_login`` of a new client write its session and nothing else: one statement for seventeen.

    Whatever else signing in does is a claim of tests that sign in as people do.
    """
    login = Client._login

    def sign_in(client: Any, user: Any, backend: str | None = None) -> None:
        if client.cookies:
            login(client, user, backend)
            return
        store = SessionStore()
        values = {
            SESSION_KEY: user._meta.pk.value_to_string(user),
            BACKEND_SESSION_KEY: backend or user.backend,
            HASH_SESSION_KEY: user.get_session_auth_hash(),
        }
        row = Session(
            session_key=get_random_string(32, VALID_KEY_CHARS),
            session_data=store.encode(values),
            expire_date=store.get_expiry_date(),
        )
        row.save(force_insert=True)
        request = HttpRequest()
        request.session = SessionStore(row.session_key)
        client._set_login_cookies(request)

    patch.setattr(Client, "_login", sign_in)
