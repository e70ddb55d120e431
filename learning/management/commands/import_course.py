"""``manage.py import_course FILE --organization SLUG [--dry-run] [--delete-missing] [--move-learners]``."""

from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.imports.report import Report
from learning.tree.course_files.importing import import_course
from tenancy.commands import scope_of
from tenancy.scope import scope_entered

_MOST_TOLD: Final = 100


class Command(BaseCommand):
    help = (
        "Make a course what a file of export_course says: all of it or nothing. Importing the same file "
        "again changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="JSON, or a ZIP of tables")
        parser.add_argument("--organization", metavar="SLUG", required=True, help="where the course belongs")
        parser.add_argument(
            "--dry-run", action="store_true", help="show what would change without writing anything"
        )
        parser.add_argument(
            "--delete-missing", action="store_true", help="delete what the file lacks; it can be restored"
        )
        parser.add_argument(
            "--move-learners", action="store_true", help="write it though it moves learners in progress"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            content = options["file"].read_bytes()
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}.") from error
        with scope_entered(scope_of(options["organization"])):
            report = import_course(
                content=content,
                by=None,
                dry_run=options["dry_run"],
                delete_missing=options["delete_missing"],
                agreed=options["move_learners"],
            )
        if report.problems:
            told = [": ".join(filter(None, (str(where), why))) for where, _column, why in report.problems]
            raise CommandError("\n  ".join(["Nothing was imported.", *told[:_MOST_TOLD]]))
        if report.question and not options["dry_run"]:
            raise CommandError(f"Nothing was imported. {report.question} Repeat it with --move-learners.")
        if options["verbosity"]:
            self.stdout.write("\n".join(_summary(report)))


def _summary(report: Report) -> list[str]:
    """Return what was done or would be, change by change."""
    missing = f"{report.missing} missing in the file"
    counted = f"{report.created} added, {report.updated} changed, {report.moved} moved, {missing}"
    lines = [f"{counted}; {report.unchanged} are unchanged."]
    told = [" ".join(filter(None, change)) for change in report.changes[:_MOST_TOLD]]
    lines += [f"  {line}" for line in told]
    lines += [report.question] if report.question else []
    return [*lines, *([] if report.written else ["Dry run: nothing was written."])]
