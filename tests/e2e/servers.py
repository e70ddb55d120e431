"""Real servers for drills: the production server process on a free port."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import requests

ROOT = Path(__file__).resolve().parent.parent.parent


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def web_server(**environment: str) -> Iterator[str]:
    """Run the web server with these settings; yield its address once it answers."""
    with web_process(**environment) as (address, _process):
        yield address


@contextmanager
def web_process(
    *, module: str = "config.serving", **environment: str
) -> Iterator[tuple[str, psutil.Process]]:
    """Run the web server with these settings; yield its address and its main process."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", module, "--port", str(port)],
        cwd=ROOT,
        env={**os.environ, "WEB_WORKERS": "1", **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        # A second or two; longer where many things are done beside it.
        for _ in range(600):
            try:
                requests.get(f"{address}/nothing", timeout=5)
                break
            except requests.ConnectionError:
                time.sleep(0.1)
        yield address, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(timeout=20)
