from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProgressConfig(AppConfig):
    name = "progress"
    verbose_name = _("Progress")

    def ready(self) -> None:
        from accounts.imports import kinds
        from accounts.people.person_page import contributions
        from accounts.privacy import holdings
        from learning.models import Course, SubCourse
        from learning.tree import impact
        from learning.tree.ordering_page import beside
        from progress import privacy
        from progress.items.imports import ItemProgressResource
        from progress.keys import contribute_keys
        from progress.reports.my_class import MY_CLASS
        from progress.reports.today import TODAY
        from progress.steps import (
            as_learner,
            checks,  # noqa: F401
            person_page,
            preview,
        )
        from progress.steps.completions import record_in
        from progress.steps.domain.impact import CompletionImpact
        from progress.steps.models import PracticeCompletion, VideoCompletion
        from tenancy.admin import jobs
        from tenancy.front_page import today

        today.contribute(TODAY, MY_CLASS)
        jobs.contribute(
            jobs.PageOfJob(jobs.Job.REPORTS, _("Learning progress"), "admin:learning_report", TODAY.keys)
        )
        contributions.contribute({**person_page.SECTIONS, **as_learner.SECTIONS}, person_page.ACTS)
        contribute_keys()
        record_in(VideoCompletion, PracticeCompletion)
        impact.contribute(CompletionImpact())
        beside.contribute_view(Course, preview.address_of_course)
        beside.contribute_view(SubCourse, preview.address_of_sub_course)
        holdings.contribute(*privacy.HOLDINGS)
        kinds.contribute("progress", ItemProgressResource)
