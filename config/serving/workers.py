"""The worker processes: replaced when they die, and one by one when the server reloads.

When the server reloads, an old worker serves until the new one listens. Then it is told to part: it closes
each connection with its next answer, so that none is in use when it ends a moment later.
"""

import logging
import os
import signal
import time
from contextlib import suppress
from typing import Any, Final

import psutil
from granian import Granian

CRASHES: Final = 10
WITHIN: Final = 60
"""Seconds."""
PATIENCE_TO_START: Final = 60
"""Seconds; a worker needs two on a quiet machine."""
SECONDS_TO_PART: Final = 1
PART: Final = signal.SIGUSR1

logger = logging.getLogger(__name__)


class PatientServer(Granian):  # type: ignore[valid-type, misc]
    """Replaces workers that die, and gives up only when they do nothing else.

    By itself the server ends when a worker dies twice within five seconds, and good ones with it. When it
    reloads, it ends an old worker after some seconds, whether or not the new one has come up by then.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.replaced: list[float] = []

    def _respawn_workers(self, workers: list[int], target: Any, loader: Any, delay: float = 0) -> None:
        if delay:
            for index in workers:
                if not self.interrupt_signal:
                    self._replace(index, target, loader)
            return
        super()._respawn_workers(workers, target, loader)
        now = time.monotonic()
        self.replaced = [at for at in self.replaced if now - at < WITHIN] + [now] * len(workers)
        if len(self.replaced) <= CRASHES:
            self.respawned_wrks.clear()

    def _replace(self, index: int, target: Any, loader: Any) -> None:
        """Replace a worker that may be serving by one that is."""
        old, new = self.wrks[index], self._spawn_worker(idx=index, target=target, callback_loader=loader)
        # Should it not come up, it is not to be replaced as one that crashed: the old one is still there.
        new.interrupt_by_parent = True
        new.start()
        if not self._comes_up(new):
            logger.error("A new worker did not start; the old one goes on.")
            new.kill()
            return
        new.interrupt_by_parent, old.interrupt_by_parent = False, True
        self.wrks[index] = new
        if old.is_alive():
            os.kill(old.inner.pid, PART)
            time.sleep(SECONDS_TO_PART)
        old.terminate()
        old.join(self.workers_kill_timeout)
        if old.is_alive():
            old.kill()

    def _comes_up(self, worker: Any) -> bool:
        """Wait until a worker listens, but for no longer than it lives, or than the server is to."""
        until = time.monotonic() + PATIENCE_TO_START
        while not (ready := self._listens(worker)) and worker.is_alive() and time.monotonic() < until:
            if self.interrupt_signal:
                return False
            time.sleep(0.05)
        return ready

    def _listens(self, worker: Any) -> bool:
        with suppress(psutil.Error):
            connections = psutil.Process(worker.inner.pid).net_connections("tcp")
            return any((c.status, c.laddr.port) == (psutil.CONN_LISTEN, self.bind_port) for c in connections)
        return False
