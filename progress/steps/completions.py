"""Where completions are kept, for every level of the tree that learners complete row by row.

This is all that ``progress`` says of a step: what it is, where it stands and in which order it comes is said
by its level (``learning.tree.levels``).
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Final, cast

from django.core.exceptions import ImproperlyConfigured

from accounts.privacy import holdings
from learning.tree import levels
from learning.tree.levels import TreeLevel
from progress.steps.models import Completion, ExceptionKind, StepException
from tenancy.facts import Facts


@dataclass(frozen=True, eq=False)
class Step:
    """A level of steps, and where their completions are."""

    level: TreeLevel
    model: type[Completion]

    @property
    def name(self) -> str:
        """What clients call one of them."""
        return self.level.step

    @property
    def completions(self) -> str:
        """The table of completions."""
        return self.model._meta.db_table

    @property
    def completed_column(self) -> str:
        """The column of that table with the id of what was completed."""
        return cast(str, self.model._meta.get_field(self.model.step).column)  # type: ignore[union-attr]

    @cached_property
    def done(self) -> Facts:
        """What the learner ``%(user)s`` has completed."""
        columns = {self.completed_column: "bigint", "completed_at": "timestamptz"}
        return Facts(self.completions, self.completions, columns)

    def incomplete(self, alias: str) -> str:
        """SQL: the learner ``%(user)s`` still has the row to do: it is neither completed nor waived.

        NOT IN, whose set is hashed once: as an anti-join, a plan made before the statistics know of a
        learner compares every earlier step with every completion.
        """
        return (
            f"{alias}.id NOT IN (SELECT done.{self.completed_column} "
            f"FROM {self.done.rows('done')} "
            f"UNION ALL {self._excepted(ExceptionKind.WAIVE)})"
        )

    def completion_of(self, alias: str) -> str:
        """SQL: a join that adds the learner's completion of the row as ``mine``, if any."""
        return self.done.one("mine", self.completed_column, f"{alias}.id")

    def completed(self, alias: str) -> str:
        """SQL: the learner has completed the row; for many rows, as the set is hashed once."""
        return f"{alias}.id IN (SELECT done.{self.completed_column} FROM {self.done.rows('done')})"

    def waived(self, alias: str) -> str:
        """SQL: the learner need not do the row."""
        return f"{alias}.id IN ({self._excepted(ExceptionKind.WAIVE)})"

    def unlocked(self, alias: str) -> str:
        """SQL: the row is open to the learner for some time, whatever comes before it."""
        return f"{alias}.id IN ({self._excepted(ExceptionKind.UNLOCK)} AND given.until > {_NOW})"

    def unlocked_until(self, alias: str) -> str:
        """SQL: until when the row is open so, or null."""
        until = self._excepted(ExceptionKind.UNLOCK, "given.until")
        return f"CASE WHEN {self.unlocked(alias)} THEN ({until} AND given.step_id = {alias}.id) END"

    def _excepted(self, kind: ExceptionKind, column: str = "given.step_id") -> str:
        # Read as a set: it is empty for nearly everybody, and looked at once for all steps of a path.
        return (
            f"SELECT {column} FROM {EXCEPTIONS} given WHERE given.user_id = %(user)s "
            f"AND given.step_type = '{self.name}' AND given.kind = '{kind}' AND given.ended_at IS NULL"
        )


EXCEPTIONS: Final = StepException._meta.db_table
_NOW: Final = "statement_timestamp()"
_MODELS: Final[dict[type, type[Completion]]] = {}
_STEPS: Final[dict[TreeLevel, Step]] = {}


def record_in(*models: type[Completion]) -> None:
    """Say where completions are kept; called by the app that owns the models, when it starts.

    They are held of a person as well, for exports and erasures.
    """
    for model in models:
        _MODELS[cast(type, model._meta.get_field(model.step).related_model)] = model
        holdings.contribute(holdings.Holding(model, holdings.by("user")))


def step_of(level: TreeLevel) -> Step:
    """Return what is known of the steps of a level.

    Raises:
        ImproperlyConfigured: nobody says where their completions are kept.
    """
    if level not in _STEPS:
        if level.model not in _MODELS:
            raise ImproperlyConfigured(f"{level.name!r} are steps, but no model keeps their completions.")
        _STEPS[level] = Step(level, _MODELS[level.model])
    return _STEPS[level]


def all_steps() -> list[Step]:
    """Return what is known of every level of steps."""
    return [step_of(level) for level in levels.steps()]
