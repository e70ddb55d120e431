"""docs/benchmarks.md: what was measured stands between marks, and is renewed; people write the rest."""

import os
import platform
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Self

import psycopg

DOCS: Final = Path(__file__).resolve().parent.parent.parent / "docs"
END: Final = "<!-- end -->"


def begin_of(section: str) -> str:
    """Return the mark that a section begins with."""
    return f"<!-- bin/bench: {section} -->"


def renewed(document: str, section: str, text: str) -> str:
    """Return a document with a section as it was measured now.

    Raises:
        ValueError: it has no such section.
    """
    before, found, rest = document.partition(begin_of(section))
    _old, ended, after = rest.partition(END)
    if not (found and ended):
        raise ValueError(f"docs/benchmarks.md has no section {section!r}.")
    return f"{before}{begin_of(section)}\n{text.strip()}\n{END}{after}"


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a figure depends on besides the code.

    Attributes:
        commit: that is measured, and whether something in it was changed.
        load: how much the machine did before.
    """

    commit: str
    day: str
    machine: str
    software: str
    scale: float
    load: float

    @classmethod
    def now(cls, *, scale: float) -> Self:
        """Return those of a run that begins."""
        with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
            version = connection.info.server_version // 10_000
        return cls(
            commit=_commit(),
            day=f"{datetime.now(UTC):%d %B %Y}".lstrip("0"),
            machine=f"{os.cpu_count()} processors ({_processor()})",
            software=f"CPython {platform.python_version()}, PostgreSQL {version}",
            scale=scale,
            load=os.getloadavg()[0],
        )

    def __str__(self) -> str:
        return (
            f"Measured at commit {self.commit}, {self.day}, at scale {self.scale:g}, on {self.machine}, "
            f"{self.software}; load of the machine before: {self.load:.2f}."
        )


def write(section: str, text: str, conditions: Conditions) -> None:
    """Renew a section."""
    path = DOCS / "benchmarks.md"
    path.write_text(renewed(path.read_text(), section, f"{conditions}\n\n{text}"))


def _commit() -> str:
    def git(*arguments: str) -> str:
        told = subprocess.run(["git", *arguments], cwd=DOCS, capture_output=True, text=True, check=False)
        return told.stdout.strip()

    changed = git("status", "--porcelain", "--untracked-files=no", "--", ":!/docs")
    return f"`{git('rev-parse', '--short', 'HEAD') or 'unknown'}`{' with changes' if changed else ''}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
