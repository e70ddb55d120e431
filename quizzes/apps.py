from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class QuizzesConfig(AppConfig):
    name = "quizzes"
    verbose_name = _("Questions")

    def ready(self) -> None:
        from accounts.imports import kinds
        from accounts.messages import reminders
        from accounts.privacy import holdings
        from learning.tree.levels import register
        from quizzes import privacy
        from quizzes.safety.domain import pending
        from quizzes.safety.imports import SafetyQuizResource
        from quizzes.sets.domain.siblings import PRACTICES, QUESTIONS, STANDALONE_SETS
        from quizzes.sets.waiting import WAITING
        from tenancy.front_page import waiting

        register(PRACTICES, STANDALONE_SETS, QUESTIONS)
        holdings.contribute(*privacy.HOLDINGS)
        waiting.contribute(WAITING)
        reminders.contribute(pending.REASONS, pending.due_now)
        kinds.contribute("quiz-results", SafetyQuizResource)
