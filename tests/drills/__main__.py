"""Runs drills by name at full size, each no longer than its bound, and says what they measured.

A drill is a test, the same that ``bin/test`` runs at a small size.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
from dataclasses import dataclass


@dataclass(frozen=True)
class Drill:
    """Some tests, and how many seconds they may take."""

    shows: str
    tests: tuple[str, ...]
    seconds: int


E2E = "tests/e2e"
DRILLS = {
    "kill": Drill(
        "kill -9 of web and database under load: no acknowledged write is missing",
        (f"{E2E}/test_crash.py",),
        1800,
    ),
    "away": Drill(
        "the database is away for half a minute: refused at once, and back with it",
        (f"{E2E}/test_database_away.py",),
        300,
    ),
    "exhausted": Drill(
        "no connection is left, in the pool or on the server: refused, and back when there is one",
        (f"{E2E}/test_exhausted.py",),
        300,
    ),
    "disk": Drill(
        "the disk of the database is full: writes are refused, none is lost, and back with room",
        (f"{E2E}/test_disk_full.py",),
        600,
    ),
    "slow": Drill(
        "clients that are slow or send too much: nobody waits for them, and memory has its bound",
        (f"{E2E}/test_slow_clients.py",),
        600,
    ),
    "searches": Drill(
        "ten slow pages, reports and searches at once: learners go on",
        (f"{E2E}/test_slow_pages.py",),
        300,
    ),
    "clock": Drill(
        "the clock of a server that runs is stepped: nobody is stopped, no write is lost, tokens end",
        (f"{E2E}/test_clock.py",),
        600,
    ),
    "restore": Drill(
        "what is restored is what was dumped, and other data than was dumped is told",
        (f"{E2E}/test_backups.py",),
        900,
    ),
    "upgrade": Drill(
        "data of older releases becomes today's: no row is lost, and people go on",
        (f"{E2E}/test_upgrade.py",),
        900,
    ),
    "simulation": Drill(
        "random requests, a stepping clock and broken connections: all is as a plain oracle says",
        ("tests/simulation",),
        3600,
    ),
}


def seeds() -> tuple[int, ...]:
    """Return one that is known and one by chance."""
    return 1, random.SystemRandom().randrange(10**6)


def main() -> int:
    """Run what the command line names; return how many drills failed."""
    parser = argparse.ArgumentParser(prog="bin/drill", description=__doc__)
    parser.add_argument(
        "names",
        nargs="*",
        metavar="drill",
        help="; ".join(f"{name}: {one.shows}" for name, one in DRILLS.items()),
    )
    parser.add_argument(
        "--seed", type=int, nargs="+", help="of the simulation; by default 1 and one by chance"
    )
    parser.add_argument("--steps", type=int, default=2000, help="of the simulation, for each seed")
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(DRILLS):
        parser.error(f"no such drill: {', '.join(sorted(unknown))}. There are {', '.join(DRILLS)}.")
    environment = {
        **os.environ,
        "STEPWISE_DRILL": "full",
        "STEPWISE_SIMULATION_STEPS": str(asked.steps),
        "STEPWISE_SIMULATION_SEED": " ".join(map(str, asked.seed or seeds())),
    }
    failed = [name for name in asked.names or DRILLS if not passes(name, environment)]
    if failed:
        print(f"\nFailed: {', '.join(failed)}")
    return len(failed)


def passes(name: str, environment: dict[str, str]) -> bool:
    """Run one drill; what is not over by its bound has failed, with all that it started."""
    drill = DRILLS[name]
    print(f"\n{name}: {drill.shows} (at most {drill.seconds} s)", flush=True)
    command = [sys.executable, "-m", "pytest", "-n0", "-q", "--tb=short", "--show-capture=no", *drill.tests]
    process = subprocess.Popen(command, env=environment, start_new_session=True)
    try:
        return process.wait(drill.seconds) == 0
    except subprocess.TimeoutExpired:
        print(f"{name}: not over after {drill.seconds} s")
        # Once as Ctrl-C does, so that servers and databases of its own are ended.
        process.send_signal(signal.SIGINT)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
        return False


if __name__ == "__main__":
    sys.exit(main())
