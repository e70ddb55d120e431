"""What was measured of the hot paths, as tables and as a picture."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from tests.bench.cases import Case
from tests.bench.measure import Round

_BAR, _LINE, _LEFT, _WIDTH = 14, 24, 170, 420
_FIELDS: Final = ("per_second", "p50", "p99", "web", "database", "statements")


@dataclass(frozen=True, slots=True)
class Figures:
    """The medians of one path: ours, the limit's, the floor's and the plain peer's."""

    case: Case
    ours: Round
    limit: Round
    floor: Round
    plain: Round

    @property
    def of_limit(self) -> float:
        """Which share of the limit we reach, by processor time for a request."""
        return self.limit.cpu / self.ours.cpu

    @property
    def floor_of_limit(self) -> float:
        """Which share of it a bare view with the limit's own statement reaches."""
        return self.limit.cpu / self.floor.cpu

    @property
    def over_plain(self) -> float:
        """How many times the plain peer we reach."""
        return self.plain.cpu / self.ours.cpu

    @property
    def is_met(self) -> bool:
        """Whether both goals are."""
        return self.of_limit >= self.case.goals[0] and self.over_plain >= self.case.goals[1]


def figures(case: Case, rounds: Mapping[str, list[Round]]) -> Figures:
    """Return the medians of the rounds of each server."""

    def middle(name: str) -> Round:
        return Round(*(median(getattr(one, field) for one in rounds[name]) for field in _FIELDS))

    return Figures(case, middle("stepwise"), middle("limit"), middle("floor"), middle("plain"))


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


HEAD: Final = (
    *("path", "CPU ms (web + database)", "limit", "floor", "plain DRF"),
    *("of limit", "goal", "floor, of limit", "over plain", "goal"),
    *("req/s", "p50 ms", "p99 ms", "statements"),
)


def row(one: Figures) -> list[str]:
    """Return the line of a path."""
    ours, goals = one.ours, one.case.goals
    return [
        one.case.name,
        *(_parts(server) for server in (ours, one.limit, one.floor)),
        f"{one.plain.cpu:.2f}",
        *(f"**{one.of_limit:.0%}**", f"{goals[0]:.0%}", f"{one.floor_of_limit:.0%}"),
        *(f"**{one.over_plain:.1f}×**", f"{goals[1]:g}×"),
        *(f"{ours.per_second:.0f}", f"{ours.p50:.1f}", f"{ours.p99:.1f}"),
        f"{ours.statements:.1f}" if ours.statements else "–",
    ]


def _parts(told: Round) -> str:
    return f"{told.cpu:.2f} ({told.web:.2f} + {told.database:.2f})"


def missed(measured: Sequence[Figures]) -> str:
    """Return the goals that are missed, by how much, and where the floor is."""
    told = [
        f"- {one.case.name}: {one.of_limit:.0%} of the limit for {one.case.goals[0]:.0%}, and "
        f"{one.over_plain:.1f}× the plain peer for {one.case.goals[1]:g}×; the floor is at "
        f"{one.floor_of_limit:.0%} of the limit."
        for one in measured
        if not one.is_met
    ]
    return "\n".join(told) or "None."


def picture(measured: Sequence[Figures]) -> str:
    """Return the shares of the limit as SVG, each with marks where its goal and the floor are."""
    height = _LINE * len(measured) + 30
    per_unit = _WIDTH / max(1.3, *(max(one.of_limit, one.floor_of_limit) for one in measured))
    rows = []
    for number, one in enumerate(measured):
        top, goal = number * _LINE + 8, _LEFT + one.case.goals[0] * per_unit
        reached, floor = one.of_limit * per_unit, _LEFT + one.floor_of_limit * per_unit
        rows.append(
            f'<text x="{_LEFT - 8}" y="{top + 11}" text-anchor="end">{one.case.name}</text>'
            f'<rect x="{_LEFT}" y="{top}" width="{reached:.0f}" height="{_BAR}" '
            f'fill="{"#2a78b8" if one.of_limit >= one.case.goals[0] else "#b86a2a"}"/>'
            f'<line x1="{goal:.0f}" x2="{goal:.0f}" y1="{top - 3}" y2="{top + _BAR + 3}" stroke="#777" '
            f'stroke-width="2"/><circle cx="{floor:.0f}" cy="{top + _BAR / 2:.0f}" r="4" fill="none" '
            f'stroke="#777" stroke-width="2"/>'
            f'<text x="{_LEFT + reached + 6:.0f}" y="{top + 11}">{one.of_limit:.0%}</text>'
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 680 {height}" font-family="sans-serif" '
        f'font-size="12" fill="#777" role="img" aria-label="Share of the limit that each path reaches">'
        f"{''.join(rows)}"
        f'<text x="{_LEFT}" y="{height - 6}">share of the limit; a line is the goal, a ring the floor</text>'
        "</svg>\n"
    )
