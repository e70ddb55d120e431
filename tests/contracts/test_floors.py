"""Nothing names what is on a floor above: what import-linter cannot see, strings and comments included."""

import re

import pytest
from django.conf import settings

from accounts.rights.keys import KEYS

FLOORS = ("tenancy", "accounts", "learning", "quizzes", "progress")
# Beside the floors, and above them all.
TOP = ("demo", "config")
KINDS = {".py", ".js", ".html", ".css"}


def named_above(floor: str) -> re.Pattern[str]:
    above = "|".join([*FLOORS[FLOORS.index(floor) + 1 :], *TOP])
    # A dotted name, a name in code quotes, the label of an app that is no common word, a page of its admin.
    labels = "quizzes" if "quizzes" in above else "(?!)"
    return re.compile(
        rf"(?<![\w/.-])(?:{above})(?:\.[a-z]\w*|``)|admin:(?:{above})_\w+|[\"'](?:{labels})[\"']"
    )


@pytest.mark.parametrize("floor", FLOORS)
def test_no_file_names_a_floor_above_its_own(floor):
    pattern, found = named_above(floor), []
    for path in sorted((settings.BASE_DIR / floor).rglob("*")):
        if path.suffix not in KINDS or {"migrations", "vendor"} & set(path.parts):
            continue
        name = str(path.relative_to(settings.BASE_DIR))
        for number, line in enumerate(path.read_text().splitlines(), 1):
            found += [f"{name}:{number}: {match}" for match in pattern.findall(line)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("floor", FLOORS)
def test_no_file_finds_models_of_other_floors_by_reflection(floor):
    """What belongs to a row is registered (``learning.tree.levels``), not looked for in its relations."""
    # What keeps a place from being deleted is whatever the database says points at it.
    excepted = {settings.BASE_DIR / "accounts/places/admin/nodes.py"}
    reflection = re.compile(r"related_objects|_meta\.get_fields\(")
    found = [
        str(path)
        for path in (settings.BASE_DIR / floor).rglob("*.py")
        if "migrations" not in path.parts and path not in excepted and reflection.search(path.read_text())
    ]
    assert not found, found


def test_the_keys_of_accounts_are_those_that_accounts_asks_for():
    """Whoever asks for another key contributes it."""
    folder = settings.BASE_DIR / "accounts"
    named, elsewhere = folder / "rights/keys.py", ""
    for path in folder.rglob("*.py"):
        elsewhere += path.read_text() if path != named and "migrations" not in path.parts else ""
    own = [key for key in KEYS if f'"{key}"' in named.read_text() or key.startswith("users.")]
    assert [key for key in own if f'"{key}"' not in elsewhere] == []
    assert [key for key in KEYS if key not in own and f'"{key}"' in elsewhere] == []


def test_the_pattern_finds_what_it_is_to_find():
    for text in (
        "decided in ``progress``",
        "learning.models.Course",
        '"admin:quizzes_question_add"',
        "'quizzes'",
    ):
        assert named_above("accounts").search(text), text
    for text in ("the learning tree", "progress of a learner", "accounts.models", "/progress/videos"):
        assert not named_above("accounts").search(text), text
