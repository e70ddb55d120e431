"""The formats of exported files, written row by row: what a file takes is the file."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from tempfile import TemporaryFile
from typing import IO, Any, Final

from django.http import FileResponse
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

    def save(self, columns: list[str], rows: Rows, to: IO[bytes]) -> None:
        """Write the file, row by row."""
        raise NotImplementedError

    def file(self, columns: list[str], rows: Rows) -> bytes:
        """Return the file."""
        with TemporaryFile() as content:
            self.save(columns, rows, content)
            content.seek(0)
            return content.read()

    def answer(self, columns: list[str], rows: Rows, *, name: str) -> FileResponse:
        """Return the file as an answer, which is sent from disk; ``name`` is without its ending."""
        content = TemporaryFile()  # noqa: SIM115 - closed with the answer
        try:
            self.save(columns, rows, content)
        except BaseException:
            content.close()
            raise
        content.seek(0)
        made: Any = self
        return FileResponse(
            content,
            as_attachment=True,
            filename=f"{name}.{made.get_extension()}",
            content_type=made.get_content_type(),
        )


class Spreadsheet(Written):
    """Text that a spreadsheet would take for a formula stays text."""

    def write(self, value: Any) -> Any:
        return quoted(super().write(value))


class CSV(Spreadsheet, base_formats.CSV):  # type: ignore[misc]
    """Comma-separated values."""

    label = "CSV"

    def get_content_type(self) -> str:
        return "text/csv; charset=utf-8"

    def save(self, columns: list[str], rows: Rows, to: IO[bytes]) -> None:
        text = io.TextIOWrapper(to, encoding="utf-8", newline="")
        text.write(BYTE_ORDER_MARK)
        writer = csv.writer(text)
        writer.writerow(columns)
        writer.writerows(self.written(rows))
        text.flush()
        text.detach()


class XLSX(Spreadsheet, base_formats.XLSX):  # type: ignore[misc]
    """A workbook, which has times of its own, without a time zone."""

    label = "Excel (XLSX)"
    max_rows = 50_000

    def write(self, value: Any) -> Any:
        if isinstance(value, datetime):
            return timezone.make_naive(value) if timezone.is_aware(value) else value
        written = super().write(value)
        return ILLEGAL_CHARACTERS_RE.sub(_REPLACEMENT, written) if isinstance(written, str) else written

    def save(self, columns: list[str], rows: Rows, to: IO[bytes]) -> None:
        # Written to disk as the rows come; an ordinary workbook keeps each cell as an object.
        workbook = Workbook(write_only=True)
        sheet = workbook.create_sheet()
        sheet.append(columns)
        try:
            for row in self.written(rows):
                sheet.append(row)
        finally:
            # Also where it ends early: it is then that the library removes what it wrote to disk.
            workbook.save(to)


class JSON(Written, base_formats.JSON):  # type: ignore[misc]
    """A list of objects; for programs, which calculate nothing."""

    label = "JSON"

    def write(self, value: Any) -> Any:
        return value if isinstance(value, list | dict) else super().write(value)

    def save(self, columns: list[str], rows: Rows, to: IO[bytes]) -> None:
        to.write(b"[")
        for number, row in enumerate(self.written(rows)):
            made = json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False)
            to.write((f",\n{made}" if number else made).encode())
        to.write(b"]")
