"""Long answers that lie on disk until their clients have read them: only so many, and so much of them."""

import os
import threading
import time
from collections import Counter
from pathlib import Path
from typing import IO, Final, NamedTuple

from config.serving.bodies import RefusedRequest

SECONDS_TO_OPEN: Final = 3
"""The server needs a moment to open a file: so long nobody takes it for sent."""

LOOKED_AT_EVERY: Final = 5
"""Seconds."""
_OPEN: Final = "/dev/fd"


class _Unsent(NamedTuple):
    """An answer that was handed over."""

    file: IO[bytes]
    length: int
    since: float


class UnsentAnswers:
    """The answers that a process has handed over to its server as files without a name.

    The server does not tell when one has been sent, but closes the file: until nobody else has it open it is
    kept here, and with it its place on disk.

    Attributes:
        limit: bytes of all of them together.
        number: how many.
        seconds: after how long one is cut off, if another needs its room.
    """

    def __init__(self, *, limit: int, number: int, seconds: float) -> None:
        self.limit = limit
        self.number = number
        self.seconds = seconds
        self.held: list[_Unsent] = []
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None

    def add(self, file: IO[bytes], length: int) -> str:
        """Keep a file until it is sent; return the path at which the server finds it.

        Raises:
            RefusedRequest: there is no room.
        """
        file.flush()
        with self._lock:
            if self._is_full(length):
                self._close_sent()
            if self._is_full(length):
                self._cut_off()
            if self._is_full(length):
                told = "Too many long answers are being read right now."
                raise RefusedRequest(503, "busy", told, retry_after=30, closes=False)
            self.held.append(_Unsent(file, length, time.monotonic()))
            self._look_again()
        return f"{_OPEN}/{file.fileno()}"

    def _is_full(self, length: int) -> bool:
        held = sum(unsent.length for unsent in self.held)
        return len(self.held) >= self.number or held + length > self.limit

    def _look_again(self) -> None:
        if self._timer is None:
            self._timer = threading.Timer(LOOKED_AT_EVERY, self._look)
            self._timer.daemon = True
            self._timer.start()

    def _look(self) -> None:
        with self._lock:
            self._timer = None
            self._close_sent()
            if self.held:
                self._look_again()

    def _close_sent(self) -> None:
        opened, until = _times_open(), time.monotonic() - SECONDS_TO_OPEN
        old = [one for one in self.held if one.since < until]
        self._let_go([one for one in old if opened[_inode_of(os.fstat(one.file.fileno()))] < 2])

    def _cut_off(self) -> None:
        """Let go of those whose clients have had their time: the disk has its room back at once."""
        until = time.monotonic() - self.seconds
        late = [one for one in self.held if one.since < until]
        for one in late:
            os.ftruncate(one.file.fileno(), 0)
        self._let_go(late)

    def _let_go(self, gone: list[_Unsent]) -> None:
        for one in gone:
            self.held.remove(one)
            one.file.close()


def _inode_of(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


def _times_open() -> Counter[tuple[int, int]]:
    """Return how often this process has each file open."""
    found: Counter[tuple[int, int]] = Counter()
    for opened in Path(_OPEN).iterdir():
        try:
            found[_inode_of(opened.stat())] += 1
        except OSError:  # closed meanwhile
            continue
    return found
