"""The permission keys of question sets and safety quizzes, and which seeded roles hold them.

Source: ``API.md`` "Permissions"; document 001 "Access Rules"; document 004 sections 1.1 and 3.
"""

from accounts.rights.keys import READERS, contribute, keys_of
from quizzes.safety.domain.allowing import KEY as ALLOW
from quizzes.safety.domain.reminding import KEY as REMIND

_WRITE = ("create", "update", "delete")


def contribute_keys() -> None:
    """Add them to those of people; called when the app starts."""
    contribute(
        keys_of("question_sets", "question sets", "list"),
        keys_of("questions", "questions", "list", "get"),
        {"question_sets.list_by_owner": "List the question sets of a sub-course"},
        held_by=READERS,
    )
    contribute(
        keys_of("question_sets", "question sets", "get"),
        {"question_set_items.list": "Read the questions of a set"},
        held_by=[*READERS, "STUDENT"],
    )
    contribute(
        keys_of("question_sets", "question sets", *_WRITE),
        keys_of("questions", "questions", *_WRITE),
        keys_of("safety_quizzes", "safety quiz schedules"),
        {"practices.reorder": "Reorder practices", "attempts.list": "See what people answered"},
    )
    reports = {"READ_SAFETY_QUIZ_REPORTS": "Read safety quiz reports"}
    contribute(reports, held_by=["PRINCIPAL"], open_reports=True)
    contribute({REMIND: "Remind people of their safety quiz"}, held_by=["PRINCIPAL"])
    contribute({ALLOW: "Allow people another attempt at a safety quiz"}, held_by=["PRINCIPAL", "SUPPORT"])
