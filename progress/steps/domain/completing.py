"""Recording that a learner has finished a step, in one statement."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from uuid_utils.compat import uuid7

from accounts.models import User
from progress.steps.domain.sequence import (
    PRACTICE,
    VIDEO,
    StepKind,
    caller_parameters,
    completable_step_sql,
    locked,
)
from tenancy.errors import NotFoundError
from tenancy.sql import prepared_cursor


@dataclass(frozen=True, slots=True)
class Completed:
    """When a step was finished for the first time, and the step to take next.

    Attributes:
        next_step: ``{type, id, title}`` of the first incomplete step of the same kind in the sub-course,
            else of the other kind; ``None`` when the sub-course is done,
            or the step is none of it any more.
    """

    completed_at: datetime
    next_step: dict[str, Any] | None


def _first_incomplete_sql(kind: StepKind, rank: int, *, but: str = "true") -> str:
    return f"""(
        SELECT {rank} AS rank, json_build_object('type', '{kind.name}', 'id', n.id, 'title', n.title) AS step
        FROM {kind.table} n
        WHERE n.{kind.parent_column} = item.sub_course_id AND {kind.published("n")} AND {but}
          AND {kind.incomplete("n")}
        ORDER BY n.display_order, n.id LIMIT 1
    )"""


def _complete_sql(kind: StepKind, other: StepKind) -> str:
    columns = f"i.id, i.{kind.parent_column} AS sub_course_id"
    return f"""
        WITH item AS MATERIALIZED ({completable_step_sql(kind, columns)}),
        saved AS (
            INSERT INTO {kind.completions} (id, user_id, organization_id, {kind.completed_column})
            SELECT %(completion)s, %(user)s, %(organization)s, item.id
            FROM item WHERE item.completed_at IS NULL AND item.blocking IS NULL
            -- Only a double click comes here; the first time stays.
            ON CONFLICT (user_id, {kind.completed_column})
            DO UPDATE SET completed_at = {kind.completions}.completed_at
            RETURNING completed_at
        )
        SELECT item.blocking, COALESCE(item.completed_at, saved.completed_at), following.step
        FROM item
        LEFT JOIN saved ON true
        LEFT JOIN LATERAL (
            SELECT candidate.step FROM (
                {_first_incomplete_sql(kind, 0, but="n.id <> item.id")}
                UNION ALL
                {_first_incomplete_sql(other, 1)}
            ) candidate
            ORDER BY candidate.rank LIMIT 1
        ) following ON item.is_visible
    """


_COMPLETE: Final = {
    VIDEO: _complete_sql(VIDEO, PRACTICE),
    PRACTICE: _complete_sql(PRACTICE, VIDEO),
}


def complete_video(*, user: User, video_id: int) -> Completed:
    """Record that ``user`` has finished a video; a repeat writes nothing and keeps the first time.

    It is accepted whatever has become of the video, or of those before it.

    Raises:
        NotFoundError: no such video for this caller.
        RefusedError: ``locked``, an earlier published video of the sub-course is not complete yet.
    """
    return _complete(VIDEO, user, video_id)


def complete_practice(*, user: User, question_set_id: int) -> Completed:
    """Record that ``user`` has finished a practice; a repeat writes nothing and keeps the first time.

    It is accepted whatever has become of the practice, or of those before it.

    Raises:
        NotFoundError: no such practice for this caller; an entry assessment is not one.
        RefusedError: ``locked``, an earlier published practice of the sub-course is not complete yet.
    """
    return _complete(PRACTICE, user, question_set_id)


def _complete(kind: StepKind, user: User, step_id: int) -> Completed:
    parameters = {
        "id": step_id,
        "completion": uuid7(),
        "organization": user.organization_id,
        **caller_parameters(user),
    }
    with prepared_cursor() as cursor:
        cursor.execute(_COMPLETE[kind], parameters)
        row = cursor.fetchone()
    if row is None:
        raise NotFoundError
    blocking, completed_at, next_step = row
    if blocking:
        raise locked(blocking)
    return Completed(completed_at, next_step)
