"""Publishing everything below a row of the tree that learners could do something with."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext as _

from learning.models import Status
from learning.tree.domain import learner_guard
from learning.tree.domain.arranging import change_row, find
from learning.tree.levels import TreeLevel, levels_below
from tenancy.errors import ConflictError
from tenancy.sql import atomic_again

MOST_AT_ONCE: Final = 500


@dataclass(slots=True)
class Published:
    """What was published, and what could not be.

    Attributes:
        unready: why, one sentence for each draft that stays one.
    """

    rows: list[tuple[TreeLevel, Any]] = field(default_factory=list)
    unready: list[str] = field(default_factory=list)


@atomic_again
def publish_ready(*, level: TreeLevel, pk: int, confirmed: bool = False) -> Published:
    """Publish the drafts below a row that are ready, and what they stand in; what is archived stays.

    Raises:
        ConfirmationRequired: learners would go on with another step than now.
        NotFoundError: there is no such row in the scope.
        RefusedError: ``shared_content``.
        ConflictError: ``too_many_rows``.
    """
    found = Published()
    _collect(level, {find(level, pk).pk}, found)
    if len(found.rows) > MOST_AT_ONCE:
        raise ConflictError(
            _("At most %(number)d at once: publish a part of it.") % {"number": MOST_AT_ONCE},
            code="too_many_rows",
        )
    kinds = dict.fromkeys(below for below, _row in found.rows)
    groups = [[row for below, row in found.rows if below is kind] for kind in kinds]
    with learner_guard.confirmed(confirmed), learner_guard.asked_about_each(groups):
        for below, row in found.rows:
            change_row(below, row, {"status": Status.PUBLISHED})
    return found


def _collect(level: TreeLevel, parents: Collection[int], found: Published) -> set[int]:
    """Note what is to be published below rows of a level; return those below which learners see something."""
    filled: set[int] = set()
    for below in levels_below(level) if parents else ():
        rows = list(below.in_order().filter(**{f"{below.parent}__in": parents}))
        if below.step:
            shown = {row.pk for row in rows if row.status == Status.PUBLISHED}
            for row in rows:
                if row.status != Status.DRAFT:
                    continue
                if reason := below.unready(row):
                    found.unready.append(str(reason) % {"title": row})
                else:
                    found.rows.append((below, row))
                    shown.add(row.pk)
        else:
            kept = {row.pk for row in rows if row.status != Status.ARCHIVED}
            shown = _collect(below, kept, found)
            found.rows += [(below, row) for row in rows if row.pk in shown and row.status == Status.DRAFT]
        filled |= {below.parent_of(row) for row in rows if row.pk in shown}
    return filled
