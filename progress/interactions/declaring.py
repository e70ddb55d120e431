"""How a type of interactions is declared. One that makes no sense stops the start with a sentence."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from string import Formatter
from typing import Any, Final, Literal
from urllib.parse import quote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from jsonschema_rs import Draft4Validator

Schema = dict[str, Any]
Payload = Mapping[str, Any]
ResultField = Literal["completion", "duration", "response", "score", "success"]

# What a field of an xAPI result can be filled with.
_TYPES: Final[dict[str, tuple[str, ...]]] = {
    "completion": ("boolean",),
    "duration": ("integer", "number"),
    "response": ("string",),
    "score": ("integer", "number"),
    "success": ("boolean",),
}
_KEY: Final = re.compile(r"[a-z][a-zA-Z0-9]*")


def text(*, at_most: int) -> Schema:
    """Return the schema of a string that is not blank; ``at_most`` in characters."""
    return {"type": "string", "pattern": r"\S", "maxLength": at_most}


def whole(*, at_least: int, at_most: int) -> Schema:
    """Return the schema of an integer."""
    return {"type": "integer", "minimum": at_least, "maximum": at_most}


def number(*, at_least: float, at_most: float) -> Schema:
    """Return the schema of a number with or without a fraction."""
    return {"type": "number", "minimum": at_least, "maximum": at_most}


def flag() -> Schema:
    """Return the schema of a boolean."""
    return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Verb:
    """What was done, in the words of a public vocabulary of xAPI verbs."""

    iri: str
    display: str

    def __post_init__(self) -> None:
        _check_iri(self.iri)


@dataclass(frozen=True, slots=True)
class Activity:
    """What it was done with: an xAPI activity. ``{key}`` in path and name stands for a value of the payload.

    Attributes:
        path: where it is below the installation's own address; makes its id.
        type: an IRI of a public vocabulary of activity types.
        name: what people call it, in English.
    """

    path: str
    type: str
    name: str

    def __post_init__(self) -> None:
        _check_iri(self.type)

    @property
    def keys(self) -> frozenset[str]:
        """The keys that a payload must hold for this activity to be named."""
        parts = [*Formatter().parse(self.path), *Formatter().parse(self.name)]
        return frozenset(name for _literal, name, _format, _conversion in parts if name)

    def path_for(self, payload: Payload) -> str:
        """Return the path with the payload's values put in."""
        return self.path.format_map({key: quote(str(payload[key]), safe="") for key in self.keys})

    def name_for(self, payload: Payload) -> str:
        """Return the name with the payload's values put in."""
        return self.name.format_map(payload)


@dataclass(frozen=True)
class InteractionType:
    """A kind of interaction: what its payload holds, and what it is in xAPI.

    Attributes:
        required, optional: the keys of the payload with the schema of each, made by ``text``, ``whole``,
            ``number`` and ``flag``. Others are kept unchecked.
        activities: the first whose keys a payload holds is what a statement is about.
        result: fields of an xAPI result, each with the key that fills it, or ``True``.
        example: a payload, for the documentation.

    Raises:
        ImproperlyConfigured: a part does not fit the others.
    """

    verb: Verb
    required: Mapping[str, Schema]
    activities: tuple[Activity, ...]
    example: Payload
    optional: Mapping[str, Schema] = field(default_factory=dict)
    result: Mapping[ResultField, str | Literal[True]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for key in self.keys:
            _require(bool(_KEY.fullmatch(key)), f"the key {key!r} is not in camelCase")
        both = sorted(self.required.keys() & self.optional.keys())
        _require(not both, f"{both} are required and optional")
        _require(bool(self.activities), "there is no activity to make a statement about")
        for activity in self.activities:
            unknown = sorted(activity.keys - self.keys.keys())
            _require(not unknown, f"the activity {activity.path!r} names {unknown}, which are no keys")
        missing = sorted(self.activities[-1].keys - self.required.keys())
        _require(not missing, f"the last activity needs {missing}, which a payload need not hold")
        for name, filled_with in self.result.items():
            self._check_result(name, filled_with)
        _require(self.validator.is_valid(dict(self.example)), "the example is not a valid payload")

    def _check_result(self, name: ResultField, key: str | Literal[True]) -> None:
        _require(name in _TYPES, f"there is no result.{name} in xAPI")
        if key is True:
            _require("boolean" in _TYPES[name], f"result.{name} cannot be true")
            return
        kind = self.keys.get(key, {}).get("type")
        _require(kind in _TYPES[name], f"result.{name} cannot be filled with {key!r}")

    @property
    def keys(self) -> dict[str, Schema]:
        """All keys of the payload with the schema of each."""
        return {**self.required, **self.optional}

    @cached_property
    def schema(self) -> Schema:
        """The JSON Schema of the payload."""
        required = {"required": list(self.required)} if self.required else {}
        return {"type": "object", "properties": self.keys, **required}

    @cached_property
    def validator(self) -> Draft4Validator:
        """The compiled schema: hundreds of payloads in a request are checked in less than a millisecond."""
        return Draft4Validator(self.schema)

    def activity_for(self, payload: Payload) -> Activity | None:
        """Return what a payload is about; ``None`` for one from before its type was as it is now.

        A key that is declared later may hold anything in older rows.
        """
        if not self.validator.is_valid(payload):
            return None
        return next((found for found in self.activities if found.keys <= payload.keys()), None)


def _check_iri(iri: str) -> None:
    parts = urlsplit(iri)
    _require(bool(parts.scheme and parts.netloc and " " not in iri), f"{iri!r} is not an absolute IRI")


def _require(holds: bool, sentence: str) -> None:
    if not holds:
        raise ImproperlyConfigured(f"A type of interactions is not well defined: {sentence}.")
