"""The servers that are measured, each in two processes of four threads."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

import requests

from tests.bench.cases import Case
from tests.bench.measure import Request, Served, serving
from tests.e2e.servers import free_port

OURS: Final = "stepwise"
PEERS: Final = {
    "limit": "tests.bench.limit:application",
    "floor": "tests.bench.floor:application",
    "plain": "tests.bench.peer.wsgi:application",
}


@contextmanager
def servers(*names: str, **environment: str) -> Iterator[list[Served]]:
    """Run ours, as it is deployed but for some settings, and the peers that are named."""
    with ExitStack() as stack:
        port = free_port()
        # All requests come from one address here.
        generous = {"THROTTLE_LOGIN": "100000/min"}
        ours = [sys.executable, "-m", "config.serving", "--port", str(port)]
        running = [stack.enter_context(serving(OURS, ours, port, **generous, **environment))]
        for name in names:
            port = free_port()
            command = [
                *(str(Path(sys.executable).parent / "granian"), "--interface", "wsgi", "--workers", "2"),
                *("--blocking-threads", "4", "--no-ws", "--http", "1", "--port", str(port), PEERS[name]),
            ]
            running.append(stack.enter_context(serving(name, command, port)))
        yield running


def ask(server: Served, request: Request) -> Any:
    """Return what a server answers."""
    method, path, token, body = request
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    answer = requests.request(method, server.address + path, headers=headers, data=body or None, timeout=120)
    assert answer.ok, (server.name, path, answer.text[:300])
    return answer.json()


def check_same(running: list[Served], case: Case) -> None:
    """Make sure that the servers answer the same."""
    told = {server.name: case.same(ask(server, case.requests[0])) for server in running}
    for name, answer in told.items():
        assert answer == told["limit"], f"{case.name}: {name} answers otherwise than the limit"
