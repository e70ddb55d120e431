"""What a change of the tree means for learners who are in the middle of it.

Who is where in the sequence is known to the app that keeps completions; it contributes an
``ImpactOnLearners`` when it starts, and the tree asks that before a change.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol
from uuid import UUID

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model

from learning.tree.levels import TreeLevel


@dataclass(frozen=True, slots=True)
class AskedStep:
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
    asked: tuple[AskedStep, ...] = ()


class ImpactOnLearners(Protocol):
    """Tells what changes mean for learners; numbers only, of the whole organization (decision 11)."""

    def on_steps(
        self,
        *,
        level: TreeLevel,
        parent_id: int,
        after: Sequence[int],
        switched: int | None = None,
        published: bool = False,
    ) -> Impact:
        """Return what it means that the live steps of a list will be ``after``.

        Args:
            after: ids in the order to come; what leaves the list is missing, what joins it is there.
            switched: a step that will be ``published`` or not; the others stay as they are.
        """

    def on_lists(
        self, *, level: TreeLevel, changes: Sequence[tuple[Sequence[int], Sequence[int]]]
    ) -> list[Impact]:
        """Return what it means for each of several lists that its published steps change.

        Args:
            changes: of each list the ids in order, as they were and as they are then.
        """

    def below(self, *, model: type[Model], pks: Sequence[int | UUID]) -> Impact:
        """Return how many learners have completed something below rows of the tree, of one level."""


_CONTRIBUTED: Final[list[ImpactOnLearners]] = []


def contribute(impact: ImpactOnLearners) -> None:
    """Say who knows what changes mean for learners; called once, when its app starts."""
    _CONTRIBUTED[:] = [impact]


def impact_on_learners() -> ImpactOnLearners:
    """Return what was contributed.

    Raises:
        ImproperlyConfigured: nothing was: no change must pass for harmless because nobody was asked.
    """
    if not _CONTRIBUTED:
        raise ImproperlyConfigured("No app says what changes of the tree mean for learners.")
    return _CONTRIBUTED[0]
