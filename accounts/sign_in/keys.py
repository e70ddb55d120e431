"""The keys that sign tokens: one signs, and those it took the place of are still believed for a while.

RFC 7515, section 4.1.4: a token's header names its key (``kid``).
"""

from hashlib import sha256
from typing import Any, Final

import jwt
from django.conf import settings
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.settings import api_settings

ALGORITHM: Final = "HS256"


class RotatedKeys(TokenBackend):
    """Signs with the first of several keys, and checks a token with the one that its header names."""

    def __init__(self, keys: list[str]) -> None:
        super().__init__(ALGORITHM, keys[0], leeway=api_settings.LEEWAY)
        self.header = {"kid": key_id(keys[0])}
        self._by_header = {_header_of(key): self._prepare_key(key) for key in keys}

    def encode(self, payload: dict[str, Any]) -> str:
        return jwt.encode(payload, self.prepared_signing_key, algorithm=ALGORITHM, headers=self.header)

    def get_verifying_key(self, token: Any) -> Any:
        # A header of ours is the same text for each token of a key. Any other is of no key, or was written by
        # someone who knows the present one: the signature says.
        header = token.partition(b"." if isinstance(token, bytes) else ".")[0]
        header = header.encode("utf-8", "replace") if isinstance(header, str) else header
        return self._by_header.get(header, self.prepared_signing_key)


def key_id(key: str) -> str:
    """Return the name of a key, which tells nothing about it that its signatures would not."""
    return sha256(b"kid:" + key.encode()).hexdigest()[:12]


def _header_of(key: str) -> bytes:
    # Signed with anything: only what stands before the first dot is wanted.
    token = jwt.encode({}, "-" * 32, algorithm=ALGORITHM, headers={"kid": key_id(key)})
    return token.partition(".")[0].encode()


KEYS: Final = RotatedKeys([settings.JWT_SIGNING_KEY, *settings.JWT_SIGNING_KEY_FALLBACKS])
