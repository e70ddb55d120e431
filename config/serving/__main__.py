"""The web server: ``python -m config.serving --port 8000``."""

import argparse
import os
import time
from tempfile import mkdtemp
from typing import Any, Final

from django.conf import settings
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings

from config.checks import check_start

COUNTED_IN: Final = "PROMETHEUS_MULTIPROC_DIR"
CRASHES: Final = 10
WITHIN: Final = 60
"""Seconds."""


class PatientServer(Granian):  # type: ignore[valid-type, misc]
    """Replaces workers that die, and gives up only when they do nothing else.

    By itself the server ends when a worker dies twice within five seconds, and good ones with it.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.replaced: list[float] = []

    def _respawn_workers(self, workers: list[int], *args: Any, **kwargs: Any) -> None:
        super()._respawn_workers(workers, *args, **kwargs)
        now = time.monotonic()
        self.replaced = [at for at in self.replaced if now - at < WITHIN] + [now] * len(workers)
        if len(self.replaced) <= CRASHES:
            self.respawned_wrks.clear()


def main() -> None:
    """Serve until a signal says otherwise."""
    parser = argparse.ArgumentParser(prog="python -m config.serving", description="Run the web server.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    check_start()
    if settings.METRICS_KEY:
        # Where the processes count; prometheus_client looks for it when it is imported, which is in them.
        os.environ.setdefault(COUNTED_IN, mkdtemp(prefix="stepwise-metrics-"))
    PatientServer(
        "config.serving.worker:load",
        factory=True,
        address=options.host,
        port=options.port,
        interface=Interfaces.RSGI,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=15_000),
        websockets=False,
        workers=settings.WEB_WORKERS,
        # A connection that only waits costs next to nothing; each worker takes as many at once.
        backlog=4096,
        backpressure=2048,
        workers_kill_timeout=10,
        respawn_failed_workers=True,
        # Of a reload: a new worker needs two seconds to start, and the old one serves until then.
        respawn_interval=5,
    ).serve()


if __name__ == "__main__":
    main()
