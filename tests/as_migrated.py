"""The rows that the migrations left, kept beside the tables to return to after a test that commits.

Django's way, emptying every table and seeding it anew, takes a hundred times as long.
"""

from typing import Any, Final

from django.db import connection, transaction
from django.test import TransactionTestCase

from tenancy.distribution import tables_distributed

SCHEMA: Final = "as_migrated"
"""Out of the search path: neither the project nor Django sees it."""


def keep() -> None:
    """Copy the rows that the tables hold now, and go back to them after each test that commits.

    The owner of the tests' database must be a superuser: rows that nobody may delete go past their triggers.
    """
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    names = [connection.ops.quote_name(table) for table in sorted(tables)]
    # Citus would have those of the coordinator locked on workers, which have none of them.
    here = [name for name in names if name.strip('"') not in tables_distributed()]
    with connection.cursor() as cursor:
        database = connection.ops.quote_name(connection.settings_dict["NAME"])
        # Nothing in it has to survive a crash of the machine.
        cursor.execute(f"ALTER DATABASE {database} SET synchronous_commit = off")
        cursor.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE; CREATE SCHEMA {SCHEMA}")
        seeded = [name for name in names if _holds_rows(cursor, name)]
        for name in seeded:
            cursor.execute(f"CREATE TABLE {SCHEMA}.{name} AS TABLE {name}")
    statements = [
        f"LOCK TABLE {', '.join(here)} IN SHARE ROW EXCLUSIVE MODE",  # when nobody writes any more
        *(f"DELETE FROM {name}" for name in names),
        *(f"INSERT INTO {name} TABLE {SCHEMA}.{name}" for name in seeded),
    ]

    def go_back(_test: Any) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            # No triggers, no foreign keys; alone, as Citus sends on the whole text that a setting stands in.
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute("; ".join(statements))

    TransactionTestCase._fixture_teardown = go_back  # type: ignore[attr-defined]


def _holds_rows(cursor: Any, name: str) -> bool:
    cursor.execute(f"SELECT EXISTS (TABLE {name})")
    return bool(cursor.fetchone()[0])
