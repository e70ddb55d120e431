"""What may be recorded as typed progress (document 000, "Data Contract"; ``API.md`` settles the edges).

Each check takes what was sent for one field, whatever its type, and returns what is kept of it.
"""

from typing import Any, Final, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from progress.json_text import compact
from progress.models import MAX_ITEM_ID, ProgressType
from tenancy.errors import InvalidError

MAX_VALUE: Final = 10_000
_INT32: Final = 2**31
_TYPES: Final = frozenset(ProgressType.values)


class ItemInput(NamedTuple):
    """One item of a type, checked; ``metadata`` is JSON text, in its compact form."""

    progress_type: str
    item_id: str
    value: str | None = None
    score: int | None = None
    metadata: str | None = None


def check_progress_type(sent: object) -> str:
    """Return one of the types.

    Raises:
        InvalidError: ``required``, ``invalid_choice``.
    """
    if sent is None:
        raise _invalid("progress_type", "required", _("This field is required."))
    if not isinstance(sent, str) or sent not in _TYPES:
        raise _invalid(
            "progress_type",
            "invalid_choice",
            _("Must be one of: %(choices)s.") % {"choices": ", ".join(ProgressType.values)},
        )
    return sent


def check_item_id(sent: object) -> str:
    """Return the name of an item, trimmed.

    Raises:
        InvalidError: ``required``, ``invalid``, ``blank``, ``max_length``, ``null_characters_not_allowed``.
    """
    if sent is None:
        raise _invalid("item_id", "required", _("This field is required."))
    if not isinstance(sent, str):
        raise _invalid("item_id", "invalid", _("Not a valid string."))
    item_id = sent.strip()
    if not item_id:
        raise _invalid("item_id", "blank", _("This field may not be blank."))
    return _check_text("item_id", item_id, MAX_ITEM_ID)


def check_value(sent: object) -> str | None:
    """Return a string as it was sent, and nothing of anything else.

    Raises:
        InvalidError: ``max_length``, ``null_characters_not_allowed``.
    """
    return _check_text("value", sent, MAX_VALUE) if isinstance(sent, str) else None


def check_score(sent: object) -> int | None:
    """Return a number as an integer of 32 bits, and nothing of anything else; a boolean is no number.

    Raises:
        InvalidError: ``invalid``, it has a fraction; ``min_value``, ``max_value``.
    """
    if isinstance(sent, bool) or not isinstance(sent, int | float):
        return None
    if sent >= _INT32:
        raise _invalid("score", "max_value", _("Must be at most 2147483647."))
    if sent < -_INT32:
        raise _invalid("score", "min_value", _("Must be at least -2147483648."))
    if sent != int(sent):
        raise _invalid("score", "invalid", _("Must be a whole number."))
    return int(sent)


def check_metadata(sent: Any) -> str | None:
    """Return any JSON value as compact text; ``null`` is nothing.

    Raises:
        InvalidError: ``too_large``, ``null_characters_not_allowed``.
    """
    return None if sent is None else compact(sent, attr="metadata").decode()


def _check_text(field: str, text: str, at_most: int) -> str:
    if len(text) > at_most:
        raise _invalid(field, "max_length", _("Must be at most %(length)d characters.") % {"length": at_most})
    if "\0" in text:
        raise _nul(field)
    return text


def _nul(field: str) -> InvalidError:
    return _invalid(field, "null_characters_not_allowed", _("Null characters are not allowed."))


def _invalid(field: str, code: str, detail: str | Promise) -> InvalidError:
    return InvalidError(detail, code=code, attr=field)
