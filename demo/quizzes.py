"""The weekly safety quizzes of the demo: what they are about, and who did which."""

from typing import Final

TITLES: Final = (
    "Noticing the first signs",
    "Staying calm yourself",
    "Giving space and time",
    "Words that de-escalate",
    "Calling for help",
    "After an incident",
    "Writing it down",
    "Working as a team",
)
"""A quiz for each week, in turn; what is asked does not matter here."""

WEEKS: Final = 8

QUESTIONS: Final = 10

# A column for each week, in turn, whenever the demo is loaded: x done, 2 done twice, . pending. In every
# place somebody is pending and somebody is not, in every week.
DONE: Final[dict[str, str]] = {
    "admin@north.test": "..xx.xxx",
    "principal@north.test": "x.xxx.x.",
    "lead@north.test": "xx.xxxx.",
    "instructor@north.test": ".x.x.xxx",
    "support@north.test": "..x2xxx.",
    "teacher@north.test": "x.xx.xx.",
    "teacher5@north.test": ".x..x..2",
    "teacher2@north.test": "xx.x2x.x",
    "teacher6@north.test": "..x...x.",
    "teacher3@north.test": ".xx.xx.x",
    "teacher7@north.test": "x..x..x.",
    "teacher4@north.test": "x.x.xxx.",
    "teacher8@north.test": ".x.x...x",
    "admin@sunrise.test": "..x.xxx.",
    "teacher@sunrise.test": "x.xxx2x.",
    "teacher2@sunrise.test": ".x.....x",
}
