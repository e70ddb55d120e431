"""The levels of the tree, with what it takes to arrange each: the rule of order, the keys, the sequence."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from uuid import UUID

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from learning.models import Status
from learning.tree.domain import ordering, structure
from learning.tree.domain.ordering import SiblingKind
from progress.steps.domain.sequence import PRACTICE, VIDEO, StepKind
from quizzes.sets.domain import siblings as practices
from quizzes.sets.domain.question_sets import change_question_set
from tenancy.models import Organization


@dataclass(frozen=True, slots=True)
class TreeLevel:
    """A level of the tree as staff arrange it.

    Attributes:
        siblings: what is put in order.
        resource: the first half of the keys to read, add and change these rows.
        order_resource: the first half of the key to put them in order.
        change: saves new values on a row, by the rules of its kind.
        singular, plural: what people call these rows.
        above: the name of the level they stand in, empty at the top.
        step: how learners take these rows, where they do one by one.
    """

    siblings: SiblingKind
    resource: str
    order_resource: str
    change: Callable[..., Any]
    singular: str | Promise
    plural: str | Promise
    above: str = ""
    step: StepKind | None = None

    @property
    def name(self) -> str:
        """What paths and records call it."""
        return self.siblings.name

    @property
    def model(self) -> Any:
        """The model of the rows."""
        return self.siblings.model

    @property
    def parent_model(self) -> type[models.Model]:
        """The model of what they stand in."""
        related: Any = self.model._meta.get_field(self.siblings.parent).related_model
        return related  # type: ignore[no-any-return]

    @property
    def reorder_key(self) -> str:
        """The key to put them in order, and to move them elsewhere."""
        return f"{self.order_resource}.reorder"

    @property
    def update_key(self) -> str:
        """The key to publish them."""
        return f"{self.resource}.update"

    def rows(self) -> Any:
        """Return the live rows of the scope in order, list after list."""
        rows = self.model.objects.order_by(f"{self.siblings.parent}_id", "display_order", "pk")
        return rows.filter(set_type=self.siblings.set_type) if self.siblings.set_type else rows

    def parents_in(self, organization_id: Any) -> Any:
        """Return what rows of an organization may be moved to: nothing at the top of the tree."""
        parents: Any = self.parent_model._default_manager
        if self.parent_model is Organization:
            return parents.none()
        return parents.writable().filter(organization_id=organization_id)

    def ids_below(self, parent: int | UUID) -> list[int]:
        """Return the ids of the live siblings under a parent, in order."""
        rows = self.siblings.siblings_of(parent).order_by("display_order", "pk")
        return list(rows.values_list("pk", flat=True))

    def parent_of(self, row: Any) -> Any:
        """Return the id of what a row stands in."""
        return getattr(row, f"{self.siblings.parent}_id")

    def is_published(self, row: Any) -> bool:
        """Whether learners see a row, given that they see what it stands in."""
        return bool(row.status == Status.PUBLISHED if self.step else row.is_active)


def _of_tree(kind: SiblingKind, resource: str, above: str = "", step: StepKind | None = None) -> TreeLevel:
    options = kind.model._meta
    return TreeLevel(
        siblings=kind,
        resource=resource,
        order_resource=resource,
        change=partial(structure.change, kind=kind),
        singular=options.verbose_name or "",
        plural=options.verbose_name_plural or "",
        above=above,
        step=step,
    )


CATEGORIES: Final = _of_tree(ordering.CATEGORIES, "course_categories")
COURSES: Final = _of_tree(ordering.COURSES, "courses", CATEGORIES.name)
SUB_COURSES: Final = _of_tree(ordering.SUB_COURSES, "subcourses", COURSES.name)
VIDEOS: Final = _of_tree(ordering.VIDEOS, "videos", SUB_COURSES.name, VIDEO)
PRACTICES: Final = TreeLevel(
    siblings=practices.PRACTICES,
    resource="question_sets",
    order_resource="practices",
    change=change_question_set,
    singular=_("practice"),
    plural=_("practices"),
    above=SUB_COURSES.name,
    step=PRACTICE,
)
LEVELS: Final = {level.name: level for level in (CATEGORIES, COURSES, SUB_COURSES, VIDEOS, PRACTICES)}
"""The levels by name, from the top."""


def levels_below(name: str) -> list[TreeLevel]:
    """Return the levels whose lists stand below a row of a level."""
    return [level for level in LEVELS.values() if level.above == name]
