"""The admin site."""

from django.contrib.admin import AdminSite
from django.utils.translation import gettext_lazy as _


class StepwiseAdminSite(AdminSite):
    """Django's admin under Stepwise's name; what a person sees of it is decided by each model's admin."""

    site_header = _("Stepwise")
    site_title = _("Stepwise")
    index_title = _("Administration")
    site_url = None
