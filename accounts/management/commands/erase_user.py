"""``manage.py erase_user EMAIL [--every-account] [--no-input]``."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.privacy.chosen_person import add_arguments, asked_for
from accounts.privacy.erase import erase_person


class Command(BaseCommand):
    help = (
        "Permanently erase one person's personal data: name, address, password, messages and what they "
        "wrote. What they did is kept for statistics, without their name. Safe to repeat."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        add_arguments(parser)
        parser.add_argument("--no-input", action="store_true", help="do not ask whether you are sure")

    def handle(self, *args: Any, **options: Any) -> None:
        person = asked_for(options)
        told = ", ".join(person.addresses)
        if not options["no_input"] and input(f"Erase {told} permanently? Type 'erase': ") != "erase":
            raise CommandError("Nothing was erased.")
        changed = erase_person(person=person)
        for table, number in changed.items():
            self.stdout.write(f"{table}: {number}")
        ids = ", ".join(map(str, person.ids))
        self.stdout.write(f"Erased. What is kept is recorded under {ids}.")
