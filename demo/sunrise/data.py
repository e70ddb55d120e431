"""Data and evidence: describe, compare and conclude."""

from demo.content import SubCourse, Video, false, many, one, practice, true

DESCRIBING_DATA = SubCourse(
    "Describing data",
    "C2",
    "Summaries and pictures that do not mislead.",
    (
        Video("7:40", "Mean and median", "Two middles."),
        Video("7:55", "Spread", "Range, quartiles, standard deviation."),
        Video("8:20", "Choosing a chart", "Bars, lines, dots."),
        Video("8:05", "Correlation", "Together is not because."),
        Video("7:50", "Cleaning data", "Missing, double, impossible."),
    ),
    (
        practice(
            "Middles",
            "Mean, median, mode.",
            one("The median of 1, 2, 9", "2", "4", "9", why="The one in the middle."),
            one("The mean of 2, 4, 9", "5", "4", "15", why="15 divided by 3."),
            true("One outlier moves the mean more than the median.", "The median only counts places."),
            many(
                "Which describe the middle?",
                right=["mean", "median"],
                wrong=["range"],
                why="The range describes spread.",
            ),
        ),
        practice(
            "Charts",
            "Show it fairly.",
            one(
                "Which suits a trend over time?",
                "line chart",
                "pie chart",
                "table of names",
                why="It shows change.",
            ),
            many(
                "Which can mislead?",
                right=["a cut axis", "a third dimension"],
                wrong=["labels"],
                why="Both distort lengths.",
            ),
            false("Pie charts are best for twenty groups.", "Nobody compares twenty angles."),
        ),
        practice(
            "Correlation",
            "Together or because?",
            one(
                "A correlation of -0.9 is ...",
                "strong and falling",
                "weak",
                "impossible",
                why="Near -1 is strong.",
            ),
            false("Correlation proves a cause.", "A third cause may drive both."),
            many(
                "What can explain a correlation?",
                right=["a common cause", "chance"],
                wrong=["a correlation of zero"],
                why="Zero is the absence of one.",
            ),
        ),
    ),
)

INFERENCE = SubCourse(
    "From sample to claim",
    "C3",
    "Sampling, uncertainty and tests.",
    (
        Video("8:30", "Good samples", "Random, large enough, complete."),
        Video("8:45", "Sampling error", "Why results differ."),
        Video("9:05", "Confidence intervals", "A range and what it promises."),
        Video("9:20", "Testing an idea", "What a p-value is, and is not."),
        Video("8:50", "Reporting honestly", "Say what you did not find, too."),
    ),
    (
        practice(
            "Samples",
            "Who was asked?",
            one(
                "Which sample is fairest?",
                "names drawn by lot",
                "the first ten to answer",
                "your friends",
                why="Everyone had the same chance.",
            ),
            true("A larger random sample is more precise.", "The error shrinks with the square root."),
            many(
                "Which cause bias?",
                right=["asking only volunteers", "a leading question"],
                wrong=["drawing lots"],
                why="Lots treat all alike.",
            ),
        ),
        practice(
            "Intervals",
            "How sure?",
            one(
                "Four times the sample makes the interval ...",
                "half as wide",
                "as wide",
                "a quarter as wide",
                why="√4.",
            ),
            false(
                "A 95 % interval holds 95 % of the data.", "It is about the mean, not about single values."
            ),
            many(
                "What widens an interval?",
                right=["a smaller sample", "more confidence"],
                wrong=["less spread"],
                why="Less spread narrows it.",
            ),
        ),
        practice(
            "Tests",
            "What a p-value says.",
            one(
                "A small p-value means that the data are ...",
                "surprising if nothing is going on",
                "proof of the idea",
                "wrong",
                why="It assumes that there is no effect.",
            ),
            true("Many tests at once produce false alarms.", "One in twenty at the 5 % level."),
            many(
                "What belongs in a report?",
                right=["the size of the effect", "the size of the sample"],
                wrong=["only p < 0.05"],
                why="Significance says nothing about size.",
            ),
        ),
    ),
)
