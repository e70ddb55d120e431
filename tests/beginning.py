"""The rows that each test begins with: what the migrations left, and two tenants.

They stand in the tables, committed. A test that rolls back leaves them as they were, one that commits has
them put back; either takes a fraction of making them, or of putting them in for each test.
"""

import pickle
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction
from django.test import TransactionTestCase

from tenancy.distribution import tables_distributed
from tests.remembered import age, columns_of, has_rows, now_in

MIGRATED: Final = "as_migrated"
SCHEMA: Final = "beginning"
"""Where what the migrations left is kept, and where all of it. Out of the search path: nobody sees them."""

AGE: Final = 60
"""Seconds. Rows that were put back longer ago are put back again: to a test they have just been made."""

QUARTER: Final = 15 * 60
"""Seconds; no day or week begins anywhere while rows are kept that were put back before."""

SHIFT: Final = "(statement_timestamp() - timestamptz '{then}')"


@dataclass
class Beginning:
    """What each test begins with, as it is in the tables now."""

    script: list[str]
    """Puts all rows back."""
    without: list[str]
    """Leaves what the migrations left, in a transaction that is rolled back."""
    then: datetime
    """When the rows were made."""
    made: dict[str, Any]
    """The tenants as they were made, by name."""
    now: dict[str, bytes]
    """The same as their rows are in the tables now, pickled."""
    good_until: float
    """When they are to be put back again, on the clock that no test sets: ``time.monotonic()``."""

    def again(self, name: str) -> Any:
        """Return the tenant of this name, in new objects."""
        return pickle.loads(self.now[name])


def keep(make: Callable[[], dict[str, Any]]) -> Beginning:
    """Make the tenants, copy the rows of all tables, and go back to these after each test that commits.

    The owner of the tests' database must be a superuser: rows that nobody may delete go past their triggers.
    """
    with connection.cursor() as cursor:
        database = connection.ops.quote_name(connection.settings_dict["NAME"])
        # Nothing in it has to survive a crash of the machine.
        cursor.execute(f"ALTER DATABASE {database} SET synchronous_commit = off")
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    names = [connection.ops.quote_name(table) for table in sorted(tables)]
    # Citus would have those of the coordinator locked on workers, which have none of them.
    here = [name for name in names if name.strip('"') not in tables_distributed()]
    emptied = [f"DELETE FROM {name}" for name in names]
    migrated = _copied(MIGRATED, names)
    with transaction.atomic(), connection.cursor() as cursor:
        made, then = make(), now_in(cursor)
    shift = SHIFT.format(then=then.isoformat())
    script = [
        f"LOCK TABLE {', '.join(here)} IN SHARE ROW EXCLUSIVE MODE",  # when nobody writes any more
        *emptied,
        *_copied(SCHEMA, names, shift),
        f"SELECT {shift}",
    ]
    beginning = Beginning(script, [*emptied, *migrated], then, made, {}, 0)
    _put_back(beginning)
    # Django's way, emptying every table and seeding it anew, takes a hundred times as long.
    TransactionTestCase._fixture_teardown = lambda _test: _put_back(beginning)  # type: ignore[attr-defined]
    return beginning


def refresh(beginning: Beginning) -> None:
    """Put the rows back if it has been too long; not inside of a transaction that several tests share."""
    if time.monotonic() > beginning.good_until and not connection.in_atomic_block:
        _put_back(beginning)


def empty(beginning: Beginning) -> None:
    """Leave what the migrations left and nobody else, until the transaction around is rolled back."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("; ".join(beginning.without))
        cursor.execute("SET LOCAL session_replication_role = origin")


def _copied(schema: str, names: list[str], shift: str = "") -> list[str]:
    """Copy the rows of all tables; return the statements that put them in again, with their times shifted."""
    inserted = []
    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}")
        for name in names:
            if has_rows(name):
                cursor.execute(f"CREATE TABLE {schema}.{name} AS TABLE {name}")
                columns = columns_of(cursor, name)
                values = [
                    f"{column} + {shift}" if shift and kind == "timestamptz" else column
                    for column, kind in columns.items()
                ]
                inserted.append(
                    f"INSERT INTO {name} ({', '.join(columns)}) OVERRIDING SYSTEM VALUE "
                    f"SELECT {', '.join(values)} FROM {schema}.{name}"
                )
    return inserted


def _put_back(beginning: Beginning) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        # No triggers, no foreign keys; alone, as Citus sends on the whole text that a setting stands in.
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("; ".join(beginning.script))
        (shift,) = cursor.cursor.set_result(-1).fetchone()
    for name, tenant in beginning.made.items():
        now = pickle.loads(pickle.dumps(tenant))
        age(now, shift)
        beginning.now[name] = pickle.dumps(now)
    at = (beginning.then + shift).timestamp()
    beginning.good_until = time.monotonic() + min(AGE, QUARTER - at % QUARTER)
