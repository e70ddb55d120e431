"""Subscriptions: who may use which tcode and for which period, and their history (document 003, section 6).

Written by ``learning.workshop.domain.subscriptions`` and ``learning.workshop.domain.subscription_clock``
only.
"""

from typing import Any, ClassVar, Final

from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.people.facts import UserFact
from learning.workshop.models.tcodes import Tcode
from learning.workshop.querysets import SubscriptionManager, UnscopedSubscriptionManager
from tenancy.models import TenantModel, Timestamped
from tenancy.triggers import append_only

MAX_DAYS: Final = 36_500
"""No window is longer: a hundred years."""

MAX_REASON: Final = 500


class SubscriptionStatus(models.TextChoices):
    """What has become of a subscription; when its window is over, it has expired, marked so or not."""

    ACTIVE = "active", _("active")
    EXPIRED = "expired", _("expired")
    REVOKED = "revoked", _("revoked")


class Renewal(models.TextChoices):
    """What happens at the end of the window."""

    NONE = "none", _("ends")
    AUTOMATIC = "automatic", _("renews automatically")


class Overlap(models.TextChoices):
    """What becomes of a subscription that is granted while another of the same tcode runs or is to come.

    Either way no day is lost: what cannot be added to what runs begins when that has ended.
    """

    STACK = "stack", _("begins when the one before has ended")
    EXTEND = "extend", _("lengthens one of the same package")


def _window_end() -> models.Expression:
    # Through UTC: days are 24 hours long, and the database takes nothing that depends on a time zone.
    start = Func(
        F("start_date"), template="(%(expressions)s AT TIME ZONE 'UTC')", output_field=models.DateTimeField()
    )
    days = Func(
        F("duration_days"),
        template="make_interval(days => %(expressions)s)",
        output_field=models.DurationField(),
    )
    return Func(start + days, template="(%(expressions)s AT TIME ZONE 'UTC')")


class Subscription(UserFact, Timestamped):
    """The right of a user to use one tcode, or all of them, in a half-open window of UTC.

    Attributes:
        organization: where the user belonged when it was granted: whose it is to manage. Access goes
            with the user.
        tcode: ``None`` opens all of them.
        ends_at: ``start_date + duration_days``, computed by the database.
        period_days, price, currency, renewal, overlap: the package's terms as they were then; a renewal
            adds ``period_days``.
        start_number: counts what a user started alone, by package and tcode; ``None`` for what was granted.
        granted_by: who granted it; ``None`` for what a user started alone.
    """

    tcode = models.ForeignKey(
        Tcode, on_delete=models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("tcode")
    )
    # No choices: packages are code, and a further one needs no migration.
    subscription_type = models.CharField(_("package"), max_length=50)
    start_date = models.DateTimeField(_("start"), db_default=Now())
    duration_days = models.PositiveIntegerField(_("days"))
    ends_at = models.GeneratedField(
        expression=_window_end(), output_field=models.DateTimeField(), db_persist=True, verbose_name=_("end")
    )
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=SubscriptionStatus.choices,
        default=SubscriptionStatus.ACTIVE,
        db_default=SubscriptionStatus.ACTIVE,
    )
    revoked_at = models.DateTimeField(_("revoked"), null=True)
    period_days = models.PositiveIntegerField(_("days of a period"))
    price = models.DecimalField(_("price"), max_digits=10, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3)
    renewal = models.CharField(_("at the end"), max_length=10, choices=Renewal.choices)
    overlap = models.CharField(_("overlapping"), max_length=10, choices=Overlap.choices)
    start_number = models.PositiveIntegerField(_("number of its start"), null=True)
    # Outlives the person and points at them without holding them.
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        null=True,
        related_name="+",
        verbose_name=_("granted by"),
    )
    reason = models.CharField(_("reason"), max_length=MAX_REASON, blank=True, default="", db_default="")

    objects: ClassVar[Any] = SubscriptionManager()
    unscoped: ClassVar[Any] = UnscopedSubscriptionManager()

    class Meta(TenantModel.Meta):
        db_table = "subscriptions"
        ordering = ["-created_at", "-id"]
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        constraints = [
            # Two clicks on "start trial" at once must leave one trial.
            models.UniqueConstraint(
                fields=["user", "subscription_type", "tcode", "start_number"],
                condition=Q(start_number__isnull=False),
                nulls_distinct=False,
                name="subscription_started_once_per_number",
                violation_error_code="already_started",
                violation_error_message=_("This was started before."),
            ),
            models.CheckConstraint(
                condition=Q(duration_days__range=(1, MAX_DAYS), period_days__range=(1, MAX_DAYS)),
                name="subscription_lasts_a_day_to_a_hundred_years",
            ),
            models.CheckConstraint(condition=Q(price__gte=0), name="subscription_price_is_not_negative"),
            models.CheckConstraint(
                condition=Q(status="revoked", revoked_at__isnull=False)
                | (~Q(status="revoked") & Q(revoked_at__isnull=True)),
                name="subscription_revoked_has_its_time",
            ),
        ]
        indexes = [
            # What a person may use now, and what a further one begins after.
            models.Index(
                fields=["user", "tcode", "ends_at"],
                condition=Q(status="active"),
                name="subscription_of_tcode",
            ),
            models.Index(fields=["user", "-created_at", "-id"], name="subscriptions_of_a_person"),
            # What is due to end or to be renewed.
            models.Index(fields=["ends_at"], condition=Q(status="active"), name="subscriptions_ending"),
            # What ends soon or ended lately, to be told about.
            models.Index(
                fields=["ends_at", "id"],
                condition=Q(status__in=("active", "expired")),
                name="subscriptions_by_end",
            ),
            models.Index(fields=["organization", "-created_at", "-id"], name="subscriptions_of_tenant"),
            # All of them by time: the list of global users.
            models.Index(fields=["-created_at", "-id"], name="subscriptions_by_time"),
            models.Index(fields=["tcode"], name="subscriptions_to_tcode"),
        ]

    def __str__(self) -> str:
        return f"{self.subscription_type} {self.start_date:%Y-%m-%d}"


class SubscriptionChange(UserFact):
    """Something that happened to a subscription; appended, never changed.

    Attributes:
        subscription_id: facts are leaves, so no foreign key points at one.
        days: by how many days the window was made longer, or moved.
        by: who did it; ``None`` for the system.
    """

    class Kind(models.TextChoices):
        """What happened."""

        STARTED = "started", _("started")
        GRANTED = "granted", _("granted")
        EXTENDED = "extended", _("extended")
        RENEWED = "renewed", _("renewed")
        MOVED = "moved", _("moved")
        RENEWAL_STOPPED = "renewal_stopped", _("renewal stopped")
        EXPIRED = "expired", _("expired")
        REVOKED = "revoked", _("revoked")

    subscription_id = models.UUIDField(_("subscription"))
    kind = models.CharField(_("what"), max_length=20, choices=Kind.choices)
    days = models.IntegerField(_("days"), null=True)
    reason = models.CharField(_("reason"), max_length=MAX_REASON, blank=True, default="", db_default="")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        null=True,
        related_name="+",
        verbose_name=_("by"),
    )
    created_at = models.DateTimeField(_("at"), db_default=Now())

    class Meta(TenantModel.Meta):
        db_table = "subscription_changes"
        ordering = ["-created_at", "-id"]
        verbose_name = _("change of a subscription")
        verbose_name_plural = _("changes of subscriptions")
        indexes = [models.Index(fields=["user", "subscription_id", "id"], name="changes_of_a_subscription")]
        triggers = [append_only()]

    def __str__(self) -> str:
        return self.kind
