"""Work in the background of a process that serves requests: one thread, asleep until it is woken."""

import logging
import threading
import time
from collections.abc import Callable

from django.db import Error, connection

logger = logging.getLogger(__name__)

PAUSE = 0.2
"""Seconds between being woken and beginning: the answer to the request goes first."""
AFTER_FAILURE = 60.0
LONGEST_SLEEP = 600.0


class Courier:
    """Does what lies in the database for it, once woken and as long as more comes due.

    It holds nothing itself: whatever it does not get to is there for another process. There is one thread,
    however often it is woken, and none before the first time; it does not keep the process from ending.
    """

    def __init__(self, name: str, work: Callable[[], float | None]) -> None:
        """``work`` does what is due, and returns in how many seconds more will be; ``None`` for never."""
        self._name, self._work = name, work
        self._woken = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """Let it look for work soon. Returns at once."""
        self._woken.set()
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()

    def _run(self) -> None:
        sleep: float | None = None
        while True:
            self._woken.wait(sleep)
            time.sleep(PAUSE)
            self._woken.clear()
            try:
                due = self._work()
                sleep = None if due is None else min(due, LONGEST_SLEEP)
            except (OSError, Error) as error:
                logger.warning("%s: %s; trying again", self._name, type(error).__name__)
                sleep = AFTER_FAILURE
            finally:
                connection.close()
