"""Choosing a place on a page of the admin: the one that is acted in, or one below it."""

from typing import Final

from accounts.models import User
from accounts.people.domain.scopes import ScopeNode, add_descendants
from tenancy.models import NODE_MODELS
from tenancy.scope import Scope

INDENT: Final = "\u2003"


def places_from(scope: Scope, *, user: User) -> list[ScopeNode]:
    """Return a place with all below it. A statement for each level.

    None for an independent learner, who has no place.
    """
    if scope.only_user_id:
        return []
    node = NODE_MODELS[scope.level].objects.get(pk=scope.node_id)
    nodes = [ScopeNode(scope.level, node.pk, node.name)]
    add_descendants(nodes, user=user)
    return nodes


def as_choices(nodes: list[ScopeNode], depth: int = 0) -> list[tuple[str, str]]:
    """Return ``(level:uuid, name)`` of places from the top down, indented by their level."""
    choices = []
    for node in nodes:
        choices.append((node.scope, INDENT * depth + node.name))
        choices += as_choices(node.children, depth + 1)
    return choices
