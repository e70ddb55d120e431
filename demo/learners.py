"""What the demo's learners have already done; ``student@north.test`` starts with nothing on purpose."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Done:
    """How far someone is in one sub-course.

    Attributes:
        videos: how many of its published videos are completed, from the first.
        practices: how many of its published practices are completed, from the first.
        wrong: how many answers of the entry assessment were wrong; ``None`` if it was not taken.
    """

    sub_course: str
    videos: int
    practices: int
    wrong: int | None = None


DONE: Final[dict[str, tuple[Done, ...]]] = {
    "student2@north.test": (
        Done("First conversations", videos=5, practices=3, wrong=1),
        Done("Out and about", videos=3, practices=1, wrong=2),
        Done("Past and present", videos=0, practices=0, wrong=4),
    ),
    "student@sunrise.test": (
        Done("Fractions", videos=5, practices=2, wrong=0),
        Done("Percentages", videos=2, practices=0, wrong=3),
    ),
}
