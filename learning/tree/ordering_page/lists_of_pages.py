"""Lists of siblings that stand on the page of their parent, and not in the tree."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _

from accounts.models import User
from learning.tree.domain.ordering import version_of
from learning.tree.levels import SiblingKind
from learning.tree.ordering_page.lists import Row, SiblingList
from tenancy.scope import may_write_in

_SHOWN = 120


def page_of_parent(kind: SiblingKind, row: Any) -> str:
    """Return the address of the page that a row's list stands on, at the row."""
    parent = _page(kind.parent_model, "change", kind.parent_of(row))
    return f"{parent}#{kind.name}-{row.pk}"


def list_of_page(
    *, user: User, kind: SiblingKind, parent: Any, heading: Any, back: dict[str, Any], add_text: Any
) -> SiblingList:
    """Return the list of one parent as this person may see and change it; one statement.

    Args:
        back: parameters that bring forms back to the page.
        add_text: what leads to a form for one more; nothing for those who may add none.
    """
    writable = may_write_in(parent.organization_id)
    rows = list(kind.siblings_of(parent.pk).order_by("display_order", "pk"))
    orderable = writable and user.holds(kind.reorder_key)
    removable = writable and user.holds(kind.delete_key)
    query = "?" + urlencode(back)
    add = urlencode({kind.parent: parent.pk, **back})
    return SiblingList(
        kind=kind.name,
        above="",
        parent=str(parent.pk),
        heading=str(heading),
        name=_("%(kind)s of “%(parent)s”") % {"kind": capfirst(heading), "parent": parent},
        version=version_of(row.pk for row in rows),
        orderable=orderable,
        add_url=f"{_page(kind.model, 'add')}?{add}" if add_text else "",
        add_text=str(add_text),
        write_text="",
        empty_text=_("Nothing here yet."),
        rows=[
            Row(
                id=row.pk,
                kind=kind.name,
                title=Truncator(str(row)).chars(_SHOWN),
                edit_url=_page(kind.model, "change", row.pk) + query,
                remove_url=_page(kind.model, "delete", row.pk) + query if removable else "",
                is_first=place == 0,
                is_last=place == len(rows) - 1,
            )
            for place, row in enumerate(rows)
        ],
    )


def _page(model: Any, page: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)
