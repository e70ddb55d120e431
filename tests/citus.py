"""The tests' database on several machines, where ``STEPWISE_CITUS_URL`` names a coordinator of Citus.

``bin/test --citus`` lets every process have a database of its own there and on each worker, and spreads the
facts of it with ``manage.py distribute``.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from unittest.mock import patch
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection

_NAMED: Final = os.environ.get("STEPWISE_CITUS_URL", "")
COORDINATOR: Final = _NAMED if os.environ.get("DATABASE_URL") == _NAMED else ""
"""Where the tests have their database; nowhere but in ``bin/test --citus``."""

ON_ONE_MACHINE: Final = pytest.mark.skipif(
    bool(COORDINATOR), reason="facts on several machines have no keys and no policies (docs/scaling.md)"
)
"""For what only a foreign key keeps, or what stands in the place of one; and for policies."""

PLANNED_HERE: Final = pytest.mark.skipif(
    bool(COORDINATOR),
    reason="Citus brings people to where their rows are, and plans each time (docs/scaling.md)",
)
"""For how one machine finds rows, and how often it thinks about that."""

SHARDS: Final = 4
"""Of each table: two for each of two workers show what thirty-two do, in an eighth of the time."""

_NODES: Final = """
    SELECT nodename, nodeport, groupid = 0, shouldhaveshards FROM pg_dist_node
    WHERE noderole = 'primary' AND isactive ORDER BY groupid
"""


@contextmanager
def spread(name: str) -> Iterator[None]:
    """Have the facts of a database of the coordinator on its workers while the block runs."""
    with _server(COORDINATOR) as known:
        nodes = known.execute(_NODES).fetchall()
    workers = [(host, port) for host, port, is_coordinator, _ in nodes if not is_coordinator]
    assert workers, "STEPWISE_CITUS_URL names a database that knows no workers: docs/scaling.md"
    urls = [_at(COORDINATOR, host, port) for host, port in workers]
    try:
        for url in urls:
            with _server(url) as worker:
                worker.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
                worker.execute(f'CREATE DATABASE "{name}"')
            with _server(url, name) as worker:
                worker.execute("CREATE EXTENSION citus")
        with connection.cursor() as cursor:
            cursor.execute("CREATE EXTENSION citus")
            for host, port, is_coordinator, has_shards in nodes:
                add = "citus_set_coordinator_host" if is_coordinator else "citus_add_node"
                cursor.execute(f"SELECT {add}(%s, %s)", [host, port])
                cursor.execute(
                    "SELECT citus_set_node_property(%s, %s, 'shouldhaveshards', %s)", [host, port, has_shards]
                )
        with patch("tenancy.distribution.SHARDS", SHARDS):
            call_command("distribute", verbosity=0)
        yield
    finally:
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]
        for url in urls:
            with _server(url) as worker:
                worker.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _server(url: str, name: str | None = None) -> Any:
    parts = urlsplit(url)
    return psycopg.connect(urlunsplit(parts._replace(path=f"/{name}") if name else parts), autocommit=True)


def _at(url: str, host: str, port: int) -> str:
    """Return the address of another machine, whose database ``postgres`` every server has."""
    parts = urlsplit(url)
    account = f"{parts.netloc.rpartition('@')[0]}@" if "@" in parts.netloc else ""
    return urlunsplit(parts._replace(netloc=f"{account}{host}:{port}", path="/postgres"))
