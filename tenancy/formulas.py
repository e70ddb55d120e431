"""Text in files for spreadsheets: what looks like a formula is quoted, and what is quoted can be read back.

A spreadsheet takes a cell for a formula by its first character, some after dropping blanks and what cannot
be seen, and some also in its full-width form. An apostrophe in front makes it text.
"""

import unicodedata
from typing import Any, Final

_SIGNS: Final = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_QUOTE: Final = "'"
BYTE_ORDER_MARK: Final = "\ufeff"
"""Begins a CSV file: without it a spreadsheet takes UTF-8 for something else."""


def is_formula(text: str) -> bool:
    """Whether some spreadsheet would take a cell for a formula."""
    begin = next((index for index, one in enumerate(text) if not _is_dropped(one)), len(text))
    # A tab or a line break at the start makes some split the cell and look at what is left.
    return text.startswith(("\t", "\r", "\n")) or text.startswith(_SIGNS, begin)


def _is_dropped(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) in ("Cc", "Cf")


def quoted(value: Any) -> Any:
    """Return a value as the cell that no spreadsheet calculates; only text can be a formula.

    What is quoted already is quoted once more, so that ``unquoted`` gives back every text as it was.
    """
    if isinstance(value, str) and is_formula(value.lstrip(_QUOTE)):
        return f"{_QUOTE}{value}"
    return value


def unquoted(text: str) -> str:
    """Return a cell without the apostrophe that ``quoted`` put in front of it."""
    if text.startswith(_QUOTE) and is_formula(text.lstrip(_QUOTE)):
        return text[1:]
    return text
