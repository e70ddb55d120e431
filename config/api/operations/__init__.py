"""What the operations of the API are called: names for programs, summaries for people, tags in reading order.

Literal tables by subject, as the paths in ``config.urls`` are; what levels of the tree have in common is
derived from what is registered. A new path gets a line; a test asks for it.
"""

from typing import Final

from config.api.operations import people, safety, signing_in, tree, workshop
from config.api.operations.table import Operation

__all__ = ["OPERATIONS", "TAGS", "Operation"]

TAGS: Final = {
    "Signing in": "Accounts, tokens and passwords. Begin with `login`, then send the `access` it returns.",
    "Me": "Who the caller is, what they may do and where, and what they prefer.",
    "Learning": "A course as a learner meets it: path, videos, practices, entry assessments, and completing.",
    "Safety quizzes": "The weekly quiz of staff, and who is still pending.",
    "Typed progress": "Signs learned and check-ins: one row for each person, type and item.",
    "Workshop": "Tcodes, who may use them and for how long, and progress with them.",
    "Interactions": "The log of what people do, appended by their clients.",
    "Messages": "Your inbox, and sending messages.",
    "People": "Accounts and roles, for those who manage them.",
    "Places": "Schools, campuses and classrooms, for those who manage them.",
    "Authoring": "The tree: categories, courses, sub-courses and videos, and their order.",
    "Questions": "Question sets and their questions, for those who write them.",
}
"""In the order in which a client meets them, each with its introduction."""

OPERATIONS: Final[dict[str, Operation]] = {
    **signing_in.OPERATIONS,
    **tree.OPERATIONS,
    **safety.OPERATIONS,
    **workshop.OPERATIONS,
    **people.OPERATIONS,
}
"""By method and path."""
