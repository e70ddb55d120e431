"""An example of what each operation takes and answers, composed of the schemas of the OpenAPI document.

One value for each name of a field, so that examples agree with one another. A field of a new name is given
one by its type until the name stands here.
"""

from typing import Any, Final

Schema = dict[str, Any]

_BY_NAME: Final[dict[str, Any]] = {
    "access": "eyJhbGciOiJIUzI1NiIs...",
    "answers": [0, 2, 1],
    "body": "The school is closed on Monday.",
    "code": "SAFE-101",
    "complete": 6,
    "correct_option_ids": [31],
    "currency": "EUR",
    "current_password": "kumquat-violin-8812",
    "custom_permissions": ["videos.list"],
    "custom_permissions_filter": ["progress.update"],
    "deletedCount": 1,
    "description": "What to say when you meet someone.",
    "detail": "Complete the earlier steps first.",
    "display_order": 0,
    "dry_run": False,
    "durationDays": 14,
    "duration_seconds": 180,
    "email": "ada@north.example",
    "endsAt": "2026-11-30T08:00:00Z",
    "expiresAt": "2026-11-30T08:00:00Z",
    "explanation": "Hello opens a conversation.",
    "is_locked": False,
    "item_id": "hello",
    "key": "videos.get",
    "language": "en-GB",
    "late": False,
    "lastSlideSeen": 4,
    "metadata": {"tries": 2},
    "name": "Ada Lund",
    "organizationId": "0198f2a4-5b6c-7d8e-9f00-112233445566",
    "new_password": "marzipan-kettle-4471",
    "pass_mark": 80,
    "password": "kumquat-violin-8812",
    "payload": {"tcodeId": 12, "slide": 4, "seconds": 37.5},
    "pending": 4,
    "percentComplete": 20.5,
    "playbackSpeed": 1.25,
    "position": 0,
    "price": "9.90",
    "quiz_id": "de-escalation-47",
    "quiz_title": "De-escalation",
    "reason": "Was ill for a week.",
    "refresh": "eyJhbGciOiJIUzI1NiIs...",
    "role": "TEACHER",
    "scope": "campus:0198f2a4-5b6c-7d8e-9f00-112233445566",
    "score": 7,
    "slideCount": 24,
    "status": "PUBLISHED",
    "subject": "Safety",
    "subscriptionType": "trial",
    "tcodeId": 12,
    "text": "What opens a conversation?",
    "title": "Hello and goodbye",
    "token": "d1x2y3-0123456789abcdef",
    "total": 10,
    "total_questions": 10,
    "type": "viewed-slide",
    "uid": "MDE5OGYyYTQ",
    "user_name": "Ada Lund",
    "user_role": "TEACHER",
    "value": "seen",
    "version": "f04f5c086352a44e",
    "video_url": "https://videos.example/hello.mp4",
    "week_of": "2026-W47",
}
_BY_COMPONENT: Final[dict[tuple[str, str], Any]] = {
    ("Answers", "answers"): [{"question_id": 7, "option_id": 31}],
    ("SubmissionBody", "answers"): [{"question_id": 7, "option_id": 31}],
    ("Completed", "completed"): True,
    ("ItemOutcome", "status"): 201,
    ("ItemOutcome", "errors"): [],
    ("Package", "name"): "trial",
    ("Question", "options"): [
        {"id": 31, "text": "Hello!", "is_correct": True},
        {"id": 32, "text": "Goodbye!", "is_correct": False},
    ],
    ("ScopeNode", "name"): "East",
    ("ScopeNode", "children"): [],
    ("TrendChild", "name"): "East",
}
_BY_FORMAT: Final = {
    "uuid": "0198f2a4-5b6c-7d8e-9f00-112233445566",
    "date-time": "2026-11-16T08:00:00Z",
    "uri": "https://videos.example/hello.mp4",
    "decimal": "9.90",
}
_BY_TYPE: Final = {"integer": 1, "number": 1.5, "boolean": True, "string": "...", "object": {}}


_CSV: Final = (
    "userId,user_name,user_role,campusId,campus_name,status,late,failed,retaken,self_reported,"
    "quiz_id,quiz_title,week_of,score,total_questions,completed_at\n"
    "0198f2a4-5b6c-7d8e-9f00-112233445566,Ada Lund,TEACHER,0198f2a4-5b6c-7d8e-9f00-112233445567,East,"
    "complete,False,False,False,False,12,Fire drills,2026-W47,9,10,2026-11-16T08:00:00Z\n"
)
_REFUSAL: Final = {
    "type": "client_error",
    "errors": [{"code": "token_not_valid", "detail": "The access token is not valid.", "attr": None}],
}


def with_examples(result: dict[str, Any], **context: Any) -> dict[str, Any]:
    """Give an example to what is in a path, to every body that is taken, and to what is answered.

    Where all is well and nothing is answered, the example is that of a refusal.
    """
    compose = _Composer(result["components"]["schemas"])
    for item in result["paths"].values():
        for operation in item.values():
            for parameter in operation.get("parameters", ()):
                if parameter["in"] == "path":
                    parameter["example"] = compose.example_of(parameter["schema"], name=parameter["name"])
            answers = operation["responses"]
            good = [body.get("content", {}) for status, body in answers.items() if status.startswith("2")]
            for content in (operation.get("requestBody", {}).get("content", {}), *good):
                if json := content.get("application/json"):
                    json["example"] = compose.example_of(json["schema"])
                if csv := content.get("text/csv"):
                    csv["example"] = _CSV
            if not any(good) and "401" in answers:
                # The content of refusals is one object for all of them.
                json = answers["401"]["content"]["application/json"]
                answers["401"]["content"] = {"application/json": {**json, "example": _REFUSAL}}
    return result


class _Composer:
    def __init__(self, components: dict[str, Schema]) -> None:
        self._components = components

    def example_of(self, schema: Schema, *, component: str = "", name: str = "") -> Any:
        """Return a value that the schema allows.

        Args:
            component, name: whose field it is the schema of, and what that is called.
        """
        if (component, name) in _BY_COMPONENT:
            return _BY_COMPONENT[component, name]
        if "$ref" in schema:
            referred = schema["$ref"].rpartition("/")[2]
            named = name if "enum" in self._components[referred] else ""
            return self.example_of(self._components[referred], component=referred, name=named)
        for combined in ("allOf", "oneOf", "anyOf"):
            if combined in schema:
                return self.example_of(schema[combined][0], component=component, name=name)
        if "properties" in schema:
            return {
                key: self.example_of(
                    value, component=component.removesuffix("Request").removeprefix("Patched"), name=key
                )
                for key, value in schema["properties"].items()
            }
        return self._value(schema, component, name)

    def _value(self, schema: Schema, component: str, name: str) -> Any:
        named = _BY_NAME.get("version" if name.endswith("_version") else name)
        if "enum" in schema:
            return named if named in schema["enum"] else schema["enum"][0]
        if _fits(named, schema):
            return named
        if schema.get("type") == "array":
            return [self.example_of(schema["items"], component=component)]
        by_type = _BY_TYPE[schema.get("type", "object")]
        return _BY_FORMAT.get(schema.get("format", ""), by_type)


def _fits(value: Any, schema: Schema) -> bool:
    """Whether the example of a name is of the type that the field has here."""
    kinds: dict[str, tuple[type, ...]] = {
        "string": (str,),
        "integer": (int,),
        "number": (int, float),
        "boolean": (bool,),
        "array": (list,),
        "object": (dict,),
    }
    if value is None or (schema.get("format") == "uuid" and value != _BY_FORMAT["uuid"]):
        return False
    kind = schema.get("type", "")
    if isinstance(value, bool):
        return kind in ("boolean", "")
    return isinstance(value, kinds.get(kind, (object,)))
