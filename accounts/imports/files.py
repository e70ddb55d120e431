"""Reading CSV so that whatever is wrong can be named with its line.

UTF-8, commas, a header row, and as many cells in each row as in the header. A cell is data, whatever a
spreadsheet would make of it.
"""

import csv
import io
from typing import Any, Final

import tablib
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MAX_TOLD: Final = 1_000
"""How many wrong rows are named, and how many rows of a preview are kept."""

Problem = tuple[int, str | Promise]


class UnreadableFileError(Exception):
    """The file is no CSV of the expected form.

    Attributes:
        problems: ``(line, reason)`` of what is wrong, the first ``MAX_TOLD``.
    """

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"line {line}: {reason}" for line, reason in problems))
        self.problems = problems


class Rows(tablib.Dataset):
    """The rows of a file.

    Attributes:
        lines: the line on which each row begins; the header is the first of the file.
    """

    def __init__(self, *rows: list[str], lines: list[int], **options: Any) -> None:
        super().__init__(*rows, **options)
        self.lines = lines


def read_csv(content: bytes) -> Rows:
    """Return the rows of a file; blank lines are none.

    Raises:
        UnreadableFileError: with the lines that are at fault.
    """
    reader = csv.reader(io.StringIO(_decode(content), newline=""), strict=True)
    header: list[str] | None = None
    rows: list[list[str]] = []
    lines: list[int] = []
    problems: list[Problem] = []
    while True:
        begins = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            problems.append((begins, _("This is not valid CSV: %(reason)s.") % {"reason": error}))
            break
        if not cells:
            continue
        if header is None:
            header = [cell.strip() for cell in cells]
        elif len(cells) != len(header):
            found = {"found": len(cells), "expected": len(header)}
            problems.append((begins, _("There are %(found)d cells, not %(expected)d.") % found))
        else:
            rows.append(cells)
            lines.append(begins)
    if header is None and not problems:
        problems.append((1, _("The file is empty.")))
    if problems:
        raise UnreadableFileError(problems[:MAX_TOLD])
    return Rows(*rows, lines=lines, headers=header)


def _decode(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UnreadableFileError([(line, _("This is not UTF-8."))]) from error
