"""Threads that requests are handled in: some for the API, others for the admin, others for logins.

None of them waits for another. A queue of bounded length and patience stands in front of each. The standard
library's executor would do, but it wakes the event loop for each result, which costs more than all the rest;
here a thread sends the answer itself, and the loop hears of it a moment later.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread
from typing import Any, Final, NamedTuple

from config.database.bounds import keep_connection
from config.serving.bodies import RefusedRequest

QUEUED_FOR_A_THREAD: Final = 64
PATIENCE: Final = 5
"""Seconds; a client that has waited as long is mostly better off with an answer that says so."""
SETTLE_EVERY: Final = 0.1


class Work(NamedTuple):
    """A request that waits for a thread; neither of the functions raises."""

    handle: Callable[[], None]
    refuse: Callable[[RefusedRequest], None]
    until: float
    future: "asyncio.Future[None]"


class Lane:
    """A number of threads and those who wait for one."""

    def __init__(self, name: str, threads: int, *, patience: float | None = None) -> None:
        self.patience = PATIENCE if patience is None else patience
        self.limit = threads * (1 + QUEUED_FOR_A_THREAD)
        self.queue: SimpleQueue[Work | None] = SimpleQueue()
        self.open = 0
        self.done: deque[asyncio.Future[None]] = deque()
        self.timer: Any = None
        self.threads = [
            Thread(target=self._work, name=f"{name}-{number}", daemon=True) for number in range(threads)
        ]
        for thread in self.threads:
            thread.start()

    async def run(self, handle: Callable[[], None], refuse: Callable[[RefusedRequest], None]) -> None:
        """Handle a request in one of the threads, or refuse it there when it has waited for too long.

        Raises:
            Refused: too many wait.
        """
        self._settle()
        if self.open >= self.limit:
            raise _busy()
        loop = asyncio.get_running_loop()
        future = loop.create_future()
        self.open += 1
        if self.timer is None:
            self.timer = loop.call_later(SETTLE_EVERY, self._tick, loop)
        self.queue.put(Work(handle, refuse, time.monotonic() + self.patience, future))
        await future

    def close(self, until: float) -> None:
        """Let what is being handled end, if it does in time."""
        for _thread in self.threads:
            self.queue.put(None)
        for thread in self.threads:
            thread.join(max(0, until - time.monotonic()))
        self._settle()

    def _work(self) -> None:
        keep_connection()
        while (work := self.queue.get()) is not None:
            if time.monotonic() > work.until:
                work.refuse(_busy())
            else:
                work.handle()
            self.done.append(work.future)

    def _settle(self) -> None:
        while self.done:
            future = self.done.popleft()
            self.open -= 1
            if not future.done():
                future.set_result(None)

    def _tick(self, loop: asyncio.AbstractEventLoop) -> None:
        self._settle()
        self.timer = loop.call_later(SETTLE_EVERY, self._tick, loop) if self.open else None


def _busy() -> RefusedRequest:
    return RefusedRequest(
        503, "busy", "Too many requests are waiting right now.", retry_after=5, closes=False
    )
