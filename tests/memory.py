"""How much memory something takes."""

import tracemalloc
from collections.abc import Callable


def peak_of(do: Callable[[], object]) -> int:
    """Return how many bytes are held at most of what is allocated while ``do`` runs.

    It runs several times as long as by itself: its test is better not measured for coverage as well.
    """
    tracemalloc.start()
    try:
        do()
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return peak
