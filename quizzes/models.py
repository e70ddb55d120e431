"""Questions, and what people answered. ``QuestionSetEvent`` and others are put here by ``track_changes``."""

from quizzes.safety.models import MAX_WEEK_OF, AllowedAttempt, Retakes, SafetyQuizResult, SafetyQuizSchedule
from quizzes.sets.models.attempts import Attempt
from quizzes.sets.models.questions import (
    DEFAULT_PASS_MARK,
    ONE_ENTRY_ASSESSMENT,
    Option,
    OwnerType,
    Question,
    QuestionSet,
    QuestionType,
    SetType,
)

__all__ = [
    "DEFAULT_PASS_MARK",
    "MAX_WEEK_OF",
    "ONE_ENTRY_ASSESSMENT",
    "AllowedAttempt",
    "Attempt",
    "Option",
    "OwnerType",
    "Question",
    "QuestionSet",
    "QuestionType",
    "Retakes",
    "SafetyQuizResult",
    "SafetyQuizSchedule",
    "SetType",
]
