"""One's own messages, whatever organization one belongs to now or acts in.

Each function is one prepared statement. Rows become JSON in the database: what a client gets passes through
Python as bytes.
"""

from typing import Final
from uuid import UUID

from accounts.models import Tag, User
from tenancy.errors import NotFoundError
from tenancy.sql import fetch_json, page_json, time_json

_COLUMNS: Final = {
    "id": "m.id",
    "tag": "m.tag",
    "title": "m.title",
    "body": "m.body",
    "readAt": time_json("m.read_at"),
    "createdAt": time_json("m.created_at"),
    "expiresAt": time_json("m.expires_at"),
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
_LIST: Final = page_json("messages", "m", MESSAGE_JSON, where=_WANTED, newest_by="created_at")
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
    row = fetch_json(_LIST, values)
    assert row is not None
    return row


def mark_read(*, user: User, message_id: UUID) -> bytes:
    """Note that ``user`` has read a message of theirs; a repeat keeps the first time. Returns it as JSON.

    Raises:
        NotFoundError: none of theirs, or one that has expired.
    """
    row = fetch_json(_MARK_READ, {"user": user.pk, "id": message_id})
    if row is None:
        raise NotFoundError
    return row
