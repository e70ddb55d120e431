"""The OpenAPI document: current, complete, and without any outside address."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from uuid import uuid4

import orjson
import pytest
import yaml
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.urls import get_resolver
from drf_spectacular.generators import SchemaGenerator

from config.api import docs

DOCUMENT = Path(settings.BASE_DIR) / "docs" / "openapi.yaml"


def loaded(text):
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


@pytest.mark.parametrize("word", ["http://", "https://"])
def test_the_document_names_no_server(word):
    assert word not in DOCUMENT.read_text()
