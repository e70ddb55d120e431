"""The words of GIFT: what its characters mean, and how a text is written so that they mean nothing.

Source: https://docs.moodle.org/en/GIFT_format. ``\\`` takes its meaning from ``~ = # { } :`` and itself, and
``\\n`` is a line break.
"""

import re
from collections.abc import Iterator
from html import unescape
from typing import Final

from django.utils.html import strip_tags

SPECIAL: Final = "~=#{}:\\"
_FORMAT: Final = re.compile(r"\[(html|moodle|plain|markdown)\]", re.IGNORECASE)
_BREAK: Final = re.compile(r"<br\s*/?>|</(?:p|div|li|h[1-6])>", re.IGNORECASE)
_MORE_THAN_TEXT: Final = re.compile(
    r"<\s*(?:img|table|audio|video|object|iframe|svg|math)\b|@@PLUGINFILE@@", re.IGNORECASE
)


class NotTextError(Exception):
    """What is written there is more than a text."""


def normal(text: str) -> str:
    """Return a text as it comes back from a file: lines end one way, blanks around it are none of it."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def escaped(text: str) -> str:
    """Return a text in which nothing has a meaning but what it says."""
    text = normal(text)
    mark = "[plain]" if _FORMAT.match(text) else ""
    written = "".join(f"\\{one}" if one in SPECIAL else "\\n" if one == "\n" else one for one in text)
    return mark + written


def meaning_of(written: str) -> str:
    """Return what a part of a question says, as plain text.

    Raises:
        NotTextError: it holds a picture, a table or another file.
    """
    written = written.strip()
    mark = _FORMAT.match(written)
    text = normal(_unescaped(written[mark.end() :] if mark else written))
    if mark is None or mark[1].lower() != "html":
        return text
    if _MORE_THAN_TEXT.search(text):
        raise NotTextError
    return normal(unescape(strip_tags(_BREAK.sub("\n", text))))


def _unescaped(written: str) -> str:
    return "".join("\n" if one == "\\n" else one[-1] for one in characters(written))


def characters(written: str) -> Iterator[str]:
    """Yield the characters of a text, one that is escaped with the backslash before it."""
    at = 0
    while at < len(written):
        is_escape = written[at] == "\\" and at + 1 < len(written) and written[at + 1] in f"{SPECIAL}n"
        yield written[at : at + 1 + is_escape]
        at += 1 + is_escape


def split(written: str, *marks: str) -> list[str]:
    """Return the parts between ``marks`` of one character, each but the first with its mark in front."""
    parts = [""]
    for one in characters(written):
        if one in marks:
            parts.append("")
        parts[-1] += one
    return parts


def cut(written: str, mark: str) -> tuple[str, str, str]:
    """Return what stands before the first ``mark`` of one character, the mark, and what stands after it."""
    before, *after = split(written, mark)
    return (before, mark, "".join(after)[1:]) if after else (before, "", "")
