"""``manage.py fill_safety_quiz_results [--staff N] [--results N] [--no-input]``."""

from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from tqdm import tqdm

from quizzes.safety.domain.filling import SLUG, fill, settle


class Command(BaseCommand):
    help = (
        "Fill a separate organization with safety quiz results, to measure reports with. Existing results "
        "count. Use it only on a database made for measuring: results cannot be removed again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--staff", type=_positive, default=10_000, help="people (default: 10,000)")
        parser.add_argument("--results", type=_positive, default=50_000, help="results (default: 50,000)")
        parser.add_argument("--no-input", action="store_true", help="do not ask")

    def handle(self, *args: Any, **options: Any) -> None:
        database = connection.settings_dict["NAME"]
        if not options["no_input"]:
            question = f"This cannot be undone. Fill {SLUG} in the database {database!r}? [yes/no] "
            if input(question).strip().lower() != "yes":
                raise CommandError("Nothing was written.")
        with tqdm(total=options["results"], unit=" results", disable=None) as bar:
            fill(
                staff=options["staff"],
                results=options["results"],
                written=lambda count: bar.update(count - bar.n),
            )
        settle()
        if options["verbosity"]:
            self.stdout.write(f"The organization {SLUG} has {options['results']} results or more.")


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ArgumentTypeError("must be 1 or more")
    return number
