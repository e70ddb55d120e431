"""``manage.py migrate``, with historical models made quickly where there is nothing yet."""

from contextlib import nullcontext
from typing import Any

from django.core.management.commands import migrate
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder

from tenancy.historical import made_quickly


class Command(migrate.Command):
    def handle(self, *args: Any, database: str, **options: Any) -> None:
        # Where somebody's rows are at stake, everything is done as Django does it.
        begun = MigrationRecorder(connections[database]).applied_migrations()
        with nullcontext() if begun else made_quickly():
            super().handle(*args, database=database, **options)
