"""Running what is due: once in each period, whoever else runs a schedule, and again soon if it failed."""

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final
from zlib import crc32

from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.utils import timezone

from tenancy.schedule import Scheduled
from tenancy.schedule.models import ScheduledRun

logger = logging.getLogger(__name__)

LOCKS: Final = 7_310
"""The first half of the keys of the advisory locks; the second stands for a command."""

AGAIN_AFTER: Final = timedelta(minutes=5)
"""What failed, or was interrupted, runs again then, or in its next period if that comes first."""


def due(*, schedule: list[Scheduled], now: datetime) -> list[Scheduled]:
    """Return what is to run now. One statement."""
    runs = ScheduledRun.objects.in_bulk([one.command for one in schedule])
    return [one for one in schedule if _is_due(one, runs.get(one.command), now)]


def _is_due(one: Scheduled, run: ScheduledRun | None, now: datetime) -> bool:
    since = one.due_since(now)
    # A run from later than now was noted by a clock that has been set back since: it would count until then.
    if run is None or run.started_at is None or run.started_at > now + AGAIN_AFTER:
        return True
    if run.succeeded_at is not None and run.succeeded_at >= run.started_at:
        return run.started_at < since
    return run.started_at < since or run.started_at <= now - AGAIN_AFTER


def run_if_due(*, one: Scheduled) -> bool:
    """Run a command, unless it is not due or somebody else is running it; whether it ran.

    The lock is held by a session of its own and ends with it: nothing is left over from a process that died.
    """
    with _alone(one.command) as alone:
        if not alone or not due(schedule=[one], now=timezone.now()):
            return False
        _run(one.command)
        return True


def _run(command: str) -> None:
    ScheduledRun.objects.update_or_create(command=command, defaults={"started_at": timezone.now()})
    told = io.StringIO()
    try:
        call_command(command, stdout=told, stderr=told, no_color=True)
    except Exception as error:
        logger.exception("%s failed", command)
        # The connection may be what failed.
        connection.close()
        # What it says may quote an address; the log takes those out.
        _note(command, failure=type(error).__name__)
    else:
        logger.info("%s: %s", command, told.getvalue().strip() or "done")
        _note(command, failure="", succeeded_at=timezone.now())


def _note(command: str, **what: object) -> None:
    ScheduledRun.objects.filter(command=command).update(**what)


@contextmanager
def _alone(command: str) -> Iterator[bool]:
    key = crc32(command.encode()) - 2**31
    session = connections.create_connection(DEFAULT_DB_ALIAS)
    try:
        with session.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCKS, key])
            (alone,) = cursor.fetchone()
            yield alone
            if alone:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCKS, key])
    finally:
        session.close()
