"""What strangers asked for, until it is answered: a mail to choose a password with, an account."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7


class ResetRequest(models.Model):
    """Somebody asked for a new password for this address, which may be nobody's.

    Of no tenant: whose address it is, if anyone's, is found out when it is answered. Written and answered by
    ``accounts.sign_in.domain.reset_requests``, within moments; answered ones are deleted.

    Attributes:
        email: in the one spelling of an address. Asked for twice, it is answered once.
        due_at: when to answer it; one that is being answered comes due again, should that be interrupted.
    """

    email = models.CharField(_("e-mail"), max_length=254, primary_key=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0, db_default=0)
    due_at = models.DateTimeField(_("due"), db_default=Now(), db_index=True)

    class Meta:
        db_table = "password_reset_requests"
        verbose_name = _("request for a new password")
        verbose_name_plural = _("requests for a new password")

    def __str__(self) -> str:
        return self.email


class Registration(models.Model):
    """Somebody signed up with this address, and whether it is theirs is not known yet.

    Of no tenant, and nobody's account: it takes the address from no one. Several may wait for one address;
    following the link of one makes it an account and ends the others. Written by
    ``accounts.sign_in.domain.registration``.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.CharField(_("e-mail"), max_length=254, db_index=True)
    name = models.CharField(_("name"), max_length=200, blank=True)
    password = models.CharField(max_length=128)
    created_at = models.DateTimeField(_("created"), db_default=Now(), db_index=True)

    class Meta:
        db_table = "registrations"
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")

    def __str__(self) -> str:
        return self.email
