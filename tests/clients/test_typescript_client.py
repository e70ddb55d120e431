"""A TypeScript client is made of the committed document, compiles, and works; where Node is at hand.

What npm installs is pinned by the lock file beside ``calls.ts`` and kept in ``.data``. Node is nobody's need:
without it these tests are skipped, loudly (``tests.clients.report``).
"""

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

from tests import factories
from tests.clients.report import SKIPPED
from tests.contracts.documents import DOCUMENT

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]

SOURCES = Path(__file__).parent / "typescript"
LOCK = SOURCES / "package-lock.json"


@pytest.fixture(scope="module")
def folder():
    """Return a folder with the sources and the packages of the lock file."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip(f"{SKIPPED}: no node and npm on the PATH")
    name = hashlib.sha256(LOCK.read_bytes()).hexdigest()[:16]
    folder = Path(settings.BASE_DIR) / ".data" / "clients" / f"node-{name}"
    shutil.copytree(SOURCES, folder, dirs_exist_ok=True)
    installed = folder / "node_modules" / ".package-lock.json"
    if not installed.exists():
        ended = run(folder, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
        if ended.returncode:
            shutil.rmtree(folder / "node_modules", ignore_errors=True)
            pytest.skip(f"{SKIPPED}: npm could not install them: {ended.stdout.strip()[-300:]}")
    return folder


def run(folder, *command, seconds=300):
    """Return how a command ended, and what it said."""
    return subprocess.run(
        command,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=seconds,
    )


def test_it_is_generated_without_a_warning_compiles_and_its_calls_are_answered(
    folder, live_server, north, sunrise
):
    generated = run(folder, "node_modules/.bin/openapi-typescript", str(DOCUMENT), "--output", "api.ts")
    assert generated.returncode == 0, generated.stdout
    assert "warn" not in generated.stdout.lower(), generated.stdout
    compiled = run(folder, "node_modules/.bin/tsc", "--project", "tsconfig.json")
    assert compiled.returncode == 0, compiled.stdout
    first, second, third = (str(video.pk) for video in north.videos)
    called = run(
        *(folder, "node", "out/calls.js", live_server.url, north.student.email, factories.PASSWORD),
        *(first, third),
    )
    assert called.returncode == 0, called.stdout
    assert json.loads(called.stdout) == {
        "email": north.student.email,
        "next": int(second),
        "refused": "locked",
        "speed": 1.25,
        "metadata": [1, "two", {"three": None}],
        "statuses": [201, 400, 201],
        "keys": 5,
    }
