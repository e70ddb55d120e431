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
        from learning.models import SubCourse
        from learning.tree.course_files import kinds as course_files
        from learning.tree.domain import duplicating
        from learning.tree.levels import register
        from learning.tree.ordering_page import beside
        from quizzes import person, privacy
        from quizzes.keys import contribute_keys
        from quizzes.safety.domain import digest, pending
        from quizzes.safety.imports import SafetyQuizResource
        from quizzes.safety.today import TODAY
        from quizzes.safety.waiting import WAITING as WAITING_FOR_QUIZZES
        from quizzes.sets.branch import assessments_of
        from quizzes.sets.course_files import ENTRY_ASSESSMENT, QUESTIONS_OF_SETS
        from quizzes.sets.domain import assessments
        from quizzes.sets.domain.siblings import PRACTICES, QUESTIONS, STANDALONE_SETS
        from quizzes.sets.waiting import WAITING
        from tenancy.admin import jobs
        from tenancy.front_page import today, waiting

        contribute_keys()
        register(PRACTICES, STANDALONE_SETS, QUESTIONS)
        duplicating.contribute(SubCourse, assessments.fill_copies)
        beside.contribute(SubCourse, assessments_of)
        course_files.contribute(ENTRY_ASSESSMENT, QUESTIONS_OF_SETS)
        holdings.contribute(*privacy.HOLDINGS)
        today.contribute(TODAY)
        jobs.contribute(
            jobs.PageOfJob(jobs.Job.REPORTS, _("Safety completion"), "admin:safety_completion", TODAY.keys)
        )
        waiting.contribute(WAITING | WAITING_FOR_QUIZZES)
        contributions.contribute(person.SECTIONS, person.ACTS)
        reminders.contribute(pending.REASONS, pending.due_now)
        reminders.contribute(digest.REASONS, digest.due_now)
        kinds.contribute("quiz-results", SafetyQuizResource)
