"""Rows that were made once and are put in again, with the same keys, for each test that wants them.

Putting them in is one round trip, and half of what the same rows would take with their triggers and the
checks of their foreign keys.
"""

import pickle
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection, models, transaction

from tenancy.distribution import tables_distributed

NOW: Final = "SELECT statement_timestamp()"
"""Ends what every script is sent in: all of its times are reckoned from this one."""


class RememberedDatabase:
    """Every row that ``make`` leaves, made at the first call of ``again`` and put back at each later one.

    For rooms so full that nobody can name their rows. What was written before in the same transaction, and
    what is given, is put back as it was then, whatever else is there now; every time is as long ago as it
    was.

    Args:
        make: makes a dataclass from what it is given, whose first fields hold just that.
    """

    def __init__(self, make: Callable[..., Any]) -> None:
        self._make = make
        self._kept: tuple[bytes, list[str], datetime] | None = None

    def again(self, *given: Any) -> Any:
        """Return what ``make`` makes of ``given``; each of these is then as it was at the first call."""
        if self._kept is None:
            made = self._make(*given)
            with connection.cursor() as cursor:
                then = now_in(cursor)
                theirs = {row._meta.db_table for row in _rows_in(given, {}).values()}
                tables = {*theirs, *written_tables(cursor), *filter(has_rows, tables_distributed())}
                emptied = [f"DELETE FROM {name}" for name in sorted(tables)]
                filled = [_insert(cursor, name, then) for name in sorted(tables)]
                self._kept = pickle.dumps((made, given)), _texts([*emptied, *filled]), then
            return made
        pickled, texts, then = self._kept
        with connection.cursor() as cursor:
            now = _run(cursor, texts)
        made, before = pickle.loads(pickled)
        age(before, now - then)
        names = list(made.__dataclass_fields__)
        for name, same, one in zip(names, given, before, strict=False):
            same.__dict__ = one.__dict__
            setattr(made, name, same)
        return made


def now_in(cursor: Any) -> datetime:
    cursor.execute(NOW)
    now: datetime = cursor.fetchone()[0]
    return now


def has_rows(table: str) -> bool:
    """Whether there are rows; where a table is on other machines, what was written is counted there."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {table})")
        return bool(cursor.fetchone()[0])


def _texts(statements: list[str]) -> list[str]:
    """Return what is sent to run these: one text; more where Citus sends on the one a setting is in.

    The rows are as they were: no trigger has anything to add, and no key leads to nothing.
    """
    before, after = (f"SET LOCAL session_replication_role = {role}" for role in ("replica", "origin"))
    script = "; ".join(filter(None, statements))
    if tables_distributed():
        return [before, f"{script}; {NOW}", after]
    return [f"{before}; {script}; {after}; {NOW}"]


def _run(cursor: Any, texts: list[str]) -> datetime:
    """Send the texts of a script; return the time that it took for its own."""
    now = None
    # One text is a transaction of its own; of more, the first says how the others are to be run.
    with transaction.atomic() if len(texts) > 1 else nullcontext():
        for text in texts:
            cursor.execute(text)
            if text.endswith(NOW):
                (now,) = cursor.cursor.set_result(-1).fetchone()
    assert isinstance(now, datetime)
    return now


def _insert(cursor: Any, table: str, then: datetime) -> str:
    """Return the statement that puts the rows of a table in that there are now; nothing if there are none."""
    columns = columns_of(cursor, table)
    later = f"::timestamptz + (statement_timestamp() - timestamptz '{then.isoformat()}')"
    values = [
        f"quote_nullable({column}::text)" + (" || %(later)s" if kind == "timestamptz" else "")
        for column, kind in columns.items()
    ]
    row = f"'(' || concat_ws(', ', {', '.join(values)}) || ')'"
    cursor.execute(f"SELECT string_agg({row}, ', ') FROM {table}", {"later": later})
    (rows,) = cursor.fetchone()
    # Values as text take half the time of the same rows as JSON.
    return f"INSERT INTO {table} ({', '.join(columns)}) OVERRIDING SYSTEM VALUE VALUES {rows}" if rows else ""


def age(value: Any, by: timedelta) -> None:
    """Set every time of the rows in ``value`` later.

    Rows are looked for in tuples, lists, dicts and dataclasses, and in what a row leads to.
    """
    for row in _rows_in(value, {}).values():
        for field in row._meta.concrete_fields:
            if isinstance(at := getattr(row, field.attname), datetime):
                setattr(row, field.attname, at + by)


def _rows_in(value: Any, found: dict[int, models.Model]) -> dict[int, models.Model]:
    inside: Iterable[Any] = ()
    if isinstance(value, models.Model):
        if id(value) not in found:
            found[id(value)] = value
            inside = list(value._state.fields_cache.values())
    elif isinstance(value, dict):
        inside = value.values()
    elif hasattr(value, "__dataclass_fields__"):
        inside = vars(value).values()
    elif isinstance(value, list | tuple):
        inside = value
    for inner in inside:
        _rows_in(inner, found)
    return found


def written_tables(cursor: Any) -> list[str]:
    """Return the tables to which this transaction has written."""
    cursor.execute(
        "SELECT quote_ident(relname) FROM pg_stat_xact_user_tables "
        "WHERE n_tup_ins + n_tup_upd + n_tup_del > 0 AND schemaname = 'public' ORDER BY relname"
    )
    return [name for (name,) in cursor.fetchall()]


def columns_of(cursor: Any, table: str) -> dict[str, str]:
    """Return the columns that can be written, with their types."""
    cursor.execute(
        "SELECT quote_ident(attname), typname FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid "
        "WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' "
        "ORDER BY attnum",
        [table],
    )
    return dict(cursor.fetchall())
