"""What can be asked of schedules of safety quizzes."""

from datetime import date
from typing import Self

from django.db.models import Q

from tenancy.querysets import LiveManager, SoftDeletedQuerySet


class ScheduleQuerySet(SoftDeletedQuerySet):
    """Schedules of safety quizzes."""

    def reaching(self, monday: date) -> Self:
        """Those of a week, the one that began last first: its quiz is the week's."""
        weeks = Q(first_week__lte=monday) & (Q(last_week=None) | Q(last_week__gte=monday))
        return self.filter(weeks).order_by("-first_week")


ScheduleManager = LiveManager.from_queryset(ScheduleQuerySet)
