"""Questions, answers and safety quizzes in the admin; writes go through the API's domain functions."""

from quizzes.safety.admin.results import SafetyQuizResultAdmin
from quizzes.safety.admin.schedules import SafetyQuizScheduleAdmin
from quizzes.sets.admin.attempts import AttemptAdmin
from quizzes.sets.admin.question_sets import QuestionSetAdmin
from quizzes.sets.admin.questions import QuestionAdmin

__all__ = [
    "AttemptAdmin",
    "QuestionAdmin",
    "QuestionSetAdmin",
    "SafetyQuizResultAdmin",
    "SafetyQuizScheduleAdmin",
]
