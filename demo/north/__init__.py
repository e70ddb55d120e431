"""North teaches English: four courses from first words to academic style."""

from typing import Final

from demo.content import Category, Course, Practice, false, many, one
from demo.north.academic_writing import BUILDING_AN_ARGUMENT, STYLE_AND_REVISION
from demo.north.business import MEETINGS_AND_EMAIL, PRESENTING_AND_NEGOTIATING
from demo.north.grammar import CONDITIONS_AND_WISHES, PAST_AND_PRESENT
from demo.north.speaking import FIRST_CONVERSATIONS, OUT_AND_ABOUT, TELLING_YOUR_STORY

ASSESSMENT: Final = Practice(
    "North placement check",
    "Six questions that every North sub-course begins with.",
    (
        one("She ___ from Norway.", "is", "are", "be", why="'She' takes 'is'."),
        one(
            "Yesterday we ___ to the museum.", "went", "go", "have gone", why="'Yesterday' asks for the past."
        ),
        one(
            "If it ___ tomorrow, we will stay in.",
            "rains",
            "will rain",
            "rained",
            why="No 'will' after 'if'.",
        ),
        many(
            "Which sentences are correct?",
            right=["He has lived here since 2019.", "I've known her for years."],
            wrong=["I live here since 2019."],
            why="What began in the past and still holds takes the present perfect.",
        ),
        many(
            "Which words can join two sentences?",
            right=["although", "because"],
            wrong=["despite"],
            why="'Despite' is followed by a noun, not by a sentence.",
        ),
        false("'Information' has a plural, 'informations'.", "It is uncountable: a piece of information."),
    ),
)

CATALOGUE: Final[tuple[Category, ...]] = (
    Category(
        "English for everyday life",
        "From first words to confident conversation.",
        (
            Course(
                "Speaking foundations",
                "Speak from the first lesson on: greetings, errands, stories.",
                (FIRST_CONVERSATIONS, OUT_AND_ABOUT, TELLING_YOUR_STORY),
            ),
            Course(
                "Grammar in use",
                "The tenses and conditions that conversations turn on.",
                (PAST_AND_PRESENT, CONDITIONS_AND_WISHES),
            ),
        ),
    ),
    Category(
        "English for study and work",
        "Language for meetings, talks and papers.",
        (
            Course(
                "Business communication",
                "Write, meet, present and negotiate.",
                (MEETINGS_AND_EMAIL, PRESENTING_AND_NEGOTIATING),
            ),
            Course(
                "Academic writing",
                "Arguments that hold and sentences that carry them.",
                (BUILDING_AN_ARGUMENT, STYLE_AND_REVISION),
            ),
        ),
    ),
)
