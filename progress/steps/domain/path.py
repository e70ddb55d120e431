"""The learning path of a course: everything in it, in order, with one learner's state.

Three statements whatever the size; one when the reader has seen this version already.
"""

import hashlib
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from accounts.models import User
from learning.tree.domain.ordering import version_of
from progress.steps.domain.sequence import PRACTICE, VIDEO, StepKind, caller_parameters, locked_sql
from tenancy.errors import NotFoundError
from tenancy.scope import SHARED_CONTENT_SQL
from tenancy.sql import prepared_cursor

_COURSE_COLUMNS: Final = ("id", "category_id", "title", "description", "display_order", "is_active")
_SUB_COURSE_COLUMNS: Final = (
    "id",
    "course_id",
    "title",
    "description",
    "level",
    "sub_level",
    "display_order",
    "is_active",
)
_ASSESSMENT_COLUMNS: Final = ("id", "title", "description", "status", "pass_mark")
_STEP_COLUMNS: Final = ("id", "title", "description", "display_order", "status")


def _fingerprint(table: str, alias: str, source: str) -> str:
    """SQL: a number that changes with any change to the set of rows, deleted ones included.

    Combining (id, revision) per row does not depend on the order of commits, as a latest timestamp would.
    """
    return f"(SELECT bit_xor(hashint8extended({alias}.id, {alias}.revision)) FROM {table} {alias} {source})"


_IN_COURSE: Final = "JOIN sub_courses p ON p.id = {0}.{1} WHERE p.course_id = c.id"
_HEADER: Final = f"""
    SELECT {", ".join(f"c.{column}" for column in _COURSE_COLUMNS)},
        c.revision, k.revision,
        {_fingerprint("sub_courses", "s", "WHERE s.course_id = c.id")},
        {_fingerprint("sub_course_videos", "v", _IN_COURSE.format("v", "sub_course_id"))},
        {_fingerprint("question_sets", "q", _IN_COURSE.format("q", "owner_id"))},
        (SELECT count(*) FROM {VIDEO.completions} done WHERE done.user_id = %(user)s),
        (SELECT count(*) FROM {PRACTICE.completions} done WHERE done.user_id = %(user)s)
    FROM courses c JOIN course_categories k ON k.id = c.category_id
    WHERE c.id = %(id)s AND {SHARED_CONTENT_SQL.format(alias="c")}
      AND c.deleted IS NULL AND k.deleted IS NULL
      AND (%(sees_drafts)s OR (c.is_active AND k.is_active))
"""
_SUB_COURSES: Final = f"""
    SELECT {", ".join(f"s.{column}" for column in _SUB_COURSE_COLUMNS)},
        {", ".join(f"a.{column}" for column in _ASSESSMENT_COLUMNS)}
    FROM sub_courses s
    LEFT JOIN question_sets a
        ON a.owner_id = s.id AND a.set_type = 'INITIAL_ASSESSMENT' AND a.deleted IS NULL
    WHERE s.course_id = %(id)s AND s.deleted IS NULL
    ORDER BY s.display_order, s.id
"""


def _steps_sql(kind: StepKind, duration: str) -> str:
    return f"""
        SELECT '{kind.name}', i.{kind.parent_column} AS sub_course_id, {duration} AS duration_seconds,
            {", ".join(f"i.{column}" for column in _STEP_COLUMNS)},
            mine.completed_at IS NOT NULL AS is_completed,
            {locked_sql("i", "mine.completed_at", f"i.{kind.parent_column}")} AS is_locked
        FROM {kind.table} i
        JOIN sub_courses s ON s.id = i.{kind.parent_column}
        {kind.completion_of("i")}
        WHERE s.course_id = %(id)s AND s.deleted IS NULL AND {kind.live("i")}
    """


_STEPS: Final = f"""
    {_steps_sql(VIDEO, "i.duration_seconds")} UNION ALL {_steps_sql(PRACTICE, "NULL::integer")}
    ORDER BY display_order, id
"""


@dataclass(frozen=True, slots=True)
class CourseHeader:
    """A course the caller may read, and the version of its path for them."""

    fields: dict[str, Any]
    etag: str


def find_course(*, user: User, course_id: int) -> CourseHeader:
    """Return a course and the entity tag of its path, in one statement.

    The tag changes when anything in the course changes, and when the caller completes something.

    Raises:
        NotFoundError: no such course for this caller.
    """
    with prepared_cursor() as cursor:
        cursor.execute(_HEADER, {"id": course_id, **caller_parameters(user)})
        row = cursor.fetchone()
    if row is None:
        raise NotFoundError
    end = len(_COURSE_COLUMNS)
    fields = dict(zip(_COURSE_COLUMNS, row[:end], strict=True))
    return CourseHeader(fields, _etag(user.pk, user.is_staff_member, course_id, row[end:]))


def _etag(user_id: UUID, sees_drafts: bool, course_id: int, version: tuple[Any, ...]) -> str:
    seen = repr((str(user_id), sees_drafts, course_id, version))
    return f'"{hashlib.md5(seen.encode(), usedforsecurity=False).hexdigest()}"'


def build_path(*, user: User, course: CourseHeader) -> dict[str, Any]:
    """Return the course with its sub-courses, their entry assessments, videos and practices, in order.

    Staff see every live row; learners what is active and published. Versions are those of the whole
    lists. No video address is part of a path. Two statements.
    """
    parameters = {"id": course.fields["id"], **caller_parameters(user)}
    with prepared_cursor() as cursor:
        cursor.execute(_SUB_COURSES, parameters)
        sub_courses = cursor.fetchall()
        cursor.execute(_STEPS, parameters)
        steps = cursor.fetchall()
    by_parent: dict[tuple[int, str], list[tuple[Any, ...]]] = {}
    for kind, parent, *step in steps:
        by_parent.setdefault((parent, kind), []).append(tuple(step))
    return {
        **course.fields,
        "sub_courses_version": version_of(row[0] for row in sub_courses),
        "sub_courses": [
            _sub_course(row, by_parent, sees_drafts=user.is_staff_member)
            for row in sub_courses
            if user.is_staff_member or row[_SUB_COURSE_COLUMNS.index("is_active")]
        ],
    }


def _sub_course(
    row: tuple[Any, ...], by_parent: dict[tuple[int, str], list[tuple[Any, ...]]], *, sees_drafts: bool
) -> dict[str, Any]:
    end = len(_SUB_COURSE_COLUMNS)
    videos = by_parent.get((row[0], VIDEO.name), [])
    practices = by_parent.get((row[0], PRACTICE.name), [])
    published = [step for step in (*videos, *practices) if step[5] == "PUBLISHED"]
    return {
        **dict(zip(_SUB_COURSE_COLUMNS, row[:end], strict=True)),
        "completed": sum(step[6] for step in published),
        "total": len(published),
        "entry_assessment": _assessment(row[end:], sees_drafts=sees_drafts),
        "videos_version": version_of(step[1] for step in videos),
        "videos": [
            {**_step(step), "duration_seconds": step[0]}
            for step in videos
            if sees_drafts or step[5] == "PUBLISHED"
        ],
        "practices_version": version_of(step[1] for step in practices),
        "practices": [_step(step) for step in practices if sees_drafts or step[5] == "PUBLISHED"],
    }


def _step(step: tuple[Any, ...]) -> dict[str, Any]:
    _duration, pk, title, description, display_order, status, is_completed, is_locked = step
    return {
        "id": pk,
        "title": title,
        "description": description,
        "display_order": display_order,
        "status": status,
        "is_completed": is_completed,
        "is_locked": is_locked,
    }


def _assessment(row: tuple[Any, ...], *, sees_drafts: bool) -> dict[str, Any] | None:
    fields = dict(zip(_ASSESSMENT_COLUMNS, row, strict=True))
    shown = fields["id"] is not None and (sees_drafts or fields["status"] == "PUBLISHED")
    return fields if shown else None
