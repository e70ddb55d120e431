"""A reload replaces the workers one by one, and loses no request meanwhile."""

import signal
import threading
import time
from contextlib import contextmanager, suppress

import psutil
import pytest
import requests

from tests.e2e.servers import free_port, web_process

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
            while not over.wait(0.03):
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


@pytest.fixture
def folder(tmp_path):
    """Where modules lie that workers import before those of libraries."""
    return tmp_path


@pytest.fixture
def server(folder):
    # Nothing that is asked here needs the database.
    nowhere = f"postgres://nobody@127.0.0.1:{free_port()}/nothing"
    with web_process(DATABASE_URL=nowhere, WEB_WORKERS="2", PYTHONPATH=str(folder)) as served:
        yield served


def test_workers_that_cannot_start_leave_the_old_ones_serving_and_a_whole_reload_loses_no_request(
    server, folder
):
    address, process = server
    before, seen = workers_of(process), set()
    assert len(before) == 2

    def two_have_tried(now):
        seen.update(now)
        return len(seen) >= 4 and now == before

    broken = folder / "inflection.py"
    broken.write_text("raise RuntimeError('not whole')\n")
    with asking(address) as answers:
        reload(process, until=two_have_tried)
    assert len(seen) == 4
    assert workers_of(process) == before
    assert {*answers} == {200}

    broken.unlink()
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


def test_a_server_that_is_told_to_end_does_not_wait_for_workers_that_start(server, folder):
    _address, process = server
    before = workers_of(process)
    (folder / "inflection.py").write_text("import time\ntime.sleep(300)\n")
    reload(process, until=lambda now: len(now) == 3)
    assert before < workers_of(process)
    process.terminate()
    process.wait(30)
