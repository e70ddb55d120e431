"""The part of the hierarchy a person may act in, as a tree."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from uuid import UUID

from accounts.models import User
from tenancy.models import NODE_MODELS
from tenancy.scope import Level, Scope, scope_entered


@dataclass
class ScopeNode:
    """A node of the hierarchy with those below it, by name."""

    level: Level
    id: UUID
    name: str
    children: list["ScopeNode"] = field(default_factory=list)

    @property
    def scope(self) -> str:
        """What goes into the ``X-Scope`` header."""
        return f"{self.level}:{self.id}"


def top_nodes(*, user: User) -> list[ScopeNode]:
    """Return the widest nodes ``user`` may act in, without what is below. At most one statement.

    A global user has every organization, the reserved one included; an independent learner has none.
    """
    if not user.is_global and not user.belongs_to_organization:
        return []
    own = user.own_scope
    level = own.level if isinstance(own, Scope) else Level.ORGANIZATION
    with scope_entered(own):
        rows = NODE_MODELS[level].objects.order_by("sort_name", "pk").values_list("pk", "name")
        return [ScopeNode(level, pk, name) for pk, name in rows]


def add_descendants(nodes: Sequence[ScopeNode], *, user: User) -> None:
    """Fill in everything below ``nodes``, which are of one level. One statement for each level below."""
    levels = list(Level)
    with scope_entered(user.own_scope):
        for parent, level in pairwise(levels[levels.index(nodes[0].level) :] if nodes else ()):
            above = {node.id: node for node in nodes}
            rows = (
                NODE_MODELS[level]
                .objects.in_use()
                .filter(**{f"{parent}__in": above})
                .order_by("sort_name", "pk")
                .values_list("pk", "name", f"{parent}_id")
            )
            nodes = []
            for pk, name, parent_id in rows:
                node = ScopeNode(level, pk, name)
                above[parent_id].children.append(node)
                nodes.append(node)
