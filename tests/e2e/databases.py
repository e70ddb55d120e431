"""Databases for drills, which may be killed."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import psycopg

from tests.e2e.servers import ROOT


class Database:
    """An embedded PostgreSQL of its own that can be killed and started again.

    Args:
        fill: puts a cluster into the folder that it is given; without it there is nothing in the database.
    """

    def __init__(self, fill: Callable[[Path], None] | None = None) -> None:
        self.data = Path(tempfile.mkdtemp(prefix="stepwise-"))
        if fill:
            fill(self.data / "postgres")
        self.environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
        self.environment["STEPWISE_DATA_DIR"] = str(self.data)
        self.holders: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        command = [sys.executable, "-m", "config.embedded_postgres", "sleep", "600"]
        self.holders.append(subprocess.Popen(command, cwd=ROOT, env=self.environment))
        for _ in range(300):
            try:
                psycopg.connect(self.url).close()
                return
            except psycopg.OperationalError:
                time.sleep(0.1)
        raise AssertionError("the database did not start")

    @property
    def url(self) -> str:
        return f"postgresql://postgres:@/postgres?host={self.data}/postgres"

    def kill(self) -> None:
        server = psutil.Process(int((self.data / "postgres" / "postmaster.pid").read_text().split()[0]))
        for process in [server, *server.children()]:
            with suppress(psutil.NoSuchProcess):  # it ends with the server
                process.kill()
        psutil.wait_procs([server], timeout=10)

    def end(self) -> None:
        """Stop the server, and leave its folder."""
        for holder in reversed(self.holders):
            holder.send_signal(signal.SIGTERM)
            holder.wait(30)
        self.holders.clear()

    def stop(self) -> None:
        """Stop the server, and leave nothing."""
        self.end()
        shutil.rmtree(self.data, ignore_errors=True)


@contextmanager
def started(database: Database) -> Iterator[Database]:
    """Run a database while the block runs, and leave nothing of it."""
    try:
        database.start()
        yield database
    finally:
        database.stop()


def copy_cluster(cluster: Path, to: Path) -> None:
    """Copy the folder of a stopped cluster, which belongs to the user that PostgreSQL runs as."""
    subprocess.run(["cp", "-a", cluster, to], check=True)
    (to / ".handle_pids.json").unlink(missing_ok=True)
