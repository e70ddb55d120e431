"""Roles that an organization keeps out of the admin."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from accounts.rights.models import Role
from tenancy.history import track_changes_and_deletes
from tenancy.models import TenantModel, Timestamped


@track_changes_and_deletes
class RoleKeptOut(Timestamped, TenantModel):
    """People of this role do not enter the admin of this organization (``accounts.rights.principal``)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="+", verbose_name=_("role"))

    class Meta(TenantModel.Meta):
        db_table = "roles_kept_out"
        ordering = ["role__name", "id"]
        verbose_name = _("role without entry")
        verbose_name_plural = _("roles without entry")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "role"],
                name="role_is_kept_out_once",
                violation_error_code="kept_out_already",
            )
        ]

    def __str__(self) -> str:
        return str(self.role)
