"""The rules of xAPI 1.0.3 for a statement (part two of the specification, "Experience API Data").

Written from the specification, for all that a statement may hold: what validates here, a learning record
store that follows it takes. ``faults_of`` says what is wrong.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from jsonschema import Draft202012Validator, FormatChecker

FORMATS = FormatChecker(())


@FORMATS.checks("uuid")
def is_uuid(value: Any) -> bool:
    # Of the variant of RFC 4122, whatever the version.
    shape = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
    return not isinstance(value, str) or bool(re.fullmatch(shape, value, re.I))


@FORMATS.checks("iri")
def is_iri(value: Any) -> bool:
    if not isinstance(value, str):
        return True
    parts = urlsplit(value)
    return bool(parts.scheme and (parts.netloc or parts.path)) and not re.search(r'[\s<>"{}|\\^`]', value)


@FORMATS.checks("irl")
def is_irl(value: Any) -> bool:
    return not isinstance(value, str) or (is_iri(value) and bool(urlsplit(value).netloc))


@FORMATS.checks("timestamp", raises=ValueError)
def is_timestamp(value: Any) -> bool:
    if not isinstance(value, str):
        return True
    # RFC 3339 within ISO 8601; "-00:00" says that the offset is not known, which is refused.
    shape = r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)"
    return bool(re.fullmatch(shape, value) and not value.endswith("-00:00") and datetime.fromisoformat(value))


@FORMATS.checks("duration")
def is_duration(value: Any) -> bool:
    number = r"\d+(\.\d+)?"
    date = rf"({number}Y)?({number}M)?({number}D)?"
    time = rf"(T(?=\d)({number}H)?({number}M)?({number}S)?)?"
    return not isinstance(value, str) or bool(re.fullmatch(rf"P(?=.)({number}W|{date}{time})", value))


def closed(properties: dict[str, Any], *required: str, **more: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
        **more,
    }


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/$defs/{name}"}


IRI = {"type": "string", "format": "iri"}
TEXT = {"type": "string"}
ACTIVITIES = {"oneOf": [ref("activity"), {"type": "array", "items": ref("activity")}]}
INTERACTION_TYPES = [
    *("true-false", "choice", "fill-in", "long-fill-in", "matching", "performance", "sequencing", "likert"),
    *("numeric", "other"),
]
COMPONENTS = {
    "type": "array",
    "items": closed({"id": {"type": "string", "minLength": 1}, "description": ref("languageMap")}, "id"),
}
IDENTIFIERS = {
    "mbox": {"type": "string", "pattern": "^mailto:[^@\\s]+@[^@\\s]+$"},
    "mbox_sha1sum": {"type": "string", "pattern": "^[0-9a-fA-F]{40}$"},
    "openid": {"type": "string", "format": "irl"},
    "account": closed(
        {"homePage": {"type": "string", "format": "irl"}, "name": {"type": "string", "minLength": 1}},
        "homePage",
        "name",
    ),
}
ONE_IDENTIFIER = {"oneOf": [{"required": [name]} for name in IDENTIFIERS]}
NO_IDENTIFIER = {"not": {"anyOf": [{"required": [name]} for name in IDENTIFIERS]}}
PARTS = {
    "actor": {"oneOf": [ref("agent"), ref("group")]},
    "verb": ref("verb"),
    "result": ref("result"),
    "context": ref("context"),
    "timestamp": {"type": "string", "format": "timestamp"},
    "attachments": {"type": "array", "items": ref("attachment")},
}
OBJECTS = [ref(name) for name in ("activity", "agentObject", "group", "statementRef")]

SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    **ref("statement"),
    "$defs": {
        "languageMap": {
            "type": "object",
            "propertyNames": {"pattern": "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$"},
            "additionalProperties": TEXT,
        },
        "extensions": {"type": "object", "propertyNames": {"format": "iri"}},
        "agent": closed({"objectType": {"const": "Agent"}, "name": TEXT, **IDENTIFIERS}, **ONE_IDENTIFIER),
        # An agent in the place of an object must say that it is one.
        "agentObject": {"allOf": [ref("agent"), {"required": ["objectType"]}]},
        "group": closed(
            {
                "objectType": {"const": "Group"},
                "name": TEXT,
                "member": {"type": "array", "items": ref("agent")},
                **IDENTIFIERS,
            },
            "objectType",
            anyOf=[ONE_IDENTIFIER, {**NO_IDENTIFIER, "required": ["member"]}],
        ),
        "verb": closed({"id": IRI, "display": ref("languageMap")}, "id"),
        "activity": closed(
            {"objectType": {"const": "Activity"}, "id": IRI, "definition": ref("definition")}, "id"
        ),
        "definition": closed(
            {
                "name": ref("languageMap"),
                "description": ref("languageMap"),
                "type": IRI,
                "moreInfo": {"type": "string", "format": "irl"},
                "extensions": ref("extensions"),
                "interactionType": {"enum": INTERACTION_TYPES},
                "correctResponsesPattern": {"type": "array", "items": TEXT},
                **dict.fromkeys(("choices", "scale", "source", "target", "steps"), COMPONENTS),
            },
            dependentRequired={
                name: ["interactionType"]
                for name in ("correctResponsesPattern", "choices", "scale", "source", "target", "steps")
            },
        ),
        "statementRef": closed(
            {"objectType": {"const": "StatementRef"}, "id": {"type": "string", "format": "uuid"}},
            "objectType",
            "id",
        ),
        "subStatement": closed(
            {"objectType": {"const": "SubStatement"}, "object": {"oneOf": OBJECTS}, **PARTS},
            *("objectType", "actor", "verb", "object"),
        ),
        "score": closed(
            {
                "scaled": {"type": "number", "minimum": -1, "maximum": 1},
                **{name: {"type": "number"} for name in ("raw", "min", "max")},
            }
        ),
        "result": closed(
            {
                "score": ref("score"),
                "success": {"type": "boolean"},
                "completion": {"type": "boolean"},
                "response": TEXT,
                "duration": {"type": "string", "format": "duration"},
                "extensions": ref("extensions"),
            }
        ),
        "context": closed(
            {
                "registration": {"type": "string", "format": "uuid"},
                "instructor": PARTS["actor"],
                "team": ref("group"),
                "contextActivities": closed(
                    dict.fromkeys(("parent", "grouping", "category", "other"), ACTIVITIES)
                ),
                "revision": TEXT,
                "platform": TEXT,
                "language": {"type": "string", "pattern": "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$"},
                "statement": ref("statementRef"),
                "extensions": ref("extensions"),
            }
        ),
        "attachment": closed(
            {
                "usageType": IRI,
                "display": ref("languageMap"),
                "description": ref("languageMap"),
                "contentType": TEXT,
                "length": {"type": "integer", "minimum": 0},
                "sha2": TEXT,
                "fileUrl": {"type": "string", "format": "irl"},
            },
            *("usageType", "display", "contentType", "length", "sha2"),
        ),
        "statement": closed(
            {
                "id": {"type": "string", "format": "uuid"},
                "object": {"oneOf": [*OBJECTS, ref("subStatement")]},
                "stored": PARTS["timestamp"],
                "authority": PARTS["actor"],
                # Who provides statements sets exactly this one.
                "version": {"const": "1.0.0"},
                **PARTS,
            },
            *("actor", "verb", "object"),
        ),
    },
}
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=FORMATS)


def faults_of(statement: dict[str, Any]) -> list[str]:
    """Return what of the rules a statement breaks; it was made by a provider, who names it."""
    faults = [f"{'.'.join(map(str, e.absolute_path))}: {e.message}" for e in VALIDATOR.iter_errors(statement)]
    faults += [f"{path}: null" for path in nulls(statement)]
    is_activity = statement.get("object", {}).get("objectType", "Activity") == "Activity"
    if not is_activity and {"platform", "revision"} & set(statement.get("context", {})):
        faults.append("context: platform and revision are for activities")
    return faults + list(score_faults(statement.get("result", {}).get("score", {})))


def nulls(value: Any, path: str = "") -> Iterator[str]:
    """Yield where there is a null; inside extensions anything may be."""
    if value is None:
        yield path
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from nulls(item, f"{path}.{number}")
    elif isinstance(value, dict):
        for name, item in value.items():
            if name != "extensions":
                yield from nulls(item, f"{path}.{name}")


def score_faults(score: dict[str, Any]) -> Iterator[str]:
    least, most = score.get("min", float("-inf")), score.get("max", float("inf"))
    if least >= most:
        yield "result.score: min is not less than max"
    if "raw" in score and not least <= score["raw"] <= most:
        yield "result.score: raw is not between min and max"
