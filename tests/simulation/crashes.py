"""The connection of a request breaks at one of its round trips, before the database has heard or after."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.db import connection

from config.database.connection import BoundedConnection


class Crash:
    """What is to happen at which round trip of this thread, and whether it did.

    Attributes:
        heard: the database has done what was asked when the connection breaks; a commit counts then.
    """

    def __init__(self, at: int, *, heard: bool) -> None:
        self.at = at
        self.heard = heard
        self.happened = False


@contextmanager
def crashing(crash: Crash | None) -> Iterator[None]:
    """Have this thread's connection break while the block runs."""
    if crash is None:
        yield
        return
    wait, thread = BoundedConnection.wait, threading.get_ident()
    left = crash.at

    def counted(self: BoundedConnection, *arguments: Any, **more: Any) -> Any:
        nonlocal left
        if threading.get_ident() != thread or crash.happened:
            return wait(self, *arguments, **more)
        left -= 1
        if left:
            return wait(self, *arguments, **more)
        crash.happened = True
        backend = self.pgconn.backend_pid
        if not crash.heard:
            terminate(backend)
            return wait(self, *arguments, **more)
        wait(self, *arguments, **more)
        terminate(backend)
        self.pgconn.finish()
        raise psycopg.OperationalError("the connection broke before the answer came")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BoundedConnection, "wait", counted)
        yield


def discard_connection() -> None:
    """Leave a connection that broke to nobody."""
    if connection.connection is not None:
        connection.connection.close()
    connection.close()


def terminate(backend: int) -> None:
    """End a process of the database, and wait until it has gone."""
    options = connection.get_connection_params()
    names = ("dbname", "user", "password", "host", "port")
    known = {name: options[name] for name in names if name in options}
    with psycopg.connect(**known, autocommit=True) as other:
        # Citus has another one for numbers of eight bytes.
        other.execute("SELECT pg_terminate_backend(%s::integer)", [backend])
        while other.execute("SELECT FROM pg_stat_activity WHERE pid = %s", [backend]).fetchone():
            time.sleep(0.001)
