"""The whole tree down to sub-courses, with counts of what they hold. Three statements."""

from typing import Any, Final

from learning.tree.domain.ordering import version_of, version_sql
from tenancy.scope import (
    PLATFORM_ID,
    SHARED_CONTENT_SQL,
    EveryOrganization,
    current_scope,
    shared_content_parameters,
)
from tenancy.sql import prepared_cursor

_CATEGORIES: Final = f"""
    SELECT c.id, c.title, c.description, c.display_order, c.is_active, c.organization_id
    FROM course_categories c
    WHERE {SHARED_CONTENT_SQL.format(alias="c")} AND c.deleted IS NULL
    -- One's own before the shared ones.
    ORDER BY c.organization_id = '{PLATFORM_ID}', c.organization_id, c.display_order, c.id
"""
_COURSES: Final = f"""
    SELECT c.id, c.category_id, c.title, c.description, c.display_order, c.is_active
    FROM courses c
    WHERE {SHARED_CONTENT_SQL.format(alias="c")} AND c.deleted IS NULL
    ORDER BY c.category_id, c.display_order, c.id
"""


def _steps(table: str, parent: str, condition: str) -> str:
    return f"""(
        SELECT x.{parent} AS sub_course_id, {version_sql("x")} AS version,
            count(*) FILTER (WHERE %(sees_drafts)s OR x.status = 'PUBLISHED') AS number
        FROM {table} x
        WHERE {SHARED_CONTENT_SQL.format(alias="x")} AND x.deleted IS NULL AND {condition}
        GROUP BY x.{parent}
    )"""


_NO_STEPS: Final = version_of(())
_SUB_COURSES: Final = f"""
    SELECT s.id, s.course_id, s.title, s.description, s.level, s.sub_level, s.display_order, s.is_active,
        COALESCE(v.number, 0), COALESCE(v.version, '{_NO_STEPS}'),
        COALESCE(p.number, 0), COALESCE(p.version, '{_NO_STEPS}')
    FROM sub_courses s
    LEFT JOIN {_steps("sub_course_videos", "sub_course_id", "true")} v ON v.sub_course_id = s.id
    LEFT JOIN {_steps("question_sets", "owner_id", "x.set_type = 'PRACTICE' AND x.owner_id IS NOT NULL")} p
        ON p.sub_course_id = s.id
    WHERE {SHARED_CONTENT_SQL.format(alias="s")} AND s.deleted IS NULL
    ORDER BY s.course_id, s.display_order, s.id
"""


def build_tree(*, sees_drafts: bool) -> dict[str, Any]:
    """Return categories > courses > sub-courses of the active scope, in order.

    Staff (``sees_drafts``) see and count everything that is live; learners what is active and published.
    Versions are those of the whole lists; ``categories_version`` is the own organization's, null for a
    caller who acts in none.
    """
    parameters = {"sees_drafts": sees_drafts, **shared_content_parameters()}
    with prepared_cursor() as cursor:
        cursor.execute(_CATEGORIES, parameters)
        categories = cursor.fetchall()
        cursor.execute(_COURSES, parameters)
        courses = _by_parent(cursor.fetchall())
        cursor.execute(_SUB_COURSES, parameters)
        sub_courses = _by_parent(cursor.fetchall())
    scope = current_scope()
    own = None if isinstance(scope, EveryOrganization) else scope.organization_id
    return {
        "categories_version": version_of(row[0] for row in categories if row[5] == own) if own else None,
        "categories": [
            _category(row, courses, sub_courses, sees_drafts=sees_drafts)
            for row in categories
            if sees_drafts or row[4]
        ],
    }


Rows = dict[int, list[tuple[Any, ...]]]


def _by_parent(rows: list[tuple[Any, ...]]) -> Rows:
    grouped: Rows = {}
    for row in rows:
        grouped.setdefault(row[1], []).append(row)
    return grouped


def _category(row: tuple[Any, ...], courses: Rows, sub_courses: Rows, *, sees_drafts: bool) -> dict[str, Any]:
    pk, title, description, display_order, is_active, organization_id = row
    below = courses.get(pk, [])
    return {
        "id": pk,
        "title": title,
        "description": description,
        "display_order": display_order,
        "is_active": is_active,
        "is_shared": organization_id == PLATFORM_ID,
        "courses_version": version_of(course[0] for course in below),
        "courses": [
            _course(course, sub_courses.get(course[0], []), sees_drafts=sees_drafts)
            for course in below
            if sees_drafts or course[5]
        ],
    }


def _course(row: tuple[Any, ...], below: list[tuple[Any, ...]], *, sees_drafts: bool) -> dict[str, Any]:
    pk, category_id, title, description, display_order, is_active = row
    return {
        "id": pk,
        "category_id": category_id,
        "title": title,
        "description": description,
        "display_order": display_order,
        "is_active": is_active,
        "sub_courses_version": version_of(sub_course[0] for sub_course in below),
        "sub_courses": [_sub_course(sub_course) for sub_course in below if sees_drafts or sub_course[7]],
    }


_SUB_COURSE_FIELDS: Final = (
    "id",
    "course_id",
    "title",
    "description",
    "level",
    "sub_level",
    "display_order",
    "is_active",
    "video_count",
    "videos_version",
    "practice_count",
    "practices_version",
)


def _sub_course(row: tuple[Any, ...]) -> dict[str, Any]:
    return dict(zip(_SUB_COURSE_FIELDS, row, strict=True))
