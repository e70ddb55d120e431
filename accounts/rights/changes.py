"""What is kept of what people did: changes of their rights, and answers to requests sent again."""

import pgtrigger
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.people.models import PLACE_OF_USER, User
from tenancy.models import TenantModel


class PermissionChange(TenantModel):
    """A key added to or removed from what one person has extra or withheld.

    Written by triggers on the two tables, whoever changes them (``0002_track_people_and_permissions``).
    Read by those whose scope the person is in.
    """

    tenant_columns = PLACE_OF_USER

    class List(models.TextChoices):
        """Which of the two lists changed."""

        EXTRA = "custom_permissions", _("extra")
        WITHHELD = "custom_permissions_filter", _("withheld")

    id = models.BigAutoField(primary_key=True)
    # Outlives the person and points at them without holding them.
    user = models.ForeignKey(User, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    list = models.CharField(_("list"), max_length=30, choices=List.choices)
    key = models.CharField(_("permission"), max_length=100)
    added = models.BooleanField(_("added"))
    context = models.JSONField(_("context"), null=True)
    created_at = models.DateTimeField(_("at"), db_default=Now())

    class Meta(TenantModel.Meta):
        db_table = "permission_changes"
        ordering = ["-id"]
        verbose_name = _("permission change")
        verbose_name_plural = _("permission changes")
        indexes = [models.Index(fields=["user", "-id"], name="permission_changes_of_a_person")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{'+' if self.added else '-'}{self.key}"
