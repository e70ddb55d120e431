from typing import Any

from django.apps import AppConfig
from django.apps import apps as installed
from django.apps.registry import Apps
from django.db import connection
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


def _reserve_platform(apps: Apps = installed, **kwargs: Any) -> None:
    """Keep the organization that owns shared content and houses people who belong to none.

    Args:
        apps: models as the migrations have left them, which may not have been all.
    """
    from tenancy.models import Organization
    from tenancy.scope import PLATFORM_ID

    if Organization._meta.db_table not in connection.introspection.table_names():
        return  # migrated back to zero
    organizations = apps.get_model("tenancy", "Organization")._base_manager
    organizations.get_or_create(pk=PLATFORM_ID, defaults={"name": "Platform", "slug": "platform"})


class TenancyConfig(AppConfig):
    name = "tenancy"
    verbose_name = _("Places")

    def ready(self) -> None:
        from django.conf import settings

        from tenancy import checks  # noqa: F401
        from tenancy.wall.policies import put_up

        if settings.ROW_SECURITY:
            post_migrate.connect(put_up, sender=self, dispatch_uid="tenancy.wall")
        post_migrate.connect(_reserve_platform, sender=self, dispatch_uid="tenancy.reserve_platform")
