"""Two people in one place at the same moment, made to meet: the second waits for what the first locked."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection, transaction

PATIENCE = 2.0
"""Seconds that the first gives the second to run into its lock; one who takes none is through by then."""


def wait_until_somebody_waits(seconds: float = PATIENCE) -> bool:
    """Return whether another connection to this database waits for a lock, after ``seconds`` at most."""
    give_up = time.monotonic() + seconds
    with connection.cursor() as cursor:
        while time.monotonic() < give_up:
            cursor.execute(
                "SELECT EXISTS (SELECT FROM pg_stat_activity "
                "WHERE datname = current_database() AND wait_event_type = 'Lock')"
            )
            if cursor.fetchone()[0]:
                return True
            time.sleep(0.02)
    return False


def on_its_own_connection(call: Callable[[], Any], *, lock_timeout: str = "10s") -> Any:
    """Call something on this thread's connection and close it; a lock that never comes is an error."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = '{lock_timeout}'")
        return call()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")
        connection.close()


@contextmanager
def somebody_else(call: Callable[[], Any]) -> Iterator[Callable[[], Any]]:
    """Run the block in a transaction, and ``call`` beside it, which gets to its locks before that ends.

    Yields what returns, or raises, the outcome of ``call`` after the block.
    """
    begun: list[Future[Any]] = []
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        yield lambda: begun[0].result(20)
        begun.append(pool.submit(on_its_own_connection, call))
        wait_until_somebody_waits()


@contextmanager
def elsewhere(sql: str, *values: Any) -> Iterator[None]:
    """Keep a transaction open in which a statement was executed, on a connection of its own."""
    options = connection.get_connection_params()
    names = ("dbname", "user", "password", "host", "port")
    known = {name: options[name] for name in names if name in options}
    with psycopg.connect(**known) as other:
        other.execute(sql, values)
        yield
        other.rollback()
