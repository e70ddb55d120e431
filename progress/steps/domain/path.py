"""The learning path of a course: everything in it, in order, with one learner's state.

Three statements whatever the size; one when the reader has seen this version already.
"""

import hashlib
from dataclasses import dataclass
from functools import cache
from typing import Any, Final
from uuid import UUID

from django.db import connection

from accounts.models import User
from accounts.rights.remembered import CALLER, fetch_for
from learning.tree.domain.ordering import version_of
from progress.steps.completions import Step, all_steps
from progress.steps.domain.sequence import caller_parameters, locked_sql
from tenancy.conditions import in_scope_sql
from tenancy.errors import NotFoundError
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


@cache
def _header_sql() -> str:
    in_course = "JOIN sub_courses p ON p.id = {0}.{1} WHERE p.course_id = c.id"
    revisions = [
        _fingerprint(step.level.table, "i", in_course.format("i", step.level.parent_column))
        for step in all_steps()
    ]
    completed = [
        f"(SELECT count(*) FROM {step.completions} done WHERE done.user_id = %(user)s)"
        for step in all_steps()
    ]
    return f"""
        WITH {CALLER}
        SELECT {", ".join(f"c.{column}" for column in _COURSE_COLUMNS)},
            c.revision, k.revision,
            {_fingerprint("sub_courses", "s", "WHERE s.course_id = c.id")},
            {", ".join([*revisions, *completed])}
        FROM courses c JOIN course_categories k ON k.id = c.category_id
        WHERE c.id = %(id)s AND {in_scope_sql("c")} AND EXISTS (SELECT FROM caller)
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


def _steps_of_sql(step: Step) -> str:
    level = step.level
    columns = {
        name: f"i.{name}" if name in level.path_fields else f"NULL::{kind}"
        for name, kind in _path_fields().items()
    }
    return f"""
        SELECT '{step.name}', i.{level.parent_column} AS sub_course_id,
            {", ".join(f"i.{column}" for column in _STEP_COLUMNS)},
            mine.completed_at IS NOT NULL AS is_completed,
            {locked_sql("i", "mine.completed_at", f"i.{level.parent_column}")} AS is_locked
            {"".join(f", {column} AS {name}" for name, column in columns.items())}
        FROM {level.table} i
        JOIN sub_courses s ON s.id = i.{level.parent_column}
        {step.completion_of("i")}
        WHERE s.course_id = %(id)s AND s.deleted IS NULL AND {level.live("i")}
    """


@cache
def _path_fields() -> dict[str, str]:
    """Return what some level tells of its steps beside ``_STEP_COLUMNS``: types in SQL, by name."""
    fields = {
        name: step.level.model._meta.get_field(name)
        for step in all_steps()
        for name in step.level.path_fields
    }
    return {name: str(field.db_type(connection)) for name, field in fields.items()}  # type: ignore[union-attr]


@cache
def _steps_sql() -> str:
    return f"{' UNION ALL '.join(map(_steps_of_sql, all_steps()))} ORDER BY display_order, id"


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
    row = fetch_for(user, _header_sql(), {"id": course_id, **caller_parameters(user)})
    if row is None:
        raise NotFoundError
    end = len(_COURSE_COLUMNS)
    fields = dict(zip(_COURSE_COLUMNS, row[:end], strict=True))
    return CourseHeader(fields, _etag(user.pk, user.is_staff_member, course_id, row[end:]))


def _etag(user_id: UUID, sees_drafts: bool, course_id: int, version: tuple[Any, ...]) -> str:
    seen = repr((str(user_id), sees_drafts, course_id, version))
    return f'"{hashlib.md5(seen.encode(), usedforsecurity=False).hexdigest()}"'


def build_path(*, user: User, course: CourseHeader) -> dict[str, Any]:
    """Return the course with its sub-courses, their entry assessments and steps, in order.

    Staff see every live row; learners what is active and published. Versions are those of the whole
    lists. No video address is part of a path. Two statements.
    """
    parameters = {"id": course.fields["id"], **caller_parameters(user)}
    with prepared_cursor() as cursor:
        cursor.execute(_SUB_COURSES, parameters)
        sub_courses = cursor.fetchall()
        cursor.execute(_steps_sql(), parameters)
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
    lists = [(step, by_parent.get((row[0], step.name), [])) for step in all_steps()]
    published = [found for _step, rows in lists for found in rows if found[_STATUS] == "PUBLISHED"]
    told = {
        **dict(zip(_SUB_COURSE_COLUMNS, row[:end], strict=True)),
        "completed": sum(found[_IS_COMPLETED] for found in published),
        "total": len(published),
        "entry_assessment": _assessment(row[end:], sees_drafts=sees_drafts),
    }
    for step, rows in lists:
        name = step.level.field_name
        told[f"{name}_version"] = version_of(found[0] for found in rows)
        told[name] = [_told(step, found) for found in rows if sees_drafts or found[_STATUS] == "PUBLISHED"]
    return told


_STATUS: Final = _STEP_COLUMNS.index("status")
_IS_COMPLETED: Final = len(_STEP_COLUMNS)


def _told(step: Step, found: tuple[Any, ...]) -> dict[str, Any]:
    """Return a step by the names of its columns; of the further ones those of its own level."""
    own = step.level.path_fields
    names = (*_STEP_COLUMNS, "is_completed", "is_locked", *_path_fields())
    end = len(names) - len(_path_fields())
    pairs = list(zip(names, found, strict=True))
    return dict([*pairs[:end], *(pair for pair in pairs[end:] if pair[0] in own)])


def _assessment(row: tuple[Any, ...], *, sees_drafts: bool) -> dict[str, Any] | None:
    fields = dict(zip(_ASSESSMENT_COLUMNS, row, strict=True))
    shown = fields["id"] is not None and (sees_drafts or fields["status"] == "PUBLISHED")
    return fields if shown else None
