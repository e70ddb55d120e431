"""The formats of exported files, written row by row: what a file takes is the file."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from tempfile import TemporaryFile
from typing import Any, Final

from django.utils import timezone
from import_export.formats import base_formats
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from tenancy.formulas import BYTE_ORDER_MARK, quoted

_REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"

Rows = Iterable[list[Any]]


class Written:
    """Mixed into a format of the library: says how values and rows are written.

    Attributes:
        max_rows: of one file, so that it takes no longer than somebody waits for.
    """

    max_rows = 200_000

    def write(self, value: Any) -> Any:
        """Return a value as the file holds it."""
        if isinstance(value, datetime):
            return value.isoformat(timespec="seconds")
        if isinstance(value, list | dict):
            return json.dumps(value, ensure_ascii=False)
        return value if value is None or isinstance(value, bool | int | float | str) else str(value)

    def written(self, rows: Rows) -> Iterator[list[Any]]:
        """Yield rows with their values as the file holds them."""
        for row in rows:
            yield [self.write(value) for value in row]

    def file(self, columns: list[str], rows: Rows) -> bytes:
        """Return the file."""
        raise NotImplementedError


class Spreadsheet(Written):
    """Text that a spreadsheet would take for a formula stays text."""

    def write(self, value: Any) -> Any:
        return quoted(super().write(value))


class CSV(Spreadsheet, base_formats.CSV):  # type: ignore[misc]
    """Comma-separated values."""

    label = "CSV"

    def get_content_type(self) -> str:
        return "text/csv; charset=utf-8"

    def file(self, columns: list[str], rows: Rows) -> bytes:
        content = io.StringIO(newline="")
        writer = csv.writer(content)
        writer.writerow(columns)
        writer.writerows(self.written(rows))
        return f"{BYTE_ORDER_MARK}{content.getvalue()}".encode()


class XLSX(Spreadsheet, base_formats.XLSX):  # type: ignore[misc]
    """A workbook, which has times of its own, without a time zone."""

    label = "Excel (XLSX)"
    max_rows = 50_000

    def write(self, value: Any) -> Any:
        if isinstance(value, datetime):
            return timezone.make_naive(value) if timezone.is_aware(value) else value
        written = super().write(value)
        return ILLEGAL_CHARACTERS_RE.sub(_REPLACEMENT, written) if isinstance(written, str) else written

    def file(self, columns: list[str], rows: Rows) -> bytes:
        # Written to disk as the rows come; an ordinary workbook keeps each cell as an object.
        workbook = Workbook(write_only=True)
        sheet = workbook.create_sheet()
        sheet.append(columns)
        for row in self.written(rows):
            sheet.append(row)
        with TemporaryFile() as content:
            workbook.save(content)
            content.seek(0)
            return content.read()


class JSON(Written, base_formats.JSON):  # type: ignore[misc]
    """A list of objects; for programs, which calculate nothing."""

    label = "JSON"

    def write(self, value: Any) -> Any:
        return value if isinstance(value, list | dict) else super().write(value)

    def file(self, columns: list[str], rows: Rows) -> bytes:
        objects = (
            json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False) for row in self.written(rows)
        )
        return ("[" + ",\n".join(objects) + "]").encode()
