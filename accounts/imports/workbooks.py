"""The first sheet of an XLSX workbook, as text; what it takes to read one is bounded beforehand."""

import datetime
import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, Final
from xml.etree.ElementTree import ParseError

import openpyxl
from django.utils.translation import gettext_lazy as _
from openpyxl.utils.exceptions import InvalidFileException

from accounts.imports.tables import UnreadableFileError

# A workbook is packed: a small file may unpack to anything. Spreadsheets pack to a tenth, or a thirtieth.
MAX_UNPACKED: Final = 64 * 2**20
MAX_RATIO: Final = 50
_ALWAYS: Final = 2**20
MAX_ROWS: Final = 1_048_576
MAX_COLUMNS: Final = 100

# What the parts of a workbook that are missing, damaged or made up come to.
_BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    InvalidFileException,
    ParseError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)


def read_sheet(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of the first sheet with their numbers.

    Raises:
        UnreadableFileError: this is no workbook, or too large a one.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            most = min(MAX_UNPACKED, max(_ALWAYS, MAX_RATIO * len(content)))
            if sum(part.file_size for part in archive.infolist()) > most:
                problem = _("The workbook holds more than %(size)d MB. Save it as CSV.")
                raise UnreadableFileError([(1, problem % {"size": most // 2**20})])
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet: Any = book.worksheets[0]
        # What a workbook says of its size may be too little, and with a format on whole columns far too much.
        sheet.reset_dimensions()
        rows = sheet.iter_rows(max_row=MAX_ROWS, max_col=MAX_COLUMNS, values_only=True)
        for number, row in enumerate(rows, 1):
            yield number, [_text(value) for value in row]
    except _BROKEN as error:
        problem = _("This workbook cannot be read. Save it as XLSX or as CSV in UTF-8.")
        raise UnreadableFileError([(1, problem)]) from error


def _text(value: Any) -> str:
    """Return a cell as someone would have typed it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return str(value)
