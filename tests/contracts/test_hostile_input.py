"""Nothing a client sends produces a 5xx: poison through every path, parameter, field, body and header.

Every answer is the normal one or a refusal in the one shape, in little time, and says nothing of the inside.
"""

import json
import time
from collections.abc import Callable
from itertools import zip_longest
from typing import Any
from urllib.parse import unquote

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
        self.codes: set[str] = set()
        self.named: set[str] = set()
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
        self.codes, self.named = told_by(response)
        return response.status_code

    def send_together(self, values: dict[str, str], send: Callable[[dict[str, str]], int]) -> None:
        """Send values under many names in as few requests as tell what becomes of each.

        What is refused by its name beside others is so alone, and what is taken beside others is taken. A
        single name may be told because of another value, and where none is told not all were looked at: such
        values are sent again, apart from others. A body that is no JSON is so wherever that begins.
        """
        if send(values) < 400 or len(values) == 1 or self.codes == {"parse_error"}:
            return
        told = {
            name for name in values if any(one == name or one.startswith(f"{name}.") for one in self.named)
        }
        rest = {name: value for name, value in values.items() if name not in told}
        apart = [{name: values[name]} for name in told] if len(told) == 1 else []
        names = [*rest]
        halves = [names] if told else [names[: len(names) // 2], names[len(names) // 2 :]]
        for part in (*apart, *({name: rest[name] for name in half} for half in halves if half)):
            self.send_together(part, send)

    def conclude(self, *expected: int) -> None:
        assert not self.wrong, f"{len(self.wrong)} of {sum(self.statuses.values())}:\n" + "\n".join(
            self.wrong
        )
        assert set(expected) <= set(self.statuses)


def told_by(response: Any) -> tuple[set[str], set[str]]:
    """Return the codes of a refusal, and the names that it is about."""
    if response.status_code != 400 or response["Content-Type"] != "application/json":
        return set(), set()
    errors = response.json()["errors"]
    return {error["code"] for error in errors}, {str(error["attr"]) for error in errors}


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

        def send(values: dict[str, str], url: str = url + joint) -> int:
            pairs = (f"{name}={value.replace('{name}', name)}" for name, value in values.items())
            return inspector.send("GET", url + "&".join(pairs))

        taken = query_parameters(route.method, route.path)
        everywhere = {"limit", "page", *({"deleted"} & taken)}
        of_all = some(QUERY_VALUES, n, of=4)
        for value in QUERY_VALUES:
            names = (taken - everywhere) | (everywhere if value in of_all else set())
            if names:
                inspector.send_together(dict.fromkeys(sorted(names), value), send)
        unknown = sorted({*UNKNOWN} - taken)
        status = send(dict.fromkeys(unknown, "1"))
        assert status == (400 if route.is_strict else 200), route
        for name in unknown if route.is_strict else ():
            told = unquote(name) in inspector.named
            assert told or send({name: "1"}) == 400, (route, name)
        assert inspector.send("GET", url + joint + "&".join(f"a{n}=1" for n in range(2000))) in (200, 400)
    inspector.conclude(200, 400)


def test_values_of_fields(inspector):
    for n, route in enumerate(WRITES):
        ids = inspector.ids[route.caller]
        body = route.filled(ids) or {}
        for outer, fields in objects_in(request_schema(route.method, route.path)):

            def send(values: dict[str, str], route=route, ids=ids, body=body, outer=outer) -> int:
                inner = {name.rpartition(".")[2]: value for name, value in values.items()}
                sent = with_raw(body, outer, inner)
                return inspector.send(route.method, route.url(ids), sent, caller=route.caller)

            lists = [name for name, field in fields.items() if field.get("type") == "array"]
            for names, values in (([*fields], VALUES), (lists, ITEMS)):
                for value in values if route.method == "post" else some(values, n, of=5):
                    if names:
                        inspector.send_together({".".join((*outer, name)): value for name in names}, send)
    inspector.conclude(400)


def objects_in(schema: dict[str, Any], *outer: str) -> list[tuple[tuple[str, ...], dict[str, Any]]]:
    """Return the fields of a body and of each object in it, with the names that lead there."""
    fields = schema.get("properties", {})
    within = [found for name, field in fields.items() for found in objects_in(resolved(field), *outer, name)]
    return [(outer, fields), *within] if fields else []


def with_raw(body: Any, outer: tuple[str, ...], values: dict[str, str]) -> str:
    """Return a body as text, with any texts, JSON or not, in the place of fields of one of its objects."""
    if outer:
        name, *further = outer
        values = {name: with_raw(body.get(name) or {}, tuple(further), values)}
    others = {name: json.dumps(value) for name, value in body.items() if name not in values}
    return "{" + ", ".join(f'"{name}": {raw}' for name, raw in (values | others).items()) + "}"


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


# What is refused for one of these is so before much else is looked at.
ALONE = ("AUTHORIZATION", "X_SCOPE", "ACCEPT", "IDEMPOTENCY_KEY")


def test_headers(inspector):
    for n, route in enumerate(OPERATIONS):
        ids = inspector.ids[route.caller]
        body = json.dumps(route.filled(ids) or {})

        def send(values: dict[str, str], route=route, ids=ids, body=body) -> int:
            # A signed-in client would put its own token in.
            caller = "anonymous" if "AUTHORIZATION" in values else route.caller
            headers = {f"HTTP_{header}": value for header, value in values.items()}
            return inspector.send(route.method, route.url(ids), body, caller=caller, **headers)

        chosen = {
            header: values if n % 15 == 0 else some(values, n, of=len(values))
            for header, values in HEADERS.items()
        }
        for header in ALONE:
            for value in chosen.pop(header):
                send({header: value})
        for values in zip_longest(*chosen.values()):
            sent = {header: value for header, value in zip(chosen, values, strict=True) if value is not None}
            inspector.send_together(sent, send)
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
