"""Where to move an item: a place among its siblings, or another parent."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from learning.models import MAX_ORDER
from learning.tree.levels import TreeLevel


class PositionForm(forms.Form):
    """Asks for a position, from 1, and for the parent where there is a choice of one."""

    position = forms.IntegerField(
        label=_("Position"),
        min_value=1,
        max_value=MAX_ORDER,
        required=False,
        help_text=_("Counted from 1. Left empty: at the end."),
    )
    parent = forms.TypedChoiceField(label=_("Parent"), coerce=int)
    field_order = ["parent", "position"]

    def __init__(self, level: TreeLevel, item: Any, position: int, data: Any = None) -> None:
        super().__init__(data, initial={"position": position, "parent": level.parent_of(item)})
        if level.above is None:
            del self.fields["parent"]
            return
        choices: Any = self.fields["parent"]
        choices.choices = _grouped(_parents_for(level, item))


def _parents_for(level: TreeLevel, item: Any) -> Any:
    """Return the parents an item may have, in the order of the tree."""
    parents = level.parents_in(item.organization_id)
    above = parents.model.tenant_parent or "organization"
    return parents.select_related(above).order_by(f"{above}_id", "display_order", "pk")


def _grouped(parents: Iterable[Any]) -> list[tuple[str, list[tuple[int, str]]]]:
    """Return choices under the names of the parents' own parents."""

    def above(parent: Any) -> Any:
        return getattr(parent, parent.tenant_parent or "organization")

    return [
        (str(group), [(parent.pk, str(parent)) for parent in members])
        for group, members in groupby(parents, key=above)
    ]
