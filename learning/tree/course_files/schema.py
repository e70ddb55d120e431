"""The JSON Schema of the file, made of the kinds that are registered."""

from typing import Any, Final

from django.db import models

from learning.tree.course_files.documents import FORMAT, VERSION
from learning.tree.course_files.kinds import FileKind, all_kinds, course_kind, kinds_in

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def schema() -> dict[str, Any]:
    """Return the schema of version ``VERSION``."""
    return {
        "$schema": _DIALECT,
        "title": "A course of Stepwise",
        "type": "object",
        "properties": {
            "format": {"const": FORMAT},
            "version": {"const": VERSION},
            "category": {"type": "string", "minLength": 1, "maxLength": 200},
            "course": {"$ref": f"#/$defs/{course_kind().name}"},
        },
        "required": ["format", "version", "category", "course"],
        "additionalProperties": False,
        "$defs": {kind.name: _row(kind) for kind in all_kinds()},
    }


def _row(kind: FileKind) -> dict[str, Any]:
    properties = {name: _value(column) for name, column in kind.fields.items()}
    if kind.extra:
        properties[kind.extra] = kind.extra_schema
    for below in kinds_in(kind):
        one = {"$ref": f"#/$defs/{below.name}"}
        properties[below.name] = (
            {"anyOf": [one, {"type": "null"}]} if below.single else {"type": "array", "items": one}
        )
    needed = [kind.key, *(name for name, column in kind.fields.items() if kind.needs(column))]
    return {
        "type": "object",
        "properties": properties,
        "required": [*dict.fromkeys(needed), *([kind.extra] if kind.extra else [])],
        "additionalProperties": False,
    }


def _value(column: Any) -> dict[str, Any]:
    value: dict[str, Any] = {"type": "string"}
    if isinstance(column, models.BooleanField):
        value = {"type": "boolean"}
    elif isinstance(column, models.IntegerField):
        value = {"type": "integer", "minimum": 0}
    elif column.choices:
        value = {"enum": [name for name, _label in column.flatchoices]}
    elif column.max_length:
        value["maxLength"] = column.max_length
    if column.null:
        value["type"] = [value["type"], "null"]
    return value
