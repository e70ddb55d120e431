"""The demo's typed progress: signs that people have learned, and how they came in the morning.

``student@north.test`` has none: that account starts with nothing on purpose.
"""

from typing import Final

SIGNS: Final = (
    *("hello", "goodbye", "please", "thank you", "yes", "no", "help", "stop"),
    *("more", "finished", "water", "food", "toilet", "home", "friend", "teacher"),
    *("happy", "sad", "angry", "tired", "hurt", "quiet", "wait", "again"),
)
"""In the order in which they are taught, three a week."""

UNITS: Final = ("first words", "needs", "feelings")
"""Of eight signs each."""

# How many signs each has learned in the last eight weeks.
SIGNS_LEARNED: Final[dict[str, int]] = {
    "principal@north.test": 5,
    "lead@north.test": 9,
    "instructor@north.test": 14,
    "support@north.test": 24,
    "teacher@north.test": 22,
    "teacher2@north.test": 17,
    "teacher3@north.test": 12,
    "teacher4@north.test": 8,
    "teacher5@north.test": 19,
    "teacher6@north.test": 3,
    "teacher7@north.test": 11,
    "teacher8@north.test": 15,
    "student2@north.test": 20,
    "guardian@north.test": 4,
    "admin@sunrise.test": 2,
    "teacher@sunrise.test": 16,
    "teacher2@sunrise.test": 7,
    "student@sunrise.test": 13,
}

# From Monday to Friday: g(reen), b(lue), y(ellow), r(ed), or . for a day without a check-in. A week each, in
# turn.
CHECKINS: Final[dict[str, tuple[str, ...]]] = {
    "support@north.test": ("gggyg", "ggg.g", "gbggg"),
    "teacher@north.test": ("ggygg", "g.ggb", "gggyg", "yg.gg"),
    "teacher2@north.test": ("gbg.g", "ggggg", ".ggyg"),
    "teacher3@north.test": ("ggg..", "g.gyg"),
    "teacher4@north.test": ("bgggg", "gg.gg", "gyygg"),
    "teacher5@north.test": ("ggg.y", "gg.gg"),
    "teacher7@north.test": (".gg.g", "gygg."),
    "student2@north.test": ("gygbg", "ggyrg", "bg.gg", "ggggy"),
    "teacher@sunrise.test": ("ggggg", "gyg.g"),
    "student@sunrise.test": ("bgyg.", "gggrg", "ggg.g"),
}
ZONES: Final = {"g": "green", "b": "blue", "y": "yellow", "r": "red"}
NOTES: Final = {
    "b": "Slept badly.",
    "y": "Nervous about the test.",
    "r": "Quarrelled on the way; took a break in the quiet room.",
}
