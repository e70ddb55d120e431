"""How much memory a worker takes that gets big imports, exports and bodies at once, and readers who are slow.

An administrator of 10,000 staff asks for their completion again and again, as rows and as a file, and uploads
files of the largest size; hundreds of clients send bodies of the largest size that they never end; others ask
for the longest answer and read nothing of it.
"""

import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import psutil
import requests
from django.conf import settings

from accounts.models import ImportJob, User
from tests.bench import report
from tests.bench.data import Reporters
from tests.bench.measure import Served
from tests.bench.screens import signed_in

SECONDS: Final = 40
MIB: Final = 2**20
_COMPLETION: Final = "/api/safety_quiz_results/completion"
_IMPORT: Final = "/admin/progress/itemprogress/import/"
_LOGIN: Final = "/api/v1/auth/login"
_AT_ONCE: Final = 3
_TRICKLING: Final = 300
_NOT_READING: Final = 60


class _Clients:
    """Threads that do things again and again, and how often each was answered how."""

    def __init__(self) -> None:
        self.over = threading.Event()
        self.told: Counter[tuple[str, int]] = Counter()
        self.threads: list[threading.Thread] = []

    def again(self, name: str, do: Callable[[], int], *, times: int = 1) -> None:
        """Do something in so many threads until it is over."""

        def run() -> None:
            while not self.over.is_set():
                with suppress(OSError):  # it was refused, and the connection closed
                    self.told[name, do()] += 1

        for _ in range(times):
            self.threads.append(threading.Thread(target=run, daemon=True))
            self.threads[-1].start()

    def end(self) -> None:
        """Let all of them come to an end."""
        self.over.set()
        for thread in self.threads:
            thread.join(120)


def measure(server: Served, reporters: Reporters) -> str:
    """Return tables of what a worker takes, and of what it answered. It is to be the only one."""
    [worker] = server.process.children()
    begun = _resident(worker)
    admin = User.unscoped.get(organization__slug="safety-quiz-fill", role__name="ADMIN")
    clients, reports = _Clients(), {"Authorization": f"Bearer {reporters.organization}"}
    most, held = begun, 0
    with _connections() as opened:
        for query in ("", "?format=csv"):
            clients.again("report", _asking(server, f"{_COMPLETION}{query}", reports), times=_AT_ONCE)
        clients.again("import", _importing(server, signed_in(admin)), times=_AT_ONCE)
        for _ in range(_TRICKLING):
            opened.append(_begun(server, f"POST {_LOGIN}", settings.MAX_BODY_BYTES))
        for _ in range(_NOT_READING):
            opened.append(_begun(server, f"GET {_COMPLETION}", 0, **reports))
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            time.sleep(0.05)
            most, held = max(most, _resident(worker)), max(held, _on_disk(worker))
        clients.end()
    ImportJob.unscoped.filter(user=admin).delete()
    answered = [f"{name}: {number:,} × {status}" for (name, status), number in sorted(clients.told.items())]
    time.sleep(10)
    rows = [
        ["before", f"{begun / MIB:.0f}", "–"],
        ["at most", f"{most / MIB:.0f}", f"{held / MIB:.0f}"],
        ["afterwards", f"{_resident(worker) / MIB:.0f}", f"{_on_disk(worker) / MIB:.0f}"],
    ]
    table = report.table(["a worker", "MiB of memory", "MiB of temporary files"], rows)
    return (
        f"{SECONDS} seconds in which {_AT_ONCE} clients each ask for the completion of 10,000 staff as rows "
        f"and as CSV and import files of {settings.MAX_IMPORT_BYTES // MIB} MiB, {_TRICKLING} keep back "
        f"bodies of {settings.MAX_BODY_BYTES // MIB} MiB, and {_NOT_READING} read nothing of their answers. "
        f"Answered: {', '.join(answered)}.\n\n{table}"
    )


def _asking(server: Served, path: str, headers: dict[str, str]) -> Callable[[], int]:
    return lambda: requests.get(server.address + path, headers=headers, timeout=120).status_code


def _importing(server: Served, cookies: dict[str, str]) -> Callable[[], int]:
    head = b"email,progress_type,item_id,value\n"
    row = b"nobody@safety-quiz-fill.test,sign_learned,item-%d,learned\n"
    rows = []
    size = len(head)
    while size < settings.MAX_IMPORT_BYTES - 100:
        rows.append(row % len(rows))
        size += len(rows[-1])
    content = head + b"".join(rows)

    def run() -> int:
        session = requests.Session()
        session.cookies.update(cookies)
        page = session.get(server.address + _IMPORT, timeout=120)
        token = session.cookies.get("csrftoken", "") if page.ok else ""
        answer = session.post(
            server.address + _IMPORT,
            files={"file": ("items.csv", content, "text/csv")},
            data={"import": "1", "csrfmiddlewaretoken": token},
            timeout=300,
            allow_redirects=False,
        )
        return answer.status_code

    return run


@contextmanager
def _connections() -> Iterator[list[socket.socket]]:
    opened: list[socket.socket] = []
    try:
        yield opened
    finally:
        for connection in opened:
            connection.close()


def _begun(server: Served, line: str, length: int, **headers: str) -> socket.socket:
    """Send a request but for the last byte of its body; read nothing of the answer."""
    address = urlsplit(server.address)
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.settimeout(30)
    connection.connect((address.hostname, address.port))
    named = {"Host": "127.0.0.1", "Content-Type": "application/json", **headers}
    named |= {"Content-Length": str(length)} if length else {}
    head = "".join(f"{name}: {value}\r\n" for name, value in named.items())
    with suppress(OSError):  # it was refused already
        connection.sendall(f"{line} HTTP/1.1\r\n{head}\r\n".encode() + b" " * max(length - 1, 0))
    return connection


def _resident(worker: psutil.Process) -> int:
    resident: int = worker.memory_info().rss
    return resident


def _on_disk(worker: psutil.Process) -> int:
    """Return how much the files take that the worker has open and that have no name."""
    found: dict[tuple[int, int], int] = {}
    for opened in Path(f"/proc/{worker.pid}/fd").iterdir():
        with suppress(OSError):  # closed meanwhile
            status = opened.stat()
            if status.st_nlink == 0:
                found[status.st_dev, status.st_ino] = status.st_blocks * 512
    return sum(found.values())
