"""The tests' database: a copy, for each process, of one that the migrations made once.

Migrating takes five seconds, a copy a fraction of one. Nothing is shared: two runs may use one server.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import psutil
from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection, connections
from psycopg import errors, sql

from config.embedded_postgres import data_directory
from tests import citus

COPY: Final = "test_run_{pid}"
MIGRATED: Final = "test_migrated_{state}"
UNFINISHED: Final = "test_being_migrated"
LOCK: Final = 7_310_001
"""Of processes that start together one migrates, the others wait."""


@contextmanager
def copied() -> Iterator[None]:
    """Let Django's connection lead to a fresh copy while the block runs."""
    outside = connection.settings_dict["NAME"]
    copy = COPY.format(pid=os.getpid())
    with _server() as server:
        _let_it_forget(server)
        _drop_left_over(server)
        copy_migrated(server, copy)
    _lead_to(copy)
    try:
        # Nothing is left to do but what follows each migration, such as roles.
        call_command("migrate", verbosity=0)
        with ExitStack() as machines:
            if citus.COORDINATOR:
                machines.enter_context(citus.spread(copy))
                _lead_to(copy)  # what was set for the database holds for connections that begin now
            # As in a process that has served for a while: else whichever test counts statements first would
            # count those that look these up.
            ContentType.objects.get_for_models(*apps.get_models())
            yield
    finally:
        _lead_to(outside)
        with _server() as server:
            _run(server, "DROP DATABASE {} WITH (FORCE)", copy)


def copy_migrated(server: Any, name: str) -> None:
    """Make a database that is migrated as far as this project is; processes wait for one another."""
    server.execute("SELECT pg_advisory_lock(%s)", [LOCK])
    _run(server, "CREATE DATABASE {} TEMPLATE {}", name, _migrated(server))
    server.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _let_it_forget(server: Any) -> None:
    """Have the server that was started for the tests wait for no disk: what it holds can be made again.

    Nor does it clear up after tests that were rolled back: a statement would wait for that at times, and be
    planned by what was counted meanwhile.

    A server that somebody named is left as it is; so are those of drills that kill them.
    """
    [(folder,)] = server.execute("SHOW data_directory").fetchall()
    if Path(folder) == data_directory():
        for setting in ("fsync", "full_page_writes", "autovacuum"):
            _run(server, "ALTER SYSTEM SET {} = off", setting)
        server.execute("SELECT pg_reload_conf()")


def _migrated(server: Any) -> str:
    """Return the name of a database that is migrated as far as this project is; make it if there is none."""
    name = MIGRATED.format(state=state_of_migrations())
    known = [row[0] for row in server.execute("SELECT datname FROM pg_database")]
    if name not in known:
        for old in known:
            if old.startswith((MIGRATED.format(state=""), UNFINISHED)):
                _run(server, "DROP DATABASE {} WITH (FORCE)", old)
        _run(server, "CREATE DATABASE {}", UNFINISHED)
        _lead_to(UNFINISHED)
        call_command("migrate", verbosity=0)
        _lead_to(name)
        _run(server, "ALTER DATABASE {} RENAME TO {}", UNFINISHED, name)
    return name


def state_of_migrations() -> str:
    """Return what changes with each migration, of the project or of a library."""
    files = [settings.BASE_DIR / "requirements.txt", *settings.BASE_DIR.glob("*/migrations/*.py")]
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(f"{file.name}\n".encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def _drop_left_over(server: Any) -> None:
    """Drop the copies of processes that were killed."""
    found = server.execute("SELECT datname FROM pg_database WHERE datname ~ %s", [COPY.format(pid="[0-9]+")])
    for (name,) in found.fetchall():
        if not psutil.pid_exists(int(name.rpartition("_")[2])):
            with suppress(
                errors.ObjectInUse, errors.InvalidCatalogName
            ):  # of another machine, or gone by now
                _run(server, "DROP DATABASE {}", name)


@contextmanager
def _server() -> Iterator[Any]:
    """A connection beside Django's, to the database that every server has."""
    with connection._nodb_cursor() as cursor:  # type: ignore[attr-defined]
        yield cursor.connection


def _lead_to(name: str) -> None:
    connections.close_all()
    connection.close_pool()  # type: ignore[attr-defined]
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name


def _run(server: Any, statement: str, *names: str) -> None:
    server.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
