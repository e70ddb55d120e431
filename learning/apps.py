from datetime import timedelta
from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LearningConfig(AppConfig):
    name = "learning"
    verbose_name = _("Learning")

    def ready(self) -> None:
        from accounts.messages import reminders
        from accounts.people.person_page import contributions
        from accounts.privacy import holdings
        from learning import privacy
        from learning.keys import contribute_keys
        from learning.tree import checks  # noqa: F401
        from learning.tree.domain.levels import LEVELS
        from learning.tree.levels import register
        from learning.waiting import WAITING
        from learning.workshop import person
        from learning.workshop.domain import subscription_notices
        from tenancy import schedule
        from tenancy.admin import jobs
        from tenancy.front_page import waiting

        contribute_keys()
        register(*LEVELS)
        holdings.contribute(*privacy.HOLDINGS)
        jobs.contribute(
            jobs.PageOfJob(jobs.Job.TREE, _("Order of the tree"), "admin:ordering", ("learning_tree.get",))
        )
        waiting.contribute(WAITING)
        contributions.contribute(person.SECTIONS, person.ACTS)
        reminders.contribute(subscription_notices.REASONS, subscription_notices.due_notices)
        # Before the reminders, which tell of what has ended.
        schedule.contribute(
            schedule.Scheduled("process_subscriptions", every=schedule.DAY, after=timedelta(minutes=15))
        )
        # Packages that make no sense must stop every process, not the first request that meets them.
        import_module("learning.workshop.packages")
