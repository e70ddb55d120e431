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
