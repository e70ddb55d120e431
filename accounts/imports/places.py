"""Finding places by their names, as files name them."""

from collections import defaultdict
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from tenancy.models import NODE_MODELS
from tenancy.scope import Level, Scope, current_scope

LEVELS: Final = (Level.SCHOOL, Level.CAMPUS, Level.CLASSROOM)


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

    Names are compared in any case. Four statements, whatever there is.
    """

    def __init__(self, scope: Scope) -> None:
        self._organization = NODE_MODELS[Level.ORGANIZATION].objects.get(pk=scope.organization_id)
        self._nodes: dict[Any, Any] = {}
        self._named: dict[Level, dict[str, list[Any]]] = {}
        for level in LEVELS:
            self._named[level] = defaultdict(list)
            for node in NODE_MODELS[level].objects.all():
                self._nodes[node.pk] = node
                self._named[level][_key(node.name)].append(node)

    def find(self, names: dict[Level, str]) -> Scope:
        """Return the deepest of the places that are named; those above it tell namesakes apart.

        Raises:
            UnknownPlaceError: there is none, or more than one, or none that the active scope reaches.
        """
        for level, name in names.items():
            if _key(name) not in self._named[level]:
                raise UnknownPlaceError(level, _("There is no %(level)s of this name.") % _called(level))
        deepest = list(names)[-1]
        found = [
            node.scope
            for node in self._named[deepest][_key(names[deepest])]
            if all(_key(self._name_at(level, node.scope)) == _key(name) for level, name in names.items())
        ]
        if not found:
            raise UnknownPlaceError(
                deepest, _("There is no %(level)s of this name there.") % _called(deepest)
            )
        if len(found) > 1:
            raise UnknownPlaceError(
                deepest, _("There is more than one %(level)s of this name.") % _called(deepest)
            )
        scope = current_scope()
        if isinstance(scope, Scope) and not scope.contains(found[0]):
            raise UnknownPlaceError(deepest, _("This is not at or below your own place."))
        place: Scope = found[0]
        return place

    def told(self, place: Scope) -> str:
        """Return the name of a place below the names of what it stands in."""
        names = [self._name_at(level, place) for level in LEVELS if place.id_at(level)]
        return " › ".join(names) or self._organization.name

    def _name_at(self, level: Level, place: Scope) -> str:
        node = self._nodes.get(place.id_at(level))
        return "" if node is None else str(node.name)


def _key(name: str) -> str:
    return name.strip().casefold()


def _called(level: Level) -> dict[str, Any]:
    return {"level": NODE_MODELS[level]._meta.verbose_name}
