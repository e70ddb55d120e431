"""What was measured, as a table and as a picture: docs/benchmarks.md."""

import platform
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from tests.bench.cases import Case
from tests.bench.measure import Round

FOLDER: Final = Path(__file__).resolve().parent.parent.parent / "docs"
_BAR, _LINE, _LEFT, _WIDTH = 14, 24, 170, 420


@dataclass(frozen=True, slots=True)
class Figures:
    """The medians of one path: ours, the limit's and the plain peer's."""

    case: Case
    ours: Round
    limit: Round
    plain: Round

    @property
    def of_limit(self) -> float:
        """Which share of the limit we reach, by processor time for a request."""
        return self.limit.cpu / self.ours.cpu

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
        of = rounds[name]
        fields = ("per_second", "p50", "p99", "web", "database", "statements")
        return Round(*(median(getattr(one, field) for one in of) for field in fields))

    return Figures(case, middle("stepwise"), middle("limit"), middle("plain"))


def table(measured: list[Figures]) -> str:
    """Return a table in Markdown."""
    head = (
        "| path | CPU ms (web + database) | limit | plain DRF | of limit | goal | over plain | goal | "
        "req/s | p50 ms | p99 ms | statements |"
    )
    lines = [head, "|---|---|---|---|---|---|---|---|---|---|---|---|"]
    for one in measured:
        ours, goals = one.ours, one.case.goals
        statements = f"{ours.statements:.1f}" if ours.statements else "–"
        lines.append(
            f"| {one.case.name} | {ours.cpu:.2f} ({ours.web:.2f} + {ours.database:.2f}) | "
            f"{one.limit.cpu:.2f} | {one.plain.cpu:.2f} | **{one.of_limit:.0%}** | {goals[0]:.0%} | "
            f"**{one.over_plain:.1f}×** | {goals[1]:g}× | {ours.per_second:.0f} | {ours.p50:.1f} | "
            f"{ours.p99:.1f} | {statements} |"
        )
    return "\n".join(lines)


def picture(measured: list[Figures]) -> str:
    """Return the shares of the limit as SVG, each with a mark where its goal is."""
    height = _LINE * len(measured) + 30
    per_unit = _WIDTH / max(1.3, *(one.of_limit for one in measured))
    rows = []
    for number, one in enumerate(measured):
        top, goal = number * _LINE + 8, _LEFT + one.case.goals[0] * per_unit
        reached = one.of_limit * per_unit
        rows.append(
            f'<text x="{_LEFT - 8}" y="{top + 11}" text-anchor="end">{one.case.name}</text>'
            f'<rect x="{_LEFT}" y="{top}" width="{reached:.0f}" height="{_BAR}" '
            f'fill="{"#2a78b8" if one.of_limit >= one.case.goals[0] else "#b86a2a"}"/>'
            f'<line x1="{goal:.0f}" x2="{goal:.0f}" y1="{top - 3}" y2="{top + _BAR + 3}" stroke="#777" '
            f'stroke-width="2"/><text x="{_LEFT + reached + 6:.0f}" y="{top + 11}">{one.of_limit:.0%}</text>'
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 680 {height}" font-family="sans-serif" '
        f'font-size="12" fill="#777" role="img" aria-label="Share of the limit that each path reaches">'
        f"{''.join(rows)}"
        f'<text x="{_LEFT}" y="{height - 6}">share of the limit; the mark is the goal</text></svg>\n'
    )


def write(measured: list[Figures], *, scale: float, rounds: int, seconds: int, growth: str) -> None:
    """Write docs/benchmarks.md and its picture."""
    missed = [one for one in measured if not one.is_met]
    told = "\n".join(
        f"- {one.case.name}: {one.of_limit:.0%} of {one.case.goals[0]:.0%}, "
        f"{one.over_plain:.1f}× of {one.case.goals[1]:g}×."
        for one in missed
    )
    (FOLDER / "benchmarks.svg").write_text(picture(measured))
    (FOLDER / "benchmarks.md").write_text(
        f"""# Benchmarks

Written by `bin/bench`: the server as it is deployed, beside two others that answer the same requests with
the same content, which is checked, from tables in the same database.

- **limit**: the least a Python process can do: bare WSGI, one prepared statement for each path, tables of its
  own with nothing but what the answer needs. It trusts the token, and knows no tenants, roles, drafts or
  history.
- **plain DRF**: what a typical developer writes: model viewsets, `ModelSerializer`, `JWTAuthentication` that
  loads the user, `update_or_create`, prefetching, the default middlewares.

Compared is processor time for a request, of web and database together: it moves less than requests per second
where others use the machine. The servers take turns; a figure is the median of {rounds} rounds of {seconds}
seconds over 16 connections. Scale {scale:g} (1 is 50,000 people with 5 million typed items and 4 million
interactions), {platform.machine()}, {platform.python_implementation()} {platform.python_version()}.
Statements are counted where PostgreSQL has `pg_stat_statements`, which the one that Stepwise brings has not.

![Share of the limit that each path reaches](benchmarks.svg)

{table(measured)}

## Goals that are missed

{told or "None."}

{growth}
"""
    )
