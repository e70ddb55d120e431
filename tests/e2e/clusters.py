"""Clusters that drills begin with: each is made once for what it is made of, kept as a folder, and copied."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import psycopg
from django.conf import settings

from config.database.backups import dump, restore
from config.embedded_postgres import data_directory
from tests import databases
from tests.e2e.databases import Database, copy_cluster, started
from tests.e2e.servers import ROOT

NAME: Final = "beside_{pid}"


def copy_empty(to: Path) -> None:
    """Put a cluster as it is made, with nothing in it, where there is none yet."""
    _copy("empty", databases.state_of_migrations(), None, _come_and_go, to)


def copy_migrated(to: Path) -> None:
    """Put a cluster in which nothing but the migrations has written where there is none yet."""
    _copy("migrated", databases.state_of_migrations(), copy_empty, _migrate, to)


def copy_with_demo(to: Path) -> None:
    """Put a cluster that holds the demo data, as of today, where there is none yet."""
    _copy("demo", _state_of_demo(), copy_migrated, _seed, to)


@contextmanager
def on_the_tests_server(make: Callable[[psycopg.Connection, str], object]) -> Iterator[str]:
    """The address of a database of its own, on the tests' server, that ``make(server, name)`` makes."""
    name = NAME.format(pid=os.getpid())
    server = settings.DATABASES["default"]
    connection_of = {
        "user": server["USER"],
        "password": server["PASSWORD"],
        "host": server["HOST"] or server["OPTIONS"].get("host", ""),
        "port": server["PORT"],
    }
    known = {key: value for key, value in connection_of.items() if value}
    with psycopg.connect(dbname="postgres", autocommit=True, **known) as admin:
        make(admin, name)
        try:
            yield f"postgresql:///{name}?{urlencode(known)}"
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def manage(url: str, *command: str) -> None:
    """Run a management command with a database."""
    environment = {**os.environ, "DATABASE_URL": url}
    subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
    )


def _copy(
    name: str,
    state: str,
    begin: Callable[[Path], None] | None,
    fill: Callable[[Database], None],
    to: Path,
) -> None:
    """Copy the cluster of this name and state; of processes that want it first, one makes it."""
    beside = data_directory().parent
    kept = beside / f"{name}-{state}"
    with (beside / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            for old in beside.glob(f"{name}-*"):
                shutil.rmtree(old)
            with started(Database(begin)) as made:
                fill(made)
                made.end()
                assert not (made.data / "postgres" / "postmaster.pid").exists()
                copy_cluster(made.data / "postgres", unfinished := beside / f"{name}-unfinished")
            unfinished.rename(kept)
        copy_cluster(kept, to)


def _come_and_go(made: Database) -> None:
    """Stay for as long as it takes another process: whoever holds the server can be told to end by then."""
    command = [sys.executable, "-m", "config.embedded_postgres", "true"]
    subprocess.run(command, cwd=ROOT, env=made.environment, check=True)


def _migrate(made: Database) -> None:
    """Copy what the migrations left for all tests: it is there already, and migrating takes long."""
    with (
        on_the_tests_server(databases.copy_migrated) as url,
        tempfile.TemporaryDirectory() as folder,
    ):
        dump(url, Path(folder) / "migrated")
        restore(made.url, Path(folder) / "migrated")
    # Nothing is left to do but what follows each migration, such as roles.
    manage(made.url, "migrate", "-v0")


def _seed(made: Database) -> None:
    manage(made.url, "seed_demo")


def _state_of_demo() -> str:
    """Return what changes with the project, and with the day: the demo's learners did things lately."""
    digest = hashlib.sha256(f"{datetime.now(UTC):%F} {databases.state_of_migrations()}".encode())
    for app in sorted(app for app in ROOT.iterdir() if (app / "apps.py").exists()):
        for file in sorted(app.rglob("*.py")):
            digest.update(f"{file}\n".encode() + file.read_bytes())
    return digest.hexdigest()[:16]
