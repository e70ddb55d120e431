"""Everything that users do, as their clients report it (document 003, section 4)."""

from typing import Final

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.people.facts import UserFact
from tenancy.models import TenantModel
from tenancy.triggers import append_only

MAX_TYPE: Final = 50

# Counted, not joined: a plan that is kept must not come to read all people for one row.
_BELONGS_TO_SOMEBODY: Final = """
    IF (SELECT count(*) FROM users WHERE id = ANY (ARRAY(SELECT DISTINCT user_id FROM appended)))
            < (SELECT count(DISTINCT user_id) FROM appended)
        OR (SELECT count(*) FROM organizations
            WHERE id = ANY (ARRAY(SELECT DISTINCT organization_id FROM appended)))
            < (SELECT count(DISTINCT organization_id) FROM appended)
    THEN
        RAISE foreign_key_violation
            USING MESSAGE = 'an interaction of a person or in an organization that does not exist';
    END IF;
    RETURN NULL;
"""


class Interaction(UserFact):
    """One thing that a user did; appended, never changed and never removed.

    Written by ``progress.interactions.domain.interactions`` only. What a type means and what its payload
    holds says ``progress.interactions.types``.

    Attributes:
        organization: where the user belonged at that moment; the row is theirs wherever they belong now.
    """

    distributed = True

    # No constraints: for a batch they would look up the same two rows five hundred times over. A trigger
    # looks once for each statement, and others keep people and organizations that have interactions.
    organization = models.ForeignKey(
        "tenancy.Organization",
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=_("person"),
    )
    # No choices here: they would be part of the migrations, and a further type would need one.
    type = models.CharField(_("type"), max_length=MAX_TYPE)
    payload = models.JSONField(_("payload"))
    created_at = models.DateTimeField(_("recorded"), db_default=Now())

    class Meta(TenantModel.Meta):
        db_table = "user_interactions"
        ordering = ["-created_at", "-id"]
        verbose_name = _("interaction")
        verbose_name_plural = _("interactions")
        constraints = [
            # The shape, not the list: types are added without a migration.
            models.CheckConstraint(
                condition=models.Q(type__regex=r"^[a-z][a-z0-9-]*$"),
                name="interaction_type_is_a_lower_case_name",
            ),
        ]
        indexes = [
            # A user's list and its count, of one type as well: a user's rows are few, and are read from
            # here alone. An index of its own for each type would cost every append.
            models.Index(
                fields=["user", "-created_at", "-id"], include=["type"], name="interactions_of_user"
            ),
            # An organization's list in the admin, and its export.
            models.Index(fields=["organization", "-created_at", "-id"], name="interactions_of_organization"),
            # All of them by time: the export, and the list of global users.
            models.Index(fields=["-created_at", "-id"], name="interactions_by_time"),
        ]
        triggers = [
            append_only(),
            pgtrigger.Trigger(
                name="belongs_to_somebody",
                level=pgtrigger.Statement,
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                referencing=pgtrigger.Referencing(new="appended"),
                func=_BELONGS_TO_SOMEBODY,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.created_at:%Y-%m-%d}"
