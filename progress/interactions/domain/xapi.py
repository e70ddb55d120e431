"""Interactions as statements of the Experience API, version 1.0.3.

People are named by the ids of their accounts: no statement holds an e-mail address or a name.
https://github.com/adlnet/xAPI-Spec/blob/master/xAPI-Data.md
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple
from urllib.parse import quote
from uuid import UUID

from progress.interactions.declaring import Activity, InteractionType, Payload, Schema, Verb
from progress.interactions.types import INTERACTIONS, TCODE

PLATFORM: Final = "Stepwise"
# Every 1.0.x has the data model of 1.0.0, and who provides statements must set exactly this.
VERSION: Final = "1.0.0"

_INTERACTED: Final = Verb("http://adlnet.gov/expapi/verbs/interacted", "interacted with")
_INTERACTION: Final = "http://adlnet.gov/expapi/activities/interaction"


class LoggedInteraction(NamedTuple):
    """A row of the log."""

    id: UUID
    user_id: UUID
    organization_id: UUID
    type: str
    payload: dict[str, Any]
    created_at: datetime


def statement_of(interaction: LoggedInteraction, *, home: str) -> dict[str, Any]:
    """Return the statement that an interaction makes.

    A type that is not declared any more, or a payload from before its type was as it is now, makes the
    statement that somebody interacted with something of that type.

    Args:
        home: the address of the installation, without a slash at the end; ids of accounts, activities and
            extensions begin with it, and must not change from one export to the next.
    """
    kind = INTERACTIONS.get(interaction.type)
    payload = interaction.payload
    activity = kind.activity_for(payload) if kind else None
    if kind is None or activity is None:
        verb, target = _INTERACTED, _undeclared(interaction.type, home)
    else:
        verb, target = kind.verb, _activity(activity, payload, home)
    result = dict(_result(kind, payload)) if kind and activity else {}
    return {
        "id": str(interaction.id),
        "actor": {
            "objectType": "Agent",
            "account": {"homePage": home, "name": str(interaction.user_id)},
        },
        "verb": {"id": verb.iri, "display": {"en": verb.display}},
        "object": target,
        **({"result": result} if result else {}),
        "context": {
            "platform": PLATFORM,
            **_parent(activity, payload, home),
            # All that was said, whatever of it xAPI has a place for.
            "extensions": {
                f"{home}/xapi/organization": str(interaction.organization_id),
                f"{home}/xapi/payload": payload,
            },
        },
        "timestamp": moment(interaction.created_at),
        "version": VERSION,
    }


def moment(at: datetime) -> str:
    """Return a time in ISO 8601, in UTC."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _activity(activity: Activity, payload: Payload, home: str) -> dict[str, Any]:
    return {
        "objectType": "Activity",
        "id": f"{home}/{activity.path_for(payload)}",
        "definition": {"type": activity.type, "name": {"en": activity.name_for(payload)}},
    }


def _undeclared(name: str, home: str) -> dict[str, Any]:
    return {
        "objectType": "Activity",
        "id": f"{home}/interactions/{quote(name, safe='')}",
        "definition": {"type": _INTERACTION, "name": {"en": name}},
    }


def _parent(activity: Activity | None, payload: Payload, home: str) -> dict[str, Any]:
    """Return the tcode that the activity is a part of, where it is one's part."""
    if activity is None or activity is TCODE or not TCODE.keys <= payload.keys():
        return {}
    return {"contextActivities": {"parent": [_activity(TCODE, payload, home)]}}


def _result(kind: InteractionType, payload: Payload) -> Iterator[tuple[str, Any]]:
    for name, key in kind.result.items():
        if key is True:
            yield name, True
        elif key in payload:
            value = payload[key]
            if name == "duration":
                value = _duration(value)
            elif name == "score":
                value = _score(value, kind.keys[key])
            yield name, value


def _duration(seconds: float) -> str:
    """Return a duration in ISO 8601, to the hundredth of a second that xAPI compares."""
    return f"PT{f'{seconds:.2f}'.rstrip('0').rstrip('.')}S"


def _score(raw: float, schema: Schema) -> Mapping[str, float]:
    least, most = schema["minimum"], schema["maximum"]
    return {"raw": raw, "min": least, "max": most, "scaled": (raw - least) / (most - least)}
