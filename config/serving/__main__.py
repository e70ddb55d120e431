"""The web server: ``python -m config.serving --port 8000``."""

import argparse
import os
from tempfile import mkdtemp
from typing import Final

from django.conf import settings
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings

from config.checks import check_start
from config.serving.workers import PatientServer

COUNTED_IN: Final = "PROMETHEUS_MULTIPROC_DIR"


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
    ).serve()


if __name__ == "__main__":
    main()
