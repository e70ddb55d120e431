"""Weeks: from Monday to Sunday, in UTC, as ISO 8601 numbers them.

``week_of`` is a text that clients choose. It is kept as it was sent and compared by what it names: an ISO
date or an ISO week is the week it lies in, and reports use the roster of that week; any other text is
compared as it is. What is written like a date or a week and names none is a slip, which would look like a
week in which nobody has done anything: it is refused wherever it is sent.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Self

from django.utils.translation import gettext_lazy as _

# The calendar ends at both ends of it: there would be no week before, or none after.
_FIRST: Final = date(10, 1, 1)
_LAST: Final = date(9990, 12, 31)
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WEEK: Final = re.compile(r"([0-9]{4})-W([0-9]{2})")
# What stands between the parts of a date: the dashes that word processors put for a hyphen, too.
_GAP: Final = r"[-./_\s\u2010-\u2015\u2212]"
# Year and number of a week in either order, three numbers of which one is a year, or eight digits.
_LIKE_A_WEEK: Final = re.compile(
    rf"""
    \d{{4}} {_GAP}? w {_GAP}? \d{{1,3}} (-?\d)?
    | w {_GAP}? \d{{1,3}} {_GAP} \d{{4}}
    | (\d{{4}} {_GAP} \d{{1,2}} {_GAP} \d{{1,2}}
        | \d{{1,2}} {_GAP} \d{{1,2}} {_GAP} (\d{{4}} | \d{{2}})) ([t\s] .*)?
    | \d{{8}}
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
# Around it: quotes, commas, and what nobody sees, such as a zero-width space that was copied along.
_AROUND: Final = re.compile(r"^[\W_]+|[\W_]+$")
SLIP: Final = "invalid_week"
"""The code of a refused slip."""
SLIP_MESSAGE: Final = _("This looks like a week but is not one. Write 2026-W47 or 2026-11-16.")
NAMES_A_WEEK: Final = "^[0-9]{4}-([0-9]{2}-[0-9]{2}|W[0-9]{2})$"
"""A pattern for the database: the shape of texts that name a week."""


@dataclass(frozen=True, slots=True)
class Week:
    """A week in the words of a client.

    Attributes:
        day: the day that was named, or the Monday of the week that was.
        by_number: whether it was named as ``2026-W47`` and not by a date.
    """

    day: date
    by_number: bool = False

    @classmethod
    def named(cls, text: str) -> Self | None:
        """Return the week that a text names, as ``2026-11-16`` or ``2026-W47``; ``None`` for other texts."""
        try:
            if _DATE.fullmatch(text):
                week = cls(date.fromisoformat(text))
            elif found := _WEEK.fullmatch(text):
                week = cls(date.fromisocalendar(int(found[1]), int(found[2]), 1), by_number=True)
            else:
                return None
        except ValueError:
            return None
        return week if _FIRST <= week.day <= _LAST else None

    @property
    def monday(self) -> date:
        """Its first day."""
        return self.day - timedelta(days=self.day.weekday())

    @property
    def ends(self) -> datetime:
        """The first moment after it, in UTC."""
        return datetime.combine(self.monday, time.min, UTC) + timedelta(days=7)

    @property
    def names(self) -> tuple[str, ...]:
        """Every text that names it: its days and its number."""
        days = (str(Week(self.monday + timedelta(days=day))) for day in range(7))
        return (*days, str(Week(self.monday, by_number=True)))

    def back(self, weeks: int) -> Self:
        """Return the week that was so many weeks before, named the same way."""
        return type(self)(self.day - timedelta(weeks=weeks), self.by_number)

    def latest(self, number: int) -> Iterator[Self]:
        """Yield as many weeks up to this one, the earliest first."""
        return (self.back(weeks) for weeks in reversed(range(number)))

    def __str__(self) -> str:
        if self.by_number:
            year, number, _ = self.day.isocalendar()
            return f"{year:04}-W{number:02}"
        return self.day.isoformat()


def names_of(text: str) -> list[str]:
    """Return every text that names what ``text`` names, itself included."""
    week = Week.named(text)
    return [text] if week is None else list(week.names)


def is_slip(text: str) -> bool:
    """Whether a text is written like a week, of whatever custom, and names none."""
    return Week.named(text) is None and _LIKE_A_WEEK.fullmatch(_AROUND.sub("", text)) is not None


def current_week(now: datetime) -> Week:
    """Return the week of a moment, named by its Monday."""
    week = Week(now.astimezone(UTC).date())
    return Week(week.monday)
