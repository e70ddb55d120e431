"""The sentences of the ordering page are those that its scripts ask for."""

import re
from pathlib import Path

import learning
from learning.tree.ordering_page.texts import texts

SCRIPTS = Path(learning.__file__).parent / "static/stepwise/ordering"
SOURCE = "\n".join(script.read_text() for script in sorted(SCRIPTS.glob("*.js")))
# A name in quotes, or the beginning of one that is completed from a variable.
QUOTED = set(re.findall(r'"(\w+)"', SOURCE))
BEGUN = tuple(re.findall(r"text\(`(\w+)\$\{", SOURCE))


def test_every_text_is_used():
    assert [name for name in texts() if name not in QUOTED and not name.startswith(BEGUN)] == []


def test_every_text_that_is_asked_for_exists():
    asked = re.findall(r'\btext\("(\w+)"', SOURCE) + re.findall(r'\blabel: "(\w+)"', SOURCE)
    assert len(asked) > 20
    assert [name for name in asked if name not in texts()] == []


def test_a_text_has_plain_names_to_fill_in_and_no_other_braces():
    for name, text in texts().items():
        assert not {"{", "}"} & set(re.sub(r"\{[a-z]+\}", "", text)), name
