"""What docs/trust.md says is shown is shown by what there is."""

import os
import re
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.drills import trust

ROOT = Path(settings.BASE_DIR)
PAGES = [ROOT / "docs" / "trust.md", ROOT / "SECURITY.md"]


def test_whatever_shows_that_something_holds_is_there():
    pattern = re.compile(r"`(\w+/[\w/.]+)")
    named = {name for page in PAGES for name in pattern.findall(page.read_text())}
    assert len(named) > 40
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def test_each_claim_has_something_that_shows_it():
    text = (ROOT / "docs" / "trust.md").read_text()
    claims = [line for line in text.splitlines() if line.startswith("| ") and "shown by" not in line]
    found = list(trust.rows(text))
    assert len(found) == len(claims) > 40
    assert all(any(True for _ in row.runs(full=True)) for row in found)
    commands = {command.split()[0] for row in found for command in row.commands}
    assert all(os.access(ROOT / command, os.X_OK) for command in commands)


def test_a_claim_that_does_not_hold_is_told(tmp_path, monkeypatch, capsys):
    page = tmp_path / "trust.md"
    lines = [f"| {name} is so | `tests/test_{name}.py` |" for name in ("good", "bad")]
    page.write_text("\n".join(["| what holds | shown by |", "|---|---|", *lines]))
    monkeypatch.setattr(trust, "PAGE", page)
    monkeypatch.setattr(trust, "passes", lambda command: "bad" not in command[-1])
    monkeypatch.setattr(sys, "argv", ["bin/trust"])
    assert trust.main() == 1
    told = capsys.readouterr().out
    assert re.search(r"holds +\d+ s  good is so", told)
    assert re.search(r"FAILS +\d+ s  bad is so", told)
    assert "1 of 2 rows hold." in told


@pytest.mark.parametrize(("status", "holds"), [(0, True), (3, False)])
def test_what_a_row_runs_counts_by_its_status(status, holds, capsys):
    said = f"import sys; print('as it was said'); sys.exit({status})"
    assert trust.passes([sys.executable, "-c", said]) is holds
    assert ("as it was said" in capsys.readouterr().out) is not holds


def test_every_decision_has_a_number_of_its_own_and_stands_in_the_list():
    folder = ROOT / "docs" / "decisions"
    records = sorted(path for path in folder.glob("*.md") if path.name != "README.md")
    listed = re.findall(r"^(\d+)\. \[.+\]\((.+)\)$", (folder / "README.md").read_text(), re.MULTILINE)
    assert listed == [(str(int(path.name[:4])), path.name) for path in records]
    assert [number for number, _ in listed] == [str(n) for n in range(1, len(records) + 1)]
    assert all(path.read_text().startswith(f"# {int(path.name[:4])}. ") for path in records)
