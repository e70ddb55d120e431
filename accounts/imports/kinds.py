"""What kinds of facts about people can be imported: each app contributes those that it keeps."""

from typing import Final

from accounts.imports.facts import FactResource

KINDS: Final[dict[str, type[FactResource]]] = {}
"""By the name that the command knows them by."""


def contribute(name: str, resource: type[FactResource]) -> None:
    """Add a kind of facts; called once, when the app that keeps them starts."""
    KINDS[name] = resource
