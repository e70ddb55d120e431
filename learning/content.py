"""What rows of the catalogue have in common, those of the tree and tcodes."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from tenancy.models import SoftDeletedTenantModel, Timestamped
from tenancy.scope import PLATFORM_ID


class SharedContent(Timestamped, SoftDeletedTenantModel):
    """Content of an organization. The reserved organization's rows can be read by every tenant.

    ``revision`` counts the changes to a row, in the database.
    """

    tenant_shared: ClassVar[bool] = True

    id = models.BigAutoField(primary_key=True)
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), max_length=10_000, blank=True, default="", db_default="")
    revision = models.PositiveBigIntegerField(default=0, db_default=0, editable=False)

    class Meta(SoftDeletedTenantModel.Meta):
        abstract = True
        triggers = [
            pgtrigger.Trigger(
                name="count_revision",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                # Who changes many rows at once counts them in the same statement (``ordering``): a call of
                # this for each row takes as long as writing the row. Anything else is counted here.
                condition=pgtrigger.Condition(
                    "NEW.revision IS DISTINCT FROM OLD.revision + 1 AND OLD.* IS DISTINCT FROM NEW.*"
                ),
                func="NEW.revision = OLD.revision + 1; NEW.updated_at = now(); RETURN NEW;",
            ),
        ]

    @property
    def is_shared(self) -> bool:
        """Whether every organization may read it."""
        return self.organization_id == PLATFORM_ID
