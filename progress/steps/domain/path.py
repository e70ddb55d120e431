"""The learning path of a course: everything in it, in order, with one learner's state.

One statement whatever the size: it reads the version of the course and what the learner has done. The content
is kept, rendered, for as long as the version is the same (``progress.steps.domain.path_content``).
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
from tenancy.sql import fetch_one

# What is told of the steps of one level: arrays of ids, and of times.
_STATES: Final = (
    "array_agg(id) FILTER (WHERE is_completed)",
    "array_agg(id) FILTER (WHERE is_locked)",
    "array_agg(id) FILTER (WHERE is_waived)",
    "array_agg(id) FILTER (WHERE unlocked_until IS NOT NULL)",
    "array_agg(unlocked_until) FILTER (WHERE unlocked_until IS NOT NULL)",
)
_COURSE_COLUMNS: Final = ("id", "category_id", "title", "description", "display_order", "status")


def _fingerprint(table: str, alias: str, source: str) -> str:
    """SQL: a number that changes with any change to the set of rows, deleted ones included.

    Combining (id, revision) per row does not depend on the order of commits, as a latest timestamp would.
    """
    return f"(SELECT bit_xor(hashint8extended({alias}.id, {alias}.revision)) FROM {table} {alias} {source})"


@cache
def _header_sql(*, with_states: bool) -> str:
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
            {", ".join([*revisions, *completed, excepted])}{", states.*" if with_states else ""}
        FROM courses c JOIN course_categories k ON k.id = c.category_id
            {f"CROSS JOIN ({_states_sql()}) states" if with_states else ""}
        WHERE c.id = %(id)s AND {in_scope_sql("c")} AND EXISTS (SELECT FROM caller)
          AND c.deleted IS NULL AND k.deleted IS NULL
          AND (%(sees_drafts)s OR (c.status = 'PUBLISHED' AND k.status = 'PUBLISHED'))
    """


@cache
def _states_sql() -> str:
    """SQL: one row, with ``_STATES`` for each level of steps."""

    def states_of(step: Step) -> str:
        level = step.level
        steps = (
            f"{level.table} i JOIN sub_courses s ON s.id = i.{level.parent_column} "
            f"WHERE s.course_id = %(id)s AND s.deleted IS NULL AND {level.live('i')}"
        )
        return f"(SELECT {', '.join(_STATES)} FROM ({states_sql(step, steps)}) steps)"

    found = ", ".join(f"{states_of(step)} of{number}" for number, step in enumerate(all_steps()))
    return f"SELECT * FROM {found}"


@dataclass(frozen=True, slots=True)
class CourseHeader:
    """A course the caller may read, the version of its content, and that of its path for them.

    Attributes:
        states: what they have done in it, where that was asked for.
    """

    fields: dict[str, Any]
    version: tuple[Any, ...]
    etag: str
    states: tuple[Any, ...]


def find_course(*, user: User, course_id: int, with_states: bool = False) -> CourseHeader:
    """Return a course and the entity tag of its path, in one statement.

    The tag changes when anything in the course changes, when the caller completes something, and when an
    exception is made for them or ends.

    Args:
        with_states: for ``build_path``, which needs no other statement then.

    Raises:
        NotFoundError: no such course for this caller.
    """
    sql = _header_sql(with_states=with_states)
    row = fetch_for(user, sql, {"id": course_id, **caller_parameters(user)})
    if row is None:
        raise NotFoundError
    end = len(row) - len(_STATES) * len(all_steps()) if with_states else len(row)
    begin, of_caller = len(_COURSE_COLUMNS), len(all_steps()) + 1
    fields = dict(zip(_COURSE_COLUMNS, row[:begin], strict=True))
    etag = _etag(user.pk, user.is_staff_member, course_id, row[begin:end])
    return CourseHeader(fields, row[begin : end - of_caller], etag, row[end:])


def _etag(user_id: UUID, sees_drafts: bool, course_id: int, version: tuple[Any, ...]) -> str:
    seen = repr((str(user_id), sees_drafts, course_id, version))
    return f'"{hashlib.md5(seen.encode(), usedforsecurity=False).hexdigest()}"'


def build_path(*, user: User, course: CourseHeader) -> bytes:
    """Return the course with its sub-courses, their entry assessments and steps, in order, as JSON.

    Staff see every live row; learners what is published. Versions are those of the whole
    lists. No video address is part of a path. One statement, unless the course was found with what they have
    done in it, and a few more where the content has changed.
    """
    caller = caller_parameters(user)
    return _as_met(course, caller, course.states or _states_of(course, caller))


def path_of_newcomer(course: CourseHeader) -> bytes:
    """Return the course as a learner of the active scope meets it who has completed nothing, as JSON."""
    nobody = {"user": UUID(int=0), "sequential": True, "sees_drafts": False}
    caller = {**nobody, **shared_parameters()}
    return _as_met(course, caller, _states_of(course, caller))


def _states_of(course: CourseHeader, caller: dict[str, Any]) -> tuple[Any, ...]:
    row = fetch_one(_states_sql(), {"id": course.fields["id"], **caller})
    assert row is not None
    return row


def _as_met(course: CourseHeader, caller: dict[str, Any], states: tuple[Any, ...]) -> bytes:
    content = path_content(course.fields, version=course.version, sees_drafts=caller["sees_drafts"])
    width = len(_STATES)
    return content.as_met(
        {
            step.name: States.of(*states[number * width : (number + 1) * width])
            for number, step in enumerate(all_steps())
        }
    )
