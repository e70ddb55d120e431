"""Grammar in use: the tenses and conditions that conversations turn on."""

from demo.content import SubCourse, Video, draft, false, many, one, practice, true
from learning.models import Status

PAST_AND_PRESENT = SubCourse(
    "Past and present",
    "B1",
    "Choose between the past and the present perfect.",
    (
        Video("6:20", "Finished or not?", "The one question that decides the tense."),
        Video("5:50", "For and since", "How long, and from when."),
        Video("6:05", "Already, yet, just", "Small words, exact places."),
        Video("5:35", "Used to", "Habits that are over."),
        Video("6:40", "Had done", "A past before the past."),
    ),
    (
        practice(
            "Which tense?",
            "Past simple or present perfect.",
            one(
                "I ___ him last week.",
                "saw",
                "have seen",
                "see",
                why="A finished time takes the past simple.",
            ),
            many(
                "Which go with the present perfect?",
                right=["since Monday", "so far"],
                wrong=["in 2010"],
                why="'In 2010' is finished.",
            ),
            false("'I have finished it yesterday' is correct.", "'Yesterday' needs the past simple."),
        ),
        practice(
            "For or since",
            "Length or starting point.",
            one(
                "We have lived here ___ ten years.",
                "for",
                "since",
                "from",
                why="A length of time takes 'for'.",
            ),
            one("She has worked here ___ May.", "since", "for", "by", why="A starting point takes 'since'."),
            true("'For ages' is a length of time.", "It means: for a very long time."),
            many(
                "Which follow 'since'?",
                right=["2020", "I was a child"],
                wrong=["two hours"],
                why="'Two hours' is a length.",
            ),
        ),
        practice(
            "Old habits",
            "Used to and past perfect.",
            one(
                "I ___ play the piano.",
                "used to",
                "use to",
                "was used",
                why="A habit that is over: 'used to'.",
            ),
            true("'Did you use to live here?' is correct.", "After 'did', 'use' has no -d."),
            many(
                "Which are in the past perfect?",
                right=["had eaten", "had gone"],
                wrong=["has gone"],
                why="It is built with 'had'.",
            ),
        ),
    ),
)

CONDITIONS_AND_WISHES = SubCourse(
    "Conditions and wishes",
    "B2",
    "Real and unreal conditions, and what you would rather have.",
    (
        Video("6:00", "If it rains", "Conditions that may come true."),
        Video("6:25", "If I were you", "Imagining something else."),
        Video("7:10", "If I had known", "Too late to change."),
        Video("5:45", "I wish", "Three kinds of wish."),
        Video("6:15", "Unless, provided, in case", "Conditions without 'if'."),
        Video("5:30", "Mixed conditions", "Then and now in one sentence.", Status.DRAFT),
    ),
    (
        practice(
            "Real conditions",
            "What happens if.",
            one(
                "If you heat ice, it ___.",
                "melts",
                "melted",
                "would melt",
                why="A fact takes two present forms.",
            ),
            false("'If I will see her, I'll tell her' is correct.", "'If' is followed by the present."),
            many(
                "Which mean 'if not'?",
                right=["if you don't", "unless you"],
                wrong=["provided you"],
                why="'Provided' means 'only if'.",
            ),
        ),
        practice(
            "Unreal conditions",
            "Imagine.",
            one(
                "If I ___ rich, I would travel.",
                "were",
                "am",
                "will be",
                why="The unreal present uses the past.",
            ),
            one(
                "If she had called, I ___ come.",
                "would have",
                "would",
                "had",
                why="The unreal past: would have.",
            ),
            true("'If I were you' gives advice.", "It imagines being in your place."),
            many(
                "Which speak of the unreal past?",
                right=["had I known", "if he had asked"],
                wrong=["if he asks"],
                why="'If he asks' may still happen.",
            ),
        ),
        practice(
            "Wishes",
            "Now, then and later.",
            one("I wish I ___ taller.", "were", "am", "be", why="A wish about now uses the past."),
            many(
                "Which are about the past?",
                right=["I wish I had stayed.", "If only we had left earlier."],
                wrong=["I wish it would stop."],
                why="The third wishes for a change to come.",
            ),
            true("'If only' is stronger than 'I wish'.", "It stresses the regret."),
        ),
        draft("Mixed practice", "Not finished.", true("'Were I rich' means 'if I were rich'.", "Inverted.")),
    ),
)
