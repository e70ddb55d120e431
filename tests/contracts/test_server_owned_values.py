"""What the server owns cannot be sent: every endpoint is told every column of every model, in vain.

Each request is made twice, plainly and with the hostile values added; the database and the answer must
come out the same.
"""

import datetime
import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, models, transaction
from django.utils import timezone

from accounts.models import User
from tests.contracts.documents import request_schema, resolved, takes_any_key, undocumented_keys
from tests.contracts.routes import CLOSED, OPERATIONS
from tests.contracts.world import World, answers_of, dump, send, tenant_models

WRITES = [route for route in OPERATIONS if route.method != "get"]
# Beside the columns: names that other frameworks, or this one later, may give to what is the server's.
FURTHER = {"pk", "owner", "owner_id", "tenant", "is_superuser", "groups", "user_permissions", "permissions"}
FURTHER |= {"display_name", "user_name", "user_role", "campusId", "schoolId", "classroomId", "createdAt"}
FURTHER |= {"_state", "__class__", "save", "unscoped", "objects", "version_id", "X-Scope", "scope"}


def camel(name: str) -> str:
    return re.sub(r"_(\w)", lambda found: found[1].upper(), name)


def hostile_values(world: World) -> dict[str, Any]:
    """Return a value for every name a column has or could be sent under: mostly sunrise's."""
    values: dict[str, Any] = {name: str(world.sunrise.admin.pk) for name in FURTHER}
    for model in tenant_models():
        for field in [*model._meta.get_fields(), *model._meta.many_to_many]:
            for name in {field.name, getattr(field, "attname", field.name)}:
                values[name] = values[camel(name)] = hostile_value(field, world)
    return values


def hostile_value(field: Any, world: World) -> Any:
    if isinstance(field, models.ForeignKey):
        row = field.related_model._base_manager.model
        if issubclass(row, User):
            return str(world.sunrise.admin.pk)
        named = getattr(world.sunrise, row._meta.model_name.replace("subcourse", "sub_course"), None)
        return str(named.pk) if named and isinstance(named.pk, UUID) else getattr(named, "pk", 1)
    if isinstance(field, models.BooleanField):
        return True
    if isinstance(field, models.DateTimeField):
        return "2020-01-01T00:00:00Z"
    if isinstance(field, models.UUIDField):
        return str(world.sunrise.student.pk)
    if isinstance(field, models.IntegerField):
        return world.foreign["question"]
    return [1] if getattr(field, "many_to_many", False) or field.is_relation else "hostile"


def known_ids(rows: dict[str, list[dict[str, Any]]]) -> set[UUID]:
    values = (value for found in rows.values() for row in found for value in row.values())
    return {value for value in values if isinstance(value, UUID)}


def steady(value: Any, known: set[UUID], started: datetime.datetime) -> Any:
    """Return a value with what differs from one request to the next replaced."""
    if isinstance(value, dict):
        return {name: steady(item, known, started) for name, item in value.items()}
    if isinstance(value, list):
        return [steady(item, known, started) for item in value]
    if isinstance(value, str) and re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", value):
        return value if UUID(value) in known else "NEW"
    if isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\dT", value):
        return steady(datetime.datetime.fromisoformat(value), known, started)
    if isinstance(value, str):
        return "SECRET" if value.startswith(("bcrypt_sha256$", "!", "eyJ")) else value
    if isinstance(value, datetime.datetime):
        return "NOW" if value >= started else value
    return "NEW" if isinstance(value, UUID) and value not in known else value


@contextmanager
def undone() -> Iterator[None]:
    """Take back what the block writes, and the numbers that its rows were given."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT format('%I.%I', schemaname, sequencename), last_value FROM pg_sequences")
        numbers = [(name, last or 1, last is not None) for name, last in cursor.fetchall()]
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
        cursor.execute(";".join(["SELECT setval(%s, %s, %s)"] * len(numbers)), list(chain(*numbers)))


def writes() -> dict[str, int]:
    """Return how many rows of each table this transaction has written, those included that it took back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables")
        return dict(cursor.fetchall())


def written_since(before: dict[str, int]) -> list[Any]:
    now = writes()
    return [model for model in tenant_models() if now.get(name := model._meta.db_table) != before.get(name)]


def steady_rows(known: set[UUID], started: Any, of: list[Any] | None = None) -> dict[str, list[str]]:
    return {
        label: [repr(steady(row, known, started)) for row in rows] for label, rows in dump(models=of).items()
    }


def outcome(world: World, route: Any, added: Any, known: set[UUID], started: Any) -> tuple[Any, Any, Any]:
    """Return the status, the answer and all tables it wrote to after a request that is then taken back."""
    client = world.client(route.caller)
    ids = world.ids_for(world.person(route.caller))
    sent = with_more(route.filled(ids) or {}, request_schema(route.method, route.path), added)
    with undone():
        before = writes()
        response = send(client, route, ids, body=sent, HTTP_X_REQUEST_ID="the-same-request")
        content = response.json() if response.content else None
        after = steady_rows(known, started, written_since(before))
    return response.status_code, steady(content, known, started), after


def with_more(body: Any, schema: dict[str, Any], values: dict[str, Any]) -> Any:
    """Return a body with ``values`` added in every object of it, but for what the document lets be sent."""
    if isinstance(body, list):
        return [with_more(item, resolved(schema["items"]), values) for item in body]
    if not isinstance(body, dict) or takes_any_key(schema):
        return body
    taken = schema.get("properties", {})
    further = {name: value for name, value in values.items() if name not in taken}
    return further | {name: with_more(item, resolved(taken[name]), values) for name, item in body.items()}


@pytest.mark.drill
def test_no_value_that_the_server_owns_can_be_sent(world):
    started, wrong = timezone.now(), []
    known, values = known_ids(dump()), hostile_values(world)
    assert len(values) > 150
    before = steady_rows(known, started)
    for route in WRITES:
        plain = outcome(world, route, {}, known, started)
        hostile = outcome(world, route, values, known, started)
        assert plain[0] == route.status, plain
        if route.path in CLOSED:
            if hostile[0] != 400 or hostile[2] != {label: before[label] for label in hostile[2]}:
                wrong.append(f"{route}: takes what it does not know")
            continue
        wrong += [f"{route}: {a} became {b}" for a, b in zip(plain[:2], hostile[:2], strict=True) if a != b]
        wrong += [
            f"{route} {label}: {row}"
            for label in hostile[2].keys() | plain[2].keys()
            for row in sorted({*hostile[2].get(label, before[label])} ^ {*plain[2].get(label, before[label])})
        ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("caller", ["student", "teacher", "admin", "global everywhere", "independent"])
def test_responses_carry_documented_keys_only(caller, world):
    wrong, ids = [], world.shared if caller == "independent" else {}
    for route, response in answers_of(world, OPERATIONS, caller, ids):
        wrong += [f"{route}: {key}" for key in undocumented_keys(route.method, route.path, response)]
    assert not wrong, "\n".join(wrong)
