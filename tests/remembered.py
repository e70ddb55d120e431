"""Rows that were made once and are put in again, with the same keys, for each test that wants them.

Making a tenant row by row is a third of the time of an average test; putting it in again is one round trip.
"""

import pickle
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection, models
from django.db.models.sql import InsertQuery

from tenancy.distribution import tables_distributed

NOW: Final = "SELECT statement_timestamp()"
"""What the columns that say when a row was made are filled with: all of one script the same."""


class Remembered:
    """What ``make`` returns, made at the first call of ``again`` and put in again at each later one.

    Args:
        rows: finds the rows that were made, parents first. What triggers add to them is theirs to add again.
    """

    def __init__(self, make: Callable[[], Any], rows: Callable[[Any], Iterable[models.Model]]) -> None:
        self._make = make
        self._rows = rows
        self._kept: tuple[bytes, str] | None = None

    def again(self) -> Any:
        if self._kept is None:
            made = self._make()
            rows = list(self._rows(made))
            self._kept = pickle.dumps((made, rows)), "; ".join([*map(_insert, rows), NOW])
            return made
        pickled, statements = self._kept
        with connection.cursor() as cursor:
            cursor.execute(statements)
            (now,) = cursor.cursor.set_result(-1).fetchone()
        made, rows = pickle.loads(pickled)
        for row in rows:
            for field in _times(row):
                setattr(row, field.attname, now)
        return made


def _times(row: models.Model) -> list[Any]:
    """Return the fields that say when the row was made: another time at each test."""
    fields = [field for field in row._meta.concrete_fields if isinstance(field, models.DateTimeField)]
    return [field for field in fields if field.has_db_default() and getattr(row, field.attname)]


def _insert(row: models.Model) -> str:
    query = InsertQuery(type(row))
    given = [f for f in row._meta.concrete_fields if not f.generated and f not in _times(row)]
    query.insert_values(given, [row], raw=True)
    statement, values = query.get_compiler(connection=connection).as_sql()[0]
    with connection.cursor() as cursor:
        text: str = cursor.cursor.mogrify(statement, values)
    return text


class RememberedDatabase:
    """Every row that ``make`` leaves, made at the first call of ``again`` and put back at each later one.

    For rooms so full that nobody can name their rows. What was written before in the same transaction is put
    back as it was then, whatever else is there now; every time is as long ago as it was.

    Args:
        make: makes a dataclass from what it is given, whose first fields hold just that.
    """

    def __init__(self, make: Callable[..., Any]) -> None:
        self._make = make
        self._kept: tuple[bytes, str, datetime] | None = None

    def again(self, *given: Any) -> Any:
        """Return what ``make`` makes of ``given``; each of these is then as it was at the first call."""
        if self._kept is None:
            made = self._make(*given)
            with connection.cursor() as cursor:
                cursor.execute(NOW)
                (now,) = cursor.fetchone()
                self._kept = pickle.dumps((made, given)), _script(cursor, now), now
            return made
        pickled, script, then = self._kept
        with connection.cursor() as cursor:
            # The rows are as they were: no trigger has anything to add, and no key leads to nothing. Settings
            # are sent alone: Citus sends on the whole text that one stands in.
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(script)
            cursor.execute("SET LOCAL session_replication_role = origin")
            cursor.execute(NOW)
            (now,) = cursor.fetchone()
        made, before = pickle.loads(pickled)
        for row in _rows_in(before, {}).values():
            _age(row, now - then)
        names = list(made.__dataclass_fields__)
        for name, same, one in zip(names, given, before, strict=False):
            same.__dict__ = one.__dict__
            setattr(made, name, same)
        return made


def _rows_in(value: Any, found: dict[int, models.Model]) -> dict[int, models.Model]:
    """Add to ``found`` each row in tuples, lists, dicts and dataclasses, and those that they lead to."""
    if isinstance(value, models.Model):
        if id(value) in found:
            return found
        found[id(value)] = value
        value = list(value._state.fields_cache.values())
    elif isinstance(value, dict):
        value = list(value.values())
    elif hasattr(value, "__dataclass_fields__"):
        value = list(vars(value).values())
    for inner in value if isinstance(value, list | tuple) else ():
        _rows_in(inner, found)
    return found


def _age(row: models.Model, by: timedelta) -> None:
    for field in row._meta.concrete_fields:
        if isinstance(value := getattr(row, field.attname), datetime):
            setattr(row, field.attname, value + by)


def _script(cursor: Any, then: datetime) -> str:
    """Return the statements that put the tables back to which this transaction has written."""
    cursor.execute(
        "SELECT relname FROM pg_stat_xact_user_tables WHERE n_tup_ins + n_tup_upd + n_tup_del > 0 "
        "AND schemaname = 'public' ORDER BY relname"
    )
    names = {name for (name,) in cursor.fetchall()} | {*filter(_has_rows, tables_distributed())}
    tables = [connection.ops.quote_name(name) for name in sorted(names)]
    statements = [f"DELETE FROM {name}" for name in tables]
    for name in tables:
        cursor.execute(f"SELECT json_agg(t)::text FROM {name} t")
        (rows,) = cursor.fetchone()
        if rows is None:
            continue
        columns = _columns(cursor, name)
        aged = [
            f"{column} + (statement_timestamp() - %(then)s)" if kind == "timestamptz" else column
            for column, kind in columns.items()
        ]
        statements.append(
            cursor.cursor.mogrify(
                f"INSERT INTO {name} ({', '.join(columns)}) OVERRIDING SYSTEM VALUE "
                f"SELECT {', '.join(aged)} FROM json_populate_recordset(NULL::{name}, %(rows)s)",
                {"rows": rows, "then": then},
            )
        )
    return "; ".join(statements)


def _has_rows(table: str) -> bool:
    """Whether there are rows; where a table is on other machines, what was written is counted there."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {table})")
        return bool(cursor.fetchone()[0])


def _columns(cursor: Any, table: str) -> dict[str, str]:
    """Return the columns that can be written, with their types."""
    cursor.execute(
        "SELECT quote_ident(attname), typname FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid "
        "WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' "
        "ORDER BY attnum",
        [table],
    )
    return dict(cursor.fetchall())
