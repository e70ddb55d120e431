"""Nothing a client sends produces a 5xx: poison through every path, parameter, field, body and header.

Every answer is the normal one or a refusal in the one shape, in little time, and says nothing of the inside.
"""

import json
import time
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator

from tests.contracts.documents import document, query_parameters, request_schema, resolved
from tests.contracts.poison import (
    BODIES,
    DEEP,
    HEADERS,
    ITEMS,
    METHODS,
    PATH_IDS,
    QUERY_VALUES,
    TYPES,
    UNKNOWN,
    VALUES,
)
from tests.contracts.routes import OPERATIONS
from tests.contracts.world import NOBODY, Undoing

pytestmark = pytest.mark.drill

WRITES = [route for route in OPERATIONS if route.method != "get"]
ERROR = Draft202012Validator(
    {
        "type": "object",
        "required": ["type", "errors"],
        "additionalProperties": False,
        "properties": {
            "type": {"enum": ["validation_error", "client_error"]},
            "errors": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "required": ["code", "detail", "attr"],
                    "additionalProperties": False,
                    "properties": {
                        "code": {"type": "string", "pattern": "^[a-z_]+$"},
                        "detail": {"type": "string", "minLength": 1},
                        "attr": {"type": ["string", "null"]},
                        "meta": {"type": "object"},
                    },
                },
            },
        },
    }
)
INSIDE = (b"Traceback", b"psycopg", b"SELECT ", b"INSERT ", b"violates", b"/site-packages/", b"django.")
SECONDS = 0.2


def some(values: list[str], n: int, *, of: int) -> list[str]:
    """Return every ``of``-th value: neighbours share code, and between them get all of them."""
    return values[n % of :: of]


class Inspector:
    """Sends requests as those who may, takes back what they do, and collects what is wrong."""

    def __init__(self, world: Any) -> None:
        callers = {"admin", "student", *(route.caller for route in OPERATIONS)} - {"anonymous"}
        self.clients = {caller: world.client(caller) for caller in (*callers, "anonymous")}
        self.ids = {caller: world.ids_for(world.person(caller)) for caller in callers}
        self.own = world.own
        self.undoing = Undoing()
        self.wrong: list[str] = []
        self.statuses: dict[int, int] = {}

    def send(self, method: str, url: str, body: str = "", *, caller: str = "admin", **options: Any) -> int:
        options.setdefault("content_type", "application/json")
        data = body.encode("utf-8", "surrogatepass")
        for _ in range(3):  # another process may have had the processor
            started = time.thread_time()
            response = self.clients[caller].generic(method.upper(), url, data, **options)
            self.undoing.take_back()
            spent = time.thread_time() - started
            if spent < SECONDS or spent > 5 * SECONDS:
                break
        self.statuses[response.status_code] = self.statuses.get(response.status_code, 0) + 1
        if (fault := fault_of(response)) or spent >= SECONDS:
            sent = f"{method} {url[:150]} {options} {body[:100]}"
            self.wrong.append(f"{sent[:400]}: {fault or f'{spent:.2f} s'}")
        return response.status_code

    def conclude(self, *expected: int) -> None:
        assert not self.wrong, f"{len(self.wrong)} of {sum(self.statuses.values())}:\n" + "\n".join(
            self.wrong
        )
        assert set(expected) <= set(self.statuses)


def fault_of(response: Any) -> str | None:
    """Return what is wrong with an answer."""
    if response.status_code >= 500:
        return f"{response.status_code} {response.content[:200]}"
    if response.status_code < 400:
        return None
    if response["Content-Type"] != "application/json":
        return f"{response.status_code} {response['Content-Type']}"
    told = [word for word in INSIDE if word in response.content]
    errors = [error.message for error in ERROR.iter_errors(response.json())]
    return f"{response.status_code} {told} {errors}"[:300] if told or errors else None


@pytest.fixture
def inspector(world) -> Inspector:
    return Inspector(world)


def test_ids_in_paths(inspector):
    for route in (route for route in OPERATIONS if route.kind):
        before, after = route.path.split("<id>")
        body = json.dumps(route.filled(inspector.own)) if route.body else ""
        for value in PATH_IDS:
            status = inspector.send(route.method, f"/api/{before}{value}{after}", body)
            assert 400 <= status < 500, (route, value)
    inspector.conclude(404)


def test_query_parameters(inspector):
    for n, route in enumerate(route for route in OPERATIONS if route.method == "get"):
        url, joint = route.url(inspector.own), "&" if route.query else "?"
        for name in {"limit", "page", *query_parameters(route.method, route.path)}:
            own = name not in ("limit", "page", "deleted")
            for value in QUERY_VALUES if own else some(QUERY_VALUES, n, of=4):
                inspector.send("GET", f"{url}{joint}{name}={value.replace('{name}', name)}")
        for name in {*UNKNOWN} - query_parameters(route.method, route.path):
            status = inspector.send("GET", f"{url}{joint}{name}=1")
            assert status == (400 if route.is_strict else 200), (route, name)
        assert inspector.send("GET", url + joint + "&".join(f"a{n}=1" for n in range(2000))) in (200, 400)
    inspector.conclude(200, 400)


def test_values_of_fields(inspector):
    for n, route in enumerate(WRITES):
        ids = inspector.ids[route.caller]
        body = route.filled(ids) or {}
        for names, field in fields_of(request_schema(route.method, route.path)):
            values = VALUES + (ITEMS if field.get("type") == "array" else [])
            for value in values if route.method == "post" else some(values, n, of=5):
                sent = with_raw(body, names, value)
                inspector.send(route.method, route.url(ids), sent, caller=route.caller)
    inspector.conclude(400)


def fields_of(schema: dict[str, Any]) -> list[tuple[tuple[str, ...], dict[str, Any]]]:
    """Return the fields of a body with their names, from the outermost object inwards."""
    found = []
    for name, field in schema.get("properties", {}).items():
        found.append(((name,), field))
        found += [((name, *inner), below) for inner, below in fields_of(resolved(field))]
    return found


def with_raw(body: Any, names: tuple[str, ...], value: str) -> str:
    """Return a body as text, with any text, JSON or not, in the place of one field."""
    name, *inner = names
    raw = with_raw(body.get(name) or {}, tuple(inner), value) if inner else value
    others = "".join(f", {json.dumps(n)}: {json.dumps(v)}" for n, v in body.items() if n != name)
    return f'{{"{name}": {raw}{others}}}'


def test_items_that_lack_what_they_need(inspector):
    for route, name in lists_in_bodies():
        for value in ("[{}]", "[{}, {}]", '[{"is_correct": true}, {"text": "b"}]', '[{"id": 1}]'):
            sent = f'{{"{name}": {value}}}'
            assert inspector.send(route.method, route.url(inspector.own), sent, caller=route.caller) == 400
    inspector.conclude(400)


def test_lists_that_are_too_long(inspector):
    for route, name in lists_in_bodies():
        sent = f'{{"{name}": [{"{}," * 12_000}{{}}]}}'
        assert inspector.send(route.method, route.url(inspector.own), sent, caller=route.caller) == 400
    inspector.conclude(400)


def lists_in_bodies() -> list[tuple[Any, str]]:
    return [
        (route, name)
        for route in WRITES
        for name, field in request_schema(route.method, route.path).get("properties", {}).items()
        if field.get("type") == "array"
    ]


def test_bodies_that_are_no_object_or_no_json(inspector):
    for n, route in enumerate(WRITES):
        schema = request_schema(route.method, route.path)
        takes_body = bool(schema)
        url, caller = route.url(inspector.own), route.caller
        for body in BODIES if takes_body else some(BODIES, n, of=6):
            status = inspector.send(route.method, url, body, caller=caller)
            says_enough = not schema.get("required") and (body == "" or body.startswith("{"))
            if takes_body and route.method != "patch" and not says_enough:
                assert status in (400, 409), (route, body, status)
        valid = json.dumps(route.filled(inspector.ids[caller]) or {})
        for kind in some(TYPES, n, of=3):
            status = inspector.send(route.method, url, valid, caller=caller, content_type=kind)
            assert not takes_body or status == 415 or "json;" in kind or not kind, (route, kind, status)
    inspector.conclude(400, 415)


def test_bodies_that_are_nested_too_deeply(inspector):
    """What cannot be written out again, to compare it or to keep it, is not taken in."""
    for route in (route for route in WRITES if request_schema(route.method, route.path)):
        body = json.dumps(route.filled(inspector.ids[route.caller]))[:-1]
        for depth in (60, 100, 250, 300, 900, 1000, DEEP):
            for opened, closed in ("[]", ('{"a":[', "]}")):
                sent = f'{body}, "further": {opened * depth}{closed * depth}}}'
                key = {"HTTP_IDEMPOTENCY_KEY": f"{opened}{depth}"} if route.method == "post" else {}
                status = inspector.send(
                    route.method, route.url(inspector.own), sent, caller=route.caller, **key
                )
                if depth > 60:
                    assert status == 400, (route, depth)
    inspector.conclude(200, 201, 400)


def test_bodies_that_are_too_big(inspector):
    for route in WRITES:
        if request_schema(route.method, route.path):
            for body in ('{"title": "' + "x" * 2_000_000 + '"}', "[" * 2_000_000, " " * 2_000_000 + "{}"):
                status = inspector.send(route.method, route.url(inspector.own), body, caller=route.caller)
                assert status == 413, route
    inspector.conclude(413)


def test_methods_that_a_path_does_not_know(inspector):
    known: dict[str, set[str]] = {}
    for route in OPERATIONS:
        known.setdefault(route.url(inspector.own, query=False), set()).add(route.method.upper())
    for url, methods in known.items():
        for method in set(METHODS) - methods:
            for caller in ("admin", "student"):
                assert inspector.send(method, url, "{}", caller=caller) == 405, (method, url)
            assert inspector.send(method, url, "{}", caller="anonymous") in (401, 405)
    inspector.conclude(405)


def test_headers(inspector):
    for n, route in enumerate(OPERATIONS):
        ids = inspector.ids[route.caller]
        body = json.dumps(route.filled(ids) or {})
        for header, values in HEADERS.items():
            for value in values if n % 15 == 0 else some(values, n, of=len(values)):
                # A signed-in client would put its own token in.
                caller = "anonymous" if header == "AUTHORIZATION" else route.caller
                inspector.send(route.method, route.url(ids), body, caller=caller, **{f"HTTP_{header}": value})
    inspector.conclude(200, 201, 400, 401)


def test_offsets_beyond_any_row(inspector):
    for route in (route for route in OPERATIONS if route.is_list):
        url = route.url(inspector.own)
        for page in (10**6, 2**31 - 1):
            # No list leads so far.
            status = inspector.send("GET", f"{url}{'&' if '?' in url else '?'}limit=200&page={page}")
            assert status == 400, route
    inspector.conclude(400)


def test_the_shape_tried_here_is_the_documented_one():
    properties = document()["components"]["schemas"]["Error"]["properties"]
    assert set(properties) == {"type", "errors"}
    assert set(properties["errors"]["items"]["properties"]) == {"code", "detail", "attr", "meta"}
    assert NOBODY > 2**31
