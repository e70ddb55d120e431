"""People who sign up by themselves."""

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import UNIQUE_EMAIL, User
from accounts.sign_in.domain.passwords import check_new_password
from tenancy.errors import InvalidError, RefusedError


def register(*, email: str, password: str, name: str = "") -> User:
    """Save a new independent learner: a member of no organization, with no role.

    Raises:
        RefusedError: ``registration_closed``.
        InvalidError: ``email_taken``, another live user has this address in some case.
        ValidationError: the password is too weak; names ``password``.
    """
    if not settings.REGISTRATION_OPEN:
        raise RefusedError(_("Registration is closed."), code="registration_closed")
    user = User(email=User.normalize_email(email), name=name)
    check_new_password(password, user=user, attr="password")
    user.set_password(password)
    try:
        # The savepoint keeps a surrounding transaction usable.
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        # Looking first would let two registrations at once through; the constraint does not.
        if UNIQUE_EMAIL not in str(error):
            raise
        raise InvalidError(
            _("This e-mail address is already in use."), code="email_taken", attr="email"
        ) from error
    return user
