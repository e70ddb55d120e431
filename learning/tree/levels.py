"""One description of every level of the tree, and of everything else that is kept in ordered lists.

The app that owns a model describes its level once and registers it when it starts (``AppConfig.ready``).
Ordering, moving, publishing, the sequence, paths, counts, routes and pages go through what is registered:
none of them names a level.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, cast
from uuid import UUID

from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.db.models import OuterRef
from django.utils.functional import Promise

from learning.models import Content, Status
from tenancy.models import Organization


@dataclass(frozen=True, eq=False)
class SiblingKind:
    """Rows of one model that share a parent and have an order among themselves.

    Attributes:
        name: what paths and records call them.
        model: the model of the rows.
        parent: its foreign key to what the rows belong to.
        narrowing: the values that set these rows apart from others of the model and the parent.
        counted: "%d videos", as ``ngettext_lazy`` makes it, where people are told how many there are.
        parts: what a row is made of that stands in other tables: each model with its foreign key to the row.
        resource: the first half of the keys to read, add and change the rows; empty without a page.
        order_resource: the first half of the key to put them in order, where that is another word.
        order_verb: the second half of that key.
        needed: whether a published parent is of no use without any; the last one is not taken from it.
    """

    name: str
    model: type[Content]
    parent: str
    narrowing: Mapping[str, str] = field(default_factory=dict)
    counted: Any = field(default=None, kw_only=True)
    parts: tuple[tuple[type[models.Model], str], ...] = field(default=(), kw_only=True)
    needed: bool = field(default=False, kw_only=True)
    resource: str = field(default="", kw_only=True)
    order_resource: str = field(default="", kw_only=True)
    order_verb: str = field(default="reorder", kw_only=True)

    @property
    def table(self) -> str:
        """The table of the rows."""
        return self.model._meta.db_table

    @property
    def parent_column(self) -> str:
        """The column that holds the parent's id."""
        return cast(str, self._parent_field.column)

    @property
    def parent_model(self) -> type[models.Model]:
        """The model of the parents."""
        return cast(type[models.Model], self._parent_field.related_model)

    @property
    def parent_table(self) -> str:
        """The table of the parents."""
        return self.parent_model._meta.db_table

    @property
    def _parent_field(self) -> Any:
        return self.model._meta.get_field(self.parent)

    @property
    def reorder_key(self) -> str:
        """The key to put the rows in order, and to move them elsewhere."""
        return f"{self.order_resource or self.resource}.{self.order_verb}"

    @property
    def update_key(self) -> str:
        """The key to publish them."""
        return f"{self.resource}.update"

    @property
    def create_key(self) -> str:
        """The key to add rows."""
        return f"{self.resource}.create"

    @property
    def delete_key(self) -> str:
        """The key to delete them."""
        return f"{self.resource}.delete"

    def rows(self) -> Any:
        """Return the live rows of the active scope, in no particular order."""
        return self.model.objects.filter(**self.narrowing)

    def siblings_of(self, parent: int | UUID | OuterRef) -> Any:
        """Return the live rows of one parent, of an outer query perhaps."""
        return self.rows().filter(**{f"{self.parent}_id": parent})

    def in_order(self) -> Any:
        """Return the live rows of the active scope in order, list after list."""
        return self.rows().order_by(f"{self.parent}_id", "display_order", "pk")

    def ids_below(self, parent: int | UUID) -> list[int]:
        """Return the ids of the live siblings of one parent, in order."""
        rows = self.siblings_of(parent).order_by("display_order", "pk")
        return list(rows.values_list("pk", flat=True))

    def live(self, alias: str) -> str:
        """SQL: the row of ``alias`` is one of these and is live; without parameters."""
        fields = self.model._meta
        narrowed = [
            f"{alias}.{fields.get_field(name).column} = '{value}'"  # type: ignore[union-attr]
            for name, value in self.narrowing.items()
        ]
        return " AND ".join([f"{alias}.deleted IS NULL", *narrowed])

    def parent_of(self, row: Any) -> Any:
        """Return the id of the parent of a row."""
        return getattr(row, f"{self.parent}_id")


@dataclass(frozen=True, eq=False)
class TreeLevel(SiblingKind):
    """A level of the tree.

    Attributes:
        step: what clients call one row that learners complete ("video"); empty for what holds such rows.
        path_fields: what the learning path tells of a step beside title, description, position and status.
        change: saves new values on a row, where more than the rules of the tree applies.
        written: returns the values of a new row from the line that was typed for it.
        unready: says why learners cannot use a row yet, with ``%(title)s`` in it; nothing for one they can.
        blank: returns what a row that has only a title needs besides, given its siblings in order.
        singular, plural: what people call the rows, where it is not what the model is called.
    """

    resource: str = field(kw_only=True)
    step: str = field(default="", kw_only=True)
    path_fields: tuple[str, ...] = field(default=(), kw_only=True)
    change: Callable[..., Any] | None = field(default=None, kw_only=True)
    blank: Callable[[Any], dict[str, Any]] = field(default=lambda _siblings: {}, kw_only=True)
    written: Callable[[str], dict[str, Any]] = field(default=lambda line: {"title": line}, kw_only=True)
    unready: Callable[[Any], str | Promise] = field(default=lambda _row: "", kw_only=True)
    singular: str | Promise = field(default="", kw_only=True)
    plural: str | Promise = field(default="", kw_only=True)

    @property
    def one(self) -> str | Promise:
        """What people call a row."""
        return self.singular or self.model._meta.verbose_name or ""

    @property
    def many(self) -> str | Promise:
        """What people call several rows."""
        return self.plural or self.model._meta.verbose_name_plural or ""

    @property
    def field_name(self) -> str:
        """What a list of them is called in JSON and in queries."""
        return self.name.replace("-", "_")

    @cached_property
    def above(self) -> "TreeLevel | None":
        """The level of the parents; none at the top."""
        return next((level for level in levels() if level.model is self.parent_model), None)

    def parents_in(self, organization_id: Any) -> Any:
        """Return what rows of an organization may be moved to: nothing at the top of the tree."""
        parents: Any = self.parent_model._default_manager
        if self.parent_model is Organization:
            return parents.none()
        return parents.writable().filter(organization_id=organization_id)

    def is_published(self, row: Any) -> bool:
        """Whether learners see a row, given that they see its parent."""
        return bool(row.status == Status.PUBLISHED)

    def published(self, alias: str) -> str:
        """SQL: the row of ``alias`` is live and learners see it, given that they see its parent."""
        return f"{self.live(alias)} AND {alias}.status = '{Status.PUBLISHED}'"


_KINDS: Final[dict[str, SiblingKind]] = {}


def register(*kinds: SiblingKind) -> None:
    """Add kinds of siblings, parents before children; called once by the app that owns their models.

    Raises:
        ImproperlyConfigured: there is a kind of that name already, or what it belongs to is unknown.
    """
    for kind in kinds:
        if kind.name in _KINDS:
            raise ImproperlyConfigured(f"Two kinds of siblings are called {kind.name!r}.")
        known = {Organization, *(other.model for other in _KINDS.values())}
        if kind.parent_model not in known:
            raise ImproperlyConfigured(f"{kind.name!r}: register what it belongs to before it.")
        _KINDS[kind.name] = kind


def kinds() -> list[SiblingKind]:
    """Return every kind of siblings, parents before children."""
    return list(_KINDS.values())


def levels() -> list[TreeLevel]:
    """Return the levels of the tree from the top."""
    return [kind for kind in _KINDS.values() if isinstance(kind, TreeLevel)]


def steps() -> list[TreeLevel]:
    """Return the levels that learners complete row by row."""
    return [level for level in levels() if level.step]


def level_named(name: str) -> TreeLevel:
    """Return a level by its name.

    Raises:
        KeyError: there is none.
    """
    kind = _KINDS[name]
    if not isinstance(kind, TreeLevel):
        raise KeyError(name)
    return kind


def arranged() -> list[SiblingKind]:
    """Return the kinds of siblings that people put in order on a page, parents before children."""
    return [kind for kind in _KINDS.values() if kind.resource]


def kind_named(name: str) -> SiblingKind:
    """Return a kind of siblings that people arrange on a page, by its name.

    Raises:
        KeyError: there is none.
    """
    kind = _KINDS[name]
    if not kind.resource:
        raise KeyError(name)
    return kind


def levels_below(level: TreeLevel) -> list[TreeLevel]:
    """Return the levels whose lists stand below a row of a level."""
    return [below for below in levels() if below.parent_model is level.model]


def all_below(level: TreeLevel) -> list[TreeLevel]:
    """Return every level whose rows stand somewhere below a row of a level, the nearest first."""
    nearest = levels_below(level)
    return [*nearest, *(deeper for below in nearest for deeper in all_below(below))]


def keys_to_create(level: TreeLevel) -> tuple[str, ...]:
    """Return the keys to add rows of a level with all that may stand below them."""
    below = [one for one in kinds() if one.resource and one.parent_model is level.model]
    found = [level.create_key]
    for kind in below:
        found += keys_to_create(kind) if isinstance(kind, TreeLevel) else [kind.create_key]
    return tuple(dict.fromkeys(found))


def kinds_below(model: type[models.Model]) -> list[tuple[type[Content], str]]:
    """Return the models whose rows belong to rows of ``model``, each with the field that says to which."""
    return list(dict.fromkeys((kind.model, kind.parent) for kind in kinds() if kind.parent_model is model))


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a row of the tree stands below, as SQL.

    Attributes:
        joins: the joins that bring every level above, the nearest one first.
        live: all of them are live.
        published: learners see all of them.
        columns: by model, the expression that holds the id of the row above.
    """

    joins: str
    live: str
    published: str
    columns: dict[type[models.Model], str]


def surroundings(level: TreeLevel, alias: str, join: str = "JOIN") -> Surroundings:
    """Return what the rows of ``alias``, of a level, stand below, brought by one kind of ``join``."""
    joins: list[str] = []
    aliases: list[tuple[str, TreeLevel]] = [(alias, level)]
    while (above := aliases[-1][1].above) is not None:
        child, below = aliases[-1]
        name = f"above{len(aliases)}"
        joins.append(f"{join} {above.table} {name} ON {name}.id = {child}.{below.parent_column}")
        aliases.append((name, above))
    columns: dict[type[models.Model], str] = {one.model: f"{name}.id" for name, one in aliases[1:]}
    columns[Organization] = f"{aliases[-1][0]}.organization_id"
    return Surroundings(
        " ".join(joins),
        " AND ".join(one.live(name) for name, one in aliases[1:]),
        " AND ".join(one.published(name) for name, one in aliases[1:]),
        columns,
    )
