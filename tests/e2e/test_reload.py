"""A reload replaces the workers one by one, and loses no request meanwhile."""

import signal
import threading
import time
from contextlib import contextmanager, suppress

import psutil
import pytest
import requests

from tests.e2e.servers import web_process

pytestmark = pytest.mark.drill


def workers_of(process):
    """Return the processes that serve."""
    found = set()
    for child in process.children():
        with suppress(psutil.NoSuchProcess):  # it ends just now
            if child.cmdline() == process.cmdline():
                found.add(child.pid)
    return found


@contextmanager
def asking(address):
    """Ask from four sides while the block runs; yield what is answered."""
    answers, over = [], threading.Event()

    def ask():
        with requests.Session() as session:
            while not over.wait(0.01):
                try:
                    answers.append(session.get(f"{address}/healthz", timeout=30).status_code)
                except requests.RequestException as error:
                    answers.append(repr(error))

    clients = [threading.Thread(target=ask, daemon=True) for _ in range(4)]
    for client in clients:
        client.start()
    try:
        yield answers
    finally:
        over.set()
        for client in clients:
            client.join(60)


def reload(process, until):
    """Reload and wait until this is true of the processes that serve."""
    process.send_signal(signal.SIGHUP)
    deadline = time.monotonic() + 150
    while not until(workers_of(process)) and time.monotonic() < deadline:
        time.sleep(0.1)


def test_workers_that_cannot_start_leave_the_old_ones_serving(migrated, tmp_path):
    with web_process(DATABASE_URL=migrated.url, WEB_WORKERS="2", PYTHONPATH=str(tmp_path)) as (
        address,
        process,
    ):
        before, seen = workers_of(process), set()
        assert len(before) == 2

        def two_have_tried(now):
            seen.update(now)
            return len(seen) >= 4 and now == before

        broken = tmp_path / "inflection.py"
        broken.write_text("raise RuntimeError('not whole')\n")
        with asking(address) as answers:
            reload(process, until=two_have_tried)
        assert len(seen) == 4
        assert workers_of(process) == before
        assert {*answers} == {200}
        broken.unlink()
        reload(process, until=lambda now: len(now) == 2 and not now & before)
        assert not workers_of(process) & before
        assert requests.get(f"{address}/healthz", timeout=30).status_code == 200


def test_a_server_that_is_told_to_end_does_not_wait_for_workers_that_start(migrated, tmp_path):
    settings = {"WEB_WORKERS": "2", "PYTHONPATH": str(tmp_path)}
    with web_process(DATABASE_URL=migrated.url, **settings) as (_address, process):
        before = workers_of(process)
        (tmp_path / "inflection.py").write_text("import time\ntime.sleep(300)\n")
        reload(process, until=lambda now: len(now) == 3)
        assert before < workers_of(process)
        process.terminate()
        process.wait(30)


def test_a_reload_loses_no_request(migrated):
    with web_process(DATABASE_URL=migrated.url, WEB_WORKERS="2") as (address, process):
        before = workers_of(process)
        assert len(before) == 2
        with asking(address) as answers:
            reload(process, until=lambda now: len(now) == 2 and not now & before)
            after = workers_of(process)
            asked, deadline = len(answers), time.monotonic() + 30
            while len(answers) < asked + 20 and time.monotonic() < deadline:
                time.sleep(0.2)
        assert len(after) == 2
        assert not before & after
        assert {*answers} == {200}
        assert len(answers) >= asked + 20
