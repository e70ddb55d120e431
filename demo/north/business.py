"""Business communication: write, meet, present and negotiate."""

from demo.content import SubCourse, Video, false, many, one, practice, true

MEETINGS_AND_EMAIL = SubCourse(
    "Meetings and e-mail",
    "B3",
    "Take part in meetings and write e-mails that get answers.",
    (
        Video("6:30", "A subject line that works", "Say what you need before it is opened."),
        Video("7:05", "Clear requests", "Who does what by when."),
        Video("6:45", "Joining a discussion", "Get in without interrupting."),
        Video("7:20", "Agreeing to disagree", "Say no and stay friends."),
        Video("6:10", "Minutes in five lines", "Decisions, owners, dates."),
    ),
    (
        practice(
            "E-mail basics",
            "Short and clear.",
            one(
                "Which subject line is best?",
                "Budget: please approve by Friday",
                "Hello",
                "Important!!!",
                why="It names the topic, the action and the date.",
            ),
            many(
                "Which belong in a request?",
                right=["a date", "what you need"],
                wrong=["every detail of its history"],
                why="History can be attached.",
            ),
            false(
                "'I look forward to hear from you' is correct.", "'To' is followed by -ing here: 'hearing'."
            ),
        ),
        practice(
            "In the meeting",
            "Phrases that open doors.",
            one(
                "How do you interrupt politely?",
                "May I add something here?",
                "Wait.",
                "You are wrong.",
                why="Asking permission keeps the peace.",
            ),
            true(
                "'I see your point, but' shows that you listened.", "It repeats respect before the objection."
            ),
            many(
                "Which check that you understood?",
                right=["Do you mean that ...?", "So you are saying ..."],
                wrong=["Anyway, ..."],
                why="'Anyway' changes the topic.",
            ),
        ),
        practice(
            "Minutes",
            "Write what matters.",
            one(
                "What must every action have?",
                "an owner",
                "a chart",
                "a quote",
                why="Without one nobody does it.",
            ),
            many(
                "What belongs in minutes?",
                right=["dates", "decisions"],
                wrong=["every word that was said"],
                why="Minutes are a summary.",
            ),
            false("Minutes are best written a week later.", "Details fade within a day."),
        ),
    ),
)

PRESENTING_AND_NEGOTIATING = SubCourse(
    "Presenting and negotiating",
    "C1",
    "Lead an audience through an idea and reach agreements.",
    (
        Video("7:40", "Open with the point", "The first thirty seconds."),
        Video("8:05", "One slide, one message", "Headlines that say something."),
        Video("7:15", "Handling questions", "Repeat, answer, check."),
        Video("8:30", "Interests, not positions", "What do they really need?"),
        Video("7:50", "Closing the deal", "Sum up, confirm, thank."),
    ),
    (
        practice(
            "Signposting",
            "Guide your audience.",
            one(
                "'___ on to the next point'",
                "Moving",
                "Move",
                "Moved",
                why="The set phrase is 'moving on to'.",
            ),
            many(
                "Which announce a summary?",
                right=["In short", "To sum up"],
                wrong=["For instance"],
                why="'For instance' gives an example.",
            ),
            true("Repeating a question gives you time.", "And everyone hears it."),
        ),
        practice(
            "Hedging",
            "Be careful without being vague.",
            one(
                "Which is the most careful?",
                "This may lead to delays.",
                "This leads to delays.",
                "This will lead to delays.",
                why="'May' leaves room.",
            ),
            many(
                "Which words hedge?",
                right=["likely", "somewhat"],
                wrong=["definitely"],
                why="'Definitely' does the opposite.",
            ),
            false("Hedging is the same as lying.", "It states how sure you are."),
        ),
        practice(
            "At the table",
            "Negotiate.",
            one(
                "Which offers a trade?",
                "If you order today, we can ship free.",
                "Our price is final.",
                "Take it or leave it.",
                why="A trade gives something for something.",
            ),
            true("'Would you be open to' invites an idea.", "It is a soft proposal."),
            many(
                "Which build agreement?",
                right=["naming common ground", "summing up"],
                wrong=["raising your voice"],
                why="Both show what is shared.",
            ),
        ),
    ),
)
