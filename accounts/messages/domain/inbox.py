"""One's own messages, whatever organization one belongs to now or acts in.

Each function is one prepared statement. Rows become JSON in the database: what a client gets passes through
Python as bytes.
"""

from typing import Any, Final
from uuid import UUID

from accounts.models import Tag, User
from tenancy.errors import NotFoundError
from tenancy.sql import prepared_cursor


def _time(column: str) -> str:
    return f"""to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""


_COLUMNS: Final = {
    "id": "m.id",
    "tag": "m.tag",
    "title": "m.title",
    "body": "m.body",
    "readAt": _time("m.read_at"),
    "createdAt": _time("m.created_at"),
    "expiresAt": _time("m.expires_at"),
}
_FIELDS: Final = ", ".join(f'{sql} AS "{name}"' for name, sql in _COLUMNS.items())

MESSAGE_JSON: Final = f"row_to_json((SELECT r FROM (SELECT {_FIELDS}) r))"
"""SQL: a row ``m`` of ``messages`` as its reader sees it."""

# What has expired is gone, whether or not it has been pruned.
_THERE: Final = "m.user_id = %(user)s AND (m.expires_at IS NULL OR m.expires_at > statement_timestamp())"
_WANTED: Final = f"""
    {_THERE} AND (%(tag)s::text IS NULL OR m.tag = %(tag)s)
    AND (%(unread)s::boolean IS NULL OR (m.read_at IS NULL) = %(unread)s)
"""
_LIST: Final = f"""
    SELECT concat(
        '{{"rows":[',
        (
            SELECT string_agg({MESSAGE_JSON}::text, ',' ORDER BY m.created_at DESC, m.id DESC)
            FROM (
                SELECT * FROM messages m WHERE {_WANTED}
                ORDER BY m.created_at DESC, m.id DESC LIMIT %(limit)s OFFSET %(offset)s
            ) m
        ),
        '],"count":', (SELECT count(*) FROM messages m WHERE {_WANTED}), '}}'
    )
"""
_MARK_READ: Final = f"""
    UPDATE messages m SET read_at = COALESCE(m.read_at, statement_timestamp())
    WHERE m.id = %(id)s AND {_THERE} RETURNING {MESSAGE_JSON}::text
"""


def list_inbox(*, user: User, tag: Tag | None, unread: bool | None, limit: int, offset: int) -> bytes:
    """Return ``{"rows": [...], "count": total}`` as JSON: the user's messages, newest first.

    Args:
        tag: only these.
        unread: only those not read yet, or only those read.
    """
    values = {"user": user.pk, "tag": tag, "unread": unread, "limit": limit, "offset": offset}
    row = _fetch(_LIST, values)
    assert row is not None
    return row


def mark_read(*, user: User, message_id: UUID) -> bytes:
    """Note that ``user`` has read a message of theirs; a repeat keeps the first time. Returns it as JSON.

    Raises:
        NotFoundError: none of theirs, or one that has expired.
    """
    row = _fetch(_MARK_READ, {"user": user.pk, "id": message_id})
    if row is None:
        raise NotFoundError
    return row


def _fetch(sql: str, values: dict[str, Any]) -> bytes | None:
    with prepared_cursor() as cursor:
        cursor.execute(sql, values)
        row = cursor.fetchone()
    return None if row is None else row[0].encode()
