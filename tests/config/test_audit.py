"""``bin/audit`` fails a run for a vulnerability, and for nothing that the network does."""

import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

BIN = Path(settings.BASE_DIR) / "bin"
FOUND = "Name  Version ID      Fix Versions\nnothing 1.0     GHSA-1  1.1"


@pytest.fixture
def audit(tmp_path):
    """Run it with programs of the test in the place of those that ask the network."""
    (tmp_path / "bin").mkdir()
    for name in ("audit", "setup.sh"):
        shutil.copy(BIN / name, tmp_path / "bin")
    for name in ("requirements.txt", "requirements-audit.txt"):
        (tmp_path / name).touch()
    programs = tmp_path / ".data" / "audit" / "bin"
    programs.mkdir(parents=True)

    def run(*arguments, reached=True, installs=True, told="", status=0):
        program(tmp_path / "python", f'case "$2" in *socket*) exit {int(not reached)} ;; esac')
        program(programs / "python", f"exit {int(not installs)}")
        program(programs / "pip-audit", f"printf '%s' '{told}'; exit {status}")
        environment = {"PATH": "/usr/bin:/bin", "PYTHON": str(tmp_path / "python")}
        command = [str(tmp_path / "bin" / "audit"), *arguments]
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=30, check=False
        )

    return run


def program(path, text):
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def test_nothing_known_is_said_and_ends_well(audit):
    done = audit()
    assert (done.returncode, done.stdout) == (0, "No dependency has a known vulnerability.\n")


def test_a_vulnerability_ends_badly_with_its_name(audit):
    done = audit(told=FOUND, status=1)
    assert done.returncode == 1
    assert "GHSA-1" in done.stdout


@pytest.mark.parametrize("broken", [{"reached": False}, {"installs": False}, {"status": 1}])
@pytest.mark.parametrize(("arguments", "status"), [((), 0), (("--strict",), 1)])
def test_without_the_network_it_says_so_and_ends_badly_only_where_that_is_asked_for(
    broken, arguments, status, audit
):
    done = audit(*arguments, **broken)
    assert done.returncode == status
    assert "NOT AUDITED" in done.stderr
