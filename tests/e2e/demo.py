"""``bin/demo`` as a process to test with."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
import requests

from tests.e2e.servers import ROOT, free_port

# On a machine that does many things at once; alone, the first start takes about eight seconds.
SECONDS_TO_START = 180
SECONDS_TO_STOP = 15


class Demo:
    """A running ``bin/demo`` with a data folder of its own."""

    def __init__(self, data: Path, port: int | None = None, **environment: str) -> None:
        self.data = data
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        # Not the settings of the tests: the demo finds its own.
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
        self.env = {**kept, "STEPWISE_DATA_DIR": str(data), **environment}
        self.output = data / "output"
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [ROOT / "bin" / "demo", "--port", str(self.port)],
                env=self.env,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait_until_it_serves(self) -> "Demo":
        deadline = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.output.read_text()
            try:
                requests.get(f"{self.url}/admin/login/", timeout=10)
            except requests.ConnectionError:
                time.sleep(0.1)
            else:
                return self
        pytest.fail(f"not serving after {SECONDS_TO_START} s:\n{self.output.read_text()}")

    @contextmanager
    def running(self) -> Iterator["Demo"]:
        """Wait for it, and leave nothing behind whatever happens inside."""
        try:
            yield self.wait_until_it_serves()
        finally:
            if self.process.poll() is None:
                os.killpg(self.process.pid, signal.SIGTERM)
                self.process.wait(timeout=SECONDS_TO_STOP)

    @property
    def database_url(self) -> str:
        return f"postgresql://postgres:@/postgres?host={self.data}/postgres"

    def manage(self, *command: str, folder: Path = ROOT) -> str:
        """Run a management command in some folder, as whoever runs the demo would; return what it says."""
        done = subprocess.run(
            [ROOT / "bin" / "manage", *command],
            cwd=folder,
            env=self.env,
            check=True,
            capture_output=True,
            text=True,
            timeout=60,
        )
        return done.stdout

    def processes(self) -> list[psutil.Process]:
        """Everything the demo runs, PostgreSQL's server included."""
        postmaster = psutil.Process(int((self.data / "postgres/postmaster.pid").read_text().split()[0]))
        demo = psutil.Process(self.process.pid)
        return [demo, *demo.children(recursive=True), postmaster, *postmaster.children()]

    def stop(self, how: signal.Signals, *, whole_group: bool = False) -> list[psutil.Process]:
        """Send a signal and return what still runs after the demo has ended."""
        processes = self.processes()
        assert len(processes) > 5
        if whole_group:
            os.killpg(self.process.pid, how)
        else:
            self.process.send_signal(how)
        self.process.wait(timeout=SECONDS_TO_STOP)
        _gone, alive = psutil.wait_procs(processes, timeout=1)
        # A zombie has ended; in a container, nobody may be there to hear of it.
        return [process for process in alive if not has_ended(process)]


def has_ended(process: psutil.Process) -> bool:
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
