"""Finding places by their names, as files name them."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from accounts.imports.spellings import Spellings
from tenancy.models import NODE_MODELS
from tenancy.scope import Level, Scope, current_scope

LEVELS: Final = (Level.SCHOOL, Level.CAMPUS, Level.CLASSROOM)
NOT_YOURS: Final = _("This is not at or below your own place.")


class UnknownPlaceError(Exception):
    """No place is meant, or more than one.

    Attributes:
        level: whose name it is about.
    """

    def __init__(self, level: Level, reason: Any) -> None:
        super().__init__(str(reason))
        self.level = level


class PlacesByName:
    """The schools, campuses and classrooms of an organization, as far as the active scope holds them.

    Names are compared in any spelling. Those of archived places name nothing. Five statements, whatever there
    is.
    """

    def __init__(self, scope: Scope) -> None:
        self.spellings = Spellings()
        self._organization = NODE_MODELS[Level.ORGANIZATION].objects.get(pk=scope.organization_id)
        self._nodes: dict[Any, Any] = {}
        self._named: dict[Level, dict[str, list[Any]]] = {level: defaultdict(list) for level in LEVELS}
        self._below: dict[tuple[Any, str], Any] = {}
        nodes = [node for level in LEVELS for node in NODE_MODELS[level].objects.order_by("pk")]
        self.spellings.learn(node.name for node in nodes)
        for node in nodes:
            self.add(node)

    def add(self, node: Any) -> None:
        """Take in a place, which may not be saved yet."""
        self._nodes[node.pk] = node
        if node.archived_at is None:
            identity = self._identity(node.name)
            self._named[node.level][identity].append(node)
            self._below[parent_of(node), identity] = node

    def node(self, pk: Any) -> Any:
        """Return the organization, or a place of the scope."""
        return self._organization if pk == self._organization.pk else self._nodes[pk]

    def below(self, parent: Any, name: str) -> Any:
        """Return the place of a name right below another, or ``None``."""
        return self._below.get((parent.pk, self._identity(name)))

    def are_one(self, one: str, other: str) -> bool:
        """Whether two names that were learned are one."""
        return self._identity(one) == self._identity(other)

    def find(self, names: dict[Level, str]) -> Scope:
        """Return the deepest of the places that are named; those above it tell namesakes apart.

        Args:
            names: as ``spellings`` has learned them.

        Raises:
            UnknownPlaceError: there is none, or more than one, or none that the active scope reaches.
        """
        for level, name in names.items():
            if not self._named[level][self._identity(name)]:
                raise UnknownPlaceError(level, _("There is no %(level)s with this name.") % _called(level))
        deepest = list(names)[-1]
        found = [
            node.scope
            for node in self._named[deepest][self._identity(names[deepest])]
            if all(self.are_one(self._name_at(level, node.scope), name) for level, name in names.items())
        ]
        if not found:
            raise UnknownPlaceError(
                deepest, _("There is no %(level)s with this name there.") % _called(deepest)
            )
        if len(found) > 1:
            raise UnknownPlaceError(
                deepest, _("There is more than one %(level)s with this name.") % _called(deepest)
            )
        scope = current_scope()
        if isinstance(scope, Scope) and not scope.contains(found[0]):
            raise UnknownPlaceError(deepest, NOT_YOURS)
        place: Scope = found[0]
        return place

    def told(self, place: Scope) -> str:
        """Return the name of a place after the names of its parents."""
        names = [self._name_at(level, place) for level in LEVELS if place.id_at(level)]
        return " › ".join(names) or self._organization.name

    def _identity(self, name: str) -> str:
        return self.spellings.identity(name)

    def _name_at(self, level: Level, place: Scope) -> str:
        node = self._nodes.get(place.id_at(level))
        return "" if node is None else str(node.name)


def parent_of(node: Any) -> Any:
    """Return the id of what a place lies in."""
    levels = list(Level)
    return getattr(node, f"{levels[levels.index(node.level) - 1]}_id")


def named_in(values: Iterable[dict[str, Any]]) -> set[str]:
    """Return the names of places in what was read of rows."""
    return {name for row in values for level in LEVELS if (name := row.get(str(level)))}


def _called(level: Level) -> dict[str, Any]:
    return {"level": NODE_MODELS[level]._meta.verbose_name}
