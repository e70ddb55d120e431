"""Cursors for the few hand-written statements on hot paths, and transactions that survive a deadlock."""

import re
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache, wraps
from typing import Any, Final, ParamSpec, Self, TypeVar

from django.conf import settings
from django.db import OperationalError, connection, connections, transaction
from psycopg import RawCursor
from psycopg.errors import DeadlockDetected
from psycopg.types.datetime import TimestamptzLoader

from tenancy.facts import Upsert, read_first
from tenancy.lists import MOST_LISTED
from tenancy.replica import reading_from
from tenancy.wall.base import WalledInTransactions

P = ParamSpec("P")
R = TypeVar("R")

ATTEMPTS: Final = 5

UUID7_SQL: Final = """
    encode(set_bit(set_bit(overlay(
        uuid_send(gen_random_uuid()) PLACING
        substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) FROM 1 FOR 6
    ), 52, 1), 53, 1), 'hex')::uuid
"""
"""SQL: a new UUIDv7 for each row, where it is not known how many there are (PostgreSQL 18 has a function)."""


_PARAMETER: Final = re.compile(r"%(?:%|\((\w+)\)s)")


@lru_cache(maxsize=512)
def _numbered(sql: str) -> tuple[bytes, tuple[str, ...]]:
    """Return a statement with ``$1`` for ``%(name)s``, as the server takes it, and the names by number."""
    numbers: dict[str, int] = {}

    def number(found: re.Match[str]) -> str:
        return f"${numbers.setdefault(found[1], len(numbers) + 1)}" if found[1] else "%"

    return _PARAMETER.sub(number, sql).encode(), tuple(numbers)


class PreparedCursor(WalledInTransactions, RawCursor[Any]):
    """Takes named parameters as Django's cursors do, and reads a statement for them once, not each time."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        # Django's connections are in UTC: psycopg's own loader, in C, reads the same times.
        self.adapters.register_loader("timestamptz", TimestamptzLoader)

    def execute(self, query: Any, params: Any = None, **kwargs: Any) -> Self:
        if isinstance(params, Mapping):
            # Put together from names, such as those of columns, now and then.
            query, names = _numbered(query if isinstance(query, str) else query.as_string())
            params = [params[name] for name in names]
        return super().execute(query, params, **kwargs)


@contextmanager
def prepared_cursor() -> Iterator[Any]:
    """Yield a cursor whose statements the server keeps prepared after their first executions.

    Django's own cursors bind parameters on the client, and such statements are never prepared. This one
    is wrapped by Django as usual: errors, query logs and query counts work the same. Not for writes that
    belong in the history (``tenancy.history``).
    """
    database: Any = connections[reading_from()]
    database.ensure_connection()
    cursor = database._prepare_cursor(PreparedCursor(database.connection))
    # History puts its context in front of a statement, and two statements cannot be prepared as one.
    wrappers, database.execute_wrappers = database.execute_wrappers, []
    try:
        yield _FactsFirst(cursor) if settings.DISTRIBUTED else cursor
    finally:
        database.execute_wrappers = wrappers
        cursor.close()


ROWS_AT_ONCE: Final = 500
"""How many rows are in memory while a file is made of them."""


def rows_by_pages(sql: str, values: Mapping[str, Any]) -> Generator[tuple[Any, ...]]:
    """Yield the rows of a statement, all of them, while no more than a page of them is in memory.

    The transaction lasts as long: whoever iterates waits for nobody.
    """
    with transaction.atomic(using=reading_from()), prepared_cursor() as cursor:
        # All rows will be read: a plan that is quick to give the first is none for that.
        cursor.execute("SET LOCAL cursor_tuple_fraction = 1")
        cursor.execute(f"DECLARE all_of_them NO SCROLL CURSOR FOR {sql}", values)
        more = True
        while more:
            cursor.execute(f"FETCH {ROWS_AT_ONCE} FROM all_of_them")
            rows = cursor.fetchall()
            more = len(rows) == ROWS_AT_ONCE
            yield from rows
        cursor.execute("CLOSE all_of_them")


@contextmanager
def facts_cursor() -> Iterator[Any]:
    """Yield one of Django's own cursors, for statements that name facts and are not on hot paths."""
    with connections[reading_from()].cursor() as cursor:
        yield _FactsFirst(cursor) if settings.DISTRIBUTED else cursor


class _FactsFirst:
    """A cursor that reads the facts which a statement names before it is sent (``tenancy.facts``)."""

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)

    def execute(self, sql: Any, values: Any = None) -> Any:
        return self._cursor.execute(sql, read_first(self._cursor, sql, values or {}))


def fetch_one(sql: Any, values: dict[str, Any]) -> tuple[Any, ...] | None:
    """Return the row of a prepared statement, or ``None``."""
    with prepared_cursor() as cursor:
        cursor.execute(sql, values)
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row


def write(upsert: Upsert, values: dict[str, Any]) -> tuple[Any, ...]:
    """Write a fact by itself; return the columns that are told of."""
    row = fetch_one(upsert.alone, values)
    assert row is not None
    return row


def fetch_json(sql: Any, values: dict[str, Any]) -> bytes | None:
    """Return the JSON that a prepared statement makes, its only column, as it goes to a client."""
    row = fetch_one(sql, values)
    return None if row is None or row[0] is None else row[0].encode()


def array_text(values: Iterable[object]) -> str:
    """Return numbers or UUIDs as the text of an array: psycopg handles each item of a list by itself."""
    return f"{{{','.join(map(str, values))}}}"


def array_of_texts(values: Iterable[bytes]) -> str:
    """Return texts as the text of an array, each in quotes."""
    quoted = (value.replace(b"\\", b"\\\\").replace(b'"', b'\\"') for value in values)
    return (b'{"%b"}' % b'","'.join(quoted)).decode()


def time_json(column: str) -> str:
    """SQL: a time as the API writes it, in UTC."""
    return f"""to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""


def page_json(table: str, alias: str, row: str, *, where: str, newest_by: str, join: str = "") -> str:
    """SQL: ``{"rows": [...], "count": total}``, a page of a table with the number of rows on all pages.

    Takes the parameters ``limit`` and ``offset``. The page is found first, in an index perhaps; only its rows
    are made into JSON.

    Args:
        row: one row of ``alias`` as JSON.
        newest_by: the column of the time; the newest first.
        join: what brings the rest of a row, where ``where`` and the order are answered by an index alone.
    """
    order = f"{alias}.{newest_by} DESC, {alias}.id DESC"
    return f"""
        SELECT concat(
            '{{"rows":[',
            (
                SELECT string_agg(({row})::text, ',' ORDER BY {order})
                FROM (
                    SELECT {f"{alias}.id" if join else "*"} FROM {table} {alias} WHERE {where}
                    ORDER BY {order} LIMIT %(limit)s OFFSET %(offset)s
                ) {"page" if join else alias} {join}
            ),
            '],"count":', (
                SELECT count(*) FROM (SELECT 1 FROM {table} {alias} WHERE {where} LIMIT {MOST_LISTED}) counted
            ), '}}'
        )
    """


def atomic_again(function: Callable[P, R]) -> Callable[P, R]:
    """Decorate a function to run in a transaction, and again when a deadlock ended it.

    Locks are taken in one order wherever it can be chosen. Deleting and moving whole branches meet each
    other on several levels of the tree; then the database lets one go on and ends the other, of which
    nothing was written. Inside a transaction of the caller's this is ``transaction.atomic``: what is to be
    repeated is all of it.
    """
    in_transaction = transaction.atomic(function)

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if connection.in_atomic_block:
            return in_transaction(*args, **kwargs)
        for _attempt in range(ATTEMPTS - 1):
            try:
                return in_transaction(*args, **kwargs)
            except OperationalError as error:
                if not isinstance(error.__cause__, DeadlockDetected):
                    raise
        return in_transaction(*args, **kwargs)

    return run
