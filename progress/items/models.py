"""Typed progress (document 000)."""

from typing import Final

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.people.facts import UserFact
from tenancy.models import SoftDeletedTenantModel, Timestamped


class ProgressType(models.TextChoices):
    """What typed progress is about. One entry here is all that a further type takes."""

    SIGN_LEARNED = "sign_learned", _("sign learned")
    ZONE_CHECKIN = "zone_checkin", _("zone check-in")


# With 500 characters of four bytes the unique key still fits into an entry of an index.
MAX_ITEM_ID: Final = 500


class ItemProgress(UserFact, Timestamped, SoftDeletedTenantModel):
    """How far a user is with one item of a type: learned a sign, checked in with a zone (document 000).

    Written by ``progress.items.domain.items`` and by imports only.
    """

    distributed = True

    campus = models.ForeignKey(
        "tenancy.Campus",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("campus"),
    )
    # No choices here: they would be part of the migrations, and a further type would need one.
    progress_type = models.CharField(_("type"), max_length=50)
    item_id = models.CharField(_("item"), max_length=MAX_ITEM_ID)
    # Nothing and an empty string are told apart.
    value = models.TextField(_("value"), null=True)  # noqa: DJ001
    score = models.IntegerField(_("score"), null=True)
    metadata = models.JSONField(_("metadata"), null=True)
    # Who wrote a row is almost always its user, who is held already.
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("created by"),
    )
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        null=True,
        related_name="+",
        verbose_name=_("updated by"),
    )
    import_hash = models.CharField(_("import hash"), max_length=255, null=True, editable=False)  # noqa: DJ001
    # What the file said: one that says it again changes nothing, whatever the user has saved since.
    import_digest = models.CharField(max_length=64, null=True, editable=False)  # noqa: DJ001

    class Meta(SoftDeletedTenantModel.Meta):
        db_table = "user_progress"
        ordering = ["-created_at", "-id"]
        verbose_name = _("typed progress record")
        verbose_name_plural = _("typed progress records")
        constraints = [
            # Two tabs saving at once must update one row, not insert two; this is what they meet in.
            models.UniqueConstraint(
                fields=["user", "organization", "progress_type", "item_id", "deleted"],
                nulls_distinct=False,
                name="item_progress_one_live_row_per_user_and_item",
                violation_error_code="duplicate_item_progress",
                violation_error_message=_("Progress for this item is already recorded."),
            ),
            # A file that is imported twice must not be recorded twice. Within an organization, not the
            # installation: what one tenant's rows are called must not be in the way of another's.
            models.UniqueConstraint(
                fields=["user", "organization", "import_hash"],
                condition=models.Q(import_hash__isnull=False),
                name="item_progress_imported_once",
                violation_error_code="duplicate_import_hash",
                violation_error_message=_("This row has been imported already."),
            ),
            # The shape, not the list: types are added without a migration.
            models.CheckConstraint(
                condition=models.Q(progress_type__regex=r"^[a-z][a-z0-9_]*$"),
                name="item_progress_type_is_a_lower_case_name",
            ),
            # A row that is found by its trimmed id only.
            models.CheckConstraint(condition=~models.Q(item_id=""), name="item_progress_names_its_item"),
        ]
        indexes = [
            models.Index(
                fields=["user", "progress_type", "-created_at", "-id"],
                condition=models.Q(deleted__isnull=True),
                name="item_progress_newest_first",
            ),
            # Lists of the admin: an organization's, and that of all.
            models.Index(
                fields=["organization", "-created_at", "-id"],
                condition=models.Q(deleted__isnull=True),
                name="item_progress_of_organization",
            ),
            models.Index(
                fields=["-created_at", "-id"],
                condition=models.Q(deleted__isnull=True),
                name="item_progress_by_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.progress_type} {self.item_id}"
