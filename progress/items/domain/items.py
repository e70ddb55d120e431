"""Typed progress: one live row per user, organization, type and item (document 000).

Everything here is about the user's own rows, and each function is one prepared statement. Rows become JSON
in the database: what a client gets passes through Python as bytes.
"""

from typing import Any, Final
from uuid import UUID

from uuid_utils.compat import uuid7

from accounts.models import User
from learning.tree.domain.structure import organization_to_write_in
from progress.items.domain.item_input import ItemInput
from tenancy.scope import EveryOrganization, Scope, current_scope
from tenancy.sql import prepared_cursor

_COLUMNS: Final = {
    "id": "p.id",
    "progress_type": "p.progress_type",
    "item_id": "p.item_id",
    "value": "p.value",
    "score": "p.score",
    "metadata": "p.metadata",
    "organizationId": "p.organization_id",
    "campusId": "p.campus_id",
    "userId": "p.user_id",
    "createdAt": """to_char(p.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')""",
    "updatedAt": """to_char(p.updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')""",
}
_FIELDS: Final = ", ".join(f'{sql} AS "{name}"' for name, sql in _COLUMNS.items())
_ROW: Final = f"row_to_json((SELECT r FROM (SELECT {_FIELDS}) r))"

_SAVE: Final = f"""
    INSERT INTO user_progress AS p (
        id, user_id, organization_id, campus_id, progress_type, item_id, value, score, metadata,
        created_by_id, updated_by_id
    ) VALUES (
        %(id)s, %(user)s, %(organization)s, %(campus)s, %(progress_type)s, %(item_id)s, %(value)s, %(score)s,
        %(metadata)s::jsonb, %(user)s, %(user)s
    )
    ON CONFLICT (user_id, organization_id, progress_type, item_id, deleted) DO UPDATE SET
        campus_id = EXCLUDED.campus_id, value = EXCLUDED.value, score = EXCLUDED.score,
        metadata = EXCLUDED.metadata, updated_by_id = EXCLUDED.updated_by_id,
        updated_at = statement_timestamp()
    RETURNING {_ROW}::text
"""

_OWN: Final = """
    p.user_id = %(user)s AND p.progress_type = %(progress_type)s AND p.deleted IS NULL
    AND (%(every)s OR p.organization_id = %(organization)s)
    AND (%(item_id)s::text IS NULL OR p.item_id = %(item_id)s)
"""
_LIST: Final = f"""
    SELECT concat(
        '{{"rows":[',
        (
            SELECT string_agg({_ROW}::text, ',' ORDER BY p.created_at DESC, p.id DESC)
            FROM (
                SELECT * FROM user_progress p WHERE {_OWN}
                ORDER BY p.created_at DESC, p.id DESC LIMIT %(limit)s OFFSET %(offset)s
            ) p
        ),
        '],"count":', (SELECT count(*) FROM user_progress p WHERE {_OWN}), '}}'
    )
"""

_DELETE: Final = """
    UPDATE user_progress SET deleted = clock_timestamp()
    WHERE user_id = %(user)s AND organization_id = %(organization)s AND progress_type = %(progress_type)s
      AND item_id = %(item_id)s AND deleted IS NULL
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
        "user": user.pk,
        "organization": organization,
        "campus": _campus(user, organization),
        **item._asdict(),
    }
    row = _fetch(_SAVE, values)
    return row.encode()


def list_items(*, user: User, progress_type: str, item_id: str | None, limit: int, offset: int) -> bytes:
    """Return ``{"rows": [...], "count": total}`` as JSON: the user's rows of one type, newest first.

    Rows are those of the organization the caller acts in, or of all when a global user acts in none.
    """
    scope = current_scope()
    everywhere = isinstance(scope, EveryOrganization)
    values = {
        "user": user.pk,
        "every": everywhere,
        "organization": None if isinstance(scope, EveryOrganization) else scope.organization_id,
        "progress_type": progress_type,
        "item_id": item_id,
        "limit": limit,
        "offset": offset,
    }
    return _fetch(_LIST, values).encode()


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


def _fetch(sql: str, values: dict[str, Any]) -> str:
    with prepared_cursor() as cursor:
        cursor.execute(sql, values)
        (json,) = cursor.fetchone()
    return json  # type: ignore[no-any-return]
