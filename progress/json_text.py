"""JSON that clients send to be kept: small enough, and nothing that PostgreSQL cannot hold."""

import re
from decimal import Decimal
from typing import Any, Final

import orjson
from django.utils.translation import gettext_lazy as _

from tenancy.errors import InvalidError

MAX_JSON_BYTES: Final = 16 * 1024
_NUL: Final = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
# A string, so that what looks like a number inside one is not taken for it; or a number with an exponent.
_STRING_OR_EXPONENT: Final = re.compile(rb'"(?:[^"\\]|\\.)*"|-?[0-9.]+[eE][-+]?[0-9]+')
# No number grows to more than this many times its length: 1e308 to 309 digits.
_MOST_GROWTH: Final = 64


def compact(sent: Any, *, attr: str) -> bytes:
    """Return a JSON value in its compact form, in UTF-8.

    Args:
        attr: what a refusal names.

    Raises:
        InvalidError: ``too_large``, more than ``MAX_JSON_BYTES``; ``null_characters_not_allowed``.
    """
    text = orjson.dumps(sent)
    if b"\\u0000" in text and _NUL.search(text):
        raise InvalidError(
            _("Null characters are not allowed."), code="null_characters_not_allowed", attr=attr
        )
    if len(text) * _MOST_GROWTH > MAX_JSON_BYTES and len(text) + _growth(text) > MAX_JSON_BYTES:
        raise InvalidError(_("Must be at most 16 KiB of JSON."), code="too_large", attr=attr)
    return text


def _growth(text: bytes) -> int:
    """Return by how many bytes JSON grows when it is stored: PostgreSQL writes 1e300 with all its zeros.

    Without this, a row of 16 KiB could come back as a megabyte, and a page of them as 200.
    """
    return sum(
        len(format(Decimal(found.decode()), "f")) - len(found)
        for found in _STRING_OR_EXPONENT.findall(text)
        if not found.startswith(b'"')
    )
