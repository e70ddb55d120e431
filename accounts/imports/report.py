"""What became of a file, or would, for people to read."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from accounts.imports.files import read_file
from accounts.imports.resource import FileResource, Outcome
from accounts.imports.tables import UnreadableFileError

MAX_SHOWN: Final = 100


@dataclass(slots=True)
class Report:
    """What became of a file, or would.

    Attributes:
        wrong: how many rows are; none where the file is wrong as a whole.
        problems: ``(line, column, reason)``, the first of them.
        changes: ``(line, about, what)``, the first of them; of a course ``(what, where, how)``.
        repeated: ``(line, earlier line)`` of rows that are one, the first of them.
        moved, missing: of a course, how many rows stand elsewhere and how many the file lacks.
        question: what it means for learners, where that was not agreed to.
        note: why something else is shown than what was asked for.
        digest: the same for the same changes.
    """

    written: bool = False
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    left_deleted: int = 0
    wrong: int = 0
    problems: list[tuple[Any, str, str]] = field(default_factory=list)
    changes: list[tuple[Any, str, str]] = field(default_factory=list)
    repeated: list[tuple[int, int]] = field(default_factory=list)
    moved: int = 0
    missing: int = 0
    question: str = ""
    note: str = ""
    digest: str = ""


def import_file(
    *,
    resource: type[FileResource],
    content: bytes,
    by: Any,
    dry_run: bool,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Import a file into the active scope, or with ``dry_run`` find out what that would do.

    Args:
        progress: called with how many rows are done, and of how many; an exception from it ends the import.
    """
    try:
        rows = read_file(content)
    except UnreadableFileError as error:
        problems = [(line, "", str(reason)) for line, reason in error.problems[:MAX_SHOWN]]
        return Report(wrong=len(error.problems), problems=problems)
    outcome: Outcome = resource().import_data(rows, dry_run=dry_run, user=by, progress=progress)
    if not outcome.is_good:
        problems = _problems_of(outcome)
        return Report(wrong=outcome.totals["invalid"], problems=problems[:MAX_SHOWN])
    return Report(
        written=not dry_run,
        created=outcome.totals["new"],
        updated=outcome.totals["update"],
        unchanged=outcome.totals["skip"] - outcome.left_deleted,
        left_deleted=outcome.left_deleted,
        changes=[(row.line, row.about, str(row.what)) for row in outcome.rows[:MAX_SHOWN]],
        repeated=outcome.repeated[:MAX_SHOWN],
    )


def _problems_of(outcome: Outcome) -> list[tuple[Any, str, str]]:
    problems: list[tuple[Any, str, str]] = [("", "", str(one.error)) for one in outcome.base_errors]
    for row in outcome.invalid_rows:
        problems += [(row.number, name, " ".join(reasons)) for name, reasons in row.error_dict.items()]
    return problems
