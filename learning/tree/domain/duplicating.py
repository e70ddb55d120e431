"""Duplicating a row of the tree with everything below it: learners see nothing of it until it is published.

What stands in the lists below is copied kind by kind (``learning.tree.levels``), in the same number of
statements whatever their length. What the database makes beside a row by itself is filled by whoever owns
it, who contributes that when its app starts.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from django.db import models
from django.utils.translation import gettext as _

from learning.models import Content, Status
from learning.tree.domain import structure
from learning.tree.domain.arranging import find
from learning.tree.levels import SiblingKind, TreeLevel, kinds
from tenancy.errors import ConflictError
from tenancy.sql import atomic_again

MOST_AT_ONCE: Final = 5000
_LONGEST: Final = 200
_COPY: Final = re.compile(r" \(copy(?: [0-9]+)?\)$")
_KEPT_BY_THE_DATABASE: Final = {"id", "revision", "created_at", "updated_at", "deleted", "deleted_by_cascade"}

Copies = Mapping[Any, Any]
"""The id of each copy by that of its original."""

_BESIDE: Final[list[tuple[type[models.Model], Callable[[Copies], tuple[type[models.Model], Copies]]]]] = []


def contribute(
    model: type[models.Model], fill: Callable[[Copies], tuple[type[models.Model], Copies]]
) -> None:
    """Say what stands beside rows of a model that no list holds; called when its app starts.

    Args:
        fill: makes what stands beside copies like what stands beside their originals; returns the model of
            that and which is whose copy: what is below it is copied like anything else.
    """
    _BESIDE.append((model, fill))


@atomic_again
def duplicate(*, level: TreeLevel, pk: int) -> Content:
    """Copy a row and everything below it to the end of its list, as drafts; what is archived stays that.

    Raises:
        NotFoundError: there is no such row in the scope.
        RefusedError: ``shared_content``.
        ConflictError: ``too_many_rows``.
    """
    row = find(level, pk)
    if sum(structure.count_below(row).values()) > MOST_AT_ONCE:
        raise ConflictError(
            _("At most %(number)d rows at once: duplicate a part of it.") % {"number": MOST_AT_ONCE},
            code="too_many_rows",
        )
    copy = _copy_of(row, {"title": _title_of(level, row), "display_order": None})
    copied: Content = structure.add(item=copy, kind=level)
    _copy_below(level.model, {row.pk: copied.pk})
    return copied


def _title_of(level: TreeLevel, row: Content) -> str:
    """Return a title that no row beside it has: ``Intro (copy)``, ``Intro (copy 2)`` ..."""
    plain = _COPY.sub("", row.title)
    siblings = level.siblings_of(level.parent_of(row))
    taken = set(siblings.filter(title__startswith=plain[: _LONGEST // 2]).values_list("title", flat=True))
    number = 1
    while True:
        end = " " + (_("(copy)") if number == 1 else _("(copy %(number)d)") % {"number": number})
        title = plain[: _LONGEST - len(end)].rstrip() + end
        if title not in taken:
            return title
        number += 1


def _copy_of(row: Any, values: dict[str, Any]) -> Any:
    fields = [field for field in row._meta.concrete_fields if field.name not in _KEPT_BY_THE_DATABASE]
    copy = type(row)(**{field.attname: getattr(row, field.attname) for field in fields} | values)
    if getattr(copy, "status", None) == Status.PUBLISHED:
        copy.status = Status.DRAFT
    return copy


def _copy_below(model: type[models.Model], copies: Copies) -> None:
    for of, fill in _BESIDE:
        if of is model:
            _copy_below(*fill(copies))
    for kind in kinds():
        if kind.parent_model is model and copies:
            made = _copy_rows(kind.model, f"{kind.parent}_id", copies, kind)
            for part, parent in kind.parts:
                _copy_rows(part, f"{parent}_id", made)
            _copy_below(kind.model, made)


def _copy_rows(
    model: type[models.Model], column: str, copies: Copies, kind: SiblingKind | None = None
) -> Copies:
    rows: Any = kind.rows() if kind else model._default_manager.all()
    originals = list(rows.filter(**{f"{column}__in": list(copies)}).order_by("pk"))
    new = [_copy_of(row, {column: copies[getattr(row, column)]}) for row in originals]
    made = model._default_manager.bulk_create(new, batch_size=500)
    return {row.pk: copy.pk for row, copy in zip(originals, made, strict=True)}
