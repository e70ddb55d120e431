"""``manage.py import_results --kind progress|quiz-results FILE [--dry-run] [--organization SLUG]``."""

from typing import Any

from django.core.management.base import CommandParser

from accounts.imports.command import ImportCommand
from accounts.imports.facts import FactResource
from accounts.imports.kinds import KINDS
from tenancy.commands import scope_of
from tenancy.scope import ActiveScope


class Command(ImportCommand):
    help = (
        "Import facts about people from a CSV file: all rows or, if one is wrong, none. "
        "Importing the same file again changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--kind", required=True, choices=KINDS, help="what the rows are")
        parser.add_argument(
            "--organization", metavar="SLUG", help="the organization that the people in the file belong to"
        )

    def resource(self, options: dict[str, Any]) -> FactResource:
        return KINDS[options["kind"]]()

    def scope(self, options: dict[str, Any]) -> ActiveScope:
        return scope_of(options["organization"])
