"""The pictures of the page: what is drawn where, in the units of an inline SVG.

Every number that is drawn stands in a table beside the picture as well.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from django.utils.translation import gettext as _

from quizzes.safety.domain.words import range_of

WIDTH: Final = 360
HEIGHT: Final = 170
_LEFT, _RIGHT, _TOP, _BOTTOM = 34, 14, 12, 24


@dataclass(frozen=True, slots=True)
class Proportion:
    """How many of how many have done it.

    Attributes:
        on_time, late: who has; the second only when the week was over.
    """

    on_time: int
    late: int
    total: int

    @property
    def complete(self) -> int:
        """Who has done it, late or not."""
        return self.on_time + self.late

    @property
    def pending(self) -> int:
        """Who has not."""
        return self.total - self.complete

    @property
    def percent(self) -> int | None:
        """How many of a hundred have; nobody can say of nobody. Never all while someone is pending."""
        return self.complete * 100 // self.total if self.total else None

    # A bar is a hundred wide, in units that need no rounding to stay within it.

    @property
    def on_time_width(self) -> str:
        """How much of a bar is done on time."""
        return self._of_a_hundred(self.on_time)

    @property
    def complete_width(self) -> str:
        """How much of a bar is done."""
        return self._of_a_hundred(self.complete)

    def _of_a_hundred(self, number: int) -> str:
        return f"{100 * number / self.total:.2f}" if self.total else "0"


class Point(NamedTuple):
    """A week in the picture of weeks."""

    x: str
    y: str
    told: str


@dataclass(frozen=True, slots=True)
class Line:
    """The picture of weeks: a line through those in which there was anyone.

    Attributes:
        points: its weeks.
        path: the line, broken where there was nobody.
        labels: what stands below, as ``(x, text)``; every second of many.
        levels: the lines across, as ``(y, text)``.
    """

    points: list[Point]
    path: str
    labels: list[tuple[str, str]]
    levels: list[tuple[str, str]]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = _LEFT
    right: int = WIDTH - _RIGHT


def draw_line(weeks: Sequence[tuple[Any, Proportion]]) -> Line:
    """Return the picture of ``(week, figures)``, the earliest first."""
    step = (WIDTH - _LEFT - _RIGHT) / max(len(weeks) - 1, 1)
    points, parts, broken = [], [], True
    for position, (week, figures) in enumerate(weeks):
        if figures.percent is None:
            broken = True
            continue
        x, y = f"{_LEFT + position * step:.1f}", _height(figures.percent)
        parts.append(f"{'M' if broken else 'L'}{x} {y}")
        broken = False
        told = _("%(week)s: %(complete)d of %(total)d") % {
            "week": range_of(week),
            "complete": figures.complete,
            "total": figures.total,
        }
        points.append(Point(x, y, told))
    numbers = [week.day.isocalendar().week for week, _figures in weeks]
    labels = [
        (f"{_LEFT + position * step:.1f}", f"W{number}")
        for position, number in enumerate(numbers)
        if (len(numbers) - 1 - position) % 2 == 0
    ]
    return Line(points, " ".join(parts), labels, [(_height(level), f"{level} %") for level in (0, 50, 100)])


def _height(percent: int) -> str:
    return f"{_TOP + (HEIGHT - _TOP - _BOTTOM) * (100 - percent) / 100:.1f}"
