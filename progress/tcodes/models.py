"""How far users are with what the workshop offers (document 003, section 3)."""

from typing import Final

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.people.facts import UserFact
from learning.models import Tcode
from tenancy.models import TenantModel

MAX_SLIDE: Final = 2**31 - 1
COMPLETE: Final = 100


class TcodeProgress(UserFact):
    """How far a user is with a tcode. Written by ``progress.tcodes.domain`` only.

    Attributes:
        organization: where the user belonged when it was saved last; the row is theirs wherever they
            belong now.
        last_slide_seen: where they are, which may be before where they have been; 0 is before the first.
    """

    distributed = True

    tcode = models.ForeignKey(
        Tcode, on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("tcode")
    )
    last_slide_seen = models.PositiveIntegerField(_("last slide seen"), default=0, db_default=0)
    # A number as it was sent: one that is rounded could be complete too early.
    percent_complete = models.FloatField(_("percent complete"), default=0, db_default=0)
    # In no index, so that saving again, which is most of what is done here, writes to none.
    last_active = models.DateTimeField(_("last active"), db_default=Now())

    class Meta(TenantModel.Meta):
        db_table = "tcode_progress"
        ordering = ["-last_active", "-id"]
        verbose_name = _("tcode progress record")
        verbose_name_plural = _("tcode progress records")
        indexes = [
            # Leads staff to what is their organization's; saving again does not write to it.
            models.Index(fields=["organization", "user"], name="tcode_progress_of_organization"),
        ]
        constraints = [
            # Two tabs saving at once must update one row, not insert two; this is what they meet in.
            models.UniqueConstraint(
                fields=["user", "tcode"],
                name="tcode_progress_one_row_per_user_and_tcode",
                violation_error_code="duplicate_tcode_progress",
                violation_error_message=_("Progress with this tcode is already recorded."),
            ),
            models.CheckConstraint(
                condition=Q(percent_complete__gte=0, percent_complete__lte=COMPLETE),
                name="tcode_progress_percent_is_a_percentage",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tcode_id}: {self.percent_complete:g} %"
