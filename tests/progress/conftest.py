"""Files to import, and the demo's rows."""

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from tests.progress.demo import seed


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """The demo's rows, made once for all tests of a module, and what the command said.

    What a test does to them is taken back after it, as ever in a test with a database.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        yield seed()
        transaction.set_rollback(True)


@pytest.fixture
def csv_file(tmp_path: Path) -> Callable[..., Path]:
    """``csv_file([...], [...], header=[...])`` writes rows, filled up with empty cells, below the header."""

    def write(*rows: Any, header: list[str]) -> Path:
        with (tmp_path / "file.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(header)
            writer.writerows([*row, *[""] * (len(header) - len(row))] for row in rows)
        return tmp_path / "file.csv"

    return write
