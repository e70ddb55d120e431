"""``manage.py run_schedule``: run what is due, in time, until told to stop.

As many as like may run, on any number of machines; each command runs once in each of its periods. One that is
told to end finishes what it has in hand.
"""

import logging
import signal
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, InterfaceError, close_old_connections, connection
from django.utils import timezone

from tenancy.schedule import Scheduled, scheduled
from tenancy.schedule.domain import due, run_if_due
from tenancy.schedule.models import ScheduledRun

logger = logging.getLogger(__name__)

LOOK_EACH: Final = 5
"""Seconds."""
AT_ONCE: Final = 3
"""Commands; each takes two connections of the pool."""


class Command(BaseCommand):
    help = "Run the periodic commands when they are due."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="run what is due now, and stop")
        parser.add_argument("--list", action="store_true", help="say what runs when, and stop")

    def handle(self, *args: Any, **options: Any) -> None:
        schedule = scheduled()
        if options["list"]:
            self._list(schedule)
            return
        told = Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: told.set())
        running: dict[str, Future[None]] = {}
        with ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="schedule") as threads:
            while not told.is_set():
                running = {name: future for name, future in running.items() if not future.done()}
                for one in self._due(schedule):
                    if one.command not in running:
                        running[one.command] = threads.submit(_run, one)
                if options["once"]:
                    break
                told.wait(LOOK_EACH)

    def _due(self, schedule: list[Scheduled]) -> list[Scheduled]:
        try:
            return due(schedule=schedule, now=timezone.now())
        except (DatabaseError, InterfaceError) as error:
            logger.warning("looking for what is due: %s", str(error).partition("\n")[0])
            return []
        finally:
            # One that broke is not used again.
            connection.close()

    def _list(self, schedule: list[Scheduled]) -> None:
        runs = ScheduledRun.objects.in_bulk()
        for one in sorted(schedule, key=lambda one: one.command):
            run = runs.get(one.command)
            last = f"{run.succeeded_at:%Y-%m-%d %H:%M} UTC" if run and run.succeeded_at else "never"
            failure = f", then {run.failure}, as the log says" if run and run.failure else ""
            self.stdout.write(f"{one.command}: {one}; last succeeded: {last}{failure}")


def _run(one: Scheduled) -> None:
    try:
        run_if_due(one=one)
    except Exception:
        # What the command itself raises is noted with it; this is the schedule's own.
        logger.exception("%s could not be run", one.command)
    finally:
        close_old_connections()
        connection.close()
