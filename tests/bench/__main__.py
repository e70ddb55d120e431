"""Measure the product beside the limit, the floor and a plain peer: ``bin/bench``. Needs ``wrk``."""

import argparse
import logging
import os
import shutil
import sys
from collections.abc import Callable
from functools import cache
from typing import Final

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from quizzes.safety.domain.filling import fill, settle  # noqa: E402
from tests.bench import (  # noqa: E402
    alone,
    crowd,
    document,
    growth,
    journeys,
    least_tables,
    lists,
    memory,
    report,
    screens,
)
from tests.bench.cases import Case, cases, put_in_order  # noqa: E402
from tests.bench.data import Bench, load, load_reporters  # noqa: E402
from tests.bench.document import DOCS, Conditions  # noqa: E402
from tests.bench.measure import Database, Round, Served  # noqa: E402
from tests.bench.servers import PEERS, check_same, servers  # noqa: E402


class Run:
    """One run of the command: its options, its database, and what the database was filled with."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.conditions = Conditions.now(scale=options.scale)
        self.database = Database(os.environ["DATABASE_URL"])
        self.bench: Bench = load()
        people = int(crowd.PEOPLE * options.scale)
        crowd.write(organization=self.bench.organization_id, course=self.bench.course_id, people=people)

    def paths(self, *, only: tuple[str, ...] = ()) -> None:
        """Measure the hot paths, under load and alone."""
        wanted = [
            case
            for case in cases(self.bench, load_reporters(50_000))
            if not only or case.name.startswith(only)
        ]
        self._write_least()
        measured = []
        with servers(*PEERS) as running:
            for case in wanted:
                measured.append(self._in_turns(running, case))
                print(" | ".join(report.row(measured[-1])), flush=True)
        by_itself = self._alone(wanted)
        if not only:
            (DOCS / "benchmarks.svg").write_text(report.picture(measured))
            rows = [report.row(one) for one in measured]
            self.write(
                "paths",
                f"A figure is the median of {self.options.rounds} rounds of {self.options.seconds} seconds "
                f"over 16 connections.\n\n{report.table(report.HEAD, rows)}\n\n"
                f"### Goals that are missed\n\n{report.missed(measured)}",
            )
            self.write("alone", by_itself)

    def _in_turns(self, running: list[Served], case: Case) -> report.Figures:
        check_same(running, case)
        of: dict[str, list[Round]] = {server.name: [] for server in running}
        for number in range(self.options.rounds):
            for server in running if number % 2 == 0 else running[::-1]:
                told = server.round(case.requests, seconds=self.options.seconds, database=self.database)
                of[server.name].append(told)
        return report.figures(case, of)

    def _alone(self, wanted: list[Case]) -> str:
        put_in_order(self.bench)
        told = alone.measure({case.name: case.requests for case in wanted})
        rows = []
        for case in wanted:
            ours, limit, floor = (told[name][case.name] for name in ("stepwise", "limit", "floor"))
            rows.append(
                [
                    case.name,
                    *(f"{one.web:.2f}" for one in (ours, limit, floor)),
                    *(f"{limit.web / one.web:.0%}" for one in (ours, floor)),
                    *(f"{one.took:.1f}" for one in (ours, limit, floor)),
                    *(f"{limit.took / one.took:.0%}" for one in (ours, floor)),
                ]
            )
            print(" | ".join(rows[-1]), flush=True)
        head = [
            *("path", "web CPU ms", "limit", "floor", "of limit", "floor, of limit"),
            *("took ms", "limit", "floor", "of limit", "floor, of limit"),
        ]
        return report.table(head, rows)

    def journeys(self) -> None:
        """Measure whole journeys."""
        self._write_least()
        with servers("plain") as running:
            self.write("journeys", journeys.measure(running, self.bench, scale=self.options.scale))

    def growth(self) -> None:
        """Measure what may grow with the tables."""
        self._write_least()
        with servers("limit") as running:
            by_position = growth.positions(running, self.bench, self.database, seconds=self.options.seconds)
        by_results = growth.reports(self.database, scale=self.options.scale)
        self.write("growth", f"{by_position}\n\n{by_results}")

    def lists(self) -> None:
        """Measure every list at its first page and its deepest."""
        self._fill_with_results()
        lists.askers()
        with servers() as (ours,):
            self.write("lists", lists.measure(ours, self.database))

    def screens(self) -> None:
        """Measure how long those wait who answer for 10,000 staff."""
        results = self._fill_with_results()
        with servers() as (ours,):
            told = screens.measure(ours, load_reporters(results), self.database, results=results)
        self.write("screens", told)

    def memory(self) -> None:
        """Measure what a worker takes that is given all that is big at once."""
        reporters = load_reporters(self._fill_with_results())
        with servers(WEB_WORKERS="1") as (ours,):
            self.write("memory", memory.measure(ours, reporters))

    @cache  # noqa: B019 - there is one run
    def _write_least(self) -> None:
        """Write the peers' tables, once."""
        journeys.learners(0)  # whom they are to know
        load_reporters(50_000)
        least_tables.write()

    def _fill_with_results(self) -> int:
        results = int(growth.RESULTS * self.options.scale)
        screens.write_learners(fill(staff=10_000, results=results))
        settle()
        return results

    def write(self, section: str, text: str) -> None:
        """Renew a section of docs/benchmarks.md, if it is to be."""
        if not self.options.dry:
            document.write(section, text, self.conditions)


# In this order: a database keeps what it has, and reports are to begin with few results.
PARTS: Final[dict[str, Callable[[Run], None]]] = {
    "paths": Run.paths,
    "journeys": Run.journeys,
    "growth": Run.growth,
    "lists": Run.lists,
    "screens": Run.screens,
    "memory": Run.memory,
}


def main() -> None:
    """Print what is measured, and renew what docs/benchmarks.md says of it."""
    parser = argparse.ArgumentParser(prog="bin/bench", description=__doc__)
    parser.add_argument(
        "parts",
        nargs="*",
        help=f"{', '.join(PARTS)}; without any, all of them. Or hot paths by the beginning of their names, "
        "such as H3, which are printed only.",
    )
    parser.add_argument("--scale", type=float, default=1.0, help="of 50,000 people and 5 million results")
    parser.add_argument("--seconds", type=int, default=5, help="of each round under load")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--dry", action="store_true", help="leave docs/benchmarks.md as it is")
    options = parser.parse_args()
    parts = [part for part in PARTS if part in options.parts] if options.parts else list(PARTS)
    only = tuple(part for part in options.parts if part not in PARTS)
    if shutil.which("wrk") is None:
        sys.exit("bin/bench needs wrk on the PATH, for example from Debian's package of that name.")
    # Of everyone who signs in, several lines.
    logging.getLogger("axes").setLevel(logging.WARNING)
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    run = Run(options)
    if only:
        run.paths(only=only)
    for part in parts:
        print(f"\n{part}", flush=True)
        PARTS[part](run)


if __name__ == "__main__":
    main()
