"""``manage.py migrate``, with historical models made quickly."""

from typing import Any

from django.core.management.commands import migrate

from tenancy.historical import made_quickly


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        with made_quickly():
            super().handle(*args, **options)
