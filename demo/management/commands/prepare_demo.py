"""``manage.py prepare_demo``: what ``bin/demo`` does before it serves, in one process."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Migrate, collect static files if asked to, and write the demo data, as `seed_demo` does."
    requires_system_checks = []  # `migrate` makes them

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--static", action="store_true", help="collect static files as well")

    def handle(self, *args: Any, static: bool, **options: Any) -> None:
        call_command("migrate", verbosity=0, skip_checks=False)
        if static:
            call_command("collectstatic", interactive=False, verbosity=0)
        call_command("seed_demo", stdout=self.stdout)
