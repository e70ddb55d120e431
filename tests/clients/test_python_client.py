"""A Python client is made of the committed document, without a warning, and works as its types say."""

import compileall
import importlib
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from django.conf import settings
from django.core.wsgi import get_wsgi_application

from tests import factories
from tests.contracts.documents import DOCUMENT

pytestmark = [pytest.mark.drill, pytest.mark.django_db]

FOLDER = Path(settings.BASE_DIR) / ".data" / "clients"
CONFIGURATION = "project_name_override: stepwise\npackage_name_override: stepwise_client\npost_hooks: []\n"


def run(*command):
    """Return how a module of this environment ended, and what it said."""
    return subprocess.run(
        [sys.executable, "-m", *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=300,
        env={"PATH": "/usr/bin:/bin", "MYPYPATH": str(FOLDER), "COLUMNS": "200"},
    )


@pytest.fixture(scope="module")
def generation():
    FOLDER.mkdir(parents=True, exist_ok=True)
    configuration = FOLDER / "configuration.yaml"
    configuration.write_text(CONFIGURATION)
    return run(
        *("openapi_python_client", "generate", "--path", str(DOCUMENT), "--config", str(configuration)),
        *("--meta", "none", "--overwrite", "--output-path", str(FOLDER / "stepwise_client")),
    )


@pytest.fixture
def calls(generation, monkeypatch):
    """Return the module of calls, with the package it imports."""
    monkeypatch.syspath_prepend(FOLDER)
    return importlib.import_module("tests.clients.python_calls")


def test_it_is_generated_without_a_warning(generation):
    assert generation.returncode == 0, generation.stdout
    assert "warning" not in generation.stdout.lower(), generation.stdout


def test_it_compiles_and_the_types_of_the_calls_hold(generation):
    assert compileall.compile_dir(FOLDER / "stepwise_client", quiet=2, force=True)
    checked = run(
        *("mypy", "--config-file", "/dev/null", "--strict", "--follow-imports", "silent"),
        *("--cache-dir", str(FOLDER / "mypy"), "tests/clients/python_calls.py"),
    )
    assert checked.returncode == 0, checked.stdout


def test_its_calls_are_answered_as_the_document_says(calls, one_connection, north, sunrise):
    transport = httpx.WSGITransport(app=get_wsgi_application())

    def sign_in(user):
        return calls.Caller(email=user.email, password=factories.PASSWORD, transport=transport)

    first, second, third = north.videos
    student = sign_in(north.student)
    assert student.email == north.student.email
    assert student.refusal_of(third.pk) == "locked"
    assert student.complete(first.pk) == second.pk
    assert student.prefer(speed=1.25, language="de-at") == (1.25, "de-AT")
    for value in (["any", 1, {"thing": None}], "text", 3, True):
        assert student.save(value) == value
    viewed = ("viewed-slide", {"tcodeId": 12, "slide": 4, "zoom": 1.5})
    assert student.log(viewed, ("viewed-slide", {}), ("x-drew", [[1, 2]])) == [201, 400, 201]
    assert "videos.get" in student.held_keys()
    assert "videos.reorder" in sign_in(north.admin).held_keys()
    assert sign_in(north.principal).pending() >= 1
