"""Files to import."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


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
