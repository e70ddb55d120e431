"""What the ordering page shows: lists of siblings, those of open branches inside their rows.

A list is always whole, never filtered or cut. One statement for each level that is shown, whatever the
number of branches and rows.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from learning.models import Status
from learning.tree.domain.levels import CATEGORIES
from learning.tree.domain.ordering import version_of
from learning.tree.levels import (
    SiblingKind,
    TreeLevel,
    all_below,
    keys_to_create,
    kinds,
    level_named,
    levels_below,
)
from learning.tree.ordering_page.beside import Beside, address_as_learner, beside
from learning.tree.ordering_page.opened import Opened, way_back
from tenancy.errors import NotFoundError
from tenancy.models import Organization
from tenancy.scope import PLATFORM_ID, Scope, current_scope, may_write_in


@dataclass(slots=True)
class Row:
    """One item of a list, as it is shown to one person: what they may not do has no address."""

    id: int
    kind: str
    title: str
    edit_url: str
    remove_url: str
    is_first: bool
    is_last: bool
    status: str = ""
    status_label: str = ""
    is_published: bool = False
    level: str = ""
    counts: str = ""
    may_publish: bool = False
    may_rename: bool = False
    may_duplicate: bool = False
    may_publish_below: bool = False
    place_url: str = ""
    branch_url: str = ""
    toggle_url: str = ""
    is_open: bool = False
    as_learner_url: str = ""
    beside: list[Beside] = field(default_factory=list)
    lists: list["SiblingList"] = field(default_factory=list)


@dataclass(slots=True)
class SiblingList:
    """All live siblings of one parent in order, and what may be done with them."""

    kind: str
    above: str
    parent: str
    heading: str
    name: str
    version: str
    orderable: bool
    add_url: str
    add_text: str
    write_text: str
    empty_text: str
    rows: list[Row]


def build_page(*, user: User, opened: Opened) -> list[SiblingList]:
    """Return the lists of categories with the branches that are open; at most seven statements."""
    opened = opened.with_ancestors()
    found = list(_counted(CATEGORIES).select_related("organization"))
    by_parent = _by_parent(CATEGORIES, found)
    builder = _Builder(user, opened)
    builder.load([row.pk for row in found], CATEGORIES)
    return [
        builder.list_of(CATEGORIES, organization.pk, organization, by_parent.get(organization.pk, []))
        for organization in _organizations(found)
    ]


def build_branch(*, user: User, kind: str, pk: int, opened: Opened) -> tuple[list[Beside], list[SiblingList]]:
    """Return what stands in the branch of one row, and the lists below it with what is open in them.

    Raises:
        NotFoundError: the scope has no such row.
    """
    level = level_named(kind)
    row = level.in_order().filter(pk=pk).first()
    if row is None:
        raise NotFoundError
    builder = _Builder(user, opened.including(kind, pk))
    builder.load([pk], level)
    return builder.beside[kind].get(pk, []), builder.below(level, row)


def _organizations(categories: list[Any]) -> list[Organization]:
    """Return whose categories are shown: one's own even without any, before those of others."""
    shown = {row.organization_id: row.organization for row in categories}
    scope = current_scope()
    if isinstance(scope, Scope) and scope.organization_id not in shown:
        shown[scope.organization_id] = Organization.objects.get(pk=scope.organization_id)
    return sorted(shown.values(), key=lambda one: (one.pk == PLATFORM_ID, one.name, one.pk))


class _Builder:
    """Reads the open branches level by level, then puts them together."""

    def __init__(self, user: User, opened: Opened) -> None:
        self.user = user
        self.opened = opened
        self.rows: dict[str, dict[Any, list[Any]]] = {}
        self.beside: dict[str, dict[int, list[Beside]]] = {}

    def load(self, shown: Iterable[int], above: TreeLevel) -> None:
        """Read what is below those of the shown rows that are open."""
        parents = self.opened.of(above.name) & set(shown)
        if not parents:
            return
        self.beside[above.name] = beside(above.model, self.user, parents)
        for level in levels_below(above):
            found = list(_counted(level).filter(**{f"{level.parent}__in": parents}))
            self.rows[level.name] = _by_parent(level, found)
            self.load([row.pk for row in found], level)

    def below(self, above: TreeLevel, row: Any) -> list[SiblingList]:
        """Return the lists below an open row."""
        return [
            self.list_of(level, row.pk, row, self.rows.get(level.name, {}).get(row.pk, []))
            for level in levels_below(above)
        ]

    def list_of(self, level: TreeLevel, pk: int | UUID, parent: Any, found: list[Any]) -> SiblingList:
        """Return one list as this person may see and change it."""
        organization_id = parent.pk if isinstance(parent, Organization) else parent.organization_id
        writable = may_write_in(organization_id)
        plural = str(level.many).capitalize()
        may_add = writable and self.user.holds(level.create_key)
        last = len(found) - 1
        return SiblingList(
            kind=level.name,
            above=level.above.name if level.above else "",
            parent=str(pk),
            heading=_heading(parent, plural),
            name=_("%(kind)s of “%(parent)s”") % {"kind": plural, "parent": parent},
            version=version_of(row.pk for row in found),
            orderable=writable and self.user.holds(level.reorder_key),
            add_url=self._add_url(level, parent) if may_add else "",
            add_text=_("Add with all fields"),
            write_text=_("New %(kind)s: title") % {"kind": level.one} if may_add else "",
            empty_text=_("Nothing here yet."),
            rows=[
                self._row(level, row, writable, is_first=place == 0, is_last=place == last)
                for place, row in enumerate(found)
            ],
        )

    def _row(self, level: TreeLevel, row: Any, writable: bool, *, is_first: bool, is_last: bool) -> Row:
        kind = level.name
        is_open = row.pk in self.opened.of(kind)
        has_branch = bool(levels_below(level))
        return Row(
            id=row.pk,
            kind=kind,
            title=str(row),
            **status_of(level, row),
            level=getattr(row, "sub_level", ""),
            counts=_counts(level, row),
            edit_url=self._form_url(level, "change", row, row.pk) if self._lists(level) else "",
            may_publish=writable and self.user.holds(level.update_key),
            may_publish_below=writable and has_branch and self._publishes_below(level),
            may_rename=writable and self.user.holds(level.update_key),
            may_duplicate=writable and all(map(self.user.holds, keys_to_create(level))),
            remove_url=(
                self._form_url(level, "delete", row, row.pk)
                if writable and self._lists(level) and self.user.holds(level.delete_key)
                else ""
            ),
            place_url=reverse("admin:ordering_place", args=[kind, row.pk]),
            branch_url=reverse("admin:ordering_branch", args=[kind, row.pk]) if has_branch else "",
            toggle_url=self.opened.toggled(kind, row.pk).page_url(f"{kind}-{row.pk}") if has_branch else "",
            is_open=is_open,
            as_learner_url=address_as_learner(row),
            beside=self.beside.get(kind, {}).get(row.pk, []),
            is_first=is_first,
            is_last=is_last,
            lists=self.below(level, row) if is_open else [],
        )

    def _publishes_below(self, level: TreeLevel) -> bool:
        return all(self.user.holds(below.update_key) for below in all_below(level))

    def _lists(self, level: TreeLevel) -> bool:
        return self.user.holds(f"{level.resource}.list")

    def _form_url(self, level: TreeLevel, page: str, row: Any, *args: Any) -> str:
        """Return the address of a page that comes back to the branch of a row and to the row."""
        return _admin_url(level, page, *args) + "?" + urlencode(way_back(level, level.parent_of(row), row.pk))

    def _add_url(self, level: TreeLevel, parent: Any) -> str:
        given = {level.parent: str(parent.pk), **level.narrowing}
        return _admin_url(level, "add") + "?" + urlencode([*given.items(), *way_back(level, parent.pk)])


def _heading(parent: Any, plural: str) -> str:
    """Name a list; only at the top does it need to be said whose it is."""
    if not isinstance(parent, Organization):
        return plural
    return _("Shared content") if parent.is_platform else str(parent)


def _admin_url(level: TreeLevel, page: str, *args: Any) -> str:
    options = level.model._meta
    return reverse(f"admin:{options.app_label}_{options.model_name}_{page}", args=args)


def _by_parent(level: TreeLevel, rows: list[Any]) -> dict[Any, list[Any]]:
    grouped: dict[Any, list[Any]] = {}
    for row in rows:
        grouped.setdefault(level.parent_of(row), []).append(row)
    return grouped


def _counted(level: TreeLevel) -> Any:
    """Return the rows of a level in order, with the numbers of what is below each."""
    counts = {
        f"number_of_{kind.name.replace('-', '_')}": Subquery(
            kind.siblings_of(OuterRef("pk"))
            .order_by()
            .values(f"{kind.parent}_id")
            .annotate(number=Count("pk"))
            .values("number")
        )
        for kind in _kinds_counted(level)
    }
    steps = [below for below in levels_below(level) if below.step]
    for below in steps:
        shown = below.rows().filter(status=Status.PUBLISHED)
        counts[f"published_{below.field_name}"] = _number_of(below, shown)
        for kind in _kinds_counted(below):
            rows = below.rows().filter(~Exists(kind.siblings_of(OuterRef("pk"))))
            counts[f"{below.field_name}_without_{kind.name}"] = _number_of(below, rows)
    return level.in_order().annotate(**counts)


def _number_of(level: TreeLevel, rows: Any) -> Subquery:
    """Return the number of those rows that stand below each of a query of their parents."""
    below = rows.filter(**{f"{level.parent}_id": OuterRef("pk")}).order_by().values(f"{level.parent}_id")
    return Subquery(below.annotate(number=Count("pk")).values("number"))


def _kinds_counted(level: TreeLevel) -> list[SiblingKind]:
    """Return what is counted on a row: all that has an order below it, also the questions of a practice."""
    return [kind for kind in kinds() if kind.parent_model is level.model and kind.counted]


def _counts(level: TreeLevel, row: Any) -> str:
    numbers = [
        (kind, getattr(row, f"number_of_{kind.name.replace('-', '_')}") or 0)
        for kind in _kinds_counted(level)
    ]
    told = [kind.counted % number for kind, number in numbers]
    steps = [below for below in levels_below(level) if below.step]
    if steps:
        published = sum(getattr(row, f"published_{below.field_name}") or 0 for below in steps)
        told.append(_("%(number)d published") % {"number": published})
    for below in steps:
        for kind in _kinds_counted(below):
            if number := getattr(row, f"{below.field_name}_without_{kind.name}"):
                lacking = {"number": number, "rows": kind.model._meta.verbose_name_plural}
                told.append(_("%(number)d without %(rows)s") % lacking)
    return ", ".join(told)


def status_of(level: TreeLevel, row: Any) -> dict[str, Any]:
    """Return whether learners see a row, for programs and for people."""
    published = level.is_published(row)
    return {"status": row.status, "status_label": row.get_status_display(), "is_published": published}


def counts_of(*, level: TreeLevel, pk: int) -> str:
    """Return what stands below one row, in words; nothing for a row that is gone."""
    row = _counted(level).filter(pk=pk).first()
    return _counts(level, row) if row else ""
