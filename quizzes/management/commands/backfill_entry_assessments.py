"""``manage.py backfill_entry_assessments [--organization SLUG] [--dry-run]``."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from tqdm import tqdm

from quizzes.sets.domain.assessments import Backfilled, backfill, sub_courses_to_check
from tenancy.commands import scope_of
from tenancy.scope import scope_entered


class Command(BaseCommand):
    help = (
        "Give every sub-course without an entry assessment its own, and fill empty ones with the questions "
        "of the organization's published standalone assessment, or else the shared one. "
        "Running it again changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--organization", metavar="SLUG", help="only this organization")
        parser.add_argument(
            "--dry-run", action="store_true", help="show what would change without writing anything"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        dry_run: bool = options["dry_run"]
        with (
            scope_entered(scope_of(options["organization"])),
            # Drawn on a terminal only: a log file has no use for it.
            tqdm(total=sub_courses_to_check().count(), unit=" sub-courses", disable=None) as bar,
        ):
            counts = backfill(dry_run=dry_run, done=bar.update)
        if options["verbosity"]:
            self.stdout.write(_summary(counts, dry_run=dry_run))


def _summary(counts: Backfilled, *, dry_run: bool) -> str:
    created, filled = ("Would create", "would fill") if dry_run else ("Created", "filled")
    return "\n".join(
        [
            f"{created} {counts.created} and {filled} {counts.filled} entry assessments "
            f"({counts.questions} questions).",
            f"{counts.already_complete} were already complete; {counts.left_empty} stay empty "
            "because there is no published standalone assessment with questions.",
            *(["Dry run: nothing was written."] if dry_run else []),
        ]
    )
