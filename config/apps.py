from django.contrib.admin.apps import AdminConfig


class StepwiseAdminConfig(AdminConfig):
    """Django's admin with Stepwise's site."""

    default_site = "config.admin_site.StepwiseAdminSite"

    def ready(self) -> None:
        """Leave out the pages that libraries bring along and Stepwise does not use."""
        from django.contrib import admin
        from django.contrib.auth.models import Group
        from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

        super().ready()
        admin.site.unregister([Group, OutstandingToken, BlacklistedToken])
