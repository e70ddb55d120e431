"""``manage.py backfill_entry_assessments [--organization SLUG] [--dry-run]``."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from quizzes.domain.assessments import Backfilled, backfill, sub_courses_to_check
from tenancy.models import Organization
from tenancy.scope import EVERY_ORGANIZATION, ActiveScope, every_organization, scope_entered


class Command(BaseCommand):
    help = (
        "Give every sub-course without an entry assessment its own, and fill empty ones with the questions "
        "of the organization's published standalone assessment, or else the shared one. "
        "Running it again changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--organization", metavar="SLUG", help="only this organization")
        parser.add_argument("--dry-run", action="store_true", help="say what would change, write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        dry_run: bool = options["dry_run"]
        with (
            scope_entered(_scope_of(options["organization"])),
            # Drawn on a terminal only: a log file has no use for it.
            tqdm(total=sub_courses_to_check().count(), unit=" sub-courses", disable=None) as bar,
        ):
            counts = backfill(dry_run=dry_run, done=bar.update)
        if options["verbosity"]:
            self.stdout.write(_summary(counts, dry_run=dry_run))


def _scope_of(slug: str | None) -> ActiveScope:
    """Return the scope to work in.

    Raises:
        CommandError: there is no organization with this slug.
    """
    if slug is None:
        return EVERY_ORGANIZATION
    with every_organization():
        organization = Organization.objects.filter(slug=slug).first()
    if organization is None:
        raise CommandError(f"There is no organization with the slug {slug!r}.")
    scope: ActiveScope = organization.scope
    return scope


def _summary(counts: Backfilled, *, dry_run: bool) -> str:
    created, filled = ("Would create", "would fill") if dry_run else ("Created", "filled")
    return "\n".join(
        [
            f"{created} {counts.created} and {filled} {counts.filled} entry assessments "
            f"({counts.questions} questions).",
            f"{counts.already_complete} were complete already; {counts.left_empty} stay empty "
            "for want of a published standalone assessment with questions.",
            *(["Dry run: nothing was written."] if dry_run else []),
        ]
    )
