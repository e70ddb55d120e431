"""Writing in the tree itself: a title makes a draft, is written anew, or goes with everything below it."""

from typing import Final
from uuid import UUID

from django.utils.text import capfirst, get_text_list
from django.utils.translation import gettext as _

from learning.models import Content
from learning.tree.domain import learner_guard, structure
from learning.tree.domain.arranging import change_row, find
from learning.tree.domain.learner_guard import ConfirmationRequired, question_about_deleting
from learning.tree.domain.versions import changed_by
from learning.tree.impact import Impact
from learning.tree.levels import SiblingKind, TreeLevel, kinds
from tenancy.errors import InvalidError, StaleError
from tenancy.models import Organization
from tenancy.scope import may_write_in
from tenancy.sql import atomic_again

LONGEST: Final = 200


@atomic_again
def write(*, level: TreeLevel, parent_id: int | UUID, title: str) -> Content:
    """Add a row that has nothing but a title yet, at the end of a list; learners do not see it.

    Args:
        title: the line as it was typed; what a level reads beside the title is said by its ``written``.

    Raises:
        InvalidError: ``does_not_exist``, there is no such parent that the scope may change; ``max_length``.
        ValidationError: what was typed beside the title is not what it has to be.
    """
    structure.check_content_scope()
    if level.parent_model is Organization and not may_write_in(UUID(str(parent_id))):
        raise structure.no_such_parent(level)
    values = level.written(title)
    if len(values["title"]) > LONGEST:
        raise InvalidError(
            _("A title has at most %(number)d characters.") % {"number": LONGEST},
            code="max_length",
            attr="title",
        )
    row = level.model(
        **{f"{level.parent}_id": parent_id, "display_order": None},
        **values,
        **level.narrowing,
        **level.blank(level.siblings_of(parent_id).order_by("display_order", "pk")),
    )
    return structure.add(item=row, kind=level)


@atomic_again
def rename(*, level: TreeLevel, pk: int, title: str, was: str) -> Content:
    """Write the title of a row anew.

    Args:
        was: the title that the person had before them.

    Raises:
        NotFoundError: there is no such row in the scope.
        RefusedError: ``shared_content``.
        StaleError: somebody else has given it another title meanwhile.
    """
    row = find(level, pk)
    if row.title not in (was, title):
        raise StaleError(
            _("It is now called “%(title)s”.") % {"title": row.title},
            meta={"changed_by": changed_by(row), "changed_at": row.updated_at, "title": row.title},
        )
    return change_row(level, row, {"title": title}, seen={row.revision})


@atomic_again
def remove(*, level: SiblingKind, pk: int, confirmed: bool = False) -> None:
    """Hide a row and everything below it; it can be restored.

    Raises:
        ConfirmationRequired: always, unless confirmed: it says what goes with it and whom that moves.
        NotFoundError: there is no such row in the scope.
        RefusedError: ``shared_content``.
    """
    row = find(level, pk)
    if not confirmed:
        raise ConfirmationRequired(" ".join(filter(None, _about_removing(row))), Impact(0))
    with learner_guard.confirmed():
        structure.delete(item=row)


def _about_removing(row: Content) -> list[str]:
    below = structure.count_below(row)
    counted = [
        str(kind.counted % below[kind.model]) for kind in kinds() if kind.counted and kind.model in below
    ]
    names = list(dict.fromkeys(counted))
    said = _("“%(title)s” is deleted.") % {"title": row}
    if names:
        said = _("“%(title)s” is deleted with %(below)s.") % {
            "title": row,
            "below": get_text_list(names, _("and")),
        }
    return [capfirst(said), question_about_deleting([row]), _("It can be brought back.")]
