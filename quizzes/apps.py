from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class QuizzesConfig(AppConfig):
    name = "quizzes"
    verbose_name = _("Questions")

    def ready(self) -> None:
        from accounts.imports import kinds
        from accounts.messages import reminders
        from accounts.people.person_page import contributions
        from accounts.privacy import holdings
        from accounts.rights import keys
        from learning.tree.levels import register
        from quizzes import person, privacy
        from quizzes.safety.domain import digest, pending
        from quizzes.safety.domain.reminding import KEY as REMIND_KEY
        from quizzes.safety.imports import SafetyQuizResource
        from quizzes.safety.today import TODAY
        from quizzes.safety.waiting import WAITING as WAITING_FOR_QUIZZES
        from quizzes.sets.domain.siblings import PRACTICES, QUESTIONS, STANDALONE_SETS
        from quizzes.sets.waiting import WAITING
        from tenancy.admin import jobs
        from tenancy.front_page import today, waiting

        register(PRACTICES, STANDALONE_SETS, QUESTIONS)
        holdings.contribute(*privacy.HOLDINGS)
        keys.contribute(keys.keys_of("safety_quizzes", "safety quiz schedules"))
        keys.contribute({REMIND_KEY: "Remind people of their safety quiz"}, held_by=["PRINCIPAL"])
        today.contribute(TODAY)
        jobs.contribute(
            jobs.PageOfJob(jobs.Job.REPORTS, _("Safety completion"), "admin:safety_completion", TODAY.keys)
        )
        waiting.contribute(WAITING | WAITING_FOR_QUIZZES)
        contributions.contribute(person.SECTIONS)
        reminders.contribute(pending.REASONS, pending.due_now)
        reminders.contribute(digest.REASONS, digest.due_now)
        kinds.contribute("quiz-results", SafetyQuizResource)
