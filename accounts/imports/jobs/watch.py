"""Beside a job that runs: tells others how far it is, and the job whether somebody wants it to end."""

import logging
import time
from threading import Event, Thread
from typing import Any, Final, Self

from django.db import InterfaceError, OperationalError, connection
from django.utils.translation import gettext as _

logger = logging.getLogger(__name__)

EACH: Final = 1.0
"""Seconds."""
LONGEST: Final = 30 * 60
"""Seconds that a job may take."""

_SEEN: Final = """
    UPDATE import_jobs SET seen_at = clock_timestamp(), rows = %(rows)s, rows_done = %(done)s
    WHERE id = %(job)s AND attempts = %(attempt)s AND state = 'running' RETURNING cancelled
"""


class CancelledError(Exception):
    """Somebody wants the job to end, or has it in hand by now."""


class TooLongError(Exception):
    """The job takes longer than any job may."""


class Watch:
    """A thread with a connection of its own, as the job's is in one transaction from beginning to end."""

    def __init__(self, *, job: Any, attempt: int) -> None:
        self._about = {"job": job, "attempt": attempt}
        self._rows: int | None = None
        self._done = 0
        self._until = time.monotonic() + LONGEST
        self._cancelled = Event()
        self._ended = Event()
        self._thread = Thread(target=self._look, name="watch", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exc_info: Any) -> None:
        self._ended.set()
        self._thread.join()

    def progress(self, done: int, rows: int) -> None:
        """Hear from the job how far it is.

        Raises:
            CancelledError, TooLongError: it is to end.
        """
        self._done, self._rows = done, rows
        if self._cancelled.is_set():
            raise CancelledError
        if time.monotonic() > self._until:
            minutes = {"minutes": LONGEST // 60}
            raise TooLongError(_("It took longer than %(minutes)d minutes. Do it in parts.") % minutes)

    def _look(self) -> None:
        try:
            while not self._ended.wait(EACH):
                try:
                    with connection.cursor() as cursor:
                        cursor.execute(_SEEN, {**self._about, "rows": self._rows, "done": self._done})
                        found = cursor.fetchone()
                except (OperationalError, InterfaceError) as error:
                    # The job meets the same, and what becomes of it is decided there.
                    logger.warning("watching a job: %s", error)
                    connection.close()
                    continue
                if found is None or found[0]:
                    self._cancelled.set()
        finally:
            connection.close()
