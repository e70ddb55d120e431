"""Changing and resetting passwords; either ends every token issued before."""

from typing import Any, Final
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from tenancy.errors import InvalidError

_MAIL = gettext_lazy(
    "Someone, hopefully you, asked for a new password for %(email)s.\n\n"
    "Choose one here within %(minutes)d minutes:\n\n%(link)s\n\n"
    "If it was not you, ignore this e-mail: your password stays as it is."
)


class AccountTokens(PasswordResetTokenGenerator):
    """Makes and checks what stands in links; ends with all that ends the account's other tokens."""

    key_salt = "accounts.sign_in.domain.passwords"

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{user.token_version}"


reset_tokens: Final = AccountTokens()


def check_new_password(password: str, *, user: User, attr: str) -> None:
    """Check a password against Django's validators, likeness to the user's own data included.

    Raises:
        ValidationError: one error per broken rule, all naming ``attr``.
    """
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise ValidationError({attr: error.error_list}) from error


@transaction.atomic
def change_password(*, user: User, current_password: str, new_password: str) -> None:
    """Give ``user`` a new password. Every token issued before is refused from then on.

    Locks the user's row. Counting failures is the caller's part: they have to outlive the transaction.

    Raises:
        InvalidError: ``wrong_password``, naming ``current_password``.
        ValidationError: the new password is too weak; names ``new_password``.
    """
    # The caller's own row, whatever scope they act in.
    locked = User.unscoped.select_for_update().get(pk=user.pk)
    if not check_password(current_password, locked.password):
        raise wrong_password()
    set_new_password(locked, new_password)


def wrong_password() -> InvalidError:
    """Return the answer to someone who does not know their password."""
    return InvalidError(
        _("This is not the current password."), code="wrong_password", attr="current_password"
    )


def send_reset(user: User, connection: Any) -> None:
    """Mail ``user`` a link to choose a new password, over an open connection.

    Raises:
        OSError: the mail server cannot be reached, or refuses.
        ValueError: no header of a mail can hold the address.
    """
    link = settings.PASSWORD_RESET_URL.format(
        uid=urlsafe_base64_encode(force_bytes(user.pk)),
        token=quote(reset_tokens.make_token(user), safe=""),
    )
    minutes = settings.PASSWORD_RESET_TIMEOUT // 60
    text = str(_MAIL) % {"email": user.email, "minutes": minutes, "link": link}
    EmailMessage(_("Your new password"), text, None, [user.email], connection=connection).send()


@transaction.atomic
def confirm_reset(*, uid: str, token: str, new_password: str) -> None:
    """Set a new password with what the mail brought; works once, and ends every earlier token.

    Locks the user's row: of two confirmations at once the second finds its token used.

    Raises:
        InvalidError: ``invalid_token``, naming ``token``: wrong, used, expired, or not this user's.
        ValidationError: the new password is too weak; names ``new_password``.
    """
    user = person_of_link(uid=uid, token=token, tokens=reset_tokens, locked=True)
    if user is None:
        raise invalid_token()
    set_new_password(user, new_password)


def invalid_token() -> InvalidError:
    """Return the one answer to a link that does not work, whatever the reason."""
    return InvalidError(_("This link is no longer valid."), code="invalid_token", attr="token")


def end_all_tokens(*, user: User) -> None:
    """Refuse every token and admin session of ``user`` from now on. One statement."""
    # One person's own row, also from a place or a command that has no scope.
    User.unscoped.filter(pk=user.pk).update(token_version=F("token_version") + 1, updated_at=timezone.now())


def person_of_link(*, uid: str, token: str, tokens: AccountTokens, locked: bool = False) -> User | None:
    """Return whose link this is, if it works; it goes on working.

    Args:
        tokens: what made it.
        locked: whether to lock their row, in the caller's transaction, so that no one else uses the link.
    """
    try:
        user_id = UUID(urlsafe_base64_decode(uid).decode("ascii"))
    except ValueError:
        return None
    # Nobody is signed in, so no scope is known; the mail's token says whether this is theirs.
    people = User.unscoped.filter(pk=user_id, deleted=None, is_active=True)
    user: User | None = (people.select_for_update() if locked else people).first()
    return user if user is not None and tokens.check_token(user, token) else None


def set_new_password(user: User, new_password: str) -> None:
    """Save a password that was chosen through a mail or by someone signed in; ends every earlier token.

    Raises:
        ValidationError: it is too weak; names ``new_password``.
    """
    check_new_password(new_password, user=user, attr="new_password")
    user.set_password(new_password)
    user.updated_at = timezone.now()
    user.save(update_fields=["password", "token_version", "updated_at"])
