"""Facts beside other tables: one statement on one machine, the facts first where these are distributed.

Rows of models that say ``distributed = True`` may be on several machines, those of a person on one of them;
all others stay together. A statement that needs both names the facts by a ``Facts``. On one machine that
is their table, as it would be written anyway. Where ``settings.DISTRIBUTED`` is on, they are arrays that the
cursor of ``tenancy.sql`` reads first, in one statement that goes to the machine of the person. A statement
that writes one beside other tables is an ``Upsert``, for the same reason.

``tests/contracts/test_distributed_statements.py`` watches that no statement goes around this.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

import orjson
from django.conf import settings
from django.db.models import QuerySet

OF_PERSON: Final = "{0}.user_id = %(user)s"

_FACTS: Final[dict[str, "Facts"]] = {}
_NAMED: Final = re.compile(r"%\(facts_(\w+?)__\w+\)s")


@dataclass(frozen=True, eq=False)
class Facts:
    """Rows of a table that is distributed, as statements about other tables need them.

    Attributes:
        name: tells them apart; no two underscores in a row.
        table: where they are; or a query of such tables alone, in brackets.
        columns: what is needed of them, with the types.
        where: which rows, of alias ``{0}``; at first those of the person ``%(user)s``.
        after: what ``where`` names besides that is read from other tables before, as ``name: SQL``.
        distinct: only what differs is needed.
    """

    name: str
    table: str
    columns: Mapping[str, str]
    where: str = OF_PERSON
    after: Mapping[str, str] = field(default_factory=dict)
    distinct: bool = False

    def __post_init__(self) -> None:
        _FACTS[self.name] = self

    def rows(self, alias: str) -> str:
        """SQL: what stands after FROM or JOIN for all of them, with its condition."""
        condition = "true" if settings.DISTRIBUTED else self.where.format(alias)
        return f"{self.relation(alias)} WHERE {condition}"

    def relation(self, alias: str) -> str:
        """SQL: where to find them, among others of their table where that is here."""
        if not settings.DISTRIBUTED:
            return f"{self.table} {alias}"
        arrays = ", ".join(f"%(facts_{self.name}__{name})s::{kind}[]" for name, kind in self.columns.items())
        return f"unnest({arrays}) AS {alias} ({', '.join(self.columns)})"

    def one(self, alias: str, column: str, equals: str) -> str:
        """SQL: a join that adds the only one of them whose ``column`` is an expression, or nulls.

        LIMIT keeps it a look-up for each row: a plan made before the statistics know of a person would
        compare every row with all of theirs. Arrays are hashed.
        """
        if settings.DISTRIBUTED:
            return f"LEFT JOIN {self.relation(alias)} ON {alias}.{column} = {equals}"
        told = ", ".join(f"one.{name}" for name in self.columns if name != column)
        found = f"SELECT {told} FROM {self.rows('one')} AND one.{column} = {equals} LIMIT 1"
        return f"LEFT JOIN LATERAL ({found}) {alias} ON true"

    def of_each(self, alias: str, person: str, where: str) -> str:
        """SQL: a join that adds those of each person, whose id is an expression, for which ``where`` holds.

        OFFSET keeps it a look-up for each person: a plan that thinks there are many of them would read the
        facts of everybody. Arrays are theirs alone already.
        """
        if settings.DISTRIBUTED:
            return f"JOIN {self.relation(alias)} ON {alias}.user_id = {person} AND {where.format(alias)}"
        told = ", ".join(f"each.{name}" for name in self.columns)
        found = f"FROM {self.table} each WHERE each.user_id = {person} AND {where.format('each')} OFFSET 0"
        return f"JOIN LATERAL (SELECT {told} {found}) {alias} ON true"

    @property
    def first(self) -> str:
        """SQL: one row with an array for each column, as text.

        Text goes on as it came: a client takes longer to read and write the items than a worker to find them.
        """
        arrays = ", ".join(f"array_agg(f.{name})::text" for name in self.columns)
        table, where = self.table, self.where
        if self.distinct:
            table = f"(SELECT DISTINCT {', '.join(self.columns)} FROM {table} d WHERE {where.format('d')})"
            where = "true"
        return f"SELECT {arrays} FROM {table} f WHERE {where.format('f')}"


@dataclass(frozen=True, eq=False)
class Upsert:
    """A fact that is written, or brought up to date, in one statement (``tenancy.sql.write``).

    Attributes:
        values: what each column gets: parameters, and functions of these.
        conflict: the columns of the unique key.
        update: what is written where there is such a row, after SET.
        columns: those of alias ``p`` that are told of, with their types.
        told: SQL, what is made of them instead: JSON, in one statement with the row.
        shown: the same JSON, each name with its column; where facts are elsewhere these can only be returned
            as they are, and ``json`` makes it of them.
    """

    table: str
    values: Mapping[str, str]
    conflict: str
    update: str
    columns: Mapping[str, str]
    told: str = ""
    shown: Mapping[str, str] = field(default_factory=dict)

    def where_there_is(self, source: str, where: str = "true") -> str:
        """SQL: written if ``source``, a query of WITH with one row, is as it has to be.

        Where facts are distributed nothing is written so, nor told: ``tenancy.sql.write`` does it afterwards.
        """
        if settings.DISTRIBUTED:
            nothing = {"told": "text"} if self.told else self.columns
            return (
                f"SELECT {', '.join(f'NULL::{kind} AS {name}' for name, kind in nothing.items())} WHERE false"
            )
        values = f"SELECT {', '.join(self.values.values())} FROM {source} WHERE {where}"
        return self._insert(values, f"{self.told} AS told" if self.told else self._columns)

    @property
    def alone(self) -> str:
        """SQL: written without asking for anything."""
        return self._insert(f"VALUES ({', '.join(self.values.values())})", self._columns)

    def json(self, row: Sequence[Any]) -> bytes:
        """Return what is told of the row that came of ``alone``."""
        values = dict(zip(self.columns, row, strict=True))
        return orjson.dumps(
            {name: _in_json(values[column], self.columns[column]) for name, column in self.shown.items()}
        )

    @property
    def _columns(self) -> str:
        return ", ".join(f"p.{name}" for name in self.columns)

    def _insert(self, source: str, returning: str) -> str:
        return f"""
            INSERT INTO {self.table} AS p ({", ".join(self.values)}) {source}
            ON CONFLICT ({self.conflict}) DO UPDATE SET {self.update}
            RETURNING {returning}
        """


def _in_json(value: Any, kind: str) -> Any:
    """Return a value of a column of some type for orjson, to come out as the database writes it."""
    if value is None:
        return None
    if kind == "timestamptz":
        return f"{value:%Y-%m-%dT%H:%M:%S.%fZ}"  # as tenancy.sql.time_json
    if kind == "jsonb":
        return orjson.Fragment(value)  # read as text
    if kind == "double precision" and value.is_integer():
        return int(value)
    return value


def read_before(rows: QuerySet[Any, Any]) -> Any:
    """Return what a condition about facts compares with: the query, or its rows where it is about others."""
    return list(rows) if settings.DISTRIBUTED else rows


def read_first(cursor: Any, sql: str, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the parameters of a statement together with the facts that it names, which are read now."""
    for statement, names in _reading(str(sql)):
        cursor.execute(statement, values)
        read = zip(names, cursor.fetchone(), strict=True)
        values = {**values, **{name: "{}" if array is None else array for name, array in read}}
    return values


@lru_cache(maxsize=1000)
def _reading(sql: str) -> list[tuple[str, list[str]]]:
    """Return what is read before a statement, of other tables and of facts, and the names it gets."""
    named = [_FACTS[name] for name in dict.fromkeys(_NAMED.findall(sql))]
    after = {name: query for facts in named for name, query in facts.after.items()}
    found = []
    if after:
        found.append((f"SELECT {', '.join(f'({query})' for query in after.values())}", list(after)))
    if named:
        sources = ", ".join(f"({facts.first}) AS f{number}" for number, facts in enumerate(named))
        names = [f"facts_{facts.name}__{column}" for facts in named for column in facts.columns]
        # Of a statement about one table alone Citus sees at once where it goes.
        found.append((f"SELECT * FROM {sources}" if len(named) > 1 else named[0].first, names))
    return found
