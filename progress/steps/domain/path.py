"""The learning path of a course: everything in it, in order, with one learner's state.

Two statements whatever the size, and one when the reader has seen this version already: the first reads the
version, the second what the learner has done. The content is kept, rendered, for as long as the version is
the same (``progress.steps.domain.path_content``).
"""

import hashlib
from dataclasses import dataclass
from functools import cache
from typing import Any, Final
from uuid import UUID

from accounts.models import User
from accounts.rights.remembered import CALLER, fetch_for
from progress.steps.completions import EXCEPTIONS, Step, all_steps
from progress.steps.domain.path_content import States, path_content
from progress.steps.domain.sequence import caller_parameters, states_sql
from tenancy.conditions import in_scope_sql, shared_parameters
from tenancy.errors import NotFoundError
from tenancy.sql import prepared_cursor

_COURSE_COLUMNS: Final = ("id", "category_id", "title", "description", "display_order", "status")


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
    completed = [f"(SELECT count(*) FROM {step.done.rows('done')})" for step in all_steps()]
    # Every exception adds a row or ends one; an unlocking also ends by itself.
    excepted = f"""(
        SELECT ARRAY[count(*), count(given.ended_at),
            count(*) FILTER (WHERE given.until > statement_timestamp())]
        FROM {EXCEPTIONS} given WHERE given.user_id = %(user)s
    )"""
    return f"""
        WITH {CALLER}
        SELECT {", ".join(f"c.{column}" for column in _COURSE_COLUMNS)},
            c.revision, k.revision,
            {_fingerprint("sub_courses", "s", "WHERE s.course_id = c.id")},
            {", ".join([*revisions, *completed, excepted])}
        FROM courses c JOIN course_categories k ON k.id = c.category_id
        WHERE c.id = %(id)s AND {in_scope_sql("c")} AND EXISTS (SELECT FROM caller)
          AND c.deleted IS NULL AND k.deleted IS NULL
          AND (%(sees_drafts)s OR (c.status = 'PUBLISHED' AND k.status = 'PUBLISHED'))
    """


@cache
def _state_sql() -> str:
    def state_of(step: Step) -> str:
        level = step.level
        steps = (
            f"{level.table} i JOIN sub_courses s ON s.id = i.{level.parent_column} "
            f"WHERE s.course_id = %(id)s AND s.deleted IS NULL AND {level.live('i')}"
        )
        return f"""
            SELECT '{step.name}',
                array_agg(id) FILTER (WHERE is_completed), array_agg(id) FILTER (WHERE is_locked),
                array_agg(id) FILTER (WHERE is_waived),
                array_agg(id) FILTER (WHERE unlocked_until IS NOT NULL),
                array_agg(unlocked_until) FILTER (WHERE unlocked_until IS NOT NULL)
            FROM ({states_sql(step, steps)}) steps
        """

    return " UNION ALL ".join(map(state_of, all_steps()))


@dataclass(frozen=True, slots=True)
class CourseHeader:
    """A course the caller may read, the version of its content, and that of its path for them."""

    fields: dict[str, Any]
    version: tuple[Any, ...]
    etag: str


def find_course(*, user: User, course_id: int) -> CourseHeader:
    """Return a course and the entity tag of its path, in one statement.

    The tag changes when anything in the course changes, when the caller completes something, and when an
    exception is made for them or ends.

    Raises:
        NotFoundError: no such course for this caller.
    """
    row = fetch_for(user, _header_sql(), {"id": course_id, **caller_parameters(user)})
    if row is None:
        raise NotFoundError
    end = len(_COURSE_COLUMNS)
    fields = dict(zip(_COURSE_COLUMNS, row[:end], strict=True))
    of_caller = len(all_steps()) + 1
    content = row[end : len(row) - of_caller]
    return CourseHeader(fields, content, _etag(user.pk, user.is_staff_member, course_id, row[end:]))


def _etag(user_id: UUID, sees_drafts: bool, course_id: int, version: tuple[Any, ...]) -> str:
    seen = repr((str(user_id), sees_drafts, course_id, version))
    return f'"{hashlib.md5(seen.encode(), usedforsecurity=False).hexdigest()}"'


def build_path(*, user: User, course: CourseHeader) -> bytes:
    """Return the course with its sub-courses, their entry assessments and steps, in order, as JSON.

    Staff see every live row; learners what is published. Versions are those of the whole
    lists. No video address is part of a path. One statement, and two more where the content has changed.
    """
    return _as_met(course, caller_parameters(user))


def path_of_newcomer(course: CourseHeader) -> bytes:
    """Return the course as a learner of the active scope meets it who has completed nothing, as JSON."""
    nobody = {"user": UUID(int=0), "sequential": True, "sees_drafts": False}
    return _as_met(course, {**nobody, **shared_parameters()})


def _as_met(course: CourseHeader, caller: dict[str, Any]) -> bytes:
    parameters = {"id": course.fields["id"], **caller}
    content = path_content(course.fields, version=course.version, sees_drafts=caller["sees_drafts"])
    with prepared_cursor() as cursor:
        cursor.execute(_state_sql(), parameters)
        rows = cursor.fetchall()
    return content.as_met({kind: States.of(*columns) for kind, *columns in rows})
