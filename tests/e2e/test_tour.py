"""The tour of the README, command by command, against a demo that has just been started for the first time.

The comment below a command is what it answers: ``...`` stands for anything, spaces for nothing, and a number
in front is the status, which otherwise is one of success.
"""

import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.clusters import copy_with_demo
from tests.e2e.demo import Demo
from tests.e2e.servers import ROOT

pytestmark = [
    pytest.mark.drill,
    pytest.mark.skipif(shutil.which("curl") is None, reason="the tour of the README needs curl"),
]

# Tells the status of each request as well.
_CURL = """
set -euo pipefail
curl() { command curl --max-time 60 --write-out '%{stderr}%{http_code}\\n' "$@" 2>> status; }
"""


@dataclass
class Step:
    """Commands of the README, and what the last of them is said to answer."""

    commands: str
    answer: str = ""

    @property
    def status(self) -> str:
        """The status as a pattern."""
        found = re.match(r"[1-5][0-9]{2} ", self.answer)
        return found[0].strip() if found else "2.."

    @property
    def body(self) -> str:
        """The body as a pattern of what is left without its spaces."""
        told = re.sub(r"^[1-5][0-9]{2} ", "", self.answer)
        return ".*".join(re.escape(re.sub(r"\s", "", part)) for part in told.split("..."))


def steps_of_the_tour() -> Iterator[Step]:
    readme = (ROOT / "README.md").read_text()
    tour = readme.split("\n## A tour of the API\n")[1].split("\n## ")[0]
    for block in re.findall(r"^```sh\n(.*?)^```$", tour, re.MULTILINE | re.DOTALL):
        for commands, answer in re.findall(r"((?:^(?!#).*\n)+)((?:^#.*\n)*)", block, re.MULTILINE):
            yield Step(commands, " ".join(line[1:].strip() for line in answer.splitlines()))


def test_the_tour_of_the_readme_is_what_happens(django_db_setup):
    steps = list(steps_of_the_tour())
    assert sum(bool(step.answer) for step in steps) > 10
    # Not tmp_path: a socket's path must be short, and PostgreSQL's user must be let in.
    with tempfile.TemporaryDirectory(prefix="tour-") as name:
        folder = Path(name)
        (folder / "data").mkdir()
        # What a first start does is said in test_demo.py; here is what it leaves.
        copy_with_demo(folder / "data" / "postgres")
        # No style is asked for here: names without a hash are made in no time.
        with Demo(folder / "data", STATIC_MANIFEST="0").running() as demo:
            script = _CURL + "\n".join(
                f": > status\n{{\n{step.commands}}} > answer-{number}\nmv status status-{number}"
                for number, step in enumerate(steps)
            )
            script = script.replace("http://127.0.0.1:8000", demo.url)
            done = subprocess.run(
                ["bash", "-c", script], cwd=folder, capture_output=True, text=True, timeout=300, check=False
            )
            assert done.returncode == 0, (done.stdout, done.stderr)
            # As a shell or a supervisor ends it: every process of the group is told at once.
            assert demo.stop(signal.SIGTERM, whole_group=True) == []
        for number, step in enumerate(steps):
            *earlier, last = (folder / f"status-{number}").read_text().split()
            answer = (folder / f"answer-{number}").read_text()
            told = f"{step.commands}{step.answer}\n{last} {answer}"
            assert all(status.startswith("2") for status in earlier), told
            assert re.fullmatch(step.status, last), told
            if step.answer:
                assert re.fullmatch(step.body, re.sub(r"\s", "", answer)), told
