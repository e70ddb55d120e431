"""One idea has one word, wherever staff read of it."""

import re
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
FOLDERS = ("accounts", "config", "learning", "progress", "quizzes", "templates", "tenancy")
SAID = re.compile(
    r"""_(?:lazy)?\(\s*"([^"]+)"|\{%\s*translate\s+["']([^"']+)["']|\{%\s*blocktranslate[^%]*%\}(.*?)\{%""",
    re.DOTALL,
)
# What is said otherwise, and how.
OTHERWISE = {
    r"switched (on|off)|\bunlisted\b|(hidden from|shown to) learners$": "published, draft or archived",
    r"\baddress of (the|a) (video|content|slides)": "link",
    r"^(video )?(url|address)$": "link",
    r"\bgo on$": "what is going to happen",
    r"\bby mail\b": "by e-mail",
}


def sentences() -> list[tuple[str, str]]:
    """Return what pages say, with the file that it stands in."""
    found = []
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in (".py", ".html") and "migrations" not in path.parts:
                for match in SAID.finditer(path.read_text()):
                    found += [(str(path.relative_to(ROOT)), text) for text in match.groups() if text]
    return found


def test_one_idea_has_one_word():
    said = sentences()
    assert len(said) > 1000
    wrong = [
        f"{path}: “{text}” is called {word} elsewhere"
        for path, text in said
        for pattern, word in OTHERWISE.items()
        if re.search(pattern, text.strip(), re.IGNORECASE)
    ]
    assert wrong == []
