"""The whole tree down to sub-courses, with counts of what they hold. Three statements."""

from collections.abc import Iterable
from typing import Any, Final

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import Count, OuterRef, Q, Subquery, TextField
from django.db.models.functions import Cast, JSONObject

from learning.models import Course, CourseCategory, Status, SubCourse
from learning.tree import levels
from learning.tree.domain.ordering import version_of, version_of_text
from learning.tree.levels import TreeLevel
from tenancy.scope import PLATFORM_ID, EveryOrganization, current_scope

_CATEGORY: Final = ("id", "title", "description", "display_order", "status")
_COURSE: Final = ("id", "category_id", "title", "description", "display_order", "status")
_SUB_COURSE: Final = (
    "id",
    "course_id",
    "title",
    "description",
    "level",
    "sub_level",
    "display_order",
    "status",
)
Rows = dict[int, list[dict[str, Any]]]


def build_tree(*, sees_drafts: bool) -> dict[str, Any]:
    """Return categories > courses > sub-courses of the active scope, in order.

    Staff (``sees_drafts``) see and count everything that is live; learners what is published.
    Versions are those of the whole lists; ``categories_version`` is the own organization's, null for a
    caller who acts in none.
    """
    categories = list(CourseCategory.objects.in_order().values(*_CATEGORY, "organization_id"))
    courses = _by_parent("category_id", Course.objects.in_order().values(*_COURSE, "organization_id"))
    sub_courses = _by_parent("course_id", _sub_courses(sees_drafts=sees_drafts))
    scope = current_scope()
    own = None if isinstance(scope, EveryOrganization) else scope.organization_id
    own_ids = [row["id"] for row in categories if row["organization_id"] == own]

    def shown(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        return [row for row in rows if sees_drafts or row["status"] == Status.PUBLISHED]

    def course(row: dict[str, Any]) -> dict[str, Any]:
        below = sub_courses.get(row["id"], [])
        return {
            **_told(row, _COURSE),
            "sub_courses_version": _version(below),
            "sub_courses": shown(below),
        }

    def category(row: dict[str, Any]) -> dict[str, Any]:
        below = courses.get(row["id"], [])
        return {
            **_told(row, _CATEGORY),
            "courses_version": _version(below),
            "courses": [course(one) for one in shown(below)],
        }

    return {
        "categories_version": version_of(own_ids) if own else None,
        "categories": [category(row) for row in shown(categories)],
    }


def _sub_courses(*, sees_drafts: bool) -> list[dict[str, Any]]:
    """Return the sub-courses, each with the number and the version of its lists of steps."""
    steps = levels.steps()
    held = {f"held_{level.field_name}": _held(level, sees_drafts=sees_drafts) for level in steps}
    rows = SubCourse.objects.in_order().annotate(**held).values(*_SUB_COURSE, "organization_id", *held)
    return [
        {
            **_told(row, _SUB_COURSE),
            **{
                key: value
                for level in steps
                for key, value in _steps_told(level, row[f"held_{level.field_name}"] or {}).items()
            },
        }
        for row in rows
    ]


def _held(level: TreeLevel, *, sees_drafts: bool) -> Subquery:
    counted = Count("pk") if sees_drafts else Count("pk", filter=Q(status=Status.PUBLISHED))
    ids = StringAgg(Cast("pk", TextField()), ",", order_by=("display_order", "pk"))
    siblings = level.siblings_of(OuterRef("pk")).order_by().values(f"{level.parent}_id")
    return Subquery(siblings.annotate(held=JSONObject(number=counted, ids=ids)).values("held"))


def _steps_told(level: TreeLevel, held: dict[str, Any]) -> dict[str, Any]:
    return {
        f"{level.step}_count": held.get("number", 0),
        f"{level.field_name}_version": version_of_text(held.get("ids", "")),
    }


def _told(row: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {
        **{name: row[name] for name in names},
        "is_active": row["status"] == Status.PUBLISHED,
        "is_shared": row["organization_id"] == PLATFORM_ID,
    }


def _by_parent(parent: str, rows: Iterable[dict[str, Any]]) -> Rows:
    grouped: Rows = {}
    for row in rows:
        grouped.setdefault(row[parent], []).append(row)
    return grouped


def _version(rows: list[dict[str, Any]]) -> str:
    return version_of(row["id"] for row in rows)
