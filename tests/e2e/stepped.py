"""The web server with a clock that is stepped while it runs: ``python -m tests.e2e.stepped --port 8000``.

The file ``step`` of the folder that ``STEPPED_IN`` names says by how many seconds the clock is off. Each
process of the server follows it and writes what it has reached into a file that is named by its id. As where
the clock of a machine is set, only what asks for the time of day is told another one (time-machine): what
waits goes by the monotonic clock. PostgreSQL's clock stays right, as on a machine of its own.
"""

import os
import threading
import time
from pathlib import Path

import time_machine

STEP = "step"
FOLLOWED_EVERY = 0.02
"""Seconds."""


class Clock:
    """The time of day in this process, which a fork takes along."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.off = "0"
        self.traveller = time_machine.travel(time.time(), tick=True).start()
        time.time()  # from here on it goes

    def follow(self) -> None:
        """Step the clock whenever the file changes, from now on."""
        threading.Thread(target=self._follow, daemon=True).start()

    def _follow(self) -> None:
        while True:
            told = (self.folder / STEP).read_text() or self.off
            self.traveller.shift(float(told) - float(self.off))
            self.off = told
            (self.folder / str(os.getpid())).write_text(told)
            time.sleep(FOLLOWED_EVERY)


if __name__ in ("__main__", "__mp_main__"):  # the second is a worker that was not forked
    clock = Clock(Path(os.environ["STEPPED_IN"]))
    clock.follow()
    os.register_at_fork(after_in_child=clock.follow)
if __name__ == "__main__":
    from config.serving.__main__ import main

    main()
