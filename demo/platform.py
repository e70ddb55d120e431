"""What every organization may read: one short course, and the default entry assessment."""

from typing import Final

from demo.content import (
    Category,
    Course,
    Practice,
    SubCourse,
    Video,
    false,
    many,
    one,
    practice,
    true,
)

ASSESSMENT: Final = Practice(
    "Default entry assessment",
    "Five questions before a sub-course, for organizations that have no assessment of their own.",
    (
        one(
            "How much of a typical explanation in this subject can you follow today?",
            "Most of it, if it is clear",
            "None of it",
            "Only single words",
            why="Most learners start here; the sub-course builds on it.",
        ),
        one(
            "A task says: 'Sort the cards from the smallest to the largest number.' What do you do first?",
            "Compare the numbers",
            "Count the cards",
            "Turn the cards over",
            why="Sorting by size starts with comparing sizes.",
        ),
        many(
            "Which of these help you to remember something new?",
            right=["Explaining it to someone", "Testing yourself a day later"],
            wrong=["Reading it five times in a row"],
            why="Recalling and explaining both make memory stronger; re-reading hardly does.",
        ),
        true("A wrong answer in a practice can be corrected by trying again.", "Practices can be repeated."),
        false(
            "You must know a topic completely before you begin its first video.", "It starts at the start."
        ),
    ),
)

CATALOGUE: Final[tuple[Category, ...]] = (
    Category(
        "Getting started",
        "Short courses for everyone, whatever they study.",
        (
            Course(
                "Learning well",
                "How to get further with the time you have.",
                (
                    SubCourse(
                        "Learning step by step",
                        "A1",
                        "How courses unlock, and habits that make each step count.",
                        (
                            Video("2:40", "How your course is built", "Sub-courses, videos and practices."),
                            Video(
                                "3:15",
                                "One step opens the next",
                                "Why some items are locked, and how to go on.",
                            ),
                            Video("4:05", "Twenty minutes a day", "Short sessions beat long ones."),
                            Video("3:50", "Ask yourself", "Recall is stronger than reading again."),
                            Video("3:30", "When you are stuck", "Three things to try before you ask."),
                        ),
                        (
                            practice(
                                "How unlocking works",
                                "Check that you know your way around.",
                                one(
                                    "What opens the second video of a sub-course?",
                                    "Completing the first video",
                                    "Completing all practices",
                                    "Waiting a day",
                                    why="Each video waits for the ones before it.",
                                ),
                                true("A completed video stays open.", "You can watch it again at any time."),
                                many(
                                    "Which items have an order of their own in a sub-course?",
                                    right=["Practices", "Videos"],
                                    wrong=["Your notes"],
                                    why="Videos wait for videos, practices for practices.",
                                ),
                            ),
                            practice(
                                "Good habits",
                                "What helps, and what only feels as if it did.",
                                one(
                                    "Which plan helps most?",
                                    "Twenty minutes on five days",
                                    "A hundred minutes on one day",
                                    "Whenever there is time",
                                    why="Spread out, the same time gives more.",
                                ),
                                many(
                                    "What counts as testing yourself?",
                                    right=["Answering without looking", "Writing what you remember"],
                                    wrong=["Highlighting a text"],
                                    why="You test yourself when you bring it up from memory.",
                                ),
                                false(
                                    "Mistakes in a practice are a bad sign.",
                                    "They show what to look at next.",
                                ),
                            ),
                            practice(
                                "Getting unstuck",
                                "Before you ask for help.",
                                one(
                                    "You do not understand a video. What is a good first step?",
                                    "Watch the part before it again",
                                    "Skip to the last video",
                                    "Start another course",
                                    why="The missing piece usually came just before.",
                                ),
                                true("Saying the question aloud can help.", "It shows what you do know."),
                                many(
                                    "What belongs in a good question to your teacher?",
                                    right=["What you expected", "What you tried"],
                                    wrong=["Only 'it does not work'"],
                                    why="Both let someone else see where you are.",
                                ),
                            ),
                        ),
                    ),
                ),
            ),
        ),
    ),
)
