"""What is deployed, by containers or by systemd, names commands and settings that there are."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.core.management import get_commands

from tests.contracts.env_example import documented

DEPLOY = Path(settings.BASE_DIR) / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
OURS = {name: one for name, one in COMPOSE["services"].items() if one.get("image") == "stepwise"}
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
COMMON = DEPLOY / "systemd" / "stepwise-.service.d" / "common.conf"
# Read by Python itself.
OF_PYTHON = {"PYTHONUNBUFFERED"}


def known(names):
    plain = {name.removesuffix("_FILE") for name in names} - OF_PYTHON
    return plain <= set(documented()), plain - set(documented())


def commands_of(text):
    return re.findall(r"manage\.py (\w+)", text), re.findall(r"-m ([\w.]+)", text)


def assert_there_are(text):
    commands, modules = commands_of(text)
    assert set(commands) <= set(get_commands())
    for module in modules:
        path = DEPLOY.parent / module.replace(".", "/")
        assert path.with_suffix(".py").exists() or (path / "__main__.py").exists(), module
    return commands, modules


@pytest.mark.parametrize("name", OURS)
def test_a_container_runs_what_there_is_with_settings_that_there_are(name):
    service = OURS[name]
    assert_there_are(" ".join(service.get("command", [])))
    fine, unknown = known(service["environment"])
    assert fine, unknown


@pytest.mark.parametrize("name", OURS)
def test_a_container_may_do_nothing_but_its_work(name):
    service = OURS[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "ports" not in service


def test_containers_take_their_secrets_from_files_that_are_prepared():
    prepared = (DEPLOY / "prepare").read_text()
    for name, secret in COMPOSE["secrets"].items():
        assert secret["file"] == f"secrets/{name}"
        assert name in prepared
    used = {one for service in COMPOSE["services"].values() for one in service.get("secrets", [])}
    assert used == set(COMPOSE["secrets"])
    assert "SECRET" not in (DEPLOY / "stepwise.env.example").read_text()


def test_everything_that_must_run_runs_by_either_way():
    containers = " ".join(" ".join(one.get("command", ["-m config.serving"])) for one in OURS.values())
    units = " ".join(unit.read_text() for unit in UNITS)
    for way in (containers, units):
        commands, modules = commands_of(way)
        assert {"run_schedule", "run_jobs"} <= set(commands)
        assert {"config.serving", "config.database.backups"} <= set(modules)


def test_the_image_runs_as_nobody_in_particular_and_holds_no_secret():
    text = (DEPLOY / "Dockerfile").read_text()
    final = text.rpartition("FROM ")[2]
    assert "USER 10001" in final
    assert "SECRET_KEY" not in final
    assert "/healthz" in final
    assert_there_are(final.rpartition("CMD")[2].replace('", "', " "))


def test_the_image_holds_all_that_runs_and_nothing_else():
    lines = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
    taken = {line[1:] for line in lines if line.startswith("!")}
    for name in taken:
        assert (DEPLOY.parent / name).exists(), name
    apps = {name for name in settings.INSTALLED_APPS if (DEPLOY.parent / name).is_dir()}
    assert apps | {"config", "templates", "manage.py", "requirements.txt"} <= taken
    assert not taken & {"tests", ".git", ".env", "deploy"}


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_runs_what_there_is_with_settings_that_there_are(unit):
    text = unit.read_text() + COMMON.read_text()
    assert_there_are(text)
    names = re.findall(r"([A-Z_]+)=", " ".join(re.findall(r"^Environment=(.*)$", text, re.MULTILINE)))
    fine, unknown = known(names)
    assert fine, unknown


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd here")
def test_systemd_understands_the_units(tmp_path):
    root = str(tmp_path)
    for source in (DEPLOY / "systemd").rglob("*.*"):
        if source.is_file():
            target = tmp_path / source.relative_to(DEPLOY / "systemd")
            target.parent.mkdir(exist_ok=True)
            # What would have to be installed is not what is asked here.
            target.write_text(
                source.read_text().replace("/opt/stepwise/.venv/bin/python", shutil.which("true"))
            )
    units = [str(path) for path in tmp_path.glob("*.*") if path.is_file()]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units],
        env={"SYSTEMD_UNIT_PATH": f"{root}:", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    told = [line for line in done.stderr.splitlines() if root in line or "stepwise" in line]
    assert not told, told


def test_what_is_needed_is_prepared_once(tmp_path):
    for name in ("prepare", "stepwise.env.example"):
        shutil.copy(DEPLOY / name, tmp_path / name)

    def prepare():
        subprocess.run([tmp_path / "prepare"], check=True, capture_output=True, timeout=30)
        return {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()}

    first = prepare()
    assert set(first) == set(COMPOSE["secrets"])
    assert all(len(value) >= 60 for value in first.values())
    assert first["database-password"] in first["database-url"]
    assert len(set(first.values())) == len(first)
    (tmp_path / "stepwise.env").write_text("MINE=1")
    assert prepare() == first
    assert (tmp_path / "stepwise.env").read_text() == "MINE=1"
