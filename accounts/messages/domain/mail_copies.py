"""Copies of messages by e-mail: queued with the message, delivered here, one after the other.

Each copy is claimed, in a statement of its own that two machines cannot both win, before it is given to the
mail server. What becomes of it is noted afterwards:

- The server or the network reports an error: it is tried again later, ``MAX_ATTEMPTS`` times in all, and then
  kept as failed with the reason.
- The process dies in between: nobody knows whether the mail went out, so it is never sent again and kept as
  interrupted. The message itself is in the inbox either way.

So a copy is sent at most once, but for a server that accepts a mail and loses the connection before it can
say so: such a mail comes twice, with one ``Message-ID``.
"""

import logging
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parseaddr
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.utils.translation import gettext_lazy as _

from accounts.models import MailState
from tenancy.sql import prepared_cursor

logger = logging.getLogger(__name__)

MAX_ATTEMPTS: Final = 5
FIRST_WAIT: Final = timedelta(minutes=5)
"""After the first failure; three times as long after each further one."""
LONGEST: Final = timedelta(hours=1)
"""A copy that is being sent for longer was interrupted."""

_LONGEST_REASON: Final = 500
_FOOTER: Final = _(
    "You get your messages by e-mail because you asked for it. You can change this in your preferences."
)

_IS_DUE: Final = "mail_state = 'queued' AND mail_due_at <= clock_timestamp()"
# Materialized: chosen once, whatever the plan.
_CLAIM: Final = f"""
    WITH due AS MATERIALIZED (
        SELECT id FROM messages WHERE {_IS_DUE} ORDER BY mail_due_at LIMIT 1 FOR UPDATE SKIP LOCKED
    )
    UPDATE messages m
    SET mail_state = 'sending', mail_attempts = m.mail_attempts + 1, mail_due_at = clock_timestamp()
    FROM due, users u LEFT JOIN user_preferences p ON p.user_id = u.id
    WHERE m.id = due.id AND u.id = m.user_id
    RETURNING m.id, u.email, m.title, m.body, m.mail_attempts,
        u.is_active AND u.deleted IS NULL AND (m.mail_anyway OR COALESCE(p.email_copies, false))
        AND (m.expires_at IS NULL OR m.expires_at > clock_timestamp())
"""
_GIVE_UP: Final = """
    UPDATE messages SET mail_state = 'unknown', mail_error = %(reason)s
    WHERE mail_state = 'sending' AND mail_due_at < clock_timestamp() - %(longest)s
"""
_NOTE: Final = """
    UPDATE messages
    SET mail_state = %(state)s::text, mail_error = %(reason)s,
        mail_due_at = CASE WHEN %(state)s::text = 'queued' THEN clock_timestamp() + %(wait)s
                           ELSE mail_due_at END
    WHERE id = %(id)s
"""


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy in hand.

    Attributes:
        attempt: which one this is, from 1.
        wanted: whether it is still of use: its reader may log in and wants copies, and it has not expired.
    """

    id: UUID
    email: str
    title: str
    body: str
    attempt: int
    wanted: bool


def deliver_copies(*, limit: int) -> Counter[MailState]:
    """Send copies that are due, the longest due first; return what became of how many.

    Not inside a transaction: a claim has to be there for others to see before the mail is sent.

    Args:
        limit: how many to take in hand at most.

    Raises:
        OSError: the mail server cannot be reached. Nothing is claimed then, and no attempt is counted.
    """
    outcome: Counter[MailState] = Counter()
    if interrupted := _give_up_interrupted():
        outcome[MailState.UNKNOWN] = interrupted
    if not _is_any_due():
        return outcome
    connection = get_connection()
    try:
        for _number in range(limit):
            connection.open()
            copy = _claim()
            if copy is None:
                break
            outcome[_deliver(copy, connection)] += 1
    finally:
        connection.close()
    return outcome


def _deliver(copy: Copy, connection: Any) -> MailState:
    if not copy.wanted:
        return _note(copy, MailState.DROPPED)
    try:
        _as_mail(copy, connection).send()
    except (OSError, ValueError) as error:  # smtplib's errors, and an address that no header can hold
        # The next one needs another connection: this one may be in any state.
        connection.close()
        logger.warning("the copy of message %s could not be sent: %s", copy.id, type(error).__name__)
        last = copy.attempt >= MAX_ATTEMPTS
        return _note(copy, MailState.FAILED if last else MailState.QUEUED, reason=_reason(error))
    return _note(copy, MailState.SENT)


def _as_mail(copy: Copy, connection: Any) -> EmailMessage:
    _name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return EmailMessage(
        subject=" ".join(copy.title.split()),
        body=f"{copy.body}\n\n-- \n{_FOOTER}\n",
        to=[copy.email],
        headers={
            "Message-ID": f"<{copy.id}@{address.rpartition('@')[2]}>",
            "Auto-Submitted": "auto-generated",
        },
        connection=connection,
    )


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".replace("\0", "")[:_LONGEST_REASON]


def _claim() -> Copy | None:
    with prepared_cursor() as cursor:
        cursor.execute(_CLAIM)
        row = cursor.fetchone()
    return None if row is None else Copy(*row)


def _is_any_due() -> bool:
    with prepared_cursor() as cursor:
        cursor.execute(f"SELECT FROM messages WHERE {_IS_DUE} LIMIT 1")
        return cursor.fetchone() is not None


def _give_up_interrupted() -> int:
    reason = "interrupted while it was being sent; it may have arrived"
    return _write(_GIVE_UP, {"reason": reason, "longest": LONGEST})


def _note(copy: Copy, state: MailState, *, reason: str = "") -> MailState:
    wait = FIRST_WAIT * 3 ** (copy.attempt - 1)
    _write(_NOTE, {"id": copy.id, "state": state.value, "reason": reason, "wait": wait})
    return state


def _write(sql: str, values: dict[str, Any]) -> int:
    with prepared_cursor() as cursor:
        cursor.execute(sql, values)
        written: int = cursor.rowcount
    return written
