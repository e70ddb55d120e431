"""Spreading the tables of facts over the workers of Citus, and bringing them back (docs/scaling.md).

Each is distributed by ``user_id``, all in one group: a person's rows of all of them are on one worker. What
holds across tables cannot stay: foreign keys, and triggers that look at a whole statement. What holds within
a row does: unique keys, which begin with the person, checks, and triggers that keep records as they are.
Everything else stays an ordinary table of the coordinator, of which Citus knows nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.apps import apps
from django.db import connection, models, transaction

SHARDS: Final = 32
"""Of each table; the most workers that there can ever be."""

ROWS_A_SECOND: Final = 20_000
"""How many are copied, as far as can be told before: a figure of small machines."""

_OTHERS: Final = """
    SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'f' ORDER BY conname
"""
_OF_STATEMENTS: Final = """
    SELECT tgname FROM pg_trigger
    WHERE tgrelid = %s::regclass AND NOT tgisinternal AND (tgnewtable IS NOT NULL OR tgoldtable IS NOT NULL)
    ORDER BY tgname
"""
_POLICIES: Final = "SELECT polname FROM pg_policy WHERE polrelid = %s::regclass ORDER BY polname"
_KEY: Final = "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'p'"
# Triggers of pgtrigger and searches of the admin ask these functions, on every machine that has rows;
# settings of a transaction are its own on every machine; and tables may have triggers, all of which look at
# nothing but their row.
PREPARED: Final = (
    "SELECT create_distributed_function('_pgtrigger_should_ignore(name)')",
    "SELECT create_distributed_function('name_search(text)')",
    "ALTER DATABASE {database} SET citus.propagate_set_commands = 'local'",
    "ALTER DATABASE {database} SET citus.enable_unsafe_triggers = 'on'",
)
_FOR_NOW: Final = (
    "SET LOCAL citus.propagate_set_commands = 'local'",
    "SET LOCAL citus.enable_unsafe_triggers = 'on'",
    # An answer to a request may take seconds; to copy a table takes what it takes.
    "SET LOCAL statement_timeout = 0",
    # Copying a table and changing it share one connection to each worker.
    "SET LOCAL citus.multi_shard_modify_mode = 'sequential'",
)


class DistributionError(Exception):
    """What stands in the way, as a sentence for whoever runs this."""


@dataclass(frozen=True, slots=True)
class FactTable:
    """A table of facts as it is now."""

    model: type[models.Model]
    is_distributed: bool
    rows: int

    @property
    def name(self) -> str:
        """What it is called in the database."""
        return self.model._meta.db_table

    @property
    def seconds(self) -> int:
        """For about how long nobody writes to it or reads it."""
        return 1 + self.rows // ROWS_A_SECOND


def distributed_models() -> list[type[models.Model]]:
    """Return the models whose tables are distributed, those first that are small."""
    return [model for model in apps.get_models() if getattr(model, "distributed", False)]


def fact_tables() -> list[FactTable]:
    """Return the tables, with about how many rows they have."""
    there = tables_distributed()
    return [
        FactTable(model, model._meta.db_table in there, _about_how_many(model._meta.db_table))
        for model in distributed_models()
    ]


def tables_distributed() -> set[str]:
    """Return the tables that Citus has distributed; none where there is no Citus."""
    if _value("SELECT to_regclass('pg_dist_partition') IS NULL"):
        return set()
    return set(_column("SELECT logicalrelid::text FROM pg_dist_partition WHERE partmethod = 'h'"))


def check_cluster() -> list[str]:
    """Return the workers.

    Raises:
        DistributionError: there is no Citus, or there are no workers.
    """
    if _value("SELECT to_regclass('pg_dist_node') IS NULL"):
        raise DistributionError(
            "This database has no Citus. Install the extension on every machine, then CREATE EXTENSION citus "
            "in this database, and name the workers with citus_add_node: docs/scaling.md says how."
        )
    workers = _column(
        "SELECT nodename || ':' || nodeport FROM pg_dist_node "
        "WHERE noderole = 'primary' AND isactive AND shouldhaveshards ORDER BY 1"
    )
    if not workers:
        raise DistributionError("Citus knows no workers. Name them with citus_add_node: docs/scaling.md.")
    return workers


def distributing_sql(table: FactTable, *, beside: str | None) -> list[str]:
    """Return the statements that distribute a table, of one transaction.

    Args:
        beside: the table whose group it joins; ``None`` for the first.
    """
    name = table.name
    keys = [f"ALTER TABLE {name} DROP CONSTRAINT {one}" for one in _column(_OTHERS, name)]
    triggers = [f"DROP TRIGGER {one} ON {name}" for one in _column(_OF_STATEMENTS, name)]
    # Policies look at people, and a statement that acts as another role reaches no worker (docs/decisions).
    walls = [f"DROP POLICY {one} ON {name}" for one in _column(_POLICIES, name)]
    group = f"colocate_with => '{beside}'" if beside else f"colocate_with => 'none', shard_count => {SHARDS}"
    return [
        *_FOR_NOW,
        f"LOCK TABLE {name} IN ACCESS EXCLUSIVE MODE",
        *keys,
        *triggers,
        *walls,
        f"ALTER TABLE {name} DISABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {name} DROP CONSTRAINT {_value(_KEY, name)}, ADD PRIMARY KEY (user_id, id)",
        f"SELECT create_distributed_table('{name}', 'user_id', {group})",
    ]


def returning_sql(table: FactTable) -> list[str]:
    """Return the statements that bring a table back, of one transaction, but for its triggers."""
    name, model = table.name, table.model
    with connection.schema_editor(collect_sql=True, atomic=False) as editor:
        keys = [
            str(editor._create_fk_sql(model, field, "_fk_%(to_table)s_%(to_column)s"))  # type: ignore[attr-defined]
            for field in model._meta.local_fields
            if isinstance(field, models.ForeignKey) and field.db_constraint  # type: ignore[attr-defined]
        ]
    return [
        *_FOR_NOW,
        f"LOCK TABLE {name} IN ACCESS EXCLUSIVE MODE",
        f"SELECT undistribute_table('{name}')",
        f"ALTER TABLE {name} DROP CONSTRAINT {_value(_KEY, name)}, ADD PRIMARY KEY (id)",
        *keys,
    ]


def distribute(table: FactTable, *, beside: str | None) -> int:
    """Distribute a table; return how many rows it has. Afterwards the coordinator's copy is emptied.

    Raises:
        DistributionError: there are not as many rows as before; nothing has changed.
    """
    with transaction.atomic():
        statements = distributing_sql(table, beside=beside)
        _run(statements[: len(_FOR_NOW) + 1])
        before = _count(table.name)
        _run(statements[len(_FOR_NOW) + 1 :])
        _compare(table, before)
    _run([f"SELECT truncate_local_data_after_distributing_table('{table.name}')"])
    return before


def bring_back(table: FactTable) -> int:
    """Make a table an ordinary one of the coordinator again, with its keys and triggers; return its rows.

    Raises:
        DistributionError: there are not as many rows as before; nothing has changed.
    """
    with transaction.atomic():
        statements = returning_sql(table)
        _run(statements[: len(_FOR_NOW) + 1])
        before = _count(table.name)
        _run(statements[len(_FOR_NOW) + 1 :])
        for trigger in getattr(table.model._meta, "triggers", []):
            trigger.install(table.model)
        _compare(table, before)
    return before


def prepare() -> None:
    """Make ready what the tables' triggers need on every machine; may be repeated."""
    database = connection.ops.quote_name(connection.settings_dict["NAME"])
    _run(one.format(database=database) for one in PREPARED)


def _compare(table: FactTable, before: int) -> None:
    after = _count(table.name)
    if after != before:
        raise DistributionError(f"{table.name} had {before:,} rows and would have {after:,}: left as it was.")


def _count(name: str) -> int:
    return int(_value(f"SELECT count(*) FROM {name}"))


def _about_how_many(name: str) -> int:
    return int(_value("SELECT pg_stat_get_live_tuples(%s::regclass)", name))


def _run(statements: Iterable[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _column(statement: str, *values: Any) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return [value for (value,) in cursor.fetchall()]


def _value(statement: str, *values: Any) -> Any:
    return _column(statement, *values)[0]
