"""The one rule of sequence, for every level of steps.

A step is **locked** for a learner while some earlier published live step of the same level and sub-course
is not completed by them; one they have completed stays open. Earlier means before in
``(display_order, id)`` as it is now. Source: document 004, sections 8 and 9.

Staff make exceptions for one learner (``progress.steps.domain.exceptions``): a step that is **waived** is
open and holds nothing up, as if it were completed, which it is not; one that is **unlocked** is open until a
moment, and those after it still wait for it.

The rule is SQL: ``blocking_sql`` for one step, ``states_sql`` for all steps of a course. It
is part of the statement that reads or completes the step, so no answer rests on an older look.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.rights.remembered import CALLER, fetch_for
from learning.tree.domain.levels import VIDEOS
from learning.tree.levels import TreeLevel, surroundings
from progress.steps.completions import Step, step_of
from tenancy.conditions import in_scope_sql, shared_parameters
from tenancy.errors import NotFoundError, RefusedError
from tenancy.scope import PLATFORM_ID


def blocking_sql(kind: Step, step: str, completed_at: str) -> str:
    """SQL for one step: what is still to complete before it as ``[{type, id, title}]``, or null.

    Args:
        step: alias of the step's row.
        completed_at: expression, not null when the learner has completed the step.
    """
    return f"""
        CASE WHEN %(sequential)s AND {completed_at} IS NULL
            AND NOT ({kind.waived(step)} OR {kind.unlocked(step)}) THEN (
            SELECT json_agg(
                json_build_object('type', '{kind.name}', 'id', e.id, 'title', e.title)
                ORDER BY e.display_order, e.id
            )
            FROM {kind.level.table} e
            WHERE e.{kind.level.parent_column} = {step}.{kind.level.parent_column}
              AND {kind.level.published("e")}
              AND (e.display_order, e.id) < ({step}.display_order, {step}.id)
              AND {kind.incomplete("e")}
        ) END
    """


def states_sql(kind: Step, source: str) -> str:
    """SQL for all steps of a course at once: the same rule as ``blocking_sql``, as a window.

    A row for each step: ``id``, ``is_completed``, ``is_locked``, ``is_waived``, ``unlocked_until``.

    Args:
        source: what stands after FROM, with the steps as ``i``: all live ones of each list.
    """
    return f"""
        SELECT id, is_completed, is_waived, unlocked_until,
            %(sequential)s AND is_to_do AND unlocked_until IS NULL
            AND count(*) FILTER (WHERE status = 'PUBLISHED' AND is_to_do) OVER (
                PARTITION BY parent_id ORDER BY display_order, id
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ) > 0 AS is_locked
        FROM (
            SELECT *, NOT (is_completed OR is_waived) AS is_to_do FROM (
                SELECT i.id, i.{kind.level.parent_column} AS parent_id, i.display_order, i.status,
                    {kind.completed("i")} AS is_completed, {kind.waived("i")} AS is_waived,
                    {kind.unlocked_until("i")} AS unlocked_until
                FROM {source}
                -- Each state is found once for a step, and not wherever it is named above.
                OFFSET 0
            ) found
        ) steps
    """


def visible_step_sql(kind: Step, columns: str) -> str:
    """SQL: one step with the caller's completion, if they may know of it.

    Learners know of published steps in active surroundings; staff of every live step. The rows carry
    ``completed_at`` and ``blocking`` after ``columns`` (of alias ``i``).
    """
    return f"WITH {CALLER} {_step_sql(kind, columns)} AND {_is_visible(kind)}"


def completable_step_sql(kind: Step, columns: str) -> str:
    """SQL: the same, and ``is_visible`` at the end; also of a step that the caller has completed before.

    What was accepted once is accepted when it is repeated, whatever staff have done to the step since.
    """
    visible = _is_visible(kind)
    step = _step_sql(kind, columns, more=f", {visible} AS is_visible", join="LEFT JOIN")
    return f"{step} AND ({visible} OR mine.completed_at IS NOT NULL)"


def _step_sql(kind: Step, columns: str, *, more: str = "", join: str = "JOIN") -> str:
    return f"""
        SELECT {columns}, mine.completed_at, {blocking_sql(kind, "i", "mine.completed_at")} AS blocking{more}
        FROM {kind.level.table} i {surroundings(kind.level, "i", join).joins} {kind.completion_of("i")}
        WHERE i.id = %(id)s AND {in_scope_sql("i")} AND EXISTS (SELECT FROM caller)
    """


def _is_visible(kind: Step) -> str:
    above = surroundings(kind.level, "i")
    return f"""(
        {kind.level.live("i")} AND {above.live}
        AND (%(sees_drafts)s OR ({kind.level.published("i")} AND {above.published}))
    )"""


def caller_parameters(user: User) -> dict[str, Any]:
    """Return what the statements of this module need to know of the caller and the active scope."""
    return {
        "user": user.pk,
        "sequential": not user.is_staff_member,
        "sees_drafts": user.is_staff_member,
        **shared_parameters(),
    }


def locked(blocking: list[dict[str, Any]]) -> RefusedError:
    """Return the refusal that names what is still to complete."""
    return RefusedError(_("Complete the earlier steps first."), code="locked", meta={"blocking": blocking})


_VIDEO_COLUMNS: Final = (
    "id",
    "sub_course_id",
    "title",
    "description",
    "video_url",
    "duration_seconds",
    "display_order",
    "status",
    "organization_id",
    "revision",
)


@cache
def _open_video_sql() -> str:
    return visible_step_sql(step_of(VIDEOS), ", ".join(f"i.{column}" for column in _VIDEO_COLUMNS))


@cache
def _check_sql(level: TreeLevel) -> str:
    return visible_step_sql(step_of(level), "i.id")


def open_video(*, user: User, video_id: int) -> dict[str, Any]:
    """Return a video's fields, unlock check included, in one statement.

    Raises:
        NotFoundError: no such video for this caller.
        RefusedError: ``locked``, naming the videos still to complete.
    """
    *values, _completed_at, blocking = _fetch_step(_open_video_sql(), user, video_id)
    if blocking:
        raise locked(blocking)
    fields = dict(zip(_VIDEO_COLUMNS, values, strict=True))
    fields["is_shared"] = fields.pop("organization_id") == PLATFORM_ID
    return fields


def check_open(*, user: User, level: TreeLevel, step_id: int) -> None:
    """Refuse the content of a step that is still locked.

    Raises:
        NotFoundError: no such step for this caller.
        RefusedError: ``locked``, naming the steps still to complete.
    """
    *_values, blocking = _fetch_step(_check_sql(level), user, step_id)
    if blocking:
        raise locked(blocking)


def _fetch_step(sql: str, user: User, step_id: int) -> tuple[Any, ...]:
    row = fetch_for(user, sql, {"id": step_id, **caller_parameters(user)})
    if row is None:
        raise NotFoundError
    return row


def is_shown(*, to: User, level: TreeLevel, step_id: int) -> bool:
    """Whether ``to``, as a learner, may know of a step: it is published, and so is all above it."""
    as_learner = {**caller_parameters(to), "sequential": True, "sees_drafts": False}
    return fetch_for(to, _check_sql(level), {"id": step_id, **as_learner}) is not None


@dataclass(frozen=True, slots=True)
class StepState:
    """A step as it is for one learner.

    Attributes:
        is_published: the step by itself; ``surroundings_published``: all that it stands in.
        is_visible: whether they may know of it.
        blocking: what is still to do before it, as ``[{type, id, title}]``.
    """

    title: str
    is_published: bool
    surroundings_published: bool
    is_visible: bool
    completed_at: datetime | None
    is_waived: bool
    unlocked_until: datetime | None
    blocking: list[dict[str, Any]] | None


@cache
def _state_sql(kind: Step) -> str:
    above = surroundings(kind.level, "i")
    return f"""
        SELECT i.title, {kind.level.published("i")}, {above.published}, {_is_visible(kind)},
            mine.completed_at, {kind.waived("i")}, {kind.unlocked_until("i")},
            {blocking_sql(kind, "i", "mine.completed_at")}
        FROM {kind.level.table} i {above.joins} {kind.completion_of("i")}
        WHERE i.id = %(id)s AND {in_scope_sql("i")} AND {kind.level.live("i")} AND {above.live}
    """


def state_of(*, user: User, level: TreeLevel, step_id: int) -> StepState:
    """Return everything that decides whether a step is open to ``user``. One statement.

    Raises:
        NotFoundError: in the active scope there is no such step, published or not.
    """
    return StepState(*_fetch_step(_state_sql(step_of(level)), user, step_id))
