"""The courses that one person may take, and how far they are with each: one statement.

What is counted is what learners meet: published steps of active sub-courses, staff included. Which courses
are on a page is found without counting; only those of the page are counted.
"""

from collections.abc import Callable
from enum import StrEnum
from functools import cache
from typing import Any, Final

from accounts.models import User
from learning.tree.domain.levels import CATEGORIES, COURSES, SUB_COURSES
from progress.steps.completions import Step, all_steps
from progress.steps.domain.sequence import caller_parameters
from tenancy.conditions import in_scope_sql, is_shared_sql
from tenancy.names import mentions_sql
from tenancy.sql import prepared_cursor


class CourseStatus(StrEnum):
    """How far a learner is with a course."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"


def _published_steps_sql(step: Step, course: str) -> str:
    level = step.level
    return f"""
        FROM {SUB_COURSES.table} s JOIN {level.table} i ON i.{level.parent_column} = s.id
        WHERE s.{SUB_COURSES.parent_column} = {course}
          AND {SUB_COURSES.published("s")} AND {level.published("i")}
    """


def _any_step_sql(condition: Callable[[Step], str]) -> str:
    """SQL: the course ``c`` has a published step ``i``, of any level, for which a condition holds."""
    found = [
        f"EXISTS (SELECT {_published_steps_sql(step, 'c.id')} AND {condition(step)})" for step in all_steps()
    ]
    return f"({' OR '.join(found)})"


def _has_status_sql(status: CourseStatus | None) -> str:
    begun = _any_step_sql(lambda step: f"NOT ({step.incomplete('i')})")
    remaining = _any_step_sql(lambda step: step.incomplete("i"))
    conditions = {
        None: "true",
        CourseStatus.NOT_STARTED: f"NOT {begun}",
        CourseStatus.IN_PROGRESS: f"{begun} AND {remaining}",
        CourseStatus.COMPLETED: f"NOT {remaining}",
    }
    return conditions[status]


def _counted_steps_sql(step: Step, rank: int) -> str:
    return f"""
        SELECT i.id, i.title, i.display_order, '{step.name}' AS type, {rank} AS rank,
            s.id AS sub_course_id, s.display_order AS sub_course_order,
            (SELECT done.completed_at FROM {step.done.rows("done")}
             AND done.{step.completed_column} = i.id) AS completed_at,
            {step.waived("i")} AS is_waived
        {_published_steps_sql(step, "page.id")}
    """


_ORDER: Final = "is_shared, organization_id, category_order, category_id, display_order, id"


@cache
def _list_sql(status: CourseStatus | None) -> str:
    steps = " UNION ALL ".join(_counted_steps_sql(step, rank) for rank, step in enumerate(all_steps()))
    return f"""
        WITH matching AS (
            SELECT c.id, c.title, c.display_order, c.organization_id,
                {is_shared_sql("c")} AS is_shared,
                k.id AS category_id, k.title AS category_title, k.display_order AS category_order
            FROM {COURSES.table} c JOIN {CATEGORIES.table} k ON k.id = c.{COURSES.parent_column}
            WHERE {in_scope_sql("c")}
              AND {COURSES.published("c")} AND {CATEGORIES.published("k")}
              AND {mentions_sql("c.title", "%(search)s::text")}
              AND {_any_step_sql(lambda _step: "true")} AND {_has_status_sql(status)}
        ), page AS (
            SELECT * FROM matching ORDER BY {_ORDER} LIMIT %(limit)s OFFSET %(offset)s
        )
        SELECT (SELECT count(*) FROM matching), page.id, page.title, page.category_id, page.category_title,
            page.is_shared, reached.completed, reached.waived, reached.total, reached.last_activity_at,
            reached.continue_at
        FROM (SELECT 1) always
        LEFT JOIN page ON true
        LEFT JOIN LATERAL (
            SELECT count(step.completed_at) AS completed,
                count(*) FILTER (WHERE step.completed_at IS NULL AND step.is_waived) AS waived,
                count(*) AS total,
                max(step.completed_at) AS last_activity_at,
                (array_agg(
                    json_build_object('type', step.type, 'id', step.id, 'title', step.title,
                        'sub_course_id', step.sub_course_id)
                    ORDER BY step.sub_course_order, step.sub_course_id, step.rank, step.display_order, step.id
                ) FILTER (WHERE step.completed_at IS NULL AND NOT step.is_waived))[1] AS continue_at
            FROM ({steps}) step
        ) reached ON page.id IS NOT NULL
        ORDER BY {", ".join(f"page.{column}" for column in _ORDER.split(", "))}
    """


def list_courses(
    *, user: User, limit: int, offset: int, status: CourseStatus | None = None, search: str = ""
) -> dict[str, Any]:
    """Return ``{"rows": [...], "count": total}``: courses with something to do in them, in the tree's order.

    ``continue_at`` is the first step that is still to do, sub-course by sub-course; it is never locked. What
    is waived is counted beside what is completed: a course with nothing left to do is completed.

    Args:
        search: a part of the title, in any case and by any accent; an empty one is a part of every title.
    """
    parameters = {**caller_parameters(user), "search": search, "limit": limit, "offset": offset}
    with prepared_cursor() as cursor:
        cursor.execute(_list_sql(status), parameters)
        rows = cursor.fetchall()
    return {"rows": [_told(row) for _count, *row in rows if row[0] is not None], "count": rows[0][0]}


def _told(row: list[Any]) -> dict[str, Any]:
    pk, title, category_id, category_title, is_shared, *counts, last_activity_at, continue_at = row
    completed, waived, total = counts
    return {
        "id": pk,
        "title": title,
        "category": {"id": category_id, "title": category_title},
        "is_shared": is_shared,
        "completed": completed,
        "waived": waived,
        "total": total,
        "last_activity_at": last_activity_at,
        "continue_at": continue_at,
    }
