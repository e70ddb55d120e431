"""Access and refresh tokens: made, read, and spent.

A refresh token is stored only once it is spent, by its id and without the token itself, and a family of them
once it has ended (logged out, or a spent one came again): the database holds nothing that could be replayed,
and issuing a token writes nothing.
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import connection
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken
from rest_framework_simplejwt.tokens import AccessToken as BaseAccessToken
from rest_framework_simplejwt.tokens import Token

from accounts.models import User
from accounts.rights import remembered as callers
from accounts.rights.principal import load_principal
from accounts.sign_in.keys import KEYS

VERSION_CLAIM: Final = "token_version"
USER_CLAIM: Final = "user_id"
FAMILY_CLAIM: Final = "family"
"""What all refresh tokens that came of one login share: the id of the first."""

LEEWAY: Final = 10
"""Seconds in which a spent token may come again without harm: two tabs, or an answer that was lost."""

REMEMBERED: Final = 16_384
"""Access tokens of which a process knows that their signature holds."""

_read: Final[dict[bytes, Token]] = {}

# What a token from outside may make the decoder raise; a header of 1,000 nested lists is a RecursionError.
_UNREADABLE: Final = (TokenError, ValueError, TypeError, KeyError, OverflowError, OSError, RecursionError)


class AccessToken(BaseAccessToken):
    """A token that says who calls."""

    _token_backend = KEYS


class RefreshToken(Token):
    """A token whose only use is to get the next pair, once."""

    _token_backend = KEYS
    token_type = "refresh"
    lifetime = api_settings.REFRESH_TOKEN_LIFETIME


@dataclass(frozen=True, slots=True)
class TokenPair:
    """What a client gets after login and after each refresh."""

    access: str
    refresh: str


def issue_tokens(*, user: User, after: Token | None = None) -> TokenPair:
    """Return a fresh pair; ``user`` has proved who they are. Writes nothing.

    Args:
        after: the refresh token this pair takes the place of; without one a new family begins.
    """
    pair: list[str] = []
    for token in (AccessToken(), RefreshToken()):
        token[USER_CLAIM] = str(user.pk)
        token[VERSION_CLAIM] = user.token_version
        if isinstance(token, RefreshToken):
            token[FAMILY_CLAIM] = token["jti"] if after is None else family_of(after)
        pair.append(str(token))
    return TokenPair(*pair)


def read_token(kind: type[Token], encoded: bytes | str) -> Token | None:
    """Return a token of this kind whose signature and expiry hold, else ``None``. No statement."""
    raw = encoded.encode("utf-8", "replace") if isinstance(encoded, str) else encoded
    try:
        return kind(raw)  # type: ignore[arg-type]
    except _UNREADABLE:
        return None


def read_access_token(encoded: bytes) -> Token | None:
    """Return an access token whose signature and expiry hold, else ``None``.

    A signature that held once holds for the same bytes: it is checked once, the expiry each time.
    """
    token = _read.get(encoded)
    if token is not None:
        return token if token["exp"] > time.time() - settings.SIMPLE_JWT["LEEWAY"] else None
    token = read_token(AccessToken, encoded)
    if token is not None:
        if len(_read) >= REMEMBERED:
            _read.clear()
        _read[encoded] = token
    return token


def user_of_token(token: Token, *, remembered: bool = False) -> User | None:
    """Return the active user a token was issued to, unless all their tokens were ended since.

    One statement. The token's signature and expiry have been checked by whoever made it.

    Args:
        remembered: take a user whom this process has read before, as they were then, in no statement; only
            for what makes sure of them itself (``accounts.rights.remembered``).
    """
    try:
        user_id = UUID(token[USER_CLAIM])
    except (KeyError, ValueError, TypeError, AttributeError):
        return None
    user: User | None = callers.remembered(user_id) if remembered else None
    if user is None:
        user = load_principal(user_id)
        if remembered and user is not None:
            callers.remember(user)
    if user is None or not user.is_active or user.deleted is not None:
        return None
    version = token.get(VERSION_CLAIM)
    return user if type(version) is int and version == user.token_version else None


_SPEND_SQL: Final = f"""
    WITH spent AS (
        INSERT INTO {OutstandingToken._meta.db_table} (jti, token, created_at, expires_at)
        SELECT %(jti)s, '', now(), %(expires_at)s
        WHERE NOT EXISTS (SELECT FROM {OutstandingToken._meta.db_table} WHERE jti = %(ended)s)
        ON CONFLICT (jti) DO NOTHING
        RETURNING id
    )
    INSERT INTO {BlacklistedToken._meta.db_table} (token_id, blacklisted_at)
    SELECT id, now() FROM spent
"""
# A token that was spent before is in the wrong hands, or the one that took its place is.
_END_IF_REUSED_SQL: Final = f"""
    INSERT INTO {OutstandingToken._meta.db_table} (jti, token, created_at, expires_at)
    SELECT %(ended)s, '', now(), %(until)s
    FROM {OutstandingToken._meta.db_table}
    WHERE jti = %(jti)s AND created_at < now() - make_interval(secs => %(leeway)s)
    ON CONFLICT (jti) DO NOTHING
"""
_END_SQL: Final = f"""
    INSERT INTO {OutstandingToken._meta.db_table} (jti, token, created_at, expires_at)
    VALUES (%(ended)s, '', now(), %(until)s) ON CONFLICT (jti) DO NOTHING
"""


def family_of(token: Token) -> str:
    """Return the family of a refresh token; one from before there were any is its own."""
    family = token.get(FAMILY_CLAIM)
    return family if isinstance(family, str) else str(token["jti"])


def spend(token: Token) -> bool:
    """Make a refresh token unusable; whether this call did it, however many try at once.

    One statement: the unique id decides, and a second caller waits for the first. A token that comes again
    later than ``LEEWAY`` ends its family: every refresh token that came of the same login.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SPEND_SQL, _parameters(token))
        if cursor.rowcount == 1:
            return True
        cursor.execute(_END_IF_REUSED_SQL, _parameters(token))
        return False


def end_family(token: Token) -> None:
    """Refuse a refresh token and all that came, or is coming just now, of the same login. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_END_SQL, _parameters(token))


def _parameters(token: Token) -> dict[str, Any]:
    return {
        "jti": token["jti"],
        "expires_at": datetime.fromtimestamp(token["exp"], tz=UTC),
        "ended": f"family {family_of(token)}",
        # By then the last one of the family has expired.
        "until": datetime.now(tz=UTC) + api_settings.REFRESH_TOKEN_LIFETIME,
        "leeway": LEEWAY,
    }
