"""The keys to make exceptions to the sequence."""

from typing import Final

COMPLETIONS_LIST: Final = "completions.list"
EXCEPTIONS_LIST: Final = "step_exceptions.list"

KEYS: Final = {
    EXCEPTIONS_LIST: "See the exceptions that were made for learners",
    "step_exceptions.waive": "Waive steps for learners",
    "step_exceptions.unlock": "Unlock steps for learners",
    "step_exceptions.complete": "Mark steps complete for learners",
    "step_exceptions.undo": "Undo completions of learners",
    "learners.view_as": "See the tree as a learner sees it",
}
"""Every key with its label, in English: labels are stored."""
