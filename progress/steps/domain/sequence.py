"""The one rule of sequence, for videos and practices alike.

A step is **locked** for a learner while some earlier published live step of the same kind and sub-course
is not completed by them; one they have completed stays open. Earlier means before in
``(display_order, id)`` as it is now. Source: document 004, sections 8 and 9.

The rule is SQL: ``_EARLIER_AND_INCOMPLETE`` for one step, ``locked_sql`` for all steps of a course. It
is part of the statement that reads or completes the step, so no answer rests on an older look.
"""

from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from tenancy.errors import NotFoundError, RefusedError
from tenancy.scope import SHARED_CONTENT_SQL, shared_content_parameters
from tenancy.sql import prepared_cursor


@dataclass(frozen=True, slots=True)
class StepKind:
    """A kind of step: where its rows are, and where their completions are.

    Attributes:
        condition: SQL that every live step of alias ``{0}`` meets, published or not.
    """

    name: str
    table: str
    parent_column: str
    condition: str
    completions: str
    completed_column: str

    def live(self, alias: str) -> str:
        """SQL: the row is a live step."""
        return self.condition.format(alias)

    def published(self, alias: str) -> str:
        """SQL: the row is a step of the sequence."""
        return f"{self.live(alias)} AND {alias}.status = 'PUBLISHED'"

    def incomplete(self, alias: str) -> str:
        """SQL: the learner ``%(user)s`` has not completed the row.

        NOT IN, whose set is hashed once: as an anti-join, a plan made before the statistics know of a
        learner compares every earlier step with every completion.
        """
        return (
            f"{alias}.id NOT IN (SELECT done.{self.completed_column} "
            f"FROM {self.completions} done WHERE done.user_id = %(user)s)"
        )

    def completion_of(self, alias: str) -> str:
        """SQL: a lateral join that adds the learner's completion of the row as ``mine``, if any.

        LIMIT keeps it a look-up per row, for the same reason.
        """
        return (
            f"LEFT JOIN LATERAL (SELECT done.completed_at FROM {self.completions} done "
            f"WHERE done.user_id = %(user)s AND done.{self.completed_column} = {alias}.id LIMIT 1"
            ") mine ON true"
        )


VIDEO: Final = StepKind(
    name="video",
    table="sub_course_videos",
    parent_column="sub_course_id",
    condition="{0}.deleted IS NULL",
    completions="user_sub_course_video_progress",
    completed_column="video_id",
)
PRACTICE: Final = StepKind(
    name="practice",
    table="question_sets",
    parent_column="owner_id",
    condition="{0}.deleted IS NULL AND {0}.set_type = 'PRACTICE' AND {0}.owner_type = 'SUB_COURSE'",
    completions="user_practice_progress",
    completed_column="question_set_id",
)


def blocking_sql(kind: StepKind, step: str, completed_at: str) -> str:
    """SQL for one step: what is still to complete before it as ``[{type, id, title}]``, or null.

    Args:
        step: alias of the step's row.
        completed_at: expression, not null when the learner has completed the step.
    """
    return f"""
        CASE WHEN %(sequential)s AND {completed_at} IS NULL THEN (
            SELECT json_agg(
                json_build_object('type', '{kind.name}', 'id', e.id, 'title', e.title)
                ORDER BY e.display_order, e.id
            )
            FROM {kind.table} e
            WHERE e.{kind.parent_column} = {step}.{kind.parent_column} AND {kind.published("e")}
              AND (e.display_order, e.id) < ({step}.display_order, {step}.id)
              AND {kind.incomplete("e")}
        ) END
    """


def locked_sql(step: str, completed_at: str, partition: str) -> str:
    """SQL for all steps of a list at once: the same rule as ``blocking_sql``, as a window.

    Args:
        step: alias of the steps' rows, which must be all live ones of each list.
        completed_at: expression, not null when the learner has completed the row.
        partition: column that tells the lists apart.
    """
    return f"""
        (%(sequential)s AND {completed_at} IS NULL AND count(*) FILTER (
            WHERE {step}.status = 'PUBLISHED' AND {completed_at} IS NULL
        ) OVER (
            PARTITION BY {partition} ORDER BY {step}.display_order, {step}.id
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) > 0)
    """


def visible_step_sql(kind: StepKind, columns: str) -> str:
    """SQL: one step with the caller's completion, if they may know of it.

    Learners know of published steps in active surroundings; staff of every live step. The rows carry
    ``completed_at`` and ``blocking`` after ``columns`` (of alias ``i``).
    """
    return f"{_step_sql(kind, columns)} AND {_is_visible(kind)}"


def completable_step_sql(kind: StepKind, columns: str) -> str:
    """SQL: the same, and ``is_visible`` at the end; also of a step that the caller has completed before.

    What was accepted once is accepted when it is repeated, whatever staff have done to the step since.
    """
    visible = _is_visible(kind)
    step = _step_sql(kind, columns, more=f", {visible} AS is_visible", join="LEFT JOIN")
    return f"{step} AND ({visible} OR mine.completed_at IS NOT NULL)"


def _step_sql(kind: StepKind, columns: str, *, more: str = "", join: str = "JOIN") -> str:
    return f"""
        SELECT {columns}, mine.completed_at, {blocking_sql(kind, "i", "mine.completed_at")} AS blocking{more}
        FROM {kind.table} i
        {join} sub_courses s ON s.id = i.{kind.parent_column}
        {join} courses c ON c.id = s.course_id
        {join} course_categories k ON k.id = c.category_id
        {kind.completion_of("i")}
        WHERE i.id = %(id)s AND {SHARED_CONTENT_SQL.format(alias="i")}
    """


def _is_visible(kind: StepKind) -> str:
    return f"""(
        {kind.live("i")} AND s.deleted IS NULL AND c.deleted IS NULL AND k.deleted IS NULL
        AND (%(sees_drafts)s OR (i.status = 'PUBLISHED' AND s.is_active AND c.is_active AND k.is_active))
    )"""


def caller_parameters(user: User) -> dict[str, Any]:
    """Return what the statements of this module need to know of the caller and the active scope."""
    return {
        "user": user.pk,
        "sequential": not user.is_staff_member,
        "sees_drafts": user.is_staff_member,
        **shared_content_parameters(),
    }


def locked(blocking: list[dict[str, Any]]) -> RefusedError:
    """Return the refusal that names what is still to complete."""
    return RefusedError(
        _("Complete what comes before this first."), code="locked", meta={"blocking": blocking}
    )


_VIDEO_COLUMNS: Final = (
    "id",
    "sub_course_id",
    "title",
    "description",
    "video_url",
    "duration_seconds",
    "display_order",
    "status",
)
_OPEN_VIDEO: Final = visible_step_sql(VIDEO, ", ".join(f"i.{column}" for column in _VIDEO_COLUMNS))
_CHECK_PRACTICE: Final = visible_step_sql(PRACTICE, "i.id")


def open_video(*, user: User, video_id: int) -> dict[str, Any]:
    """Return a video's fields, unlock check included, in one statement.

    Raises:
        NotFoundError: no such video for this caller.
        RefusedError: ``locked``, naming the videos still to complete.
    """
    *values, _completed_at, blocking = _fetch_step(_OPEN_VIDEO, user, video_id)
    if blocking:
        raise locked(blocking)
    return dict(zip(_VIDEO_COLUMNS, values, strict=True))


def check_practice_open(*, user: User, question_set_id: int) -> None:
    """Refuse the content of a practice that is still locked.

    Raises:
        NotFoundError: no such practice for this caller.
        RefusedError: ``locked``, naming the practices still to complete.
    """
    *_values, blocking = _fetch_step(_CHECK_PRACTICE, user, question_set_id)
    if blocking:
        raise locked(blocking)


def _fetch_step(sql: str, user: User, step_id: int) -> tuple[Any, ...]:
    with prepared_cursor() as cursor:
        cursor.execute(sql, {"id": step_id, **caller_parameters(user)})
        row: tuple[Any, ...] | None = cursor.fetchone()
    if row is None:
        raise NotFoundError
    return row
