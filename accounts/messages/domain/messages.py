"""Sending messages: to a person, to everyone of a place, and automatic ones, each of them once.

Every function is one statement however many people there are. Where someone wants copies by e-mail, the
message is queued for ``accounts.messages.domain.mail_copies`` as it is written; nothing here waits for a mail
server.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.messages.domain.inbox import MESSAGE_JSON
from accounts.models import Tag, User
from tenancy.conditions import at_place_sql, place_parameters
from tenancy.errors import InvalidError
from tenancy.scope import Level, Scope
from tenancy.sql import UUID7_SQL

# The database's clock decides in the end, and must not say that a message expired before it was sent.
_CLOCKS_DIFFER: Final = timedelta(minutes=1)

_REACHED: Final = "u.is_active AND u.deleted IS NULL"


@dataclass(frozen=True, slots=True)
class MessageContent:
    """What a message says: text, never markup.

    Attributes:
        title, body: not empty, at most ``MAX_TITLE`` and ``MAX_BODY`` characters.
        expires_at: from when on it is left out of inboxes; never without.
    """

    tag: Tag
    title: str
    body: str
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """An automatic message that is due, to be sent unless it has been.

    Attributes:
        organization_id: where the person belongs.
        kind, about: what for, and which one of them; a person gets one message for each pair, ever.
        tag: a value of ``Tag``.
        expires_at: from when on the message is left out of inboxes.
        due_until: from when on nothing asks for this notice any more, so that the ledger may forget it.
        sender_id: who sends it, where somebody does.
        mailed: whether a copy goes out by e-mail whatever its reader prefers for other messages.
    """

    user_id: UUID
    organization_id: UUID
    kind: str
    about: str
    tag: str
    title: str
    body: str
    expires_at: datetime | None = None
    due_until: datetime | None = None
    sender_id: UUID | None = None
    mailed: bool = False


_INSERT: Final = """
    INSERT INTO messages AS m (id, user_id, organization_id, tag, scope, title, body, sender_id, expires_at,
                               mail_anyway, mail_state, mail_due_at)
"""


def _copy_sql(wanted: str) -> str:
    return f"""
        CASE WHEN {wanted} THEN 'queued' ELSE '' END, CASE WHEN {wanted} THEN statement_timestamp() END
    """


def _send_sql(condition: str) -> str:
    return f"""
        {_INSERT}
        SELECT {UUID7_SQL}, u.id, u.organization_id, %(tag)s, %(scope)s, %(title)s, %(body)s,
               %(sender)s::uuid, %(expires_at)s::timestamptz, false, {_copy_sql("p.email_copies")}
        FROM users u LEFT JOIN user_preferences p ON p.user_id = u.id
        WHERE {_REACHED} AND {condition}
    """


_SEND_TO_PERSON: Final = f"{_send_sql('u.id = %(user)s')} RETURNING {MESSAGE_JSON}::text"
_SEND_TO_PLACE: Final = {level: _send_sql(at_place_sql("u", level)) for level in Level}

# Sorted, so that two that notify the same people at once wait for each other and not in a circle.
_GIVEN: Final = f"""
    given AS (
        SELECT DISTINCT ON (g.user_id, g.kind, g.about) g.*
        FROM unnest(
            %(user_ids)s::uuid[], %(organization_ids)s::uuid[], %(kinds)s::text[], %(abouts)s::text[],
            %(tags)s::text[], %(titles)s::text[], %(bodies)s::text[], %(expiries)s::timestamptz[],
            %(due_untils)s::timestamptz[], %(senders)s::uuid[], %(mailed)s::boolean[]
        ) WITH ORDINALITY
            AS g (user_id, organization_id, kind, about, tag, title, body, expires_at, due_until, sender_id,
                  mailed, position)
        JOIN users u ON u.id = g.user_id AND {_REACHED}
        WHERE g.expires_at IS NULL OR g.expires_at > statement_timestamp()
        ORDER BY g.user_id, g.kind, g.about, g.position
    )
"""
_NOTIFY_ONCE: Final = f"""
    WITH {_GIVEN},
    noted AS (
        INSERT INTO message_ledger (id, user_id, organization_id, kind, about, due_until)
        SELECT {UUID7_SQL}, user_id, organization_id, kind, about, due_until FROM given
        ORDER BY user_id, kind, about
        ON CONFLICT (user_id, kind, about) DO NOTHING
        RETURNING user_id, kind, about
    )
    {_INSERT}
    SELECT {UUID7_SQL}, user_id, given.organization_id, tag, '', title, body, sender_id, expires_at,
        given.mailed, {_copy_sql("(p.email_copies OR given.mailed)")}
    FROM given JOIN noted USING (user_id, kind, about) LEFT JOIN user_preferences p USING (user_id)
"""
_NOT_SENT_YET: Final = f"""
    WITH {_GIVEN}
    SELECT position - 1 FROM given
    WHERE NOT EXISTS (
        SELECT FROM message_ledger l
        WHERE l.user_id = given.user_id AND l.kind = given.kind AND l.about = given.about
    )
    ORDER BY position
"""


def check_expiry(expires_at: datetime | None) -> None:
    """Refuse what would be gone before anyone could read it.

    Raises:
        InvalidError: ``in_the_past`` naming ``expiresAt``.
    """
    if expires_at is not None and expires_at <= timezone.now() + _CLOCKS_DIFFER:
        raise InvalidError(_("Must be in the future."), code="in_the_past", attr="expiresAt")


def send_to_person(*, sender: User, user_id: UUID, content: MessageContent) -> bytes:
    """Send a message to someone of the active scope; return the row as JSON. Two statements.

    Raises:
        InvalidError: ``does_not_exist`` naming ``userId``: nobody of the active scope, or nobody who may
            log in; ``in_the_past`` naming ``expiresAt``.
    """
    check_expiry(content.expires_at)
    values = _values(sender, content) | {"user": user_id, "scope": ""}
    if User.objects.filter(pk=user_id).exists():
        with connection.cursor() as cursor:
            cursor.execute(_SEND_TO_PERSON, values)
            if row := cursor.fetchone():
                return row[0].encode()  # type: ignore[no-any-return]
    raise InvalidError(_("There is no such person."), code="does_not_exist", attr="userId")


def send_to_place(*, sender: User, scope: Scope, content: MessageContent) -> int:
    """Send a message to every active person at or below a place; return to how many.

    The caller has made sure that ``sender`` may act there (``accounts.api.scoping.resolve_place``).

    Raises:
        InvalidError: ``in_the_past`` naming ``expiresAt``.
    """
    check_expiry(content.expires_at)
    values = _values(sender, content) | place_parameters(scope) | {"scope": str(scope)}
    with connection.cursor() as cursor:
        cursor.execute(_SEND_TO_PLACE[scope.level], values)
        sent: int = cursor.rowcount
    return sent


def count_recipients(scope: Scope) -> int:
    """Return how many ``send_to_place`` would reach."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM users u WHERE {_REACHED} AND {at_place_sql('u', scope.level)}",
            place_parameters(scope),
        )
        (number,) = cursor.fetchone()
    return number  # type: ignore[no-any-return]


def notify_once(*, notices: Sequence[Notice]) -> int:
    """Send those notices that were never sent before, to people who may log in; return how many those are.

    One statement: of several that send the same notice at once, one does. A notice whose message would
    have expired already is not sent.
    """
    with connection.cursor() as cursor:
        cursor.execute(_NOTIFY_ONCE, _columns(notices))
        sent: int = cursor.rowcount
    return sent


def not_sent_yet(*, notices: Sequence[Notice]) -> list[Notice]:
    """Return what ``notify_once`` would send now."""
    with connection.cursor() as cursor:
        cursor.execute(_NOT_SENT_YET, _columns(notices))
        return [notices[position] for (position,) in cursor.fetchall()]


def _columns(notices: Sequence[Notice]) -> dict[str, list[Any]]:
    return {
        "user_ids": [notice.user_id for notice in notices],
        "organization_ids": [notice.organization_id for notice in notices],
        "kinds": [notice.kind for notice in notices],
        "abouts": [notice.about for notice in notices],
        "tags": [str(notice.tag) for notice in notices],
        "titles": [str(notice.title) for notice in notices],
        "bodies": [str(notice.body) for notice in notices],
        "expiries": [notice.expires_at for notice in notices],
        "due_untils": [notice.due_until for notice in notices],
        "senders": [notice.sender_id for notice in notices],
        "mailed": [notice.mailed for notice in notices],
    }


def _values(sender: User, content: MessageContent) -> dict[str, Any]:
    return {
        "sender": sender.pk,
        "tag": str(content.tag),
        "title": content.title,
        "body": content.body,
        "expires_at": content.expires_at,
    }
