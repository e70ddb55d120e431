"""Clients that are slow, send too much or keep their connections: nobody else notices, and none is lost."""

import http.client
import json
import re
import socket
import tempfile
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
import requests

from tests.drills.sizes import sized
from tests.e2e.servers import free_port, web_process

pytestmark = pytest.mark.drill

LOGIN = "/api/v1/auth/login"
MIB = 1024 * 1024
# Nothing here gets an answer from a database.
NOWHERE = f"postgres://nobody@127.0.0.1:{free_port()}/nothing"


@pytest.fixture(scope="module")
def folder():
    with tempfile.TemporaryDirectory() as made:
        yield Path(made)


@pytest.fixture(scope="module")
def process(folder):
    with web_process(BODY_SECONDS="3", DATABASE_URL=NOWHERE, TMPDIR=str(folder)) as served:
        yield served


@pytest.fixture
def server(process):
    return process[0]


def begin(server, head, body=b""):
    """Open a connection and send the beginning of a request."""
    address = urlsplit(server)
    connection = socket.create_connection((address.hostname, address.port), timeout=20)
    connection.sendall(head.replace("\n", "\r\n").encode() + b"\r\n\r\n" + body)
    return connection


def test_clients_that_trickle_a_body_stop_nobody_and_are_told_in_the_end(server):
    head = f"POST {LOGIN} HTTP/1.1\nHost: localhost\nContent-Type: application/json\nContent-Length: 500"
    trickling = [begin(server, head, b"{") for _ in range(sized(64, 512))]
    for connection in trickling:
        connection.sendall(b'"')
    for _ in range(20):
        assert requests.get(f"{server}/api/v1/users/me", timeout=5).status_code == 401
    for connection in trickling:
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        assert answer.status == 408
        assert json.loads(answer.read())["errors"][0]["code"] == "body_too_slow"
        assert connection.recv(1) == b""
        connection.close()


def test_bodies_that_many_clients_keep_back_take_memory_up_to_a_bound(server, process, figure):
    """Each is within what one may send; together they are more than a worker holds."""
    clients = sized(160, 800)
    [worker] = process[1].children()
    before, length = worker.memory_info().rss, 1000 * 1024
    head = f"POST {LOGIN} HTTP/1.1\nHost: localhost\nContent-Type: application/json\nContent-Length: {length}"
    # Waited for at once: within its three seconds, or refused as there is no room.
    held = [begin(server, head, b"x") for _ in range(clients)]
    most = before

    def send(connection):
        with suppress(OSError):  # it was refused
            connection.sendall(b"x" * (length - 2))

    senders = [threading.Thread(target=send, args=(connection,)) for connection in held]
    for sender in senders:
        sender.start()
    statuses = Counter()
    for connection in held:
        answer = http.client.HTTPResponse(connection)
        with suppress(OSError, http.client.HTTPException):  # closed before the refusal was read
            answer.begin()
            statuses[answer.status] += 1
        most = max(most, worker.memory_info().rss)
        connection.close()
    for sender in senders:
        sender.join()
    assert set(statuses) <= {408, 503}, statuses
    assert most - before < 256 * MIB
    assert requests.get(f"{server}/api/v1/users/me", timeout=20).status_code == 401
    figure(
        f"{clients} clients kept back {clients * length / MIB:.0f} MiB of bodies: "
        f"a worker of {before / MIB:.0f} MiB grew to {most / MIB:.0f} MiB"
    )


@pytest.mark.parametrize("length", ["Content-Length: 734003200", "Transfer-Encoding: chunked"])
def test_a_body_without_end_is_refused_and_nothing_of_it_is_kept(server, process, folder, length):
    [worker] = process[1].children()
    before = worker.memory_info().rss
    head = f"POST /admin/login/ HTTP/1.1\nHost: localhost\n{length}"
    connection = begin(server, f"{head}\nContent-Type: multipart/form-data; boundary=x")
    chunk = b"x" * 65536 if "Length" in length else b"10000\r\n" + b"x" * 65536 + b"\r\n"
    sent = 0
    with pytest.raises(OSError):
        while sent < 700 * MIB:
            sent += connection.send(chunk)
    assert sent < 40 * MIB
    answer = http.client.HTTPResponse(connection)
    answer.begin()
    assert answer.status == 413
    assert answer.getheader("Content-Type").startswith("text/html")
    assert "larger than 1,024 KiB" in answer.read().decode()
    assert list(folder.iterdir()) == []
    assert worker.memory_info().rss - before < 64 * MIB


def test_a_body_of_two_megabytes_is_a_413_that_the_client_sees(server):
    for _ in range(20):
        response = requests.post(f"{server}{LOGIN}", data=b"x" * 2 * MIB, timeout=10)
        assert response.status_code == 413
        assert response.json()["errors"][0]["code"] == "body_too_large"


def test_a_body_in_chunks_is_a_body(server):
    chunks = iter([b'{"title": ', b'"x"}'])
    response = requests.post(f"{server}/api/v1/course-management/videos", data=chunks, timeout=10)
    assert response.status_code == 401


def answer_of(connection, buffer):
    """Return the head of the next answer, in lower case, and leave in the buffer what follows the answer."""
    while (end := buffer.find(b"\r\n\r\n")) < 0:
        receive(connection, buffer)
    head = bytes(buffer[:end]).lower()
    length = end + 4 + int(re.search(rb"\r\ncontent-length: (\d+)", head)[1])
    while len(buffer) < length:
        receive(connection, buffer)
    del buffer[:length]
    return head


def receive(connection, buffer):
    received = connection.recv(65536)
    if not received:
        raise ConnectionError("closed")
    buffer += received


def test_twenty_thousand_refused_requests_over_kept_connections_lose_none(server):
    """Written and read byte by byte: a client of the library would cost as much as the server."""
    body = json.dumps({"title": "x" * 3000}).encode()
    head = f"Host: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    refused = [
        (f"{line} HTTP/1.1\r\n{head}".encode() + body, b"http/1.1 %d " % status)
        for line, status in (
            ("POST /api/v1/course-management/videos", 401),
            ("PUT /api/v1/users/me", 401),
            ("POST /api/nothing", 404),
            ("DELETE /api/schema", 405),
        )
    ]
    address = urlsplit(server)
    lost, answered = [], []

    def connected():
        return socket.create_connection((address.hostname, address.port), timeout=30), bytearray()

    def send():
        connection, buffer = connected()
        for number in range(2_500):
            request, status = refused[number % len(refused)]
            try:
                connection.sendall(request)
                told = answer_of(connection, buffer)
                assert told.startswith(status), told
                assert b"\r\nconnection: close" not in told, told
                answered.append(status)
            except (OSError, AssertionError) as error:
                lost.append(repr(error))
                connection.close()
                connection, buffer = connected()
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert lost == []
    assert len(answered) == 20_000


@pytest.fixture
def two_workers():
    with web_process(WEB_WORKERS="2", DATABASE_URL=NOWHERE) as served:
        yield served


def test_workers_that_are_killed_one_after_the_other_do_not_end_the_service(two_workers):
    address, process = two_workers
    for _ in range(3):
        # Two may have begun at one moment, as far as the system's clock tells.
        oldest, *_others, youngest = sorted(process.children(), key=lambda worker: worker.create_time())
        youngest.kill()
        deadline = time.monotonic() + 20
        while len([worker for worker in process.children() if worker.is_running()]) < 2 or (
            youngest in process.children()
        ):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        time.sleep(2.5)
        assert oldest in process.children()
    assert requests.get(f"{address}/api/v1/users/me", timeout=20).status_code == 401


def test_a_request_that_is_being_handled_is_answered_when_the_server_is_to_end(two_workers):
    address, process = two_workers
    answers = []
    # It waits two seconds for a database that is not there.
    credentials = {"email": "a@b.test", "password": "x"}
    client = threading.Thread(
        target=lambda: answers.append(requests.post(address + LOGIN, json=credentials, timeout=20))
    )
    client.start()
    time.sleep(1)
    process.terminate()
    client.join(20)
    assert [answer.status_code for answer in answers] == [503]
    psutil.wait_procs([process], timeout=15)
    assert not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
