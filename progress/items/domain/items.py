"""Typed progress: one live row per user, organization, type and item (document 000).

Everything here is about the user's own rows, and each function is one prepared statement. Rows become JSON
in the database: what a client gets passes through Python as bytes.
"""

from typing import Final
from uuid import UUID

from uuid_utils.compat import uuid7

from accounts.models import User
from accounts.rights.remembered import about_caller, json_for, upsert_for
from learning.tree.domain.structure import organization_to_write_in
from progress.items.domain.item_input import ItemInput
from tenancy.conditions import at_place_sql, in_scope_sql, own_parameters
from tenancy.facts import Upsert
from tenancy.scope import Level, Scope, current_scope
from tenancy.sql import page_json, prepared_cursor, time_json

_COLUMNS: Final = {
    "id": "uuid",
    "progress_type": "text",
    "item_id": "text",
    "value": "text",
    "score": "integer",
    "metadata": "jsonb",
    "organization_id": "uuid",
    "campus_id": "uuid",
    "user_id": "uuid",
    "created_at": "timestamptz",
    "updated_at": "timestamptz",
}
_RENAMED: Final = {
    "organization_id": "organizationId",
    "campus_id": "campusId",
    "user_id": "userId",
    "created_at": "createdAt",
    "updated_at": "updatedAt",
}
_SHOWN: Final = {_RENAMED.get(column, column): column for column in _COLUMNS}
_FIELDS: Final = ", ".join(
    f'{time_json(f"p.{column}") if _COLUMNS[column] == "timestamptz" else f"p.{column}"} AS "{name}"'
    for name, column in _SHOWN.items()
)
_ROW: Final = f"row_to_json((SELECT r FROM (SELECT {_FIELDS}) r))"

_SAVE: Final = Upsert(
    "user_progress",
    {
        "id": "%(id)s",
        "user_id": "%(user)s",
        "organization_id": "%(organization)s",
        "campus_id": "%(campus)s::uuid",
        "progress_type": "%(progress_type)s",
        "item_id": "%(item_id)s",
        "value": "%(value)s",
        "score": "%(score)s::integer",
        "metadata": "%(metadata)s::jsonb",
        "created_by_id": "%(user)s",
        "updated_by_id": "%(user)s",
        "created_at": "statement_timestamp()",
        "updated_at": "statement_timestamp()",
    },
    conflict="user_id, organization_id, progress_type, item_id, deleted",
    update="""
        campus_id = EXCLUDED.campus_id, value = EXCLUDED.value, score = EXCLUDED.score,
        metadata = EXCLUDED.metadata, updated_by_id = EXCLUDED.updated_by_id,
        updated_at = EXCLUDED.updated_at
    """,
    columns=_COLUMNS,
    told=f"{_ROW}::text",
    shown=_SHOWN,
)

_OWN: Final = f"""
    p.user_id = %(user)s AND p.progress_type = %(progress_type)s AND p.deleted IS NULL
    AND {in_scope_sql("p")}
"""


def _list_sql(where: str) -> str:
    page = page_json("user_progress", "p", _ROW, where=where, newest_by="created_at")
    return about_caller(f"{page} FROM caller")


# Two statements, and not "is null or": that one would be planned anew each time, which took half of it.
_LIST: Final = _list_sql(_OWN)
_LIST_OF_ITEM: Final = _list_sql(f"{_OWN} AND p.item_id = %(item_id)s")

_DELETE: Final = f"""
    UPDATE user_progress p SET deleted = statement_timestamp()
    WHERE p.user_id = %(user)s AND {at_place_sql("p", Level.ORGANIZATION)}
      AND p.progress_type = %(progress_type)s AND p.item_id = %(item_id)s AND p.deleted IS NULL
"""


def save_item(*, user: User, item: ItemInput) -> bytes:
    """Record an item for ``user``, in place of what is recorded for it already; return the row as JSON.

    The row belongs to the organization that the caller acts in, and to the campus of the active scope or
    else the user's own.

    Raises:
        InvalidError: ``organization_required``.
        RefusedError: ``tenant_required``.
    """
    organization = organization_to_write_in()
    values = {
        "id": uuid7(),
        "organization": organization,
        "campus": _campus(user, organization),
        **item._asdict(),
    }
    return upsert_for(user, _SAVE, values)


def list_items(*, user: User, progress_type: str, item_id: str | None, limit: int, offset: int) -> bytes:
    """Return ``{"rows": [...], "count": total}`` as JSON: the user's rows of one type, newest first.

    Rows are those of the organization the caller acts in, or of all when a global user acts in none.
    """
    values = {
        **own_parameters(),
        "progress_type": progress_type,
        "item_id": item_id,
        "limit": limit,
        "offset": offset,
    }
    return json_for(user, _LIST if item_id is None else _LIST_OF_ITEM, values)


def delete_item(*, user: User, progress_type: str, item_id: str) -> int:
    """Hide the user's row of an item; return how many there were, one or none.

    Raises:
        InvalidError: ``organization_required``.
        RefusedError: ``tenant_required``.
    """
    values = {
        "user": user.pk,
        "organization": organization_to_write_in(),
        "progress_type": progress_type,
        "item_id": item_id,
    }
    with prepared_cursor() as cursor:
        cursor.execute(_DELETE, values)
        deleted: int = cursor.rowcount
    return deleted


def _campus(user: User, organization: UUID) -> UUID | None:
    scope = current_scope()
    acting: UUID | None = scope.campus_id if isinstance(scope, Scope) else None
    own = user.campus_id if user.organization_id == organization else None
    return acting or own
