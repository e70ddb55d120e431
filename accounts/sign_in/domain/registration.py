"""People who sign up by themselves.

An address counts once it is confirmed by mail (``REGISTRATION_CONFIRMED``). Until then nothing is anyone's:
whoever signs up with a pupil's address does not keep the school from adding the pupil. The answer is the same
whether an address has an account or not, takes the same work, and sends one mail either way; what that says
is for the owner of the address alone.
"""

import logging
from datetime import timedelta
from typing import Final
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core import signing
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Registration, User
from accounts.people.domain.addresses import email_taken_refused
from accounts.sign_in.domain.invitations import send_invitation
from accounts.sign_in.domain.passwords import check_new_password, invalid_token
from tenancy.errors import ConflictError, InvalidError, RefusedError

logger = logging.getLogger(__name__)

VALID: Final = timedelta(days=2)
"""For how long a link confirms, and what it confirms is kept."""

MOST_AN_HOUR: Final = 5
"""How many mails the owner of one address gets in an hour, however often strangers sign up with it."""

_SALT: Final = "accounts.sign_in.domain.registration"
_CONFIRM = gettext_lazy(
    "Hello%(name)s,\n\n"
    "someone, hopefully you, signed up with %(email)s.\n\n"
    "Confirm here within %(days)d days that the address is yours, and you can log in:\n\n%(link)s\n\n"
    "If it was not you, there is nothing to do: without this there is no account."
)
_THERE_IS_ONE = gettext_lazy(
    "Someone, hopefully you, signed up with %(email)s, which has an account already.\n\n"
    "Log in with it, or choose a new password here:\n\n%(link)s\n\n"
    "If it was not you, there is nothing to do."
)


def register(*, email: str, password: str, name: str = "") -> User | None:
    """Make an independent learner: a member of no organization, with no role.

    Where addresses are confirmed, this sends a mail and returns ``None``, whoever has the address.

    Raises:
        RefusedError: ``registration_closed``.
        InvalidError: ``email_taken``, only where addresses are not confirmed.
        ValidationError: the password is too weak; names ``password``.
    """
    if not settings.REGISTRATION_OPEN:
        raise RefusedError(_("Registration is closed."), code="registration_closed")
    email = User.normalize_email(email)
    check_new_password(password, user=User(email=email, name=name), attr="password")
    hashed = make_password(password)
    if settings.REGISTRATION_CONFIRMED:
        _ask_to_confirm(Registration(email=email, name=name, password=hashed))
        return None
    return _make_account(email=email, name=name, hashed=hashed)


def confirm_registration(*, token: str) -> User:
    """Make the account that someone signed up for, with what the mail brought; works once.

    Locks the registration.

    Raises:
        InvalidError: ``invalid_token`` naming ``token``: wrong, used or expired.
        ConflictError: ``has_account``, the address was given an account meanwhile.
    """
    with transaction.atomic():
        waiting = registration_of(token, locked=True)
        if waiting is None:
            raise invalid_token()
        try:
            user = _make_account(email=waiting.email, name=waiting.name, hashed=waiting.password)
        except InvalidError as taken:
            # Whoever follows the link owns the address, and may know.
            raise ConflictError(
                _("There is now an account with this address. Ask for a new password."), code="has_account"
            ) from taken
        Registration.objects.filter(email=waiting.email).delete()
    return user


def token_for(waiting: Registration) -> str:
    """Return what stands in the link that confirms a registration."""
    return signing.dumps(str(waiting.pk), salt=_SALT)


def registration_of(token: str, *, locked: bool = False) -> Registration | None:
    """Return what a mail's link would confirm, if it still does."""
    try:
        pk = UUID(signing.loads(token, salt=_SALT, max_age=VALID))
    except (signing.BadSignature, ValueError, TypeError, AttributeError):
        return None
    rows = Registration.objects.select_for_update() if locked else Registration.objects.all()
    return rows.filter(pk=pk).first()


def _make_account(*, email: str, name: str, hashed: str) -> User:
    user = User(email=email, name=name, password=hashed)
    with email_taken_refused():
        user.save(force_insert=True)
    return user


def _ask_to_confirm(waiting: Registration) -> None:
    """Send the owner of the address a mail: to confirm, or to say that there is an account."""
    # Nobody is signed in, so no scope is known; the owner alone is told whether there is an account.
    owner = User.unscoped.filter(email=waiting.email, deleted=None).first()
    lately = timezone.now() - timedelta(hours=1)
    many = Registration.objects.filter(email=waiting.email, created_at__gt=lately).count() >= MOST_AN_HOUR
    waiting.save(force_insert=True)
    if many:
        return
    try:
        with get_connection() as connection:
            if owner is not None and owner.is_active and not owner.has_usable_password():
                send_invitation(owner, connection)
            else:
                subject, text = _mail_about(waiting, owner)
                EmailMessage(subject, text, None, [waiting.email], connection=connection).send()
    except (OSError, ValueError) as error:  # smtplib's errors, and an address that no header can hold
        logger.warning("the mail about a registration could not be sent: %s", type(error).__name__)


def _mail_about(waiting: Registration, owner: User | None) -> tuple[str, str]:
    values = {"email": waiting.email, "days": VALID.days, "name": f" {waiting.name}" if waiting.name else ""}
    if owner is not None:
        link = f"{settings.PUBLIC_URL}/account/password-reset"
        return _("Your account"), str(_THERE_IS_ONE) % {**values, "link": link}
    link = settings.CONFIRMATION_URL.format(token=quote(token_for(waiting), safe=""))
    return _("Confirm your address"), str(_CONFIRM) % {**values, "link": link}
