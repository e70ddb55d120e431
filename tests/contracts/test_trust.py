"""What docs/trust.md says is shown is shown by what there is."""

import re
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
PAGES = [ROOT / "docs" / "trust.md", ROOT / "SECURITY.md"]


def test_whatever_shows_that_something_holds_is_there():
    pattern = re.compile(r"`(\w+/[\w/.]+)")
    named = {name for page in PAGES for name in pattern.findall(page.read_text())}
    assert len(named) > 40
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def test_every_decision_has_a_number_of_its_own_and_stands_in_the_list():
    folder = ROOT / "docs" / "decisions"
    records = sorted(path for path in folder.glob("*.md") if path.name != "README.md")
    listed = re.findall(r"^(\d+)\. \[.+\]\((.+)\)$", (folder / "README.md").read_text(), re.MULTILINE)
    assert listed == [(str(int(path.name[:4])), path.name) for path in records]
    assert [number for number, _ in listed] == [str(n) for n in range(1, len(records) + 1)]
    assert all(path.read_text().startswith(f"# {int(path.name[:4])}. ") for path in records)
