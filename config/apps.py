from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class StepwiseAdminConfig(AdminConfig):
    """Django's admin with Stepwise's site."""

    default_site = "config.admin_site.StepwiseAdminSite"

    def ready(self) -> None:
        """Begin to report, bound the database, leave out pages of libraries that Stepwise does not use."""
        from django.contrib import admin
        from django.contrib.auth.models import Group
        from django.db.backends.signals import connection_created
        from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

        from config import checks  # noqa: F401  (registers them)
        from config.database.bounds import bound_connection
        from config.monitoring import reports
        from tenancy.admin import jobs

        reports.start()
        super().ready()
        jobs.contribute(jobs.PageOfJob(jobs.Job.TODAY, _("Today"), "admin:index"))
        connection_created.connect(bound_connection, dispatch_uid="config.bound_connection")
        admin.site.unregister([Group, OutstandingToken, BlacklistedToken])
