"""Database triggers that tenant models share."""

import pgtrigger


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
