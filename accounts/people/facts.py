"""What all records of what people did, have and were told have in common."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from accounts.people.models import PLACE_OF_USER
from tenancy.models import TenantModel


class UserFact(TenantModel):
    """A row of one person, in the organization they belonged to when it was written.

    Whoever may see the person may see it, given the key. No foreign key points at a fact, and no index is on
    its organization or person alone: each model has those that its own statements need.
    """

    tenant_columns: ClassVar[dict[Any, str]] = PLACE_OF_USER
    tenant_owner: ClassVar[str | None] = "user"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organization = models.ForeignKey(
        "tenancy.Organization", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("person"),
    )

    class Meta(TenantModel.Meta):
        abstract = True
