"""``manage.py import_people FILE --organization SLUG [--dry-run] [--invite]``."""

from typing import Any

from django.core.management.base import CommandParser

from accounts.imports.command import ImportCommand
from accounts.people.imports import PeopleResource
from accounts.sign_in.domain.invitations import send_invitations
from tenancy.commands import scope_of
from tenancy.scope import ActiveScope


class Command(ImportCommand):
    help = (
        "Import people from a CSV file: all rows or, if one is wrong, none. Importing the same file again "
        "changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--organization", metavar="SLUG", required=True, help="where they belong")
        parser.add_argument(
            "--invite", action="store_true", help="e-mail new people a link to choose a password"
        )

    def resource(self, options: dict[str, Any]) -> PeopleResource:
        return PeopleResource()

    def scope(self, options: dict[str, Any]) -> ActiveScope:
        return scope_of(options["organization"])

    def imported(self, resource: Any, options: dict[str, Any]) -> None:
        if not options["invite"]:
            return
        people = resource.added
        invited = len(send_invitations(people=people))
        if options["verbosity"]:
            self.stdout.write(f"Invited {invited} people.")
        if invited < len(people):
            self.stderr.write(f"{len(people) - invited} mails could not be sent; the log says why.")
