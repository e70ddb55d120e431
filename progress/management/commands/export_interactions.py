"""``manage.py export_interactions [--format xapi|jsonl] [--since] [--until] [--organization] [--output]``."""

import sys
import tempfile
from argparse import ArgumentTypeError
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from progress.interactions.domain.export import FORMATS, export_lines
from tenancy.commands import scope_of
from tenancy.scope import scope_entered


class Command(BaseCommand):
    help = (
        "Write the log of interactions as JSON lines, oldest first: as xAPI 1.0.3 statements for a learning "
        "record store, or as the API shows them. Memory use does not grow with their number."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--format", choices=FORMATS, default="xapi", help="default: xapi")
        parser.add_argument(
            "--since", type=_moment, metavar="TIME", help="only those logged at this time or later"
        )
        parser.add_argument(
            "--until", type=_moment, metavar="TIME", help="only those logged before this time"
        )
        parser.add_argument("--organization", metavar="SLUG", help="only those logged in this organization")
        parser.add_argument("--output", type=Path, metavar="FILE", help="a file; standard output by default")

    def handle(self, *args: Any, **options: Any) -> None:
        home: str = settings.XAPI_HOME_PAGE
        if options["format"] == "xapi" and not urlsplit(home).netloc:
            raise CommandError("XAPI_HOME_PAGE must be an address, such as https://stepwise.example.")
        with (
            scope_entered(scope_of(options["organization"])),
            self._output(options["output"]) as write,
            # Drawn on a terminal only, and not into what is written there.
            tqdm(unit=" interactions", disable=None if options["output"] else True, file=sys.stderr) as bar,
        ):
            count = 0
            for line in export_lines(
                file_format=options["format"],
                since=options["since"],
                until=options["until"],
                home=home,
            ):
                write(line)
                count += 1
                bar.update()
        if options["verbosity"] and options["output"]:
            self.stdout.write(f"Wrote {count} interactions to {options['output']}.")

    @contextmanager
    def _output(self, path: Path | None) -> Iterator[Any]:
        """Yield what writes a line; a file is there whole, or as it was before."""
        if path is None:
            yield lambda line: self.stdout.write(line.decode())
            return
        try:
            # What people did is nobody else's to read: the file is its owner's alone.
            with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
                part = Path(file.name)
                try:
                    yield _line_writer(file)
                except BaseException:
                    part.unlink()
                    raise
            part.replace(path)
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.") from error


def _line_writer(file: IO[bytes]) -> Any:
    return lambda line: file.write(line + b"\n")


def _moment(text: str) -> datetime:
    """Return a time; a day is its beginning, and a time without an offset is in UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(
            f"{text!r} is neither a date nor a time such as 2026-11-16T08:00:00Z"
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
