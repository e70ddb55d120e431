"""Whether what takes little time takes it still where there is much: reports and the sequence."""

from typing import Final

from quizzes.models import SafetyQuizResult
from quizzes.safety.domain.filling import fill, settle
from tests.bench import report, screens
from tests.bench.cases import COMPLETION, VIDEOS
from tests.bench.data import Bench, load_reporters
from tests.bench.measure import Database, Served
from tests.bench.servers import ask, servers

RESULTS: Final = 5_000_000
"""Of safety quizzes, at scale 1."""
_POSITIONS: Final = (1, 10, 100, 300, 600, 900)
"""Of videos whose earlier ones the student has completed."""


def positions(running: list[Served], bench: Bench, database: Database, *, seconds: int) -> str:
    """Return a table of what one video takes, by how many of the sub-course stand before it."""
    rows = []
    for server in running:
        for _ in range(50):  # processes that have only begun
            ask(server, ("GET", f"{VIDEOS}/{bench.long_list[0]}", bench.student, ""))
    for position in _POSITIONS:
        address = f"{VIDEOS}/{bench.long_list[position - 1]}"
        told = [
            server.round([("GET", address, bench.student, "")], seconds=seconds, database=database)
            for server in running
        ]
        rows.append(
            [f"{position:,}", *(f"{one.cpu:.2f} ({one.web:.2f} + {one.database:.2f})" for one in told)]
        )
        print(" | ".join(rows[-1]), flush=True)
    head = [
        "video of a sub-course of 1,000",
        *(f"{server.name}, CPU ms (web + database)" for server in running),
    ]
    return f"### One video, by its position\n\n{report.table(head, rows)}"


def _alone(server: Served, path: str, bearer: str, database: Database) -> float:
    """Return the processor time of a report, asked for one after the other, in milliseconds."""
    headers = {"Host": "127.0.0.1", "Authorization": f"Bearer {bearer}"}
    _took, web, in_database = screens.ask(server, path, database, headers=headers)
    return web + in_database


def reports(database: Database, *, scale: float) -> str:
    """Return a table of reports with ever more results; a database keeps what it has, so this comes last."""
    rows = []
    first: tuple[float, ...] = ()
    for results in (50_000, 500_000, RESULTS):
        if results > max(RESULTS * scale, 50_000):
            break
        if results < SafetyQuizResult.unscoped.count():
            continue
        fill(staff=10_000, results=results)
        settle()
        reporters = load_reporters(results)
        path = f"{COMPLETION}?week_of={reporters.week_of}"
        with servers() as (ours,):
            told = tuple(
                _alone(ours, path, bearer, database) for bearer in (reporters.campus, reporters.organization)
            )
        first = first or told
        growth = [f"{now:.1f} ({now / then:.2f}×)" for now, then in zip(told, first, strict=True)]
        rows.append([f"{results:,}", *growth])
        print(" | ".join(rows[-1]), flush=True)
    head = ["results", "campus of 500, CPU ms", "organization of 10,000, CPU ms"]
    return f"### Reports, by how many results there are (goal: 1.3×)\n\n{report.table(head, rows)}"
