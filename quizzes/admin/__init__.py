"""Question sets, questions and attempts in the admin; writes go through the API's domain functions."""

from quizzes.admin.questions import QuestionAdmin, QuestionSetAdmin
from quizzes.admin.records import AttemptAdmin, SafetyQuizResultAdmin

__all__ = ["AttemptAdmin", "QuestionAdmin", "QuestionSetAdmin", "SafetyQuizResultAdmin"]
