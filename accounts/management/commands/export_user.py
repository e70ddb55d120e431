"""``manage.py export_user EMAIL [--output FILE] [--every-account]``."""

import os
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.privacy.chosen_person import add_arguments, asked_for
from accounts.privacy.export import write_person


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, mode=0o600)


class Command(BaseCommand):
    help = "Write everything held about one person as JSON, except what would open their account."

    def add_arguments(self, parser: CommandParser) -> None:
        add_arguments(parser)
        parser.add_argument(
            "--output", type=Path, metavar="FILE", help="a new file; standard output by default"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        person = asked_for(options)
        path: Path | None = options["output"]
        if path is None:
            self.stdout.ending = ""
            write_person(person=person, to=self.stdout)
            return
        try:
            # Nobody but the operator reads it, and nothing that is there already is replaced.
            with open(path, "x", encoding="utf-8", opener=_private) as file, ExitStack() as undo:
                undo.callback(path.unlink)
                number = write_person(person=person, to=file)
                file.flush()
                undo.pop_all()
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}.") from error
        self.stdout.write(f"{number} rows written to {path}")
