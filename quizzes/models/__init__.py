"""Questions, and what people answered. ``QuestionSetEvent`` and others are put here by ``track_changes``."""

from quizzes.models.questions import (
    DEFAULT_PASS_MARK,
    ONE_ENTRY_ASSESSMENT,
    Option,
    OwnerType,
    Question,
    QuestionSet,
    QuestionType,
    SetType,
)
from quizzes.models.records import MAX_WEEK_OF, Attempt, SafetyQuizResult

__all__ = [
    "DEFAULT_PASS_MARK",
    "MAX_WEEK_OF",
    "ONE_ENTRY_ASSESSMENT",
    "Attempt",
    "Option",
    "OwnerType",
    "Question",
    "QuestionSet",
    "QuestionType",
    "SafetyQuizResult",
    "SetType",
]
