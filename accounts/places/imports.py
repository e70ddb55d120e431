"""Importing places: schools, campuses and classrooms from one file.

Columns: ``school`` and, as far as the file has them, ``campus`` and ``classroom`` (or ``class``). A row names
a place and what it lies in; what is missing of that is made, and what is there is left alone. A place is
known by its name below its parent, in any spelling.
"""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.imports import resource
from accounts.imports.cells import column, if_any, read_name
from accounts.imports.places import LEVELS, NOT_YOURS, PlacesByName, named_in
from accounts.imports.resource import FileResource
from tenancy.models import NODE_MODELS, School
from tenancy.scope import Level, Scope, current_scope


@dataclass(slots=True)
class PlaceCandidate(resource.Candidate):
    """A row about a place.

    Attributes:
        made: the places it adds, from the top down.
    """

    made: list[Any] = field(default_factory=list)


class PlacesResource(FileResource):
    """The places of an organization below where the import acts."""

    optional: ClassVar[frozenset[str]] = frozenset({"campus", "classroom"})
    aliases: ClassVar[dict[str, str]] = {"class": "classroom"}
    made_from: ClassVar[type[resource.Candidate]] = PlaceCandidate

    school = column("school", if_any(read_name))
    campus = column("campus", if_any(read_name))
    classroom = column("classroom", if_any(read_name))

    class Meta(FileResource.Meta):
        # The top of what a row may add.
        model = School

    def problem_of_place(self) -> str | Promise | None:
        scope = current_scope()
        if not isinstance(scope, Scope) or scope.is_platform:
            return _("Places are imported into an organization: act in one first.")
        return None

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        super().before_import(dataset, **kwargs)
        scope = current_scope()
        assert isinstance(scope, Scope)
        self._scope = scope
        self._places = PlacesByName(scope)
        self._unsaved: dict[Level, list[Any]] = {level: [] for level in LEVELS}

    def about(self, row: Any) -> str:
        names = (str(row.get(str(level)) or "").strip() for level in LEVELS)
        return " › ".join(name for name in names if name)

    def told(self, candidate: Any) -> str:
        return ", ".join(f"{node._meta.verbose_name} {node.name}" for node in candidate.made)

    def init_instance(self, row: Any = None) -> Any:
        return self._candidate.made[-1] if self._candidate.made else School()

    def add(self, instances: list[Any]) -> None:
        """Write what the rows of the chunk add, from the top down: one statement for each level."""
        for level, nodes in self._unsaved.items():
            if nodes:
                NODE_MODELS[level].unscoped.bulk_create(nodes)
                nodes.clear()

    def understand(self, candidates: list[Any]) -> None:
        self._places.spellings.learn(named_in(candidate.values for candidate in candidates))
        for candidate in candidates:
            names = {level: candidate.values.get(str(level)) for level in LEVELS}
            candidate.values = {}
            if not candidate.errors:
                candidate.known = self._find(candidate, names)
            if not candidate.errors:
                self.note_repeated(candidate, ((candidate.made or [candidate.known])[-1].pk,))

    def _find(self, candidate: PlaceCandidate, names: dict[Level, str | None]) -> Any:
        """Return the place that a row names, or ``None`` when it adds one."""
        node = self._places.node(self._scope.organization_id)
        for index, level in enumerate(LEVELS):
            name, own = names[level], self._scope.id_at(level)
            if own is not None:
                node = self._places.node(own)
                if name and not self._places.are_one(name, node.name):
                    candidate.refuse(str(level), NOT_YOURS)
                    return None
            elif name:
                node = self._places.below(node, name) or self._make(candidate, level, node, name)
            elif index == 0 or any(names[deeper] for deeper in LEVELS[index:]):
                candidate.refuse(str(level), _("Must not be blank: it says where the place is."))
                return None
            else:
                break
        return None if candidate.made else node

    def _make(self, candidate: PlaceCandidate, level: Level, parent: Any, name: str) -> Any:
        node = NODE_MODELS[level](name=name, **{f"{parent.level}_id": parent.pk})
        for above in list(Level)[: list(Level).index(level)]:
            setattr(node, f"{above}_id", parent.scope.id_at(above))
        self._places.add(node)
        self._unsaved[level].append(node)
        candidate.made.append(node)
        return node
