"""Academic writing: arguments that hold and sentences that carry them."""

from demo.content import SubCourse, Video, false, many, one, practice, true

BUILDING_AN_ARGUMENT = SubCourse(
    "Building an argument",
    "C2",
    "From question to claim, evidence and counter-argument.",
    (
        Video("8:20", "What makes a claim", "Arguable, specific, supported."),
        Video("7:55", "Evidence that counts", "Sources and what they can show."),
        Video("8:40", "The other side", "Use objections to become stronger."),
        Video("7:30", "Paragraphs that move", "Topic, support, link."),
        Video("9:00", "Citing fairly", "Quote, paraphrase, refer."),
    ),
    (
        practice(
            "Claims",
            "Arguable or not?",
            one(
                "Which is an arguable claim?",
                "School should start later.",
                "Water boils at 100 °C at sea level.",
                "The essay has four pages.",
                why="The other two are facts to check.",
            ),
            many(
                "A good claim is ...",
                right=["arguable", "specific"],
                wrong=["obvious"],
                why="Nobody needs an argument for the obvious.",
            ),
            false(
                "A claim and a topic are the same.", "A topic names a subject, a claim says something of it."
            ),
        ),
        practice(
            "Evidence",
            "What supports what.",
            one(
                "What can one anecdote show?",
                "that something can happen",
                "how often it happens",
                "why it happens",
                why="Frequency and cause need more.",
            ),
            many(
                "Which are primary sources?",
                right=["a diary", "an interview"],
                wrong=["an encyclopedia"],
                why="An encyclopedia reports what others found.",
            ),
            true("A paraphrase needs a reference.", "The idea is still someone else's."),
        ),
        practice(
            "Linking",
            "Words that show logic.",
            one("___ the cost, the plan is sound.", "Despite", "Although", "However", why="A noun follows."),
            many(
                "Which introduce a contrast?",
                right=["nevertheless", "whereas"],
                wrong=["moreover"],
                why="'Moreover' adds.",
            ),
            true("'Hence' introduces a consequence.", "It means 'for this reason'."),
        ),
    ),
)

STYLE_AND_REVISION = SubCourse(
    "Style and revision",
    "C3",
    "Cut, sharpen and polish what you have written.",
    (
        Video("8:10", "Verbs do the work", "Undo nominalizations."),
        Video("7:35", "Old before new", "Information that flows."),
        Video("8:25", "Cutting a third", "What a text can lose."),
        Video("7:45", "Rhythm", "Vary the length of sentences."),
        Video("9:15", "Reading aloud", "The last check, and the best."),
    ),
    (
        practice(
            "Clear verbs",
            "Turn nouns back into verbs.",
            one(
                "Which is clearest?",
                "We decided.",
                "A decision was made by us.",
                "We made the decision that was taken.",
                why="One verb does it.",
            ),
            many(
                "Which are nominalizations?",
                right=["investigation", "refusal"],
                wrong=["investigate"],
                why="Nouns made of verbs.",
            ),
            false("The passive is always wrong.", "It helps when the doer does not matter."),
        ),
        practice(
            "Cutting",
            "Say it shorter.",
            one(
                "'Due to the fact that' means ...", "because", "although", "until", why="Five words for one."
            ),
            many(
                "Which words can usually go?",
                right=["basically", "very"],
                wrong=["not"],
                why="'Not' changes the meaning.",
            ),
            true("A shorter text can be harder to write.", "Choosing takes time."),
        ),
        practice(
            "Flow",
            "Old before new.",
            one(
                "Where does new information go best?",
                "at the end",
                "at the start",
                "anywhere",
                why="Known first.",
            ),
            true("Pronouns can tie sentences together.", "They point back to what is known."),
            many(
                "What helps rhythm?",
                right=["a short sentence now and then", "reading aloud"],
                wrong=["sentences of one length"],
                why="Variety keeps a reader awake.",
            ),
        ),
    ),
)
