"""Reading the files that spreadsheets save: CSV in UTF-8, and XLSX.

CSV has a header row and as many cells in each row as in the header, separated by commas, semicolons or tabs.
A cell is data, whatever a spreadsheet would make of it.
"""

import codecs
import csv
import io
from collections.abc import Iterator
from typing import Final

from django.utils.translation import gettext_lazy as _

from accounts.imports.tables import FileRows, UnreadableFileError, read_table
from accounts.imports.workbooks import read_sheet

_SEPARATORS: Final = (",", ";", "\t")
_BEGINNING: Final = 65_536
_ZIP: Final = b"PK\x03\x04"
_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# Old workbooks, and protected ones.
_COMPOUND: Final = b"\xd0\xcf\x11\xe0"


def read_file(content: bytes) -> FileRows:
    """Return the rows of a file, whichever of the two it is.

    Raises:
        UnreadableFileError: with the lines that are at fault.
    """
    if content.startswith(_COMPOUND):
        raise UnreadableFileError([(1, _("This is not a CSV file. Save it as XLSX or as CSV in UTF-8."))])
    if content.startswith(_ZIP):
        return read_table(read_sheet(content), may_be_short=True)
    return read_csv(content)


def read_csv(content: bytes) -> FileRows:
    """Return the rows of a file; blank lines are none.

    Raises:
        UnreadableFileError: with the lines that are at fault.
    """
    text = _decode(content)
    return read_table(_lines(text, _separator_of(text)))


def _lines(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    while True:
        begins = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problem = _("This is not valid CSV: %(reason)s.") % {"reason": error}
            raise UnreadableFileError([(begins, problem)]) from error
        yield begins, cells


def _separator_of(text: str) -> str:
    """Return what separates the most names in the header."""
    lines = io.StringIO(text[:_BEGINNING], newline=None)
    header = next((line for line in lines if line.strip(",;\t \r\n")), "")
    return max(_SEPARATORS, key=header.count)


def _decode(content: bytes) -> str:
    try:
        # A spreadsheet's "Unicode text".
        return content.decode("utf-16" if content.startswith(_UTF_16) else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        problem = _("This is not UTF-8. Save the file as CSV in UTF-8, or as XLSX.")
        raise UnreadableFileError([(line, problem)]) from error
