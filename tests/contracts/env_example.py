"""What ``.env.example`` says."""

import re
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
EXAMPLE = ROOT / ".env.example"


def documented() -> dict[str, str]:
    """Return name and value of each line ``NAME=value`` or ``# NAME=value``."""
    return dict(re.findall(r"^(?:# )?([A-Z][A-Z0-9_]*)=(.*)$", EXAMPLE.read_text(), re.MULTILINE))
