"""Invitations: a mail with a link to choose the first password, for people whom someone else has added.

Until they follow it they have no password and cannot log in. The link works once; it ends with the password
that is chosen, with another address, with deactivation, and after ``INVITATION_DAYS``. A link to reset a
password is no invitation, and the reverse.
"""

import logging
from collections.abc import Iterable, Sequence
from smtplib import SMTPNotSupportedError, SMTPRecipientsRefused, SMTPResponseException
from typing import Any, Final
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.db.models import Q
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.sign_in.domain.passwords import AccountTokens, invalid_token, person_of_link, set_new_password
from tenancy.errors import ConflictError

logger = logging.getLogger(__name__)

HAS_NO_PASSWORD: Final = Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
"""The condition on people who have not chosen a password yet."""

_MAIL = gettext_lazy(
    "Hello%(name)s,\n\n"
    "an account has been created for you: %(email)s.\n\n"
    "Choose your password here within %(days)d days to log in:\n\n%(link)s\n\n"
    "If you did not expect this, ignore it: nobody can log in before a password is chosen."
)
# One address is wrong, or refused; the next mail may well go.
_OF_ONE_MAIL = (SMTPNotSupportedError, SMTPRecipientsRefused, SMTPResponseException, ValueError)


class InvitationTokens(AccountTokens):
    """Makes and checks the token in the link."""

    key_salt = "accounts.sign_in.domain.invitations"

    def make_token(self, user: Any) -> str:
        # Django counts PASSWORD_RESET_TIMEOUT, which is short, from the token's date.
        ahead = settings.INVITATION_DAYS * 86_400 - settings.PASSWORD_RESET_TIMEOUT
        token: str = self._make_token_with_timestamp(  # type: ignore[attr-defined]
            user, self._num_seconds(self._now()) + ahead, self.secret
        )
        return token


invitation_tokens: Final = InvitationTokens()


def invite(*, people: Sequence[User]) -> list[User]:
    """Send invitations to people who have not chosen a password yet; return those whose mail was taken.

    Opens one connection, whatever their number. A mail server that is away is logged.

    Raises:
        ConflictError: as ``check_invitable``; nobody is sent anything then.
    """
    check_invitable(people=people)
    return send_invitations(people=people)


def check_invitable(*, people: Sequence[User]) -> None:
    """Refuse those for whom an invitation would do nothing.

    Raises:
        ConflictError: ``password_already_chosen`` or ``person_inactive``, naming the first of them.
    """
    for person in people:
        who = {"person": person.display_name}
        if person.has_usable_password():
            raise ConflictError(
                _("%(person)s has already chosen a password.") % who, code="password_already_chosen"
            )
        if not person.is_active:
            raise ConflictError(_("%(person)s is deactivated.") % who, code="person_inactive")


def send_invitations(*, people: Iterable[User]) -> list[User]:
    """Send the e-mails; return whose were taken. What goes wrong is logged and raises nothing."""
    invited = []
    try:
        with get_connection() as connection:
            for person in people:
                try:
                    send_invitation(person, connection)
                except _OF_ONE_MAIL:
                    logger.exception("an invitation could not be sent")
                else:
                    invited.append(person)
    except (OSError, ValueError):  # smtplib's errors, and settings that no server can be reached with
        logger.exception("invitations could not be sent")
    return invited


@transaction.atomic
def accept_invitation(*, uid: str, token: str, new_password: str) -> None:
    """Set the first password with what the mail brought; works once.

    Locks the user's row: of two at once the second finds its token used.

    Raises:
        InvalidError: ``invalid_token``, naming ``token``: wrong, used, expired, or not this user's.
        ValidationError: the password is too weak; names ``new_password``.
    """
    user = person_of_link(uid=uid, token=token, tokens=invitation_tokens, locked=True)
    if user is None:
        raise invalid_token()
    set_new_password(user, new_password)


def send_invitation(person: User, connection: Any) -> None:
    """Mail someone a link to choose their first password, over an open connection.

    Raises:
        OSError: the mail server cannot be reached, or refuses.
        ValueError: no header of a mail can hold the address.
    """
    link = settings.INVITATION_URL.format(
        uid=urlsafe_base64_encode(force_bytes(person.pk)),
        token=quote(invitation_tokens.make_token(person), safe=""),
    )
    values = {
        "name": f" {person.name}" if person.name else "",
        "email": person.email,
        "days": settings.INVITATION_DAYS,
        "link": link,
    }
    subject = _("Your account")
    EmailMessage(subject, str(_MAIL) % values, None, [person.email], connection=connection).send()
