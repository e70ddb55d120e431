"""``manage.py import_places FILE --organization SLUG [--dry-run]``."""

from typing import Any

from django.core.management.base import CommandParser

from accounts.imports.command import ImportCommand
from accounts.places.imports import PlacesResource
from tenancy.commands import scope_of
from tenancy.scope import ActiveScope


class Command(ImportCommand):
    help = (
        "Import schools, campuses and classrooms from a file: all rows or, if one is wrong, none. Importing "
        "the same file again changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--organization", metavar="SLUG", required=True, help="where they belong")

    def resource(self, options: dict[str, Any]) -> PlacesResource:
        return PlacesResource()

    def scope(self, options: dict[str, Any]) -> ActiveScope:
        return scope_of(options["organization"])
