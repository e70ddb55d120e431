from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class QuizzesConfig(AppConfig):
    name = "quizzes"
    verbose_name = _("Questions")

    def ready(self) -> None:
        from accounts.imports import kinds
        from accounts.messages import reminders
        from accounts.privacy import holdings
        from accounts.rights import keys
        from learning.tree.levels import register
        from quizzes import privacy
        from quizzes.safety.domain import pending
        from quizzes.safety.imports import SafetyQuizResource
        from quizzes.safety.waiting import WAITING as WAITING_FOR_QUIZZES
        from quizzes.sets.domain.siblings import PRACTICES, QUESTIONS, STANDALONE_SETS
        from quizzes.sets.waiting import WAITING
        from tenancy.front_page import waiting

        register(PRACTICES, STANDALONE_SETS, QUESTIONS)
        holdings.contribute(*privacy.HOLDINGS)
        keys.contribute(keys.keys_of("safety_quizzes", "safety quiz schedules"))
        waiting.contribute(WAITING | WAITING_FOR_QUIZZES)
        reminders.contribute(pending.REASONS, pending.due_now)
        kinds.contribute("quiz-results", SafetyQuizResource)
