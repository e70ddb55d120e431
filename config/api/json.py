"""JSON in and out: strict, fast, and with a bound on size."""

import re
from collections.abc import Mapping
from typing import IO, Any, Final

import orjson
from django.conf import settings
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer


class BodyTooLarge(APIException):
    """The body is longer than ``MAX_BODY_BYTES``."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "body_too_large"
    default_detail = "The request body is too large."


# orjson reads 1,024 levels but writes 254, and Python prints fewer than its stack is deep: what cannot be
# written out again must not be taken in.
MAX_NESTING: Final = 100
_WRITABLE: Final = 254
# Where a whole number may stand that is written as a fraction: 3.0, 3e0.
_FRACTION: Final = re.compile(rb"[0-9](?:\.0+(?![0-9])|[eE])")
# From here on a float does not say which integer it is.
_EXACT: Final = 2**53


class StrictJSONParser(BaseParser):
    """Parse JSON by the letter: no NaN, no lone surrogates, no nesting beyond ``MAX_NESTING``.

    JSON has one type of number: a whole one is an integer, also when it is written ``3.0``.

    Raises:
        BodyTooLarge: more than ``MAX_BODY_BYTES`` bytes.
        ParseError: not JSON, or nested too deeply.
    """

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        body = stream.read(settings.MAX_BODY_BYTES + 1)
        if len(body) > settings.MAX_BODY_BYTES:
            raise BodyTooLarge
        try:
            value = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise ParseError("The request body is not valid JSON.") from error
        if body.count(b"[") + body.count(b"{") > MAX_NESTING and _is_nested_too_deeply(value):
            raise ParseError("The request body is nested too deeply.")
        return _with_integers(value) if _FRACTION.search(body) else value


def _is_nested_too_deeply(value: Any) -> bool:
    """Whether more than ``MAX_NESTING`` lists and objects stand in one another.

    Asks orjson, which is a hundred times as fast as a loop over a long list would be.
    """
    for _ in range(_WRITABLE - MAX_NESTING):
        value = [value]
    try:
        orjson.dumps(value)
    except orjson.JSONEncodeError:
        return True
    return False


def _with_integers(value: Any) -> Any:
    """Return a value in which every whole number is an integer."""
    if type(value) is float:
        return int(value) if value.is_integer() and abs(value) < _EXACT else value
    if type(value) is list:
        return [_with_integers(item) for item in value]
    if type(value) is dict:
        return {name: _with_integers(item) for name, item in value.items()}
    return value


class JSONRenderer(BaseRenderer):
    """Render with orjson; bytes are taken as JSON that is already rendered."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        if data is None:
            return b""
        if isinstance(data, bytes):
            return data
        return orjson.dumps(data, default=str, option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS)
