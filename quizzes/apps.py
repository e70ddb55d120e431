from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class QuizzesConfig(AppConfig):
    name = "quizzes"
    verbose_name = _("Questions")

    def ready(self) -> None:
        from learning.tree.levels import register
        from quizzes.sets.domain.siblings import PRACTICES, QUESTIONS, STANDALONE_SETS

        register(PRACTICES, STANDALONE_SETS, QUESTIONS)
