"""Which wrong passwords count: those of the last minute, by this server's clock."""

from datetime import datetime
from typing import Any

from axes.attempts import get_cool_off_threshold
from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone


def until_now(attempts: "QuerySet[Any, Any]") -> "QuerySet[Any, Any]":
    """Leave out what was counted by a clock that has been set back since.

    It would lock an account until that time has come again. Clocks of several servers differ by less.
    """
    return attempts.filter(attempt_time__lte=_latest())


def _latest() -> datetime:
    latest: datetime = timezone.now() + settings.AXES_COOLOFF_TIME
    return latest


class FailureHandler(AxesDatabaseHandler):
    """Counts failures as django-axes does, but for those from after now."""

    def get_user_attempts(
        self, request: HttpRequest, credentials: dict[str, Any] | None = None
    ) -> "list[QuerySet[Any, Any]]":
        return [until_now(attempts) for attempts in super().get_user_attempts(request, credentials)]

    def clean_expired_user_attempts(
        self, request: HttpRequest | None = None, credentials: dict[str, Any] | None = None
    ) -> int:
        """Forget all that does not count, so that a failure is not added to it."""
        over, not_yet = Q(attempt_time__lte=get_cool_off_threshold(request)), Q(attempt_time__gt=_latest())
        number, _kinds = AccessAttempt.objects.filter(over | not_yet).delete()
        return number
