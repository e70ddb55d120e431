"""What can be asked of tcodes and subscriptions."""

from typing import Self

from django.db import models
from django.db.models.functions import Now

from tenancy.querysets import LiveManager, ScopedManager, SoftDeletedQuerySet, TenantQuerySet


class TcodeQuerySet(SoftDeletedQuerySet):
    """Tcodes."""

    def shown_to_learners(self) -> Self:
        """Only what learners may know of."""
        return self.filter(is_published=True)

    def in_order(self) -> Self:
        """By subject, then by title."""
        return self.order_by("subject", "title", "id")


class SubscriptionQuerySet(TenantQuerySet):
    """Subscriptions."""

    def with_current_status(self) -> Self:
        """With ``current_status``: a window that is over is over before anything has marked it so."""
        over = models.Q(status="active", ends_at__lte=Now())
        return self.annotate(
            current_status=models.Case(
                models.When(over, then=models.Value("expired")),
                default=models.F("status"),
                output_field=models.CharField(),
            )
        )

    def newest_first(self) -> Self:
        """The one made last before the others."""
        return self.order_by("-created_at", "-id")


TcodeManager = LiveManager.from_queryset(TcodeQuerySet)


class SubscriptionManager(ScopedManager, models.Manager.from_queryset(SubscriptionQuerySet)):  # type: ignore[misc]
    """Subscriptions of the active scope."""


UnscopedSubscriptionManager = models.Manager.from_queryset(SubscriptionQuerySet)
