"""Questions, answers and safety quizzes in the admin; writes go through the API's domain functions."""

from quizzes.safety.admin.results import SafetyQuizResultAdmin
from quizzes.safety.admin.schedules import SafetyQuizScheduleAdmin
from quizzes.sets.admin.attempts import AttemptAdmin
from quizzes.sets.admin.questions import QuestionAdmin, QuestionSetAdmin

__all__ = [
    "AttemptAdmin",
    "QuestionAdmin",
    "QuestionSetAdmin",
    "SafetyQuizResultAdmin",
    "SafetyQuizScheduleAdmin",
]
