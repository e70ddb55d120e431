"""How a place is named on a page."""

from collections.abc import Iterable
from typing import Any

from tenancy.scope import EveryOrganization, Level, current_scope


def name_of_place(nodes: Iterable[Any]) -> str:
    """Return the names of nodes from the top down, the organization's only where it tells something.

    Args:
        nodes: from the organization down; ``None`` for those there are not.
    """
    there = [node for node in nodes if node is not None]
    below = [node for node in there if node.level is not Level.ORGANIZATION]
    told = there if isinstance(current_scope(), EveryOrganization) or not below else below
    return " › ".join(str(node) for node in told)
