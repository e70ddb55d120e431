"""How much a drill does: little as one of many tests, all of it as ``bin/drill``."""

import os
from typing import Final, TypeVar

T = TypeVar("T")

FULL: Final = os.environ.get("STEPWISE_DRILL") == "full"


def sized(little: T, full: T) -> T:
    """Return one of two values by how much is to be done."""
    return full if FULL else little
