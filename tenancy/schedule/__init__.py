"""Commands that run by themselves: each app contributes its own, ``manage.py run_schedule`` runs them."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

DAY: Final = timedelta(days=1)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours"}


@dataclass(frozen=True, slots=True)
class Scheduled:
    """When a command runs: ``after`` the beginning of each period, a day or a part of one, in UTC."""

    command: str
    every: timedelta
    after: timedelta = timedelta()

    def due_since(self, now: datetime) -> datetime:
        """Return when the run of the present period became due."""
        return now - (now - _EPOCH - self.after) % self.every

    def __str__(self) -> str:
        if self.every == DAY:
            return f"daily at {_EPOCH + self.after:%H:%M} UTC"
        return f"every {self.every}"


_SCHEDULED: Final[dict[str, Scheduled]] = {}


def contribute(*commands: Scheduled) -> None:
    """Add commands that an app wants run; called once, when that app starts."""
    _SCHEDULED.update({one.command: one for one in commands})


def scheduled() -> list[Scheduled]:
    """Return what runs by itself, as the setting ``SCHEDULE`` changes it.

    Raises:
        ImproperlyConfigured: the setting names no such command, or no time.
    """
    chosen = dict(_SCHEDULED)
    for entry in settings.SCHEDULE:
        command, _, when = entry.partition("=")
        if command not in _SCHEDULED:
            known = ", ".join(sorted(_SCHEDULED))
            raise ImproperlyConfigured(f"SCHEDULE names {command!r}. What runs by itself: {known}.")
        if when == "never":
            del chosen[command]
        else:
            every, after = _parse(entry, when)
            chosen[command] = replace(chosen[command], every=every, after=after)
    return list(chosen.values())


def _parse(entry: str, when: str) -> tuple[timedelta, timedelta]:
    if at := re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)", when):
        return DAY, timedelta(hours=int(at[1]), minutes=int(at[2]))
    if every := re.fullmatch(r"([1-9]\d{0,3})([smh])", when):
        return timedelta(**{_UNITS[every[2]]: int(every[1])}), timedelta()
    raise ImproperlyConfigured(
        f"SCHEDULE has {entry!r}. Say when as a time of the day in UTC, such as 06:30, as a distance such as "
        "30s, 5m or 2h, or never."
    )
