"""An e-mail address is one person's, in any case, among all organizations."""

from contextlib import AbstractContextManager

from django.utils.translation import gettext_lazy as _

from accounts.models import UNIQUE_EMAIL
from tenancy.constraints import refused_by
from tenancy.errors import InvalidError


def email_taken_refused() -> AbstractContextManager[None]:
    """Refuse what is written in the block if the address is somebody else's: ``email_taken``."""
    return refused_by(
        UNIQUE_EMAIL,
        lambda: InvalidError(_("This e-mail address is already in use."), code="email_taken", attr="email"),
    )
