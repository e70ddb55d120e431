"""Importing a course: looked at first, then all of it or nothing; a second time the file changes nothing.

To know what a file would do, it is done and taken back: every rule has its say, and the guard before learners
asks its question (``learning.tree.domain.learner_guard``).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.imports.report import Report
from accounts.models import User
from learning.models import Course, CourseCategory
from learning.tree.course_files.applying import Applying, RefusedRowError
from learning.tree.course_files.comparing import ADDED, CHANGED, MISSING, MOVED, Comparison, compare
from learning.tree.course_files.documents import CourseFile
from learning.tree.course_files.files import read_file
from learning.tree.course_files.kinds import all_kinds
from learning.tree.course_files.nodes import CourseNode, read_course
from learning.tree.domain import structure
from learning.tree.domain.learner_guard import ConfirmationRequired, asked_about_each, confirmed
from learning.tree.levels import TreeLevel
from tenancy.errors import DomainError, RefusedError

MAX_SHOWN: Final = 500
_TOLD_EACH: Final = 20


def write_keys() -> tuple[str, ...]:
    """Return the keys that an import takes, all of them."""
    # A category that is not there is made.
    return (
        "course_categories.create",
        *dict.fromkeys(key for kind in all_kinds() for key in kind.write_keys),
    )


def delete_keys() -> tuple[str, ...]:
    """Return the further keys that it takes to delete what a file lacks."""
    return tuple(dict.fromkeys(f"{kind.resource}.delete" for kind in all_kinds()[1:]))


class _LookedAtError(Exception):
    """Takes back what was done only to look at it."""


def import_course(
    *,
    content: bytes,
    by: User | None,
    dry_run: bool,
    delete_missing: bool = False,
    seen: str = "",
    agreed: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Import a file into the active scope, or with ``dry_run`` find out what that would do.

    Args:
        delete_missing: whether what the file lacks is deleted; otherwise it stays, behind the rest.
        seen: the digest of the changes that were looked at; others are not made.
        agreed: whoever imports knows what it means for learners.
        progress: called with how many rows are done, and of how many; an exception from it ends the import.

    Raises:
        RefusedError: ``organization_scope_required``; ``permission_denied``, ``by`` may not delete.
        InvalidError: ``organization_required``.
    """
    structure.check_content_scope()
    structure.organization_to_write_in()
    if delete_missing and by is not None and not all(by.holds(key) for key in delete_keys()):
        raise RefusedError(_("You may not delete what a file lacks."))
    document = read_file(content)
    if document.problems or document.course is None:
        return _problems(document.problems)
    asked = _Asked(by, dry_run, delete_missing, seen, agreed, _counter(document.rows, progress))
    with transaction.atomic():
        return _import(document, document.course, asked)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What ``import_course`` was asked for."""

    by: User | None
    dry_run: bool
    delete_missing: bool
    seen: str
    agreed: bool
    done: Callable[[], None]


def _import(document: CourseFile, file: CourseNode, asked: _Asked) -> Report:
    category, course = _find(document.category, file.key)
    present = read_course(course) if course else None
    compared = compare(file, present)
    report = _told(compared)
    if asked.seen and asked.seen != report.digest:
        report.note = _("The course was changed meanwhile. Look at what the file changes now.")
        return report
    applying = Applying(compared, asked.by, asked.delete_missing, asked.done)
    try:
        with transaction.atomic():
            with confirmed(asked.agreed), asked_about_each(_groups(present)):
                applying.apply(file, category, document.category)
            if asked.dry_run:
                raise _LookedAtError
        report.written = True
    except _LookedAtError:
        pass
    except ConfirmationRequired as question:
        report.question = str(question.detail)
    except (RefusedRowError, ValidationError, DomainError) as refusal:
        return _problems([_said_by(refusal)])
    return report


def _said_by(refusal: RefusedRowError | ValidationError | DomainError) -> tuple[str, str]:
    """Return where a rule refused, and why."""
    if isinstance(refusal, RefusedRowError):
        return refusal.place, refusal.reason
    return "", " ".join(refusal.messages) if isinstance(refusal, ValidationError) else str(refusal.detail)


def _find(category: str, title: str) -> tuple[CourseCategory | None, Course | None]:
    """Return the category of a file and its course, both locked, as far as they are there."""
    named = CourseCategory.objects.writable().filter(title=category).select_for_update(no_key=True)
    categories = sorted(named.order_by("pk"), key=lambda one: (one.display_order, one.pk))
    courses = Course.objects.writable().filter(category__in=categories, title=title)
    locked = courses.select_for_update().order_by("pk").first()
    return (categories[0] if categories else None), locked


def _groups(present: CourseNode | None) -> list[list[Any]]:
    """Return the rows to look at before and after: what holds others, and one of each list of steps."""
    holders = [
        node
        for node in (present.walk() if present else ())
        if isinstance(node.kind.kind, TreeLevel) and not node.kind.kind.step
    ]
    kinds = dict.fromkeys(node.kind for node in holders)
    groups = [[node.row for node in holders if node.kind is kind] for kind in kinds]
    for kind in all_kinds():
        level = kind.kind
        if isinstance(level, TreeLevel) and level.step:
            above = [node.row.pk for node in holders if node.kind.name in kind.above]
            groups.append([level.model(**{f"{level.parent}_id": pk}) for pk in above])
    return groups


def _counter(rows: int, progress: Callable[[int, int], None] | None) -> Callable[[], None]:
    count = 0

    def done() -> None:
        nonlocal count
        if progress is not None and count % _TOLD_EACH == 0:
            progress(min(count, rows), rows)
        count += 1

    return done


def _told(compared: Comparison) -> Report:
    return Report(
        created=compared.count(ADDED),
        updated=compared.count(CHANGED),
        moved=compared.count(MOVED),
        missing=compared.count(MISSING),
        unchanged=compared.unchanged,
        digest=compared.digest,
        changes=list(compared.changes[:MAX_SHOWN]),
    )


def _problems(problems: Sequence[tuple[str, str]]) -> Report:
    # A name in the file may hold what the database keeps in no text.
    told = [
        (place.replace("\0", "�"), "", reason.replace("\0", "�")) for place, reason in problems[:MAX_SHOWN]
    ]
    return Report(wrong=len(problems), problems=told)
