"""Measure the hot paths beside the limit and a plain peer: ``bin/bench``. Needs ``wrk``."""

import argparse
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import django
import requests

django.setup()

from django.core.management import call_command  # noqa: E402

from quizzes.safety.domain.filling import fill, settle  # noqa: E402
from tests.bench import crowd, least_tables, report, screens  # noqa: E402
from tests.bench.cases import Case, cases  # noqa: E402
from tests.bench.data import load, load_reporters  # noqa: E402
from tests.bench.measure import Database, Request, Round, Served, serving  # noqa: E402
from tests.e2e.servers import free_port  # noqa: E402

RESULTS = 5_000_000
"""Of safety quizzes, at scale 1."""


@contextmanager
def servers() -> Iterator[list[Served]]:
    """Run all three, each in two processes of four threads."""
    granian = [
        *(str(Path(sys.executable).parent / "granian"), "--interface", "wsgi", "--workers", "2"),
        *("--blocking-threads", "4", "--no-ws", "--http", "1"),
    ]
    with ExitStack() as stack:
        port = free_port()
        ours = [sys.executable, "-m", "config.serving", "--port", str(port)]
        running = [stack.enter_context(serving("stepwise", ours, port))]
        for name, target in (("limit", "limit:application"), ("plain", "peer.wsgi:application")):
            port = free_port()
            command = [*granian, "--port", str(port), f"tests.bench.{target}"]
            settings = "tests.bench.peer.settings"
            running.append(stack.enter_context(serving(name, command, port, DJANGO_SETTINGS_MODULE=settings)))
        yield running


def ask(server: Served, request: Request) -> object:
    """Return what a server answers."""
    method, path, token, body = request
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    answer = requests.request(method, server.address + path, headers=headers, data=body or None, timeout=120)
    assert answer.ok, (server.name, path, answer.text[:300])
    return answer.json()


def check_same(running: list[Served], case: Case) -> None:
    """Make sure that the servers answer the same."""
    told = {server.name: case.same(ask(server, case.requests[0])) for server in running}
    for name, answer in told.items():
        assert answer == told["limit"], f"{case.name}: {name} answers otherwise than the limit"


def measure(
    running: list[Served], case: Case, database: Database, *, seconds: int, rounds: int
) -> report.Figures:
    """Let the servers take turns."""
    check_same(running, case)
    of: dict[str, list[Round]] = {server.name: [] for server in running}
    for number in range(rounds):
        for server in running if number % 2 == 0 else running[::-1]:
            of[server.name].append(server.round(case.requests, seconds=seconds, database=database))
    return report.figures(case, of)


def growth(database: Database, *, scale: float, seconds: int) -> str:
    """Measure the reports with ever more results; a database keeps what it has, so this comes last."""
    lines = [
        "## As the table of results grows",
        "",
        "| results | campus, CPU ms | organization, CPU ms |",
        "|---|---|---|",
    ]
    for results in (50_000, 500_000, RESULTS):
        if results > RESULTS * scale:
            break
        fill(staff=10_000, results=results)
        settle()
        reporters = load_reporters(results)
        with servers() as running:
            told = [
                running[0].round(
                    [("GET", f"/api/safety_quiz_results/completion?week_of={reporters.week_of}", token, "")],
                    seconds=seconds,
                    database=database,
                )
                for token in (reporters.campus, reporters.organization)
            ]
        lines.append(f"| {results:,} | {told[0].cpu:.2f} | {told[1].cpu:.2f} |")
    return "\n".join(lines)


def look_at_screens(database: Database, *, scale: float) -> str:
    """Measure how long those wait who answer for 10,000 staff."""
    results = int(RESULTS * scale)
    screens.write_learners(fill(staff=10_000, results=results))
    settle()
    with servers() as running:
        return screens.measure(running[0], load_reporters(results), database, results=results)


def main() -> None:
    """Print the table, and write docs/benchmarks.md when every path was measured."""
    parser = argparse.ArgumentParser(prog="bin/bench", description=__doc__)
    parser.add_argument(
        "paths", nargs="*", help="only those whose name begins like this, such as H3; or screens"
    )
    parser.add_argument("--scale", type=float, default=1.0, help="of 50,000 people and 5 million results")
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    call_command("migrate", verbosity=0)
    if options.paths == ["screens"]:
        look_at_screens(Database(os.environ["DATABASE_URL"]), scale=options.scale)
        return
    if shutil.which("wrk") is None:
        sys.exit("bin/bench needs wrk on the PATH, for example from Debian's package of that name.")
    bench = load()
    people = int(crowd.PEOPLE * options.scale)
    crowd.write(organization=bench.organization_id, course=bench.course_id, people=people)
    reporters = load_reporters(50_000)
    least_tables.write()
    database = Database(os.environ["DATABASE_URL"])
    measured = []
    with servers() as running:
        for case in cases(bench, reporters):
            if not options.paths or case.name.startswith(tuple(options.paths)):
                measured.append(
                    measure(running, case, database, seconds=options.seconds, rounds=options.rounds)
                )
                print(report.table(measured[-1:]).splitlines()[-1], flush=True)
    if not options.paths:
        grown = growth(database, scale=options.scale, seconds=options.seconds)
        grown += "\n\n" + look_at_screens(database, scale=options.scale)
        report.write(
            measured, scale=options.scale, rounds=options.rounds, seconds=options.seconds, growth=grown
        )


if __name__ == "__main__":
    main()
