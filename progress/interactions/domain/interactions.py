"""The log of what users do: appended and read by its user, in one prepared statement each.

Rows belong to a person wherever they belong now and whatever scope they act in, so the statements name the
user, and the organization only to say where a row was made.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import orjson
import uuid_utils
from django.conf import settings

from accounts.models import User
from accounts.rights.remembered import CALLER, CallerChangedError, about_caller, fetch_for, json_for
from progress.interactions.domain.interaction_input import InteractionInput
from tenancy.errors import InvalidError
from tenancy.sql import array_of_texts, page_json, prepared_cursor, time_json

# One parameter of JSON: a list of 500 takes a client nine times as long to bind.
_INTO: Final = "INSERT INTO user_interactions (id, user_id, organization_id, type, payload, created_at)"
_SENT: Final = "jsonb_to_recordset(%(items)s::jsonb) AS sent (id uuid, type text, payload jsonb)"
_ROWS: Final = "SELECT sent.id, %(user)s, %(organization)s, sent.type, sent.payload, statement_timestamp()"
_APPEND: Final = f"""
    WITH {CALLER}, appended AS ({_INTO} {_ROWS} FROM caller, {_SENT})
    SELECT {time_json("statement_timestamp()")} FROM caller
"""
# Where the log is distributed, one row is sent as it is. Several go with a row of the person's that is there
# already, to where that is: without one they lead to no worker, and go through this machine row by row,
# committed in two phases. So do the first of a person. Arrays take Citus half as long as JSON.
_SENT_ON: Final = (
    "unnest(%(ids)s::uuid[], %(types)s::text[], %(payloads)s::text[]) AS sent (id, type, payload)"
)
_ROWS_ON: Final = """
    SELECT sent.id, {}, %(organization)s, sent.type, sent.payload::jsonb, %(at)s::timestamptz FROM
"""
_SEND: Final = f"""
    {_INTO} {_ROWS_ON.format("log.user_id")} {_SENT_ON}, (
        SELECT i.user_id FROM user_interactions i WHERE i.user_id = %(user)s
        ORDER BY i.created_at DESC, i.id DESC LIMIT 1
    ) log
"""
_SEND_FIRST: Final = f"{_INTO} {_ROWS_ON.format('%(user)s')} {_SENT_ON}"
_SEND_ONE: Final = f"""
    {_INTO} VALUES ((%(ids)s::uuid[])[1], %(user)s, %(organization)s, (%(types)s::text[])[1],
        (%(payloads)s::text[])[1]::jsonb, %(at)s::timestamptz)
"""
_MOMENT: Final = f"""
    WITH {CALLER} SELECT statement_timestamp(), {time_json("statement_timestamp()")} FROM caller
"""

# Coalesced, and not "is null or": the limits stay conditions of the index in a plan for any values.
_OWN: Final = """
    i.user_id = %(user)s
    AND i.created_at >= COALESCE(%(since)s::timestamptz, '-infinity')
    AND i.created_at < COALESCE(%(until)s::timestamptz, 'infinity')
    AND (%(type)s::text IS NULL OR i.type = %(type)s)
"""
_ROW: Final = f"""json_build_object(
    'id', i.id, 'userId', i.user_id, 'type', i.type, 'payload', i.payload, 'createdAt',
    {time_json("i.created_at")}
)"""
_PAGE: Final = page_json(
    "user_interactions",
    "i",
    _ROW,
    where=_OWN,
    newest_by="created_at",
    # The page is found in the index alone, which holds the type.
    join="JOIN user_interactions i ON i.id = page.id AND i.user_id = %(user)s",
)
_LIST: Final = about_caller(f"{_PAGE} FROM caller")


def append_interaction(*, user: User, interaction: InteractionInput) -> bytes:
    """Log one interaction of ``user``; return the row as JSON."""
    [pk] = _ids(1)
    at = _append(user, [pk], [interaction])
    return b'{"id":"%b","userId":"%b","type":"%b","payload":%b,"createdAt":"%b"}' % (
        pk,
        str(user.pk).encode(),
        interaction.type.encode(),
        interaction.payload,
        at,
    )


def append_interactions(*, user: User, interactions: Sequence[InteractionInput]) -> bytes:
    """Log interactions of ``user`` in the order given, all or none.

    Returns:
        ``{"items": [{id, type, createdAt}, ...]}`` as JSON, in that order: the client has the payloads.
    """
    ids = _ids(len(interactions))
    at = _append(user, ids, interactions)
    rows = (
        b'{"id":"%b","type":"%b","createdAt":"%b"}' % (pk, interaction.type.encode(), at)
        for pk, interaction in zip(ids, interactions, strict=True)
    )
    return b'{"items":[%b]}' % b",".join(rows)


def append_good_ones(*, user: User, checked: Sequence[InteractionInput | InvalidError]) -> bytes:
    """Log those interactions of ``user`` that are right, in the order given.

    Returns:
        ``{"items": [...]}`` as JSON, with a ``status`` for each: 201 and ``{id, type, createdAt}``, or 400
        and ``errors``.
    """
    good = [item for item in checked if isinstance(item, InteractionInput)]
    ids = _ids(len(good))
    at = _append(user, ids, good) if good else b""
    logged = (
        b'{"status":201,"id":"%b","type":"%b","createdAt":"%b"}' % (pk, interaction.type.encode(), at)
        for pk, interaction in zip(ids, good, strict=True)
    )
    rows = (_refused(item) if isinstance(item, InvalidError) else next(logged) for item in checked)
    return b'{"items":[%b]}' % b",".join(rows)


def _refused(error: InvalidError) -> bytes:
    described = {"code": error.error_code, "detail": str(error.detail), "attr": error.attr}
    return orjson.dumps({"status": 400, "errors": [described]})


def list_interactions(
    *,
    user: User,
    kind: str | None,
    since: datetime | None,
    until: datetime | None,
    limit: int,
    offset: int,
) -> bytes:
    """Return ``{"rows": [...], "count": total}`` as JSON: the user's interactions, newest first.

    Args:
        kind: only those of this type.
        since, until: only those of this half-open span of time.
    """
    values = {
        "type": kind,
        "since": since,
        "until": until,
        "limit": limit,
        "offset": offset,
    }
    return json_for(user, _LIST, values)


def _ids(count: int) -> list[bytes]:
    """Return new ids, each greater than the one before."""
    return [str(uuid_utils.uuid7()).encode() for _ in range(count)]


def _append(user: User, ids: Sequence[bytes], interactions: Sequence[InteractionInput]) -> bytes:
    """Write the rows; return when, as it is shown."""
    if settings.DISTRIBUTED:
        return _send(user, ids, interactions)
    items = (
        b'{"id":"%b","type":"%b","payload":%b}' % (pk, interaction.type.encode(), interaction.payload)
        for pk, interaction in zip(ids, interactions, strict=True)
    )
    values = {
        "organization": user.organization_id,
        "items": (b"[%b]" % b",".join(items)).decode(),
    }
    return json_for(user, _APPEND, values)


def _send(user: User, ids: Sequence[bytes], interactions: Sequence[InteractionInput]) -> bytes:
    """Write the rows where they are; return when, as it is shown."""
    found = fetch_for(user, _MOMENT, {})
    if found is None:
        raise CallerChangedError
    at, told = found
    values = {
        "user": user.pk,
        "organization": user.organization_id,
        "at": at,
        "ids": array_of_texts(ids),
        "types": array_of_texts(interaction.type.encode() for interaction in interactions),
        "payloads": array_of_texts(interaction.payload for interaction in interactions),
    }
    with prepared_cursor() as cursor:
        cursor.execute(_SEND_ONE if len(ids) == 1 else _SEND, values)
        if cursor.rowcount == 0:
            cursor.execute(_SEND_FIRST, values)
    return told.encode()
