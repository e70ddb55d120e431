"""What may be logged as an interaction (document 003, section 4): a type, and the payload it calls for."""

from datetime import datetime
from typing import Final, NamedTuple

from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from jsonschema_rs import Draft4Validator, ValidationError

from progress.interactions.types import INTERACTIONS, is_own_type
from progress.json_text import compact
from tenancy.errors import InvalidError

MAX_ITEMS: Final = 500

_WRONG_TYPE: Final[dict[str, str | Promise]] = {
    "string": _("Must be a string."),
    "integer": _("Must be a whole number."),
    "number": _("Must be a number."),
    "boolean": _("Must be true or false."),
}
_LIMITS: Final[dict[str, tuple[str, str | Promise]]] = {
    "pattern": ("blank", _("May not be blank.")),
    "maxLength": ("max_length", _("Must be at most %(limit)s characters.")),
    "minimum": ("min_value", _("Must be at least %(limit)s.")),
    "maximum": ("max_value", _("Must be at most %(limit)s.")),
}


class InteractionInput(NamedTuple):
    """An interaction, checked; ``payload`` is JSON in its compact form."""

    type: str
    payload: bytes


def check_interaction(sent: object) -> InteractionInput:
    """Return what is kept of ``{"type", "payload"}``; other names in it are nobody's.

    A payload holds the keys of its type, and is kept with whatever else it holds: a newer client knows more
    than this server does. Where the type is one of its client's own, it is any JSON value.

    Raises:
        InvalidError: naming ``type``, ``payload`` or the first key of the payload that is wrong, as in
            ``payload.slide``: ``required``, ``invalid``, ``invalid_choice``, ``blank``, ``max_length``,
            ``min_value``, ``max_value``, ``null_characters_not_allowed``, ``too_large``.
    """
    if not isinstance(sent, dict):
        raise InvalidError(_("Must be an object."))
    name = check_type(sent.get("type"))
    payload = sent.get("payload")
    if payload is None:
        raise InvalidError(_("This field is required."), code="required", attr="payload")
    if not is_own_type(name):
        _check_payload(INTERACTIONS[name].validator, payload)
    return InteractionInput(name, compact(payload, attr="payload"))


def _check_payload(validator: Draft4Validator, payload: object) -> None:
    if not isinstance(payload, dict):
        raise InvalidError(_("Must be an object."), attr="payload")
    if not validator.is_valid(payload):
        try:
            validator.validate(payload)
        except ValidationError as error:
            raise _refusal(error) from None


def check_type(sent: object) -> str:
    """Return the name of a type.

    Raises:
        InvalidError: ``required``, ``invalid_choice``.
    """
    if sent is None:
        raise InvalidError(_("This field is required."), code="required", attr="type")
    if not isinstance(sent, str) or not (sent in INTERACTIONS or is_own_type(sent)):
        raise InvalidError(
            _("Must be one of: %(types)s; or begin with x-.") % {"types": ", ".join(sorted(INTERACTIONS))},
            code="invalid_choice",
            attr="type",
        )
    return sent


def check_moment(sent: str, *, attr: str) -> datetime:
    """Return a moment that is written in ISO 8601, with its offset from UTC.

    Raises:
        InvalidError: ``invalid``.
    """
    try:
        # What follows a null character is not looked at.
        moment = None if "\0" in sent else parse_datetime(sent)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise InvalidError(
            _("Must be a time like 2026-11-16T08:00:00Z, with its offset from UTC."), attr=attr
        )
    return moment


def _refusal(error: ValidationError) -> InvalidError:
    """Return the message about the first key that is wrong; it never repeats what was sent."""
    kind, told = error.kind.name, error.kind.as_dict()
    key = ".".join(str(part) for part in error.instance_path)
    detail: str | Promise
    if kind == "required":
        key, code, detail = told["property"], "required", _("This field is required.")
    elif kind in _LIMITS:
        code, limit = _LIMITS[kind]
        detail = limit % told
    else:
        code, detail = "invalid", _WRONG_TYPE[told["types"][0]]
    return InvalidError(detail, code=code, attr=f"payload.{key}")
