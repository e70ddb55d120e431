"""One request after the other in one thread, without a server: the steadiest figures there are.

Prints, for each path, the processor time of the web process and how long the answer took: the least of some
batches, as whatever else the machine does can only add to them. Called by ``bin/bench`` for each application.
"""

import io
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Final, NamedTuple

from tests.bench.measure import Request

APPLICATIONS: Final = {
    "stepwise": "config.wsgi:application",
    "limit": "tests.bench.limit:application",
    "floor": "tests.bench.floor:application",
}
_BATCHES: Final = 10
_SECONDS: Final = 0.3
"""Of one batch, about."""


class Alone(NamedTuple):
    """Milliseconds of one request."""

    web: float
    took: float


def measure(requests: Mapping[str, Sequence[Request]]) -> dict[str, dict[str, Alone]]:
    """Return what each path takes each application, in a process of its own."""
    told = {}
    with tempfile.TemporaryDirectory() as folder:
        asked = Path(folder) / "requests.json"
        asked.write_text(json.dumps(requests))
        for name in APPLICATIONS:
            output = subprocess.run(
                [sys.executable, "-m", "tests.bench.alone", name, str(asked)],
                check=True,
                stdout=subprocess.PIPE,
                text=True,
            ).stdout
            told[name] = {path: Alone(*least) for path, least in json.loads(output).items()}
    return told


def _environ(request: Request) -> dict[str, Any]:
    method, address, token, body = request
    path, _, query = address.partition("?")
    return {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body.encode())),
        "REMOTE_ADDR": "127.0.0.1",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "127.0.0.1",
        "HTTP_AUTHORIZATION": f"Bearer {token}",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body.encode()),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }


def _send(application: Callable[..., Any], request: Request) -> None:
    def start(status: str, headers: Any, exc_info: Any = None) -> None:
        assert status.startswith("2"), (request[:2], status)

    answer = application(_environ(request), start)
    b"".join(answer)
    if hasattr(answer, "close"):
        answer.close()


def _least(application: Callable[..., Any], requests: Sequence[Request]) -> Alone:
    sent = 0

    def batch(number: int) -> Alone:
        nonlocal sent
        web, began = time.thread_time(), time.perf_counter()
        for _ in range(number):
            _send(application, requests[sent % len(requests)])
            sent += 1
        told = (time.thread_time() - web, time.perf_counter() - began)
        return Alone(*(seconds * 1000 / number for seconds in told))

    # Two that come first are not counted; what the server and the database keep is warm then.
    number = max(2, int(_SECONDS * 1000 / min(batch(3).took, batch(3).took)))
    batches = [batch(number) for _ in range(_BATCHES)]
    return Alone(min(one.web for one in batches), min(one.took for one in batches))


def main(name: str, asked: str) -> None:
    """Print the figures of one application as JSON."""
    if name == "stepwise":
        import django

        django.setup()
        from config.database.bounds import keep_connection

        # As the threads of the server do.
        keep_connection()
    module, _, attribute = APPLICATIONS[name].partition(":")
    application = getattr(import_module(module), attribute)
    requests = json.loads(Path(asked).read_text())
    print(json.dumps({path: _least(application, sent) for path, sent in requests.items()}))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    main(*sys.argv[1:])
