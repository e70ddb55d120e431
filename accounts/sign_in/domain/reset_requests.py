"""Requests for a new password: noted at once, answered by a mail in the background.

Noting one is a single statement, the same whether the address is anyone's or not, so that the time it takes
tells nothing. What is noted is in the database: a process that ends loses no mail. Whoever answers, this
process's thread or ``manage.py send_mail_copies``, takes one request in hand at a time, for a while, and
deletes it when the mail is on its way; one that was interrupted or failed comes due again. So an answer
may come twice but does not get lost, but for a mail server that refuses ``MAX_ATTEMPTS`` times.
"""

import logging
from datetime import timedelta
from typing import Any, Final, NamedTuple

from django.core.mail import get_connection
from django.db import transaction

from accounts.models import User
from accounts.sign_in.courier import Courier
from accounts.sign_in.domain.invitations import send_invitation
from accounts.sign_in.domain.passwords import send_reset
from tenancy.sql import prepared_cursor

logger = logging.getLogger(__name__)

MAX_ATTEMPTS: Final = 5
FIRST_WAIT: Final = timedelta(minutes=1)
"""For how long a request is taken in hand, and so when it is tried again; each time three times as long."""

_NOTE: Final = "INSERT INTO password_reset_requests (email) VALUES (%(email)s) ON CONFLICT (email) DO NOTHING"
# Materialized: chosen once, whatever the plan.
_CLAIM: Final = """
    WITH due AS MATERIALIZED (
        SELECT email FROM password_reset_requests WHERE due_at <= clock_timestamp()
        ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED
    )
    UPDATE password_reset_requests r
    SET due_at = clock_timestamp() + %(first_wait)s * 3 ^ attempts, attempts = attempts + 1
    FROM due WHERE r.email = due.email
    RETURNING r.email, r.attempts
"""
_DONE: Final = "DELETE FROM password_reset_requests WHERE email = %(email)s"
_NEXT: Final = """
    SELECT GREATEST(0, extract(epoch FROM due_at - clock_timestamp())) FROM password_reset_requests
    ORDER BY due_at LIMIT 1
"""


class ClaimedRequest(NamedTuple):
    """A request in hand, and which attempt at it this is, from 1."""

    email: str
    attempt: int


def request_reset(*, email: str) -> None:
    """Note that someone wants a new password for this address. Nobody learns whether it is anyone's.

    Who was invited and has no password yet will get the invitation again. One statement.
    """
    with prepared_cursor() as cursor:
        cursor.execute(_NOTE, {"email": User.normalize_email(email)})
    transaction.on_commit(courier.wake)


def answer_requests(*, limit: int) -> int:
    """Send the e-mails that are due; return how many requests were answered, by a mail or by none.

    Not inside a transaction: a claim has to be there for others to see before the mail is sent.

    Raises:
        OSError: the mail server cannot be reached. No attempt is counted then.
    """
    answered = 0
    while answered < limit and seconds_until_due() == 0:
        with get_connection() as mail:
            claim = _claim()
            if claim is None:  # another process was quicker
                break
            answered += 1
            _answer(claim, mail)
    return answered


def seconds_until_due() -> float | None:
    """Return when there is something to answer, ``None`` for never."""
    with prepared_cursor() as cursor:
        cursor.execute(_NEXT)
        row = cursor.fetchone()
    return None if row is None else float(row[0])


def _answer(claim: ClaimedRequest, mail: Any) -> None:
    try:
        _send_link(claim.email, mail)
    except (OSError, ValueError) as error:  # smtplib's errors, and an address that no header can hold
        logger.warning("a mail to choose a password could not be sent: %s", type(error).__name__)
        if claim.attempt < MAX_ATTEMPTS:
            return
    with prepared_cursor() as cursor:
        cursor.execute(_DONE, {"email": claim.email})


def _send_link(email: str, mail: Any) -> None:
    try:
        user: User = User.objects.get_by_natural_key(email)
    except User.DoesNotExist:
        return
    if not user.is_active:
        return
    if user.has_usable_password():
        send_reset(user, mail)
    else:
        send_invitation(user, mail)


def _claim() -> ClaimedRequest | None:
    with prepared_cursor() as cursor:
        cursor.execute(_CLAIM, {"first_wait": FIRST_WAIT})
        row = cursor.fetchone()
    return None if row is None else ClaimedRequest(*row)


def _answer_all() -> float | None:
    answer_requests(limit=1000)
    return seconds_until_due()


courier: Final = Courier("password resets", _answer_all)
