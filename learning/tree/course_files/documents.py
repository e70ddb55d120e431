"""The file itself: JSON with its version, and what is wrong with one that somebody wrote."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from learning.models import CourseCategory
from learning.tree.course_files.kinds import FileKind, course_kind, kinds_in
from learning.tree.course_files.nodes import MOST_ROWS, CourseNode, node_of
from tenancy.errors import DomainError

FORMAT: Final = "stepwise-course"
VERSION: Final = 1
MOST_BYTES: Final = 8 * 1024 * 1024
_TOP: Final = ("format", "version", "category", "course")


@dataclass(slots=True)
class CourseFile:
    """What a file says.

    Attributes:
        problems: where in the file something is wrong, and what.
    """

    category: str = ""
    course: CourseNode | None = None
    problems: list[tuple[str, str]] = field(default_factory=list)
    rows: int = 0


def as_json(category: str, course: CourseNode) -> bytes:
    """Return a course as a file."""
    document = {"format": FORMAT, "version": VERSION, "category": category, "course": _told(course)}
    return orjson.dumps(document, option=orjson.OPT_INDENT_2) + b"\n"


def _told(node: CourseNode) -> dict[str, Any]:
    told = dict(node.values)
    if node.kind.extra:
        told[node.kind.extra] = node.extra
    for kind in kinds_in(node.kind):
        below = [_told(one) for one in node.below.get(kind.name, ())]
        if kind.single:
            told[kind.name] = below[0] if below else None
        else:
            told[kind.name] = below
    return told


def read_json(content: bytes) -> CourseFile:
    """Return what a file says, and all that is wrong with it."""
    if len(content) > MOST_BYTES:
        return _refused(_("The file is larger than %(number)d MB.") % {"number": MOST_BYTES // 2**20})
    try:
        said = orjson.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        return _refused(_("This is not JSON: %(reason)s.") % {"reason": error})
    return read_document(said)


def read_document(said: Any) -> CourseFile:
    """Return what the parsed file says, and all that is wrong with it."""
    if not isinstance(said, dict) or said.get("format") != FORMAT:
        return _refused(_("This is no file of a course: its “format” is not “%(name)s”.") % {"name": FORMAT})
    if said.get("version") != VERSION:
        return _refused(_("Only version %(number)d of these files is supported.") % {"number": VERSION})
    document = CourseFile()
    _note_unknown(document, "", said, _TOP)
    column = CourseCategory._meta.get_field("title")
    document.category = _clean(document, "category", column, said.get("category"), needed=True) or ""
    document.course = _node(document, "course", course_kind(), said.get("course"), "")
    if document.rows > MOST_ROWS:
        document.problems = [("", _("A file has at most %(number)d rows.") % {"number": MOST_ROWS})]
    return document


def _refused(reason: str | Promise) -> CourseFile:
    return CourseFile(problems=[("", str(reason))])


def _note_unknown(document: CourseFile, path: str, said: dict[str, Any], known: Any) -> None:
    for name in said:
        if name not in known:
            where = f"{path}.{name}" if path else name
            document.problems.append((where[:200], _("There is nothing with this name.")))


def _node(document: CourseFile, path: str, kind: FileKind, said: Any, above: str) -> CourseNode | None:
    document.rows += 1
    if document.rows > MOST_ROWS:
        return None
    if not isinstance(said, dict):
        document.problems.append((path, _("Must be an object.")))
        return None
    lists = kinds_in(kind)
    extra_names = [kind.extra] if kind.extra else []
    _note_unknown(document, path, said, {*kind.fields, *extra_names, *(one.name for one in lists)})
    before = len(document.problems)
    values = {
        name: _clean(document, f"{path}.{name}", column, said[name], needed=name == kind.key)
        if name in said
        else _default(document, f"{path}.{name}", kind, column)
        for name, column in kind.fields.items()
    }
    node = node_of(kind, values, above)
    if len(document.problems) == before:
        _check_whole(document, path, node, said)
    for one in lists:
        if one.name in said:
            found = list(_below(document, f"{path}.{one.name}", one, said[one.name], node.place))
            node.below[one.name] = found
    return node


def _below(document: CourseFile, path: str, kind: FileKind, said: Any, above: str) -> Iterator[CourseNode]:
    if kind.single:
        # Nothing says nothing of it: there is one all the same.
        said = [] if said is None else [said]
    if not isinstance(said, list):
        document.problems.append((path, _("Must be a list.")))
        return
    for number, one in enumerate(said):
        where = path if kind.single else f"{path}[{number}]"
        node = _node(document, where, kind, one, above)
        if node is not None:
            yield node


def _default(document: CourseFile, path: str, kind: FileKind, column: Any) -> Any:
    if kind.needs(column):
        document.problems.append((path, _("This is missing.")))
        return None
    return column.get_default() if column.has_default() else None if column.null else ""


def _clean(document: CourseFile, path: str, column: Any, value: Any, *, needed: bool = False) -> Any:
    """Return a value as its field has it; note what is wrong with it."""
    try:
        return _cleaned(column, value, needed=needed)
    except ValidationError as error:
        document.problems.append((path, " ".join(error.messages)))
        return None


def _cleaned(column: Any, value: Any, *, needed: bool) -> Any:
    if value is None and column.null:
        return None
    if isinstance(column, models.CharField | models.TextField):
        if not isinstance(value, str):
            raise ValidationError(_("Must be a text."))
        if "\0" in value:
            raise ValidationError(_("Null characters are not allowed."))
        if column.max_length and len(value) > column.max_length:
            raise ValidationError(_("Must be at most %(length)d characters.") % {"length": column.max_length})
        if needed and not value.strip():
            raise ValidationError(_("Must not be empty."))
        # What a draft lacks is asked for when it is published.
        if value == "" and not column.choices:
            return value
    elif isinstance(column, models.IntegerField):
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            raise ValidationError(_("Must be a whole number."))
    elif isinstance(column, models.BooleanField) and not isinstance(value, bool):
        raise ValidationError(_("Must be true or false."))
    return column.clean(value, None)


def _check_whole(document: CourseFile, path: str, node: CourseNode, said: dict[str, Any]) -> None:
    """Check what only all values of a row together tell."""
    try:
        node.kind.kind.model(**node.values).clean()
        if node.kind.extra:
            node.extra = node.kind.read_extra(node.values, said.get(node.kind.extra))
    except ValidationError as error:
        document.problems.append((path, " ".join(error.messages)))
    except DomainError as error:
        document.problems.append((f"{path}.{node.kind.extra}", str(error.detail)))
