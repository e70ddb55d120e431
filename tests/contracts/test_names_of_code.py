"""Names of files and classes: one name for one thing, and what several tests share in a file of its own."""

import ast
import re
from collections import defaultdict

import pytest
from django.conf import settings

APPS = ("tenancy", "accounts", "learning", "quizzes", "progress", "config")
# Named by Django, for what they are to a model or to ``manage.py``.
OF_DJANGO = {"Meta", "Command"}
# Verbs and plurals that say nothing of what a file is about, and what collects whatever has no place.
OF_NOTHING = {"managing", "processing", "asking", "records", "utils", "helpers", "common", "misc"}


def files_of(app):
    """Every file of an app but its migrations."""
    for path in sorted((settings.BASE_DIR / app).rglob("*.py")):
        if "migrations" not in path.parts:
            yield path


def test_no_two_classes_have_one_name():
    """A name is looked up without its module. The demo's data alone is called as what it becomes."""
    named = defaultdict(list)
    for app in APPS:
        for path in files_of(app):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.ClassDef) and node.name not in OF_DJANGO:
                    named[node.name].append(str(path.relative_to(settings.BASE_DIR)))
    assert len(named) > 500
    assert {name: paths for name, paths in named.items() if len(paths) > 1} == {}


@pytest.mark.parametrize("app", [*APPS, "demo"])
def test_every_file_says_of_what_it_is(app):
    assert [str(path) for path in files_of(app) if path.stem in OF_NOTHING] == []


def test_no_test_file_imports_from_another():
    """What several share has a module with a name: a test file is only run, and may be moved or split."""
    imported = re.compile(r"^\s*(?:from|import)\s[^#\n]*\btest_\w+", re.MULTILINE)
    found = {str(path): imported.findall(path.read_text()) for path in files_of("tests")}
    assert {path: lines for path, lines in found.items() if lines} == {}
