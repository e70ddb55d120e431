"""``manage.py changepassword EMAIL``: Django's command, for a person of any organization."""

from typing import Any

from django.contrib.auth.management.commands import changepassword

from tenancy.scope import every_organization


class Command(changepassword.Command):
    def handle(self, *args: Any, **options: Any) -> str | None:
        with every_organization():
            return super().handle(*args, **options)
