"""What all records of what people did, have and were told have in common."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import DatabaseError, models
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

    def _do_update(self, rows: Any, using: Any, pk: Any, values: Any, *how: Any) -> Any:
        """Save a row that is there. On several machines it stays where it is: with its person."""
        if not (settings.DISTRIBUTED and self.distributed):
            return super()._do_update(rows, using, pk, values, *how)  # type: ignore[misc]
        own = rows.filter(user_id=self.user_id)
        others = [value for value in values if value[0].attname != "user_id"]
        updated: Any = super()._do_update(own, using, pk, others, *how)  # type: ignore[misc]
        if not updated and not self._state.adding:
            # Django would add it: two of one id, on two machines.
            raise DatabaseError("the row is not there, or is another person's")
        return updated
