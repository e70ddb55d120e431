"""What the committed OpenAPI document says of a response."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

DOCUMENT = Path(settings.BASE_DIR) / "docs" / "openapi.yaml"


@cache
def document() -> dict[str, Any]:
    """Return the committed document."""
    return yaml.load(DOCUMENT.read_text(), Loader=yaml.CSafeLoader)


def operation(method: str, path: str) -> dict[str, Any]:
    """Return an operation; ``path`` is below ``/api/``, with ``<id>`` for an id."""
    found: dict[str, Any] = document()["paths"][f"/api/{path.replace('<id>', '{id}')}"][method]
    return found


def response_schema(method: str, path: str, status: int) -> dict[str, Any] | None:
    """Return the schema of a body, or ``None`` where the document promises none."""
    responses = operation(method, path)["responses"]
    described = responses.get(str(status)) or responses["default"]
    content = described.get("content")
    return content["application/json"]["schema"] if content else None


def query_parameters(method: str, path: str) -> set[str]:
    """Return the names of the parameters that an operation takes."""
    return {item["name"] for item in operation(method, path).get("parameters", ()) if item["in"] == "query"}


def request_schema(method: str, path: str) -> dict[str, Any]:
    """Return the schema of what may be sent; empty where nothing is."""
    body = operation(method, path).get("requestBody")
    return resolved(body["content"]["application/json"]["schema"]) if body else {}


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema with references followed and ``allOf`` and ``oneOf`` merged."""
    if "$ref" in schema:
        found: Any = document()
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        return resolved(found)
    merged: dict[str, Any] = {key: value for key, value in schema.items() if key not in ("allOf", "oneOf")}
    for part in (*schema.get("allOf", ()), *schema.get("oneOf", ())):
        further = resolved(part)
        properties = {**merged.get("properties", {}), **further.get("properties", {})}
        merged = {**further, **merged, **({"properties": properties} if properties else {})}
    return merged


def takes_any_key(schema: dict[str, Any]) -> bool:
    """Whether an object may hold keys that the schema does not name; one of no type is any JSON value."""
    return bool(schema.get("additionalProperties")) or not schema.keys() & {"type", "properties"}


def undocumented(schema: dict[str, Any] | None, value: Any, at: str = "") -> list[str]:
    """Return the paths of keys in ``value`` that the schema does not know."""
    if schema is None:
        return [] if value is None else [f"{at}: a body"]
    known = resolved(schema)
    if isinstance(value, list):
        return [extra for item in value for extra in undocumented(known.get("items", {}), item, f"{at}[]")]
    if not isinstance(value, dict) or takes_any_key(known):
        return []
    properties = known.get("properties", {})
    return [
        extra
        for name, item in value.items()
        for extra in (
            undocumented(properties[name], item, f"{at}.{name}") if name in properties else [f"{at}.{name}"]
        )
    ]


def undocumented_keys(method: str, path: str, response: Any) -> list[str]:
    """Return the keys of a response that the document does not know."""
    if "text/csv" in str(response.headers.get("content-type")):
        return []
    value = response.json() if response.content else None
    return undocumented(response_schema(method, path, response.status_code), value)
