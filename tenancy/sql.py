"""Cursors for the few hand-written statements on hot paths."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.backends.postgresql.base import ServerBindingCursor


@contextmanager
def prepared_cursor() -> Iterator[Any]:
    """Yield a cursor whose statements the server keeps prepared after their first executions.

    Django's own cursors bind parameters on the client, and such statements are never prepared. This one
    is wrapped by Django as usual: errors, query logs and query counts work the same. Not for writes that
    belong in the history (``tenancy.history``).
    """
    connection.ensure_connection()
    cursor = connection._prepare_cursor(ServerBindingCursor(connection.connection))  # type: ignore[attr-defined, call-arg]
    # History puts its context in front of a statement, and two statements cannot be prepared as one.
    wrappers, connection.execute_wrappers = connection.execute_wrappers, []
    try:
        yield cursor
    finally:
        connection.execute_wrappers = wrappers
        cursor.close()
