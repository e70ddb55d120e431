"""Time zones: what is kept and what the API says is in UTC; the admin shows an organization's own time."""

from datetime import UTC, tzinfo
from functools import cache
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from django.utils import timezone
from django.utils.formats import date_format

UTC_NAME: Final = "UTC"


@cache
def zone_names() -> tuple[str, ...]:
    """Return the names of the zones that there are, by name."""
    return tuple(sorted(available_timezones() | {UTC_NAME}))


def zone_of(name: str) -> tzinfo:
    """Return a zone; UTC for one that this machine does not know."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def day_of(moment: Any) -> str:
    """Return the day of a moment as pages write it, in the zone they are shown in."""
    return date_format(timezone.localtime(moment), "DATE_FORMAT")


def moment_of(moment: Any) -> str:
    """Return a moment as pages write it, in the zone they are shown in."""
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")
