from django.contrib.admin.apps import AdminConfig


class StepwiseAdminConfig(AdminConfig):
    """Django's admin with Stepwise's site."""

    default_site = "config.admin_site.StepwiseAdminSite"
