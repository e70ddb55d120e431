"""``manage.py distribute``: spread the tables of facts over the workers of Citus, or bring them back."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from tenancy import distribution
from tenancy.distribution import DistributionError, FactTable


class Command(BaseCommand):
    help = "Spread the tables of facts over the workers of a Citus cluster. It may be repeated."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")
        parser.add_argument("--undo", action="store_true", help="bring the tables back to the coordinator")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            workers = distribution.check_cluster()
            self._all(workers, undo=options["undo"], dry_run=options["dry_run"])
        except DistributionError as error:
            raise CommandError(str(error)) from error

    def _all(self, workers: list[str], *, undo: bool, dry_run: bool) -> None:
        tables = distribution.fact_tables()
        wanted = [table for table in tables if table.is_distributed == undo]
        self.stdout.write(f"Workers: {', '.join(workers)}.")
        if not wanted:
            self.stdout.write("Nothing to do: it is so already.")
            return
        self.stdout.write(
            "One table after the other, each in one transaction. Whoever reads or writes one waits while it "
            "is copied, and gets a 503 after DATABASE_TIMEOUTS:"
        )
        for table in wanted:
            self.stdout.write(f"  {table.name}: about {table.rows:,} rows, {table.seconds:,} s")
        if not dry_run and not undo:
            distribution.prepare()
        there = next((table.name for table in tables if table.is_distributed), None)
        for table in wanted:
            if dry_run:
                self._say(table, undo=undo, beside=there)
            elif undo:
                self.stdout.write(f"{table.name}: {distribution.bring_back(table):,} rows are back.")
            else:
                rows = distribution.distribute(table, beside=there)
                self.stdout.write(f"{table.name}: {rows:,} rows distributed.")
            there = there or table.name
        if not dry_run and undo == settings.DISTRIBUTED:
            self.stdout.write(f"Now set DISTRIBUTED={int(not undo)} for every process, and start them again.")
            if undo:
                self.stdout.write("Then run migrate: it puts up the policies of these tables again.")

    def _say(self, table: FactTable, *, undo: bool, beside: str | None) -> None:
        statements = (
            distribution.returning_sql(table) if undo else distribution.distributing_sql(table, beside=beside)
        )
        self.stdout.write(";\n".join(["\nBEGIN", *statements, "COMMIT", ""]))
