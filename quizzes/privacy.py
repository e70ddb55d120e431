"""What quizzes holds of people, and what is left of it when one of them is erased."""

from typing import Final

from accounts.privacy.holdings import Holding, by
from quizzes.models import AllowedAttempt, Attempt, SafetyQuizResult

HOLDINGS: Final = (
    Holding(Attempt, by("user")),
    Holding(AllowedAttempt, by("user"), erased={"reason": ""}),
    Holding(
        SafetyQuizResult,
        by("user"),
        # The hash is whatever an importer calls the row by.
        erased={"user_name": "", "import_hash": None},
    ),
)
