from typing import Any

from django.apps import AppConfig
from django.db import connection
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


def _reserve_platform(**kwargs: Any) -> None:
    """Keep the organization that owns shared content and houses people who belong to none."""
    from tenancy.models import Organization
    from tenancy.scope import PLATFORM_ID

    if Organization._meta.db_table not in connection.introspection.table_names():
        return  # migrated back to zero
    Organization.unscoped.get_or_create(pk=PLATFORM_ID, defaults={"name": "Platform", "slug": "platform"})


class TenancyConfig(AppConfig):
    name = "tenancy"
    verbose_name = _("Places")

    def ready(self) -> None:
        post_migrate.connect(_reserve_platform, sender=self, dispatch_uid="tenancy.reserve_platform")
