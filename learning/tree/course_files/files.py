"""Which kind of file it is: JSON, or CSV for each level in a ZIP."""

from typing import Final

from learning.tree.course_files.documents import CourseFile, read_json
from learning.tree.course_files.tables import read_tables, size_of

_ZIP: Final = b"PK\x03\x04"


def read_file(content: bytes) -> CourseFile:
    """Return what a file says, and all that is wrong with it."""
    return read_tables(content) if content.startswith(_ZIP) else read_json(content)


def is_small(content: bytes, most: int) -> bool:
    """Whether a file says so little that somebody can wait for it, packed or not."""
    return max(len(content), size_of(content) if content.startswith(_ZIP) else 0) <= most
