"""``manage.py import_results --kind progress|quiz-results FILE [--dry-run] [--organization SLUG]``."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.importing.facts import FactResource, Outcome
from accounts.importing.files import UnreadableFileError, read_csv
from progress.importing import ItemProgressResource
from quizzes.importing import SafetyQuizResource
from tenancy.commands import scope_of
from tenancy.scope import scope_entered

KINDS: Final[dict[str, type[FactResource]]] = {
    "progress": ItemProgressResource,
    "quiz-results": SafetyQuizResource,
}
MAX_LINES: Final = 100
_VERBS: Final = {"new": "create", "update": "update"}


class Command(BaseCommand):
    help = (
        "Import typed progress or results of safety quizzes from a CSV file: all rows or, if one is wrong, "
        "none. Importing the same file again changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="UTF-8, with a header row")
        parser.add_argument("--kind", required=True, choices=KINDS, help="what the rows are")
        parser.add_argument(
            "--organization", metavar="SLUG", help="the people named in the file are those of this one"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would change, write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        dry_run: bool = options["dry_run"]
        try:
            rows = read_csv(options["file"].read_bytes())
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}.") from error
        except UnreadableFileError as error:
            raise _refusal([f"line {line}: {reason}" for line, reason in error.problems]) from error
        with scope_entered(scope_of(options["organization"])):
            outcome: Outcome = KINDS[options["kind"]]().import_data(rows, dry_run=dry_run)
        if not outcome.is_good:
            raise _refusal(list(_problems(outcome)), wrong=outcome.totals["invalid"])
        if options["verbosity"]:
            self.stdout.write("\n".join(_summary(outcome, dry_run=dry_run)))


def _refusal(problems: list[str], *, wrong: int = 0) -> CommandError:
    """Return the error that names what is wrong, as far as it was noted."""
    rows = f"{wrong} rows are wrong" if wrong > 1 else "1 row is wrong" if wrong else "the file is wrong"
    told = _shortened(problems, of=wrong)
    return CommandError("\n  ".join([f"Nothing was imported: {rows}.", *told]))


def _problems(outcome: Outcome) -> Iterator[str]:
    """Yield what is wrong, by line."""
    yield from (str(problem.error) for problem in outcome.base_errors)
    for row in sorted((*outcome.invalid_rows, *outcome.error_rows), key=lambda row: row.number):
        told = getattr(row, "error_dict", None) or {"": [str(error.error) for error in row.errors]}
        for name, reasons in told.items():
            column = f"{name}: " if name else ""
            yield f"line {row.number}: {column}{' '.join(reasons)}"


def _summary(outcome: Outcome, *, dry_run: bool) -> Iterator[str]:
    """Yield what was done, or with ``dry_run`` what would be, row by row."""
    totals = outcome.totals
    created, updated = ("Would create", "would update") if dry_run else ("Created", "updated")
    unchanged = totals["skip"] - outcome.left_deleted
    yield (
        f"{created} {totals['new']} and {updated} {totals['update']} rows; {unchanged} are unchanged, "
        f"{outcome.left_deleted} were deleted since they were imported and stay so."
    )
    if dry_run:
        changed = sum(totals[kind] for kind in _VERBS)
        yield from (f"  {line}" for line in _shortened([_told(row) for row in outcome.rows], of=changed))
        yield "Dry run: nothing was written."


def _told(row: Any) -> str:
    what = f" ({', '.join(row.changes)})" if row.changes else ""
    return f"line {row.line}: {_VERBS[row.import_type]} {row.person} {row.object_repr}{what}"


def _shortened(lines: list[str], *, of: int = 0) -> list[str]:
    """Return as many lines as anyone reads, and how many more there are."""
    more = max(of, len(lines)) - MAX_LINES
    return [*lines[:MAX_LINES], *([f"... and {more} more."] if more > 0 else [])]
