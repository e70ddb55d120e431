"""What the admin's front page shows first: the work of this person, each piece behind its key.

Each app contributes the pieces about its own rows when it starts.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

Shown = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of somebody's work.

    Attributes:
        name: what it is called, once for all apps.
        keys: the permissions it takes to see it, all of them.
        template: what shows it; finds what ``look`` returned as ``piece``.
        look: returns what there is to show to a person in the active scope; ``None`` where that is nothing.
            At most one statement.
        rank: the lower, the further up on the page.
    """

    name: str
    keys: tuple[str, ...]
    template: str
    look: Callable[[Any], Shown | None]
    rank: int


@dataclass(frozen=True, slots=True)
class Seen:
    """A piece as the front page shows it."""

    name: str
    template: str
    shown: Shown


_PIECES: Final[dict[str, Piece]] = {}


def contribute(*pieces: Piece) -> None:
    """Add what the front page may show of what an app owns; called once, when that app starts."""
    _PIECES.update({piece.name: piece for piece in pieces})


def work_of(user: Any) -> list[Seen]:
    """Return the pieces that a person sees, the most important first. At most one statement for each."""
    found = []
    for piece in sorted(_PIECES.values(), key=lambda piece: piece.rank):
        if all(user.holds(key) for key in piece.keys):
            shown = piece.look(user)
            if shown is not None:
                found.append(Seen(piece.name, piece.template, shown))
    return found
