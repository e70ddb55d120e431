"""``manage.py run_jobs``: import large files and make those of long lists, one by one, until told to stop.

As many as like may run, on any number of machines. One that is told to end finishes what it has in hand; what
one had that died is taken over by the others, from its beginning.
"""

import logging
import signal
from threading import Event
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandParser
from django.db import InterfaceError, OperationalError, connection

from accounts.imports.jobs.domain import run_next

logger = logging.getLogger(__name__)

LOOK_EACH: Final = 2
"""Seconds between looks into an empty queue."""


class Command(BaseCommand):
    help = "Import the large files that are waiting, and make those of long lists."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--until-empty", action="store_true", help="stop when nothing is waiting")

    def handle(self, *args: Any, **options: Any) -> None:
        told = Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: told.set())
        done = 0
        while not told.is_set():
            try:
                found = run_next()
            except (OperationalError, InterfaceError) as error:
                logger.warning("looking for jobs that wait: %s", error)
                found = False
                if options["until_empty"]:
                    raise
            # Returned to the pool, so that a connection that broke is not used again.
            connection.close()
            done += found
            if not found:
                if options["until_empty"]:
                    break
                told.wait(LOOK_EACH)
        self.stdout.write(f"{done} jobs done")
