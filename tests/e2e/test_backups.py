"""A backup is worth what can be restored from it: into an empty cluster, row by row the same."""

import json
import os
import stat
import subprocess
import sys

import psycopg
import pytest

from config.database import backups
from config.database.backups import BackupError, dump, restore
from tests.e2e.clusters import copy_empty
from tests.e2e.databases import Database, started
from tests.e2e.servers import ROOT

pytestmark = pytest.mark.drill


@pytest.fixture
def empty():
    with started(Database(copy_empty)) as made:
        yield made


def manage(url, *arguments):
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": url},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_what_is_restored_into_an_empty_cluster_is_what_was_dumped(with_demo, empty, tmp_path):
    file = tmp_path / "stepwise.dump"
    dumped = dump(with_demo.url, file)
    assert dumped["users"][0] > 10
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert json.loads((tmp_path / "stepwise.dump.json").read_text())["tables"] == dumped

    # What is written later is not in it.
    with psycopg.connect(with_demo.url, autocommit=True) as connection:
        connection.execute("UPDATE users SET name = 'Somebody Else' WHERE email = 'student@north.test'")
    assert restore(empty.url, file) == dumped
    assert "No planned migration operations." in manage(empty.url, "migrate", "--plan")
    with psycopg.connect(empty.url) as connection:
        [(name,)] = connection.execute("SELECT name FROM users WHERE email = 'student@north.test'").fetchall()
        assert name != "Somebody Else"
        # What the database refuses it refuses here as well.
        with pytest.raises(psycopg.errors.Error):
            connection.execute("UPDATE safety_quiz_results SET score = 0")

    with pytest.raises(BackupError, match="not empty"):
        restore(empty.url, file)
    with pytest.raises(BackupError, match="is there already"):
        dump(with_demo.url, file)


def test_a_restored_database_that_differs_is_told(database, empty, tmp_path):
    file, listed = tmp_path / "small.dump", tmp_path / "small.dump.json"
    with psycopg.connect(database.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE a (x int); CREATE TABLE b (x int); INSERT INTO a VALUES (1), (2)")
    contents = dump(database.url, file)
    assert [contents["a"][0], contents["b"][0]] == [2, 0]
    other = {**contents, "a": [2, "12345"], "c": [1, "1"]}
    listed.write_text(json.dumps({"tables": other}))
    with pytest.raises(BackupError, match=r"differs from what was dumped, in: a, c\."):
        restore(empty.url, file)


def test_a_broken_file_leaves_nothing_behind(database, tmp_path):
    file = tmp_path / "broken.dump"
    file.write_bytes(b"PGDMP and then nothing")
    (tmp_path / "broken.dump.json").write_text('{"tables": {}}')
    with pytest.raises(BackupError, match="pg_restore failed"):
        restore(database.url, file)
    with psycopg.connect(database.url) as connection:
        assert connection.execute(backups._TABLES).fetchall() == []


def test_the_password_is_not_among_the_arguments(database, tmp_path, monkeypatch):
    ran = []
    real = subprocess.run
    monkeypatch.setattr(
        backups.subprocess, "run", lambda command, **more: ran.append(command) or real(command, **more)
    )
    dump(database.url.replace("postgres:@", "postgres:top-secret@"), tmp_path / "x.dump")
    assert ran
    assert not any("top-secret" in str(part) for command in ran for part in command)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["dump", "x.dump"], "name the database"),
        (["dump", "x.dump", "--database", "postgresql://nobody@127.0.0.1:1/x"], "does not answer"),
        (
            ["restore", "x.dump", "--database", "postgresql://nobody@127.0.0.1:1/x"],
            "one of them is not there",
        ),
    ],
)
def test_what_stands_in_the_way_is_a_sentence(arguments, told, tmp_path):
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    done = subprocess.run(
        [sys.executable, "-m", "config.database.backups", *arguments],
        cwd=tmp_path,
        env=environment | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode != 0
    assert told in done.stderr
    assert "Traceback" not in done.stderr
