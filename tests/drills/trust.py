"""Runs what docs/trust.md names beside each claim, and says row by row whether it holds."""

import argparse
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs" / "trust.md"
NAMED = re.compile(r"`((?:tests/|bin/)[^`]+)`")
SECONDS = 3600


@dataclass(frozen=True)
class Row:
    """A claim, the tests that show it, and the commands that do, such as a drill at full size."""

    claim: str
    tests: tuple[str, ...]
    commands: tuple[str, ...]

    def runs(self, *, full: bool) -> Iterator[list[str]]:
        """Yield what to run; the commands, which take long, only in full."""
        if self.tests:
            yield [sys.executable, "-m", "pytest", "-n0", "-q", "--tb=short", *self.tests]
        if full:
            yield from ([str(ROOT / command[0]), *command[1:]] for command in map(shlex.split, self.commands))


def rows(text: str) -> Iterator[Row]:
    """Yield the rows of the tables of a page."""
    for line in text.splitlines():
        claim, *more = (cell.strip() for cell in line.strip("|").split("|"))
        if line.startswith("|") and more and (names := NAMED.findall(more[0])):
            tests = tuple(name for name in names if name.startswith("tests/"))
            yield Row(claim, tests, tuple(name for name in names if name.startswith("bin/")))


def passes(command: list[str]) -> bool:
    """Run one, and print what it said if it failed."""
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        print(f"    not over after {SECONDS} s: {shlex.join(command)}")
        return False
    if done.returncode:
        print(done.stdout)
    return done.returncode == 0


def main() -> int:
    """Run the rows that the command line chooses; return how many do not hold."""
    parser = argparse.ArgumentParser(prog="bin/trust", description=__doc__)
    parser.add_argument("words", nargs="*", help="of the rows to run; all of them without")
    parser.add_argument("--full", action="store_true", help="drills at full size, and other commands, too")
    asked = parser.parse_args()
    words = [word.lower() for word in asked.words]
    chosen = [
        row
        for row in rows(PAGE.read_text())
        if not words or any(word in f"{row.claim} {row.tests} {row.commands}".lower() for word in words)
    ]
    if not chosen:
        parser.error("no row holds any of these words")
    failed = left = 0
    for row in chosen:
        began = time.monotonic()
        runs = list(row.runs(full=asked.full))
        if not runs:
            left += 1
            print(f"left for --full: {row.claim} ({', '.join(row.commands)})")
            continue
        holds = all(passes(command) for command in runs)
        failed += not holds
        print(f"{'holds' if holds else 'FAILS'} {time.monotonic() - began:5.0f} s  {row.claim}", flush=True)
    print(f"\n{len(chosen) - left - failed} of {len(chosen) - left} rows hold.")
    return failed


if __name__ == "__main__":
    sys.exit(main())
