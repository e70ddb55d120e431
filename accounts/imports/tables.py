"""Rows below a header, whatever kind of file they come from; what is wrong is named with its line.

What is empty says nothing: rows without a value, columns without a name and a value, cells beyond the header.
Names of columns are the same in any case and Unicode form.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any, Final

import tablib
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenancy.formulas import unquoted

MAX_TOLD: Final = 1_000
"""How many wrong rows are named, and how many rows of a preview are kept."""

Problem = tuple[int, str | Promise]


class UnreadableFileError(Exception):
    """The file has not the expected form.

    Attributes:
        problems: ``(line, reason)`` of what is wrong, the first ``MAX_TOLD``.
    """

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"line {line}: {reason}" for line, reason in problems))
        self.problems = problems


class FileRows(tablib.Dataset):
    """The rows of a file.

    Attributes:
        lines: the line on which each row begins; the header is the first of the file.
        written: the names of columns as the file has them, by their one spelling.
    """

    def __init__(
        self, *rows: list[str], lines: list[int], written: dict[str, str] | None = None, **options: Any
    ) -> None:
        super().__init__(*rows, **options)
        self.lines = lines
        self.written = written or {}


def column_name(cell: str) -> str:
    """Return the one spelling of a column's name: ``E-mail`` and ``EMAİL`` have others."""
    name = unicodedata.normalize("NFKC", cell).casefold().replace("i\u0307", "i").replace("ı", "i")
    return "_".join(name.split())


def read_table(lines: Iterable[tuple[int, list[str]]], *, may_be_short: bool = False) -> FileRows:
    """Return the rows below the header, which is the first line with a value in it.

    Args:
        lines: cells with the number of their line.
        may_be_short: whether a row may end before the header does.

    Raises:
        UnreadableFileError: with the lines that are at fault.
    """
    filled = _filled(lines)
    _line, heads = next(filled, (1, None))
    if heads is None:
        raise UnreadableFileError([(1, _("The file is empty."))])
    header = [column_name(head) for head in heads]
    named = [index for index, name in enumerate(header) if name]
    unnamed = [index for index, name in enumerate(header) if not name]
    rows: list[list[str]] = []
    numbers: list[int] = []
    problems: list[Problem] = []
    try:
        for line, cells in filled:
            if problem := _problem_of(cells, header, unnamed, may_be_short=may_be_short):
                problems.append((line, problem))
            else:
                rows.append([unquoted(cells[index]) if index < len(cells) else "" for index in named])
                numbers.append(line)
    except UnreadableFileError as error:
        problems += error.problems
    if problems:
        raise UnreadableFileError(problems[:MAX_TOLD])
    written = {header[index]: heads[index].strip() for index in named}
    return FileRows(*rows, lines=numbers, written=written, headers=[header[index] for index in named])


def _filled(lines: Iterable[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    return ((line, cells) for line, cells in lines if any(map(str.strip, cells)))


def _problem_of(
    cells: list[str], header: list[str], unnamed: list[int], *, may_be_short: bool
) -> str | Promise | None:
    if len(cells) < len(header) and not may_be_short:
        found = {"found": len(cells), "expected": len(header)}
        return _("The row ends early: it has %(found)d cells, and the header %(expected)d.") % found
    beyond = (*(index for index in unnamed if index < len(cells)), *range(len(header), len(cells)))
    for index in beyond:
        if cells[index].strip():
            return _("Column %(number)d holds a value and has no name.") % {"number": index + 1}
    return None
