"""The first answers to requests that carried an ``Idempotency-Key``."""

from django.db import models
from django.db.models.functions import Now
from uuid_utils.compat import uuid7

from accounts.people.models import User
from tenancy.models import TenantModel


class IdempotentRequest(TenantModel):
    """The first answer to a request that carried an ``Idempotency-Key``; pruned after 24 hours."""

    distributed = True
    tenant_owner = "user"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0, db_default=0)
    # The answer to the letter, as it was sent: JSON in the database would come back in another order.
    body = models.TextField(default="", db_default="")
    created_at = models.DateTimeField(db_default=Now(), db_index=True)

    class Meta(TenantModel.Meta):
        db_table = "idempotent_requests"
        constraints = [
            # A retry that overtakes its first attempt must wait for it, not run beside it.
            models.UniqueConstraint(fields=["user", "key"], name="idempotency_key_is_used_once_per_user"),
        ]
