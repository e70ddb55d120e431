"""Ids of the demo's rows: the same in every database, so that a second run finds what the first wrote."""

from typing import Final
from uuid import UUID, uuid5

_NAMESPACE: Final = UUID("6f6b1f0e-4c1d-5a86-9a39-7b1d5a3c0de0")


def demo_id(*names: str) -> UUID:
    """Return the id that a row of the demo has in every database."""
    return uuid5(_NAMESPACE, "/".join(names))
