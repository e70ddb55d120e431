"""Sunrise teaches mathematics and computing: four courses from fractions to inference."""

from typing import Final

from demo.content import Category, Course
from demo.sunrise.algebra import LINEAR_EQUATIONS, QUADRATICS
from demo.sunrise.data import DESCRIBING_DATA, INFERENCE
from demo.sunrise.numbers import FRACTIONS, PERCENTAGES, RATIO
from demo.sunrise.programming import FIRST_PROGRAMS, FUNCTIONS_AND_DATA

CATALOGUE: Final[tuple[Category, ...]] = (
    Category(
        "Mathematics",
        "Numbers, equations and functions.",
        (
            Course(
                "Numbers and calculation",
                "Fractions, percentages and ratios for every day.",
                (FRACTIONS, PERCENTAGES, RATIO),
            ),
            Course(
                "Algebra and functions",
                "From the first equation to the parabola.",
                (LINEAR_EQUATIONS, QUADRATICS),
            ),
        ),
    ),
    Category(
        "Computing and data",
        "Write programs, and let data speak.",
        (
            Course(
                "Programming with Python",
                "Small programs that do useful work.",
                (FIRST_PROGRAMS, FUNCTIONS_AND_DATA),
            ),
            Course(
                "Data and evidence",
                "Describe, compare and conclude.",
                (DESCRIBING_DATA, INFERENCE),
            ),
        ),
    ),
)
