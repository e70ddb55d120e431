"""``manage.py sync_rbac``: write permission keys and seeded roles to the database."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.rights.rbac import sync_rbac


class Command(BaseCommand):
    help = "Write permission keys and seeded roles to the database; also runs after every migrate."

    def handle(self, *args: Any, **options: Any) -> None:
        counts = sync_rbac()
        self.stdout.write(", ".join(f"{number} {what}" for what, number in counts.items()))
