"""Where facts are distributed, only what was seen to ask for none is left out."""

import os

import pytest

from tests.both_ways import Noted

TESTS = """
import subprocess, sys

import pytest
from django.db import connection


def ask(table):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {table} LIMIT 1")


@pytest.fixture
def fact():
    ask("user_progress")
    yield
    ask("users")


def test_that_asks_for_facts():
    ask("users")
    ask("question_set_attempts a")


def test_that_asks_for_others():
    ask("users")


def test_whose_fixture_asks(fact):
    ask("users")


def test_that_starts_a_process():
    subprocess.run([sys.executable, "-c", ""], check=True)


@pytest.mark.skip
def test_that_is_skipped():
    pass


def test_that_asks_for_nothing():
    pass
"""
WITHOUT = ["test_that_asks_for_nothing", "test_that_asks_for_others"]


class Run:
    """The names of the tests that a run inside this one lets pass or skips."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def pytest_runtest_logreport(self, report):
        assert not report.failed, report.longreprtext
        if report.when == "setup":
            self.names.append(report.nodeid.rpartition("::")[2])


def run(folder, noted):
    noted_run, patch = Run(), pytest.MonkeyPatch()
    noted.watch(patch)
    alone = ["--disable-plugin-autoload", "-p", "no:cacheprovider", "-c", os.devnull]
    pytest.main(
        [str(folder), f"--rootdir={folder}", "-q", "--import-mode=importlib", *alone],
        plugins=[noted, noted_run],
    )
    patch.undo()
    return noted_run.names


@pytest.mark.django_db
def test_what_asks_for_no_facts_is_left_out_where_they_are_distributed_and_nothing_else(tmp_path, settings):
    (tmp_path / "test_inside.py").write_text(TESTS)
    kept = tmp_path / "without_facts"
    settings.DISTRIBUTED = False
    every = run(tmp_path, Noted(kept))
    assert len(every) == 6
    assert [line.rpartition("::")[2] for line in kept.read_text().split("\n")] == WITHOUT
    # What is written afterwards is known to nobody.
    (tmp_path / "test_more.py").write_text("def test_that_is_new():\n    pass\n")
    settings.DISTRIBUTED = True
    assert run(tmp_path, Noted(kept)) == [
        *(name for name in every if name not in WITHOUT),
        "test_that_is_new",
    ]
