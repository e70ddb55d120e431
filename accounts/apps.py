from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def _sync_after_migrate(**kwargs: Any) -> None:
    from accounts.rbac import sync_rbac

    sync_rbac()


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        post_migrate.connect(_sync_after_migrate, sender=self, dispatch_uid="accounts.sync_rbac")
