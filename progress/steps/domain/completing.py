"""Recording that a learner has finished a step, in one statement."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from uuid_utils.compat import uuid7

from accounts.models import User
from accounts.rights.remembered import CALLER, fetch_for
from learning.tree.levels import TreeLevel
from progress.steps.completions import Step, all_steps, step_of
from progress.steps.domain.sequence import caller_parameters, completable_step_sql, locked
from tenancy.errors import NotFoundError
from tenancy.facts import Upsert
from tenancy.sql import write


@dataclass(frozen=True, slots=True)
class Completed:
    """When a step was finished for the first time, and the step to take next.

    Attributes:
        next_step: ``{type, id, title}`` of the first incomplete step of the same level in the sub-course,
            else of the others; ``None`` when the sub-course is done, or the step is none of it any more.
    """

    completed_at: datetime
    next_step: dict[str, Any] | None


def _first_incomplete_sql(step: Step, *, but: str = "true") -> str:
    level = step.level
    return f"""(
        SELECT json_build_object('type', '{step.name}', 'id', n.id, 'title', n.title)
        FROM {level.table} n
        WHERE n.{level.parent_column} = item.sub_course_id AND {level.published("n")} AND {but}
          AND {step.incomplete("n")}
        ORDER BY n.display_order, n.id LIMIT 1
    )"""


@cache
def _upsert(step: Step) -> Upsert:
    column = step.completed_column
    return Upsert(
        step.completions,
        {
            "id": "%(completion)s",
            "user_id": "%(user)s",
            "organization_id": "%(organization)s",
            column: "%(id)s",
        },
        conflict=f"user_id, {column}",
        # Only a double click comes here; the first time stays.
        update="completed_at = p.completed_at",
        columns={"completed_at": "timestamptz"},
    )


@cache
def _complete_sql(step: Step) -> str:
    columns = f"i.id, i.{step.level.parent_column} AS sub_course_id"
    # COALESCE looks for a step of another level only where there is none of this one.
    following = [
        _first_incomplete_sql(step, but="n.id <> item.id"),
        *(_first_incomplete_sql(other) for other in all_steps() if other is not step),
    ]
    saved = _upsert(step).where_there_is("item", "item.completed_at IS NULL AND item.blocking IS NULL")
    return f"""
        WITH {CALLER}, item AS MATERIALIZED ({completable_step_sql(step, columns)}), saved AS ({saved})
        SELECT item.blocking, COALESCE(item.completed_at, saved.completed_at),
            CASE WHEN item.is_visible THEN COALESCE({", ".join(following)}) END
        FROM item LEFT JOIN saved ON true
    """


def complete_step(*, user: User, level: TreeLevel, step_id: int) -> Completed:
    """Record that ``user`` has finished a step; a repeat writes nothing and keeps the first time.

    It is accepted whatever has become of the step, or of those before it.

    Raises:
        NotFoundError: no such step for this caller.
        RefusedError: ``locked``, an earlier published step of the sub-course is not complete yet.
    """
    parameters = {
        "id": step_id,
        "completion": uuid7(),
        "organization": user.organization_id,
        **caller_parameters(user),
    }
    row = fetch_for(user, _complete_sql(step_of(level)), parameters)
    if row is None:
        raise NotFoundError
    blocking, completed_at, next_step = row
    if blocking:
        raise locked(blocking)
    if completed_at is None:
        (completed_at,) = write(_upsert(step_of(level)), parameters)
    return Completed(completed_at, next_step)
