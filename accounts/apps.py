from datetime import timedelta
from typing import Any

from django.apps import AppConfig
from django.db import connection
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


def _sync_after_migrate(**kwargs: Any) -> None:
    from accounts.models import Role
    from accounts.rights.rbac import sync_rbac

    needed = {Role._meta.db_table, "auth_permission", "django_content_type"}
    if needed <= set(connection.introspection.table_names()):  # else migrated in part, or back to zero
        sync_rbac()


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People")

    def ready(self) -> None:
        from accounts.imports.jobs.export_pages import start
        from accounts.people.domain.names import names_here
        from accounts.people.person_page import contributions
        from accounts.people.person_page import own as own_sections
        from accounts.people.today import SEARCH
        from accounts.people.waiting import WAITING
        from accounts.privacy import holdings, own
        from tenancy import schedule
        from tenancy.admin import export, who
        from tenancy.front_page import today, waiting

        holdings.contribute(*own.HOLDINGS)
        waiting.contribute(WAITING)
        today.contribute(SEARCH)
        contributions.contribute(own_sections.SECTIONS, own_sections.ACTS)
        who.contribute(names_here)
        export.contribute(start)
        schedule.contribute(
            schedule.Scheduled("send_mail_copies", every=timedelta(minutes=1)),
            schedule.Scheduled("prune_expired", every=schedule.DAY, after=timedelta(hours=3)),
            schedule.Scheduled("clearsessions", every=schedule.DAY, after=timedelta(hours=3, minutes=15)),
            schedule.Scheduled("send_reminders", every=schedule.DAY, after=timedelta(hours=6)),
        )
        post_migrate.connect(_sync_after_migrate, sender=self, dispatch_uid="accounts.sync_rbac")
