"""What the commands share that import a file."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import InterfaceError, OperationalError

from accounts.imports.files import read_file
from accounts.imports.resource import FileResource, Outcome
from accounts.imports.tables import UnreadableFileError
from tenancy.scope import ActiveScope, scope_entered

MAX_LINES: Final = 100
_VERBS: Final = {"new": "create", "update": "update"}


class ImportCommand(BaseCommand):
    """Imports the rows of a file, all or none, and says what that did or, with ``--dry-run``, would do."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="CSV in UTF-8 or XLSX, with a header row")
        parser.add_argument(
            "--dry-run", action="store_true", help="show what would change without writing anything"
        )

    def resource(self, options: dict[str, Any]) -> FileResource:
        """Return how rows are read and written."""
        raise NotImplementedError

    def scope(self, options: dict[str, Any]) -> ActiveScope:
        """Return where to import."""
        raise NotImplementedError

    def handle(self, *args: Any, **options: Any) -> None:
        dry_run: bool = options["dry_run"]
        try:
            rows = read_file(options["file"].read_bytes())
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}.") from error
        except UnreadableFileError as error:
            raise _refusal([f"line {line}: {reason}" for line, reason in error.problems]) from error
        resource = self.resource(options)
        try:
            with scope_entered(self.scope(options)):
                outcome: Outcome = resource.import_data(rows, dry_run=dry_run)
        except (OperationalError, InterfaceError) as error:
            raise CommandError(
                "Nothing was imported: the database cannot be reached, or is too busy."
            ) from error
        if not outcome.is_good:
            raise _refusal(list(_problems(outcome)), wrong=outcome.totals["invalid"])
        if options["verbosity"]:
            self.stdout.write("\n".join(_summary(outcome, dry_run=dry_run)))
        if not dry_run:
            self.imported(resource, options)

    def imported(self, resource: Any, options: dict[str, Any]) -> None:
        """Do what is left once everything is written; override to do something."""


def _refusal(problems: list[str], *, wrong: int = 0) -> CommandError:
    """Return the error that names what is wrong, as far as it was noted."""
    rows = f"{wrong} rows are wrong" if wrong > 1 else "1 row is wrong" if wrong else "the file is wrong"
    told = _shortened(problems, of=wrong)
    return CommandError("\n  ".join([f"Nothing was imported: {rows}.", *told]))


def _problems(outcome: Outcome) -> Iterator[str]:
    """Yield what is wrong, by line."""
    yield from (str(problem.error) for problem in outcome.base_errors)
    for row in outcome.invalid_rows:
        for name, reasons in row.error_dict.items():
            yield f"line {row.number}: {name}: {' '.join(reasons)}"


def _summary(outcome: Outcome, *, dry_run: bool) -> Iterator[str]:
    """Yield what was done, or with ``dry_run`` what would be, row by row."""
    totals = outcome.totals
    created, updated = ("Would create", "would update") if dry_run else ("Created", "updated")
    unchanged = totals["skip"] - outcome.left_deleted
    told = f"{created} {totals['new']} and {updated} {totals['update']} rows; {unchanged} are unchanged"
    left = f", {outcome.left_deleted} were deleted after they were imported and stay deleted"
    yield f"{told}{left if outcome.knows_deleted else ''}."
    repeated = [f"line {line} repeats line {earlier}: they are one." for line, earlier in outcome.repeated]
    yield from (f"  {line}" for line in _shortened(repeated))
    if dry_run:
        changed = sum(totals[kind] for kind in _VERBS)
        yield from (f"  {line}" for line in _shortened([_told(row) for row in outcome.rows], of=changed))
        yield "Dry run: nothing was written."


def _told(row: Any) -> str:
    what = f" ({', '.join(row.changes)})" if row.changes else ""
    return f"line {row.line}: {_VERBS[row.import_type]} {row.about} {row.what}{what}"


def _shortened(lines: list[str], *, of: int = 0) -> list[str]:
    """Return as many lines as anyone reads, and how many more there are."""
    more = max(of, len(lines)) - MAX_LINES
    return [*lines[:MAX_LINES], *([f"... and {more} more."] if more > 0 else [])]
