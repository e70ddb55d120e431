"""Taking a course out as a file."""

from typing import Final

from learning.models import Course
from learning.tree.course_files.documents import as_json
from learning.tree.course_files.kinds import all_kinds
from learning.tree.course_files.nodes import read_course
from learning.tree.course_files.tables import as_tables

JSON: Final = "json"
ZIP: Final = "zip"
FORMATS: Final = (JSON, ZIP)


def read_keys() -> tuple[str, ...]:
    """Return the keys that taking a course out takes: which answers are right stands in it."""
    return tuple(dict.fromkeys(f"{kind.resource}.update" for kind in all_kinds()))


def export_course(course: Course, as_format: str) -> bytes:
    """Return a course as JSON, or as a ZIP of tables."""
    write = as_tables if as_format == ZIP else as_json
    return write(course.category.title, read_course(course))
