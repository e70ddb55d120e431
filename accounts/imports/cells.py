"""Reading single cells. Each function raises ``ValueError`` with a sentence for people."""

import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import orjson
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from import_export import fields, widgets

from accounts.models import User
from tenancy.errors import InvalidError

MAX_HASH = 255
MAX_NAME = 200


class ReadCell(widgets.Widget):
    """A cell that a function reads."""

    def __init__(self, read: Callable[[str], Any]) -> None:
        super().__init__()
        self.read = read

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        """Return what the cell says."""
        try:
            return self.read("" if value is None else str(value))
        except InvalidError as error:
            raise ValueError(str(error.detail)) from error


def column(name: str, read: Callable[[str], Any]) -> fields.Field:
    """Return a column of a file."""
    return fields.Field(column_name=name, attribute=name, widget=ReadCell(read))


def read_email(cell: str) -> str:
    """Read an address, in its one spelling."""
    if not cell.strip():
        raise ValueError(_("Must name a person."))
    # A Turkish spreadsheet writes capitals of its own: İ where an address has i, and ı for I.
    address = unicodedata.normalize("NFKC", cell).lower().replace("i\u0307", "i").replace("ı", "i")
    return User.normalize_email(address)


def read_name(cell: str) -> str:
    """Read what people call something, in its composed form."""
    text = unicodedata.normalize("NFC", cell.strip())
    if len(text) > MAX_NAME:
        raise ValueError(_("Must be at most %(length)d characters.") % {"length": MAX_NAME})
    if "\0" in text:
        raise ValueError(_("Null characters are not allowed."))
    return text


def read_hash(cell: str) -> str | None:
    """Read what tells a row from all others; an empty cell leaves that to what the row is about."""
    text = cell.strip()
    if len(text) > MAX_HASH:
        raise ValueError(_("Must be at most %(length)d characters.") % {"length": MAX_HASH})
    if "\0" in text:
        raise ValueError(_("Null characters are not allowed."))
    return text or None


def read_moment(cell: str) -> datetime:
    """Read a date and time of ISO 8601, in UTC unless it says otherwise; not one that is still to come."""
    try:
        moment = datetime.fromisoformat(cell.strip())
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(_("Must be a date and time such as 2026-11-16T08:30:00Z.")) from error
    if moment > timezone.now():
        raise ValueError(_("Must not be in the future."))
    return moment


def read_json(cell: str) -> Any:
    """Read JSON."""
    try:
        return orjson.loads(cell)
    except orjson.JSONDecodeError as error:
        raise ValueError(_("Must be JSON.")) from error


def if_any(read: Callable[[str], Any]) -> Callable[[str], Any]:
    """Return a reader to which a cell of nothing but blanks is nothing."""
    return lambda cell: read(cell) if cell.strip() else None
