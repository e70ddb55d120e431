"""No connection is left: none in a worker's pool, or none on the server: refused, not hung, and back soon."""

import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
import requests

from tests.drills.sizes import sized
from tests.e2e.servers import web_server

pytestmark = pytest.mark.drill

LOGIN = {"json": {"email": "nobody@north.test", "password": "wrong"}, "timeout": 30}
CLIENTS = sized(12, 64)
# A pool that hangs keeps its clients for thirty; alone, they wait two for it and two for a lock.
SECONDS = 25


def ask(url):
    start = time.monotonic()
    status = requests.post(url, **LOGIN).status_code
    return status, time.monotonic() - start


def back_after(url):
    """Wait until service is back; return after how many seconds."""
    start = time.monotonic()
    while requests.post(url, **LOGIN).status_code == 503:
        assert time.monotonic() - start < SECONDS
        time.sleep(0.1)
    return time.monotonic() - start


def test_a_pool_without_a_connection_left_is_a_503_and_not_a_hang(migrated, figure):
    settings = {"DATABASE_POOL_MAX": "2", "WEB_THREADS": "6", "WEB_ADMIN_THREADS": "1"}
    with web_server(DATABASE_URL=migrated.url, **settings) as address:
        url = f"{address}/api/v1/auth/login"
        assert ask(url)[0] == 401
        with psycopg.connect(migrated.url) as holder, ThreadPoolExecutor(CLIENTS) as pool:
            # Both connections wait for this, and everybody else for them.
            holder.execute("LOCK TABLE users IN ACCESS EXCLUSIVE MODE")
            answers = list(pool.map(ask, [url] * CLIENTS))
            holder.rollback()
        back = back_after(url)
    assert {status for status, _seconds in answers} == {503}
    longest = max(seconds for _status, seconds in answers)
    assert longest < SECONDS
    figure(
        f"2 connections, {CLIENTS} clients at once: all refused, the last after {longest:.1f} s; "
        f"served again after {back:.1f} s"
    )


def test_a_server_without_a_connection_left_is_a_503_and_not_a_hang(migrated, figure):
    with web_server(DATABASE_URL=migrated.url) as address:
        url = f"{address}/api/v1/auth/login"
        assert ask(url)[0] == 401
        taken = [psycopg.connect(migrated.url, autocommit=True)]
        try:
            # Those that the web server has are taken as well.
            others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            taken[0].execute(f"{others} AND backend_type = 'client backend'")
            with pytest.raises(psycopg.OperationalError, match="too many clients"):
                while True:
                    taken.append(psycopg.connect(migrated.url))
            answers = [ask(url) for _ in range(sized(3, 20))]
        finally:
            for connection in taken:
                connection.close()
        back = back_after(url)
    assert {status for status, _seconds in answers} == {503}
    longest = max(seconds for _status, seconds in answers)
    assert longest < SECONDS
    figure(
        f"{len(taken)} connections taken, none left: {len(answers)} refusals, each within {longest:.1f} s; "
        f"served again after {back:.1f} s"
    )
