"""Access and refresh tokens: made, read, and spent.

A refresh token is stored only once it is spent (used or logged out), by its id and without the token
itself: the database holds nothing that could be replayed, and issuing a token writes nothing.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from django.db import connection
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken
from rest_framework_simplejwt.tokens import AccessToken, Token

from accounts.models import User
from accounts.rights.principal import load_principal

VERSION_CLAIM: Final = "token_version"
USER_CLAIM: Final = "user_id"

# What a token from outside may make the decoder raise; a header of 1,000 nested lists is a RecursionError.
_UNREADABLE: Final = (TokenError, ValueError, TypeError, KeyError, OverflowError, OSError, RecursionError)


class RefreshToken(Token):
    """A token whose only use is to get the next pair, once."""

    token_type = "refresh"
    lifetime = api_settings.REFRESH_TOKEN_LIFETIME


@dataclass(frozen=True, slots=True)
class TokenPair:
    """What a client gets after login and after each refresh."""

    access: str
    refresh: str


def issue_tokens(*, user: User) -> TokenPair:
    """Return a fresh pair; ``user`` has proved who they are. Writes nothing."""
    pair: list[str] = []
    for token in (AccessToken(), RefreshToken()):
        token[USER_CLAIM] = str(user.pk)
        token[VERSION_CLAIM] = user.token_version
        pair.append(str(token))
    return TokenPair(*pair)


def read_token(kind: type[Token], encoded: bytes | str) -> Token | None:
    """Return a token of this kind whose signature and expiry hold, else ``None``. No statement."""
    raw = encoded.encode("utf-8", "replace") if isinstance(encoded, str) else encoded
    try:
        return kind(raw)  # type: ignore[arg-type]
    except _UNREADABLE:
        return None


def user_of_token(token: Token) -> User | None:
    """Return the active user a token was issued to, unless all their tokens were ended since.

    One statement. The token's signature and expiry have been checked by whoever made it.
    """
    try:
        user_id = UUID(token[USER_CLAIM])
    except (KeyError, ValueError, TypeError, AttributeError):
        return None
    user: User | None = load_principal(user_id)
    if user is None or not user.is_active or user.deleted is not None:
        return None
    version = token.get(VERSION_CLAIM)
    return user if type(version) is int and version == user.token_version else None


_SPEND_SQL: Final = f"""
    WITH spent AS (
        INSERT INTO {OutstandingToken._meta.db_table} (jti, token, created_at, expires_at)
        VALUES (%(jti)s, '', now(), %(expires_at)s)
        ON CONFLICT (jti) DO NOTHING
        RETURNING id
    )
    INSERT INTO {BlacklistedToken._meta.db_table} (token_id, blacklisted_at)
    SELECT id, now() FROM spent
"""


def spend(token: Token) -> bool:
    """Make a refresh token unusable; whether this call did it, however many try at once.

    One statement: the unique id decides, and a second caller waits for the first.
    """
    jti, expires_at = token["jti"], datetime.fromtimestamp(token["exp"], tz=UTC)
    with connection.cursor() as cursor:
        cursor.execute(_SPEND_SQL, {"jti": jti, "expires_at": expires_at})
        return cursor.rowcount == 1
