"""What a change of the tree means for learners who are in the middle of it, before it is made.

In a list of steps a learner is always at one step: the first published one they have not completed, and
the sequence opens nothing beyond it (``progress.steps.domain.sequence``). A change touches those who would be
at another step afterwards.

Numbers only, of the whole organization: the tree belongs to it as a whole (``docs/decisions`` 11).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final
from uuid import UUID

from django.db.models import Model

from learning.models import Course, CourseCategory, SubCourse
from progress.steps.domain.sequence import PRACTICE, VIDEO, StepKind
from tenancy.models import Organization
from tenancy.scope import EveryOrganization, current_scope
from tenancy.sql import prepared_cursor


@dataclass(frozen=True, slots=True)
class Asked:
    """A step that learners will be asked to complete next, who are at another one now.

    Attributes:
        learners: how many.
    """

    type: str
    id: int
    title: str
    learners: int


@dataclass(frozen=True, slots=True)
class Impact:
    """What a change means for learners.

    Attributes:
        learners: how many have begun the list of steps and not finished it; above steps, how many have
            completed anything below.
        asked: where those go who would go on with another step than now, those who had finished and get
            one more step included. In the order of the list.
    """

    learners: int
    asked: tuple[Asked, ...] = ()


# Learners of one's organization; the platform's content has those of all.
_LEARNER_OF: Final = """
    JOIN users u ON u.id = done.user_id AND u.deleted IS NULL AND u.is_active
    LEFT JOIN roles r ON r.id = u.role_id
    WHERE (r.kind IS NULL OR r.kind NOT IN ('STAFF', 'SYSTEM'))
      AND (%(every)s OR done.organization_id = %(organization)s)
"""


@cache
def _steps_sql(kind: StepKind) -> str:
    """SQL: how many learners are at which step now, and at which one afterwards.

    The steps of a learner's completions are ranked within both orders; as long as the rank of a step is
    its position, nothing before it is missing. Where that ends the learner is.
    """
    was = f"(i.{kind.parent_column} = %(parent)s AND i.status = 'PUBLISHED')"
    will = (
        "(wanted.id IS NOT NULL AND "
        "CASE WHEN i.id = %(switched)s THEN %(published)s ELSE i.status = 'PUBLISHED' END)"
    )
    return f"""
        WITH step AS (
            SELECT i.id, i.title,
                CASE WHEN {was} THEN
                    row_number() OVER (PARTITION BY {was} ORDER BY i.display_order, i.id) END AS was,
                CASE WHEN {will} THEN
                    row_number() OVER (PARTITION BY {will} ORDER BY wanted.position) END AS becomes
            FROM {kind.table} i
            LEFT JOIN unnest(%(after)s::bigint[]) WITH ORDINALITY AS wanted(id, position) ON wanted.id = i.id
            WHERE (i.{kind.parent_column} = %(parent)s OR i.id = ANY(%(after)s)) AND {kind.live("i")}
        ), completed AS (
            SELECT done.user_id, step.was, step.becomes,
                row_number() OVER (PARTITION BY done.user_id ORDER BY step.was) AS was_rank,
                row_number() OVER (PARTITION BY done.user_id ORDER BY step.becomes) AS becomes_rank
            FROM step JOIN {kind.completions} done ON done.{kind.completed_column} = step.id {_LEARNER_OF}
        ), learner AS (
            SELECT 1 + count(*) FILTER (WHERE was = was_rank) AS was,
                1 + count(*) FILTER (WHERE becomes = becomes_rank) AS becomes
            FROM completed GROUP BY user_id HAVING count(was) > 0
        )
        SELECT here.id, next.id, next.title, count(*)
        FROM learner LEFT JOIN step here ON here.was = learner.was
            LEFT JOIN step next ON next.becomes = learner.becomes
        GROUP BY here.id, next.id, next.title, next.becomes ORDER BY next.becomes
    """


def impact_on_steps(
    *,
    kind: StepKind,
    sub_course_id: int,
    after: Sequence[int],
    switched: int | None = None,
    published: bool = False,
) -> Impact:
    """Return what it means that the live steps of a sub-course will be ``after``, in one query.

    Args:
        after: ids in the order to come; what leaves the list is missing, what joins it is there.
        switched: a step that will be ``published`` or not; the others stay as they are.
    """
    with prepared_cursor() as cursor:
        cursor.execute(
            _steps_sql(kind),
            {
                "parent": sub_course_id,
                "after": list(after),
                "switched": switched,
                "published": published,
                **_whose(),
            },
        )
        groups = cursor.fetchall()
    asked: dict[int, Asked] = {}
    for here, to_come, title, learners in groups:
        if to_come is not None and to_come != here:
            already = asked[to_come].learners if to_come in asked else 0
            asked[to_come] = Asked(kind.name, to_come, title, already + learners)
    in_progress = sum(learners for here, _to_come, _title, learners in groups if here is not None)
    return Impact(in_progress, tuple(asked.values()))


_ROOTS: Final[dict[type[Model], str]] = {
    Organization: "k.organization_id",
    CourseCategory: "k.id",
    Course: "c.id",
    SubCourse: "s.id",
}


@cache
def _begun_sql(root: str) -> str:
    def begun(kind: StepKind) -> str:
        return f"""
            SELECT done.user_id FROM {kind.table} i
            JOIN sub_courses s ON s.id = i.{kind.parent_column} AND s.deleted IS NULL
            JOIN courses c ON c.id = s.course_id AND c.deleted IS NULL
            JOIN course_categories k ON k.id = c.category_id AND k.deleted IS NULL
            JOIN {kind.completions} done ON done.{kind.completed_column} = i.id {_LEARNER_OF}
              AND {root} = %(root)s AND {kind.published("i")}
        """

    return f"SELECT count(DISTINCT user_id) FROM ({begun(VIDEO)} UNION ALL {begun(PRACTICE)}) learners"


def impact_below(*, model: type[Model], pk: int | UUID) -> Impact:
    """Return how many learners have completed something below a row of the tree, in one query.

    No sequence spans several sub-courses: whatever happens to their order, nobody is asked for another
    step.
    """
    with prepared_cursor() as cursor:
        cursor.execute(_begun_sql(_ROOTS[model]), {"root": pk, **_whose()})
        (learners,) = cursor.fetchone()
    return Impact(learners)


def _whose() -> dict[str, Any]:
    scope = current_scope()
    if isinstance(scope, EveryOrganization) or scope.is_platform:
        return {"every": True, "organization": None}
    return {"every": False, "organization": scope.organization_id}
