"""The OpenAPI document: current, complete, and without any outside address."""

import re
from pathlib import Path
from uuid import uuid4

import pytest
import yaml
from django.conf import settings
from django.core.management import call_command
from django.urls import get_resolver

DOCUMENT = Path(settings.BASE_DIR) / "docs" / "openapi.yaml"


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
    assert yaml.safe_load(client.get("/api/schema").content)["paths"].keys() == served.json()["paths"].keys()


def test_the_document_can_be_closed_to_strangers(north, client, as_user, settings):
    settings.SCHEMA_PUBLIC = False
    for url in ("/api/schema", "/api/docs"):
        assert client.get(url).status_code == 401
        assert as_user(north.student).get(url).status_code == 200


def test_every_path_of_the_api_is_in_the_document():
    paths = yaml.safe_load(DOCUMENT.read_text())["paths"]
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
