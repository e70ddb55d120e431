"""The OpenAPI document: current, complete, and without any outside address."""

import re
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from threading import Barrier
from uuid import uuid4

import jsonschema
import orjson
import pytest
import yaml
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.urls import get_resolver
from drf_spectacular.generators import SchemaGenerator

from accounts.rights.keys import ROLES
from config.api import docs
from config.api.operations import OPERATIONS, TAGS
from quizzes.safety.api.completion import _PERSON, _RESULT
from tests.contracts.documents import DOCUMENT

ROOT = Path(settings.BASE_DIR)


@lru_cache(maxsize=2)
def loaded(text):
    """Return the document as it is written; those who ask for it change nothing in it."""
    return yaml.load(text, Loader=yaml.CSafeLoader)


def generated(tmp_path):
    target = tmp_path / "openapi.yaml"
    call_command("spectacular", file=str(target), validate=True, fail_on_warn=True)
    return target.read_text()


def test_the_committed_document_is_current(tmp_path):
    """Renew it with ``manage.py spectacular --file docs/openapi.yaml``."""
    assert DOCUMENT.read_text() == generated(tmp_path)


def test_the_document_is_served_as_yaml_and_json(db, client):
    served = client.get("/api/schema", HTTP_ACCEPT="application/json")
    assert served["Content-Type"].startswith("application/json")
    assert served.json()["openapi"].startswith("3.")
    assert loaded(client.get("/api/schema").content)["paths"].keys() == served.json()["paths"].keys()


def test_sixteen_first_requests_at_once_get_the_committed_document_which_is_read_once(monkeypatch):
    def generate(*args, **kwargs):
        raise AssertionError("The document was generated in a request.")

    monkeypatch.setattr(SchemaGenerator, "get_schema", generate)
    docs._read_document.cache_clear()
    together = Barrier(16)

    def ask(number):
        together.wait(timeout=30)
        return Client().get("/api/schema", headers={"accept": "application/json" if number % 2 else "*/*"})

    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(ask, range(16)))
    assert [answer.status_code for answer in answers] == [200] * 16
    committed = DOCUMENT.read_bytes()
    assert {answer.content for answer in answers[::2]} == {committed}
    assert {orjson.dumps(answer.json()) for answer in answers[1::2]} == {orjson.dumps(loaded(committed))}
    assert docs._read_document.cache_info().misses == 1


@pytest.mark.parametrize(
    ("accept", "served_as"),
    [
        ("application/yaml", "application/yaml"),
        ("application/vnd.oai.openapi", "application/vnd.oai.openapi"),
        ("application/vnd.oai.openapi+json", "application/vnd.oai.openapi+json"),
        ("application/json; q=0.9, text/html", "application/json"),
    ],
)
def test_the_document_is_served_as_the_kind_that_is_accepted(client, accept, served_as):
    served = client.get("/api/schema", HTTP_ACCEPT=accept)
    assert served["Content-Type"] == f"{served_as}; charset=utf-8"
    assert "Accept" in served["Vary"]
    assert client.get("/api/schema", HTTP_ACCEPT="image/png").status_code == 406


def test_the_document_can_be_closed_to_strangers(north, client, as_user, settings):
    settings.SCHEMA_PUBLIC = False
    for url in ("/api/schema", "/api/docs"):
        assert client.get(url).status_code == 401
        assert as_user(north.student).get(url).status_code == 200


def test_every_path_of_the_api_is_in_the_document():
    paths = loaded(DOCUMENT.read_text())["paths"]
    described = {re.sub(r"\{\w+\}", some_id, path) for path in paths for some_id in ("1", str(uuid4()))}
    patterns = [
        pattern
        for pattern in get_resolver().url_patterns
        if str(pattern.pattern).startswith("^api/")
        and not str(pattern.pattern).startswith(("^api/schema", "^api/docs"))
    ]
    assert len(patterns) == len(paths)
    for pattern in patterns:
        assert any(pattern.resolve(path.lstrip("/")) for path in described), pattern


def test_no_page_needs_an_outside_address(db, client):
    page = client.get("/api/docs").content.decode()
    addresses = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert addresses
    assert all(address.startswith("/") and not address.startswith("//") for address in addresses)


def test_the_document_names_no_server():
    text = DOCUMENT.read_text()
    assert "servers" not in loaded(text)
    # What stands in examples belongs to nobody.
    assert set(re.findall(r"https?://([^/\s]+)", text)) == {"videos.example"}


# --- What it says of each operation ---------------------------------------------------------------


def operations():
    """Return every operation of the document by its method and path."""
    paths = loaded(DOCUMENT.read_text())["paths"]
    return {
        f"{method.upper()} {path}": operation
        for path, item in paths.items()
        for method, operation in item.items()
    }


def test_every_operation_has_a_name_a_summary_and_a_tag_of_ours():
    described = operations()
    assert described.keys() == OPERATIONS.keys(), "config.api.operations names each path and no other"
    for path, operation in described.items():
        assert re.fullmatch(r"[a-z]+([A-Z][a-z]+)*", operation["operationId"]), path
        assert operation["summary"], path
        assert set(operation["tags"]) <= TAGS.keys(), path
    names = [operation["operationId"] for operation in described.values()]
    assert len(names) == len(set(names))
    assert {"login", "completeVideo", "getSafetyQuizCompletion"} <= set(names)


def test_tags_stand_in_the_order_in_which_a_client_meets_them_with_an_introduction():
    document = loaded(DOCUMENT.read_text())
    assert [tag["name"] for tag in document["tags"]] == list(TAGS)
    assert all(tag["description"] for tag in document["tags"])
    for subject in ("Signing in", "X-Scope", "Pages", "Errors", "Idempotency-Key", "ETag"):
        assert subject in document["info"]["description"]


def test_the_codes_of_refusals_are_those_of_the_source():
    """A code that nobody raises any more is not promised."""
    apps = ("accounts", "config", "learning", "progress", "quizzes", "tenancy")
    promising = ROOT / "config/api/operations"
    sources = [path for app in apps for path in (ROOT / app).rglob("*.py") if promising not in path.parents]
    raised = set(re.findall(r'"([a-z_]+)"', "\n".join(path.read_text() for path in sources)))
    raised |= {"throttled", "not_found", "permission_denied", "unsupported_media_type"}  # the framework's
    promised = {
        code
        for operation in operations().values()
        for response in operation["responses"].values()
        for code in re.findall(r"`([a-z_]+)`", response["description"].partition("Codes: ")[2])
    }
    assert {"locked", "subscription_required", "tenant_required", "too_many_attempts"} <= promised
    assert promised - raised == set()


@pytest.mark.parametrize(
    ("operation", "status", "code"),
    [
        ("GET /api/v1/course-management/videos/{id}", "403", "locked"),
        ("POST /api/v1/progress/practices/{id}/complete", "403", "locked"),
        ("PUT /api/v1/tcodes/{id}/progress", "403", "subscription_required"),
        ("POST /api/v1/auth/login", "429", "too_many_attempts"),
        ("GET /api/safety_quiz_results/completion", "403", "tenant_required"),
        ("POST /api/v1/interactions", "409", "idempotency_key_reused"),
        ("PUT /api/v1/course-management/videos/reorder", "409", "stale_order"),
    ],
)
def test_refusals_are_described_by_their_codes(operation, status, code):
    assert f"`{code}`" in operations()[operation]["responses"][status]["description"]


def test_operations_that_never_refuse_so_do_not_say_that_they_do():
    me = operations()["GET /api/v1/users/me"]["responses"]
    assert me.keys() == {"200", "400", "401", "404", "default"}
    assert "security" not in operations()["POST /api/v1/auth/login"]


def test_ids_in_queries_are_integers_or_uuids():
    for path, operation in operations().items():
        for parameter in operation.get("parameters", ()):
            if parameter["in"] == "query" and re.search(r"(_id|Id)$", parameter["name"]):
                schema = parameter["schema"]
                of_content = schema["type"] == "integer"
                assert of_content or schema.get("format") == "uuid" or parameter["name"] == "item_id", path


def test_what_may_be_any_json_value_has_no_type():
    schemas = loaded(DOCUMENT.read_text())["components"]["schemas"]
    anything = [
        schemas["ItemProgressInputRequest"]["properties"][name] for name in ("value", "score", "metadata")
    ]
    anything += [schemas["ItemProgress"]["properties"]["metadata"]]
    anything += [
        schemas[name]["properties"]["payload"] for name in ("InteractionInputRequest", "Interaction")
    ]
    assert all("type" not in schema for schema in anything)


def test_the_table_of_roles_names_each_as_it_is_on_the_wire():
    lines = (ROOT / "docs" / "api.md").read_text().splitlines()
    table = [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in lines if line[:2] == "| "]
    rows = [row for row in table if row[0] not in ("role", "")]
    expected = [[name, str(spec.kind.label), name, name] for name, spec in ROLES.items()]
    assert rows == [*expected, ["no role", "learner", "null", "teacher"]]


def as_json_schema(schema):
    """Return a schema of OpenAPI 3.0 as one of JSON Schema, which has no ``nullable``."""
    if isinstance(schema, list):
        return [as_json_schema(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    converted = {name: as_json_schema(value) for name, value in schema.items() if name != "nullable"}
    return {"anyOf": [converted, {"type": "null"}]} if schema.get("nullable") is True else converted


def test_every_body_has_an_example_that_its_schema_allows():
    document = loaded(DOCUMENT.read_text())
    components = as_json_schema(document["components"])
    wrong, seen = [], 0
    for path, operation in operations().items():
        good = [body for status, body in operation["responses"].items() if status.startswith("2")]
        bodies = [operation.get("requestBody", {}), *good]
        for content in filter(None, (body.get("content", {}).get("application/json") for body in bodies)):
            seen += 1
            schema = {**as_json_schema(content["schema"]), "components": components}
            faults = jsonschema.Draft4Validator(schema).iter_errors(content["example"])
            wrong += [f"{path}: {fault.json_path} {fault.message}" for fault in faults]
    assert not wrong, "\n".join(wrong)
    assert seen > 120


def test_every_operation_has_an_example_also_where_there_is_no_body():
    without = []
    for path, operation in operations().items():
        for parameter in operation.get("parameters", ()):
            if parameter["in"] == "path":
                kind = int if parameter["schema"]["type"] == "integer" else str
                assert isinstance(parameter["example"], kind), path
        bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
        contents = [content for body in bodies for content in body.get("content", {}).values()]
        if not any("example" in content for content in contents):
            without.append(path)
    assert without == []


def test_the_example_of_the_report_as_csv_has_the_columns_of_the_report():
    answered = operations()["GET /api/safety_quiz_results/completion"]["responses"]["200"]["content"]
    assert answered["text/csv"]["example"].splitlines()[0].split(",") == [*_PERSON, *_RESULT]
