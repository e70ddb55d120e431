"""What rows of the tree show besides their lists, and whither they lead: contributed by the apps above."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Final

from django.db import models

from accounts.models import User


@dataclass(frozen=True, slots=True)
class Beside:
    """A row that stands in a branch by itself: it is not put in order, moved or deleted there.

    Attributes:
        label: what it is.
        anchor: its name on the page.
    """

    label: str
    title: str
    url: str
    anchor: str
    status_label: str
    is_published: bool
    counts: str


Reader = Callable[[User, Collection[int]], dict[int, list[Beside]]]

_BESIDE: Final[dict[type[models.Model], Reader]] = {}
_AS_LEARNER: Final[dict[type[models.Model], Callable[[Any], str]]] = {}


def contribute(model: type[models.Model], read: Reader) -> None:
    """Say what stands in the branches of a model; called when an app starts.

    Args:
        read: returns it by the ids of rows, for one person, in one statement.
    """
    _BESIDE[model] = read


def contribute_view(model: type[models.Model], address_of: Callable[[Any], str]) -> None:
    """Say where one sees a row of a model as learners do; called when an app starts."""
    _AS_LEARNER[model] = address_of


def beside(model: type[models.Model], user: User, pks: Collection[int]) -> dict[int, list[Beside]]:
    """Return what stands in the branches of rows."""
    read = _BESIDE.get(model)
    return read(user, pks) if read and pks else {}


def address_as_learner(row: Any) -> str:
    """Return where one sees a row as learners do; empty for none."""
    address_of = _AS_LEARNER.get(type(row))
    return address_of(row) if address_of else ""
