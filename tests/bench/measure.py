"""One server under load: requests per second, how long they take, and what they cost the processors."""

import os
import re
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psutil
import psycopg

# Requests are a table, taken in turn by each connection.
_SCRIPT: Final = """
local requests = {}
for line in io.lines("%s") do
  local method, path, token, body = line:match("([^\\t]*)\\t([^\\t]*)\\t([^\\t]*)\\t(.*)")
  local headers = {["Host"] = "127.0.0.1", ["Content-Type"] = "application/json"}
  headers["Authorization"] = "Bearer " .. token
  requests[#requests + 1] = wrk.format(method, path, headers, body ~= "" and body or nil)
end
local at = 0
request = function() at = at %% #requests + 1; return requests[at] end
done = function(summary, latency)
  io.write("told ", summary.requests, " ", summary.errors.status, " ", summary.duration, " ",
    latency:percentile(50), " ", latency:percentile(99), "\\n")
end
"""

CONNECTIONS: Final = 16
_IDLE: Final = 0.02
"""Seconds that a server which has nothing to do takes of a processor in half a second, at most."""
_LONGEST: Final = 120
"""Seconds that are waited for a server to have done with what it was sent."""

Request = tuple[str, str, str, str]
"""Method, path, token, body."""


@dataclass(frozen=True, slots=True)
class Round:
    """What one round told; times in milliseconds, processor time and statements for one request."""

    per_second: float
    p50: float
    p99: float
    web: float
    database: float
    statements: float

    @property
    def cpu(self) -> float:
        """Of web and database together: steadier than requests per second on a machine that others use."""
        return self.web + self.database


class Served:
    """A server that runs."""

    def __init__(self, name: str, port: int, process: psutil.Process) -> None:
        self.name, self.address, self.process = name, f"http://127.0.0.1:{port}", process

    def seconds(self) -> float:
        """How long its processes have run."""
        return _seconds(self.process)

    def settle(self, database: "Database") -> None:
        """Wait for what is still being answered when a load ends: by the database, then by the server."""
        database.settle()
        before = self.seconds()
        for _ in range(_LONGEST * 2):
            time.sleep(0.5)
            now = self.seconds()
            if now - before < _IDLE:
                return
            before = now

    def round(self, requests: Sequence[Request], *, seconds: int, database: "Database") -> Round:
        """Send requests over 16 connections for some seconds; every answer must be a success."""
        with tempfile.TemporaryDirectory() as folder:
            table, script = Path(folder) / "requests", Path(folder) / "script.lua"
            table.write_text("\n".join("\t".join(request) for request in requests))
            script.write_text(_SCRIPT % table)
            base = ["wrk", "-t1", f"-c{CONNECTIONS}", "--timeout", "60s", "-s", str(script), self.address]
            subprocess.run([*base, "-d1s"], capture_output=True, check=True)
            self.settle(database)
            before = (_seconds(self.process), database.seconds(), database.calls())
            output = subprocess.run(
                [*base, f"-d{seconds}s"], capture_output=True, check=True, text=True
            ).stdout
            self.settle(database)
            after = (_seconds(self.process), database.seconds(), database.calls())
        told = re.search(r"told (\d+) (\d+) (\d+) (\S+) (\S+)", output)
        assert told and told[2] == "0", f"{self.name}: {output}"
        number = max(int(told[1]), 1)
        # What was on its way when the load ended is handled as well, and half of all where one takes long.
        handled = number + CONNECTIONS
        web, in_database, calls = (late - early for early, late in zip(before, after, strict=True))
        return Round(
            per_second=number / (int(told[3]) / 1e6),
            p50=float(told[4]) / 1000,
            p99=float(told[5]) / 1000,
            web=web * 1000 / handled,
            database=in_database * 1000 / handled,
            statements=calls / handled,
        )


class Database:
    """The PostgreSQL that all servers use."""

    def __init__(self, url: str) -> None:
        self.connection = psycopg.connect(url, autocommit=True)
        (directory,) = self._row("SELECT current_setting('data_directory')")
        self.process = psutil.Process(int((Path(directory) / "postmaster.pid").read_text().split()[0]))
        (self.counts,) = self._row("SELECT count(*) FROM pg_extension WHERE extname = 'pg_stat_statements'")

    def _row(self, sql: Any) -> Any:
        return self.connection.execute(sql).fetchone()

    def seconds(self) -> float:
        """How long its processes have run."""
        return _seconds(self.process)

    def calls(self) -> float:
        """How many statements it has executed, transactions and checks of constraints included."""
        return float(self._row("SELECT sum(calls) FROM pg_stat_statements")[0]) if self.counts else 0.0

    def settle(self) -> None:
        """Wait for what is still being answered when a load ends.

        A server may hold requests of clients who have gone, and between two of them the database is idle.
        """
        quiet = 0
        for _ in range(3000):
            (busy,) = self._row(
                "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' "
                "AND state <> 'idle' AND pid <> pg_backend_pid()"
            )
            quiet = 0 if busy else quiet + 1
            if quiet == 5:
                return
            time.sleep(0.1)


def _seconds(process: psutil.Process) -> float:
    total = 0.0
    for one in [process, *process.children(recursive=True)]:
        try:
            times = one.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
    # Of those that have ended, whatever they were.
    return total + process.cpu_times().children_user + process.cpu_times().children_system


@contextmanager
def serving(name: str, command: Sequence[str], port: int, **environment: str) -> Iterator[Served]:
    """Run a server while the block does."""
    process = subprocess.Popen(
        command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_for(port)
        yield Served(name, port, psutil.Process(process.pid))
    finally:
        process.terminate()
        process.wait(30)


def wait_for(port: int) -> None:
    """Return once a server takes connections; a busy machine may need a while for that."""
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.1)
