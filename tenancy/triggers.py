"""Database triggers that tenant models share, and what those that keep records step aside for."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import pgtrigger
from django.db import connection, transaction

ERASING: Final = "stepwise.erasing"


class UnlessErasing(pgtrigger.Condition):
    """A condition that does not hold in a transaction that erases a person.

    A setting and not the trigger's name, which is another one on each part of a table that is distributed.
    """

    def __init__(self, condition: Any = None) -> None:
        super().__init__(f"current_setting('{ERASING}', true) IS DISTINCT FROM 'on'")
        self.condition = condition

    def resolve(self, model: Any) -> str:
        both = [one for one in (self.condition and self.condition.resolve(model), self.sql) if one]
        return f"({' AND '.join(f'({one})' for one in both)})"


def append_only(
    operation: Any = pgtrigger.Update | pgtrigger.Delete, *, but: tuple[str, ...] = ()
) -> pgtrigger.Trigger:
    """Return a trigger that refuses to change rows, except to erase a person.

    Args:
        but: columns that may be changed.
    """
    changed = pgtrigger.AnyChange(exclude=list(but)) if but else None
    return pgtrigger.Protect(name="append_only", operation=operation, condition=UnlessErasing(changed))


@contextmanager
def erasing() -> Iterator[None]:
    """Have those triggers step aside for what this transaction does inside."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL {ERASING} = 'on'")
        yield
        cursor.execute(f"SET LOCAL {ERASING} = 'off'")


def inherit_from_parent(parent: str, *, table: str, also: tuple[str, ...] = ()) -> pgtrigger.Trigger:
    """Return a trigger that copies ``organization_id`` (and ``also``) from the parent row.

    A child's organization is its parent's by whatever way the row is written: API, admin, import,
    ``bulk_create`` or plain SQL.

    Args:
        parent: the foreign key column, without ``_id``.
        table: the parent's table.
        also: further columns to copy, of the same name in both tables.
    """
    columns = ("organization_id", *also)
    return pgtrigger.Trigger(
        name="inherit_from_parent",
        operation=pgtrigger.Insert | pgtrigger.UpdateOf(f"{parent}_id", "organization_id"),
        when=pgtrigger.Before,
        # A missing parent leaves the columns as they are, for the foreign key to refuse.
        func=(
            f"SELECT {', '.join(columns)} INTO {', '.join(f'NEW.{column}' for column in columns)} "
            f"FROM {table} WHERE id = NEW.{parent}_id; RETURN NEW;"
        ),
    )


def keep_sort_name(name: str = "NEW.name", *columns: str) -> pgtrigger.Trigger:
    """Return a trigger that writes ``sort_name``, by whatever way a name is written.

    Args:
        name: SQL of what people know the row by.
        columns: those that ``name`` is made of.
    """
    return pgtrigger.Trigger(
        name="keep_sort_name",
        operation=pgtrigger.Insert | pgtrigger.UpdateOf(*(columns or ("name",)), "sort_name"),
        when=pgtrigger.Before,
        func=f"NEW.sort_name := name_order({name}); RETURN NEW;",
    )
