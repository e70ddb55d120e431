"""What the live server is doing for browsers."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.signals import request_finished, request_started

SECONDS = 20


class Answering:
    """Counts the requests that are being answered in this process.

    A browser that is closed does not wait for its answers, but a request that still writes would meet the
    tables of the next test.
    """

    def __init__(self) -> None:
        self._count = 0
        self._changed = threading.Condition()

    def wait_until_idle(self) -> None:
        """Return when no request is being answered.

        Raises:
            TimeoutError: a request goes on for too long.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: self._count == 0, timeout=SECONDS):
                raise TimeoutError(f"{self._count} requests still run after {SECONDS} s")

    def _add(self, number: int) -> None:
        with self._changed:
            self._count += number
            self._changed.notify_all()

    def _start(self, **kwargs: Any) -> None:
        self._add(1)

    def _finish(self, **kwargs: Any) -> None:
        self._add(-1)

    @classmethod
    @contextmanager
    def counted(cls) -> Iterator["Answering"]:
        """Count while the block runs."""
        answering = cls()
        request_started.connect(answering._start, weak=False)
        request_finished.connect(answering._finish, weak=False)
        try:
            yield answering
        finally:
            request_started.disconnect(answering._start)
            request_finished.disconnect(answering._finish)
