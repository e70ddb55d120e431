"""Question sets, questions and attempts in the admin; writes go through the API's domain functions."""

from quizzes.safety.admin import SafetyQuizResultAdmin
from quizzes.sets.admin.attempts import AttemptAdmin
from quizzes.sets.admin.questions import QuestionAdmin, QuestionSetAdmin

__all__ = ["AttemptAdmin", "QuestionAdmin", "QuestionSetAdmin", "SafetyQuizResultAdmin"]
