"""The file as tables: CSV for each level, in a ZIP. A row names what it stands in by its title.

The second row of one title among its siblings is named with `` #2`` behind it, and so on.
"""

import csv
import io
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from django.db import models
from django.utils.translation import gettext as _

from accounts.imports.files import read_csv
from accounts.imports.tables import FileRows, UnreadableFileError
from learning.tree.course_files.documents import (
    FORMAT,
    MOST_BYTES,
    VERSION,
    CourseFile,
    read_document,
)
from learning.tree.course_files.kinds import FileKind, all_kinds, kinds_in
from learning.tree.course_files.nodes import MOST_ROWS, CourseNode
from tenancy.formulas import quoted

CATEGORY: Final = "category"


def _holders(kind: FileKind) -> list[FileKind]:
    """Return the kinds that rows of a kind may stand in, below the course, from the top."""
    above = [one for one in all_kinds()[1:] if one.name in kind.above]
    further = [higher for one in above for higher in _holders(one)]
    return list(dict.fromkeys([*further, *above]))


def _labels(names: Sequence[str]) -> list[str]:
    """Return what rows of one list are called: their titles, told apart where they are the same."""
    seen: Counter[str] = Counter()
    labels = []
    for name in names:
        seen[name] += 1
        labels.append(name if seen[name] == 1 else f"{name} #{seen[name]}")
    return labels


def as_tables(category: str, course: CourseNode) -> bytes:
    """Return a course as a ZIP of tables."""
    rows: dict[str, list[dict[str, Any]]] = {kind.name: [] for kind in all_kinds()}
    _collect(course, {CATEGORY: category}, rows)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for kind in all_kinds():
            archive.writestr(f"{kind.name}.csv", _csv(_columns(kind), rows[kind.name]))
    return packed.getvalue()


def _columns(kind: FileKind) -> list[str]:
    above = [one.name for one in _holders(kind)] if kind.above else [CATEGORY]
    return [*above, *kind.fields, *([kind.extra] if kind.extra else [])]


def _collect(
    node: CourseNode, above: dict[str, str], rows: dict[str, list[dict[str, Any]]], label: str = ""
) -> None:
    extra = {node.kind.extra: orjson.dumps(node.extra).decode()} if node.kind.extra else {}
    rows[node.kind.name].append({**above, **node.values, **extra})
    # The course is the same for all rows.
    path = {**above, node.kind.name: label} if node.kind.above else {}
    for kind in kinds_in(node.kind):
        below = node.below.get(kind.name, [])
        for one, name in zip(below, _labels([one.key for one in below]), strict=True):
            _collect(one, path, rows, name)


def _csv(columns: Sequence[str], rows: Sequence[dict[str, Any]]) -> bytes:
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow(columns)
    for row in rows:
        cells = [row.get(name) for name in columns]
        writer.writerow([quoted(cell) if isinstance(cell, str) else cell for cell in cells])
    return b"\xef\xbb\xbf" + written.getvalue().encode()


@dataclass(slots=True)
class _Reading:
    """Tables on their way to a document.

    Attributes:
        where: by the path in the document, the table and the line.
        labelled: by the identity of a row and a kind, the rows below it by their labels, with their paths.
    """

    problems: list[tuple[str, str]] = field(default_factory=list)
    where: dict[str, str] = field(default_factory=dict)
    labelled: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)


def read_tables(content: bytes) -> CourseFile:
    """Return what the tables say, and all that is wrong with them, by table and line."""
    reading = _Reading()
    tables = dict(_unpacked(content, reading))
    if reading.problems:
        return CourseFile(problems=reading.problems)
    course, *others = all_kinds()
    if course.name not in tables or len(tables[course.name]) != 1:
        return CourseFile(problems=[(f"{course.name}.csv", _("There is one course in a file."))])
    for kind, rows in ((kind, tables[kind.name]) for kind in all_kinds() if kind.name in tables):
        unknown = sorted(set(rows.headers or []) - {*_columns(kind)})
        if unknown:
            names = ", ".join(unknown)
            reading.problems.append((f"{kind.name}.csv", _("Unknown columns: %(names)s.") % {"names": names}))
    [row] = tables[course.name].dict
    said = {
        "format": FORMAT,
        "version": VERSION,
        CATEGORY: row.pop(CATEGORY, ""),
        "course": _said(course, row),
    }
    reading.rows["course"] = said["course"]
    reading.where["course"] = f"{course.name}.csv"
    for kind in others:
        if kind.name in tables:
            _place(reading, kind, tables[kind.name])
    if reading.problems:
        return CourseFile(problems=reading.problems)
    document = read_document(said)
    document.problems = [(_where(reading, path), reason) for path, reason in document.problems]
    return document


def size_of(content: bytes) -> int:
    """Return how large tables are once they are unpacked, as far as the ZIP says."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return sum(one.file_size for one in archive.infolist())
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError):
        return len(content)


def _unpacked(content: bytes, reading: _Reading) -> Iterator[tuple[str, FileRows]]:
    if len(content) > MOST_BYTES:
        reading.problems.append(
            ("", _("The file is larger than %(number)d MB.") % {"number": MOST_BYTES // 2**20})
        )
        return
    names = {f"{kind.name}.csv": kind.name for kind in all_kinds()}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            inside = [one for one in archive.infolist() if one.filename in names]
            if sum(one.file_size for one in inside) > MOST_BYTES:
                raise zipfile.BadZipFile
            for one in inside:
                with archive.open(one) as packed:
                    text = packed.read(MOST_BYTES + 1)
                yield names[one.filename], _read(one.filename, text, reading)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError):
        # Broken, protected with a password, packed in a way that is not known, or far too large.
        reading.problems.append(("", _("This ZIP cannot be read, or holds too much.")))


def _read(name: str, text: bytes, reading: _Reading) -> FileRows:
    try:
        rows = read_csv(text)
    except UnreadableFileError as error:
        reading.problems += [(_line(name, line), str(reason)) for line, reason in error.problems]
        return FileRows(lines=[], headers=[])
    if len(rows) > MOST_ROWS:
        reading.problems.append((name, _("A file has at most %(number)d rows.") % {"number": MOST_ROWS}))
    return rows


def _line(name: str, line: int) -> str:
    return _("%(file)s, line %(line)d") % {"file": name, "line": line}


def _said(kind: FileKind, row: dict[str, str]) -> dict[str, Any]:
    """Return a row as JSON would say it."""
    said: dict[str, Any] = {}
    for name, cell in row.items():
        column = kind.fields.get(name)
        if name == kind.extra:
            said[name] = _json(cell)
        elif isinstance(column, models.IntegerField):
            number = cell.strip()
            if number:
                said[name] = (
                    int(number) if number.isascii() and number.isdigit() and len(number) < 19 else cell
                )
            elif column.null:
                said[name] = None
        elif column is not None and (cell or not column.choices):
            said[name] = cell
    return said


def _json(cell: str) -> Any:
    try:
        return orjson.loads(cell)
    except orjson.JSONDecodeError:
        return cell


def _place(reading: _Reading, kind: FileKind, rows: FileRows) -> None:
    """Put the rows of a table into what they stand in."""
    holders = _holders(kind)
    for above, said in list(reading.rows.items()):
        if _kind_at(above) in kind.above:
            said[kind.name] = None if kind.single else []
    for line, cells in zip(rows.lines, rows.dict, strict=True):
        path: str | None = "course"
        for holder in holders:
            if path is not None and (label := cells.pop(holder.name, "")):
                path = reading.labelled.get((path, holder.name), {}).get(label)
        place = _line(f"{kind.name}.csv", line)
        if path is None or _kind_at(path) not in kind.above:
            reading.problems.append((place, _("What it stands in is in no table.")))
            continue
        _append(reading, kind, path, _said(kind, cells), place)


def _append(reading: _Reading, kind: FileKind, path: str, said: dict[str, Any], place: str) -> None:
    above = reading.rows[path]
    if kind.single:
        if above[kind.name] is not None:
            reading.problems.append((place, _("There is only one of these.")))
            return
        above[kind.name], own = said, f"{path}.{kind.name}"
    else:
        above[kind.name].append(said)
        own = f"{path}.{kind.name}[{len(above[kind.name]) - 1}]"
    reading.rows[own], reading.where[own] = said, place
    labels = reading.labelled.setdefault((path, kind.name), {})
    name, number = str(said.get(kind.key, "")), 1
    while (name if number == 1 else f"{name} #{number}") in labels:
        number += 1
    labels[name if number == 1 else f"{name} #{number}"] = own


def _kind_at(path: str) -> str:
    last = path.rpartition(".")[2].partition("[")[0]
    return all_kinds()[0].name if last == "course" else last


def _where(reading: _Reading, path: str) -> str:
    """Return table, line and column of a path in the document."""
    row, column = path, ""
    while row and row not in reading.where:
        row, _dot, last = row.rpartition(".")
        column = f"{last}.{column}" if column else last
    place = reading.where.get(row, path)
    return f"{place}: {column}" if column and row else place
