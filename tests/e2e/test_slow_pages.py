"""Ten slow pages or reports of one administrator at once: every learner of every organization goes on."""

import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from urllib.parse import quote

import psycopg
import pytest
import requests
from django.db import connection

from progress.models import ItemProgress
from tests.conftest import access_token
from tests.contracts.admin_pages import sign_in, url
from tests.drills.sizes import sized
from tests.e2e.servers import web_server

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]

PAGES = 10
COMPLETION = "/api/safety_quiz_results/completion"
WAITING = """
    SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


@pytest.fixture
def known():
    """Where the database of the tests is."""
    options = connection.get_connection_params()
    return {
        name: options[name] for name in ("dbname", "user", "password", "host", "port") if options.get(name)
    }


def address_of(known):
    """Return it as the server is told; a socket's folder is no host name."""
    person = ":".join(quote(known[name]) for name in ("user", "password") if name in known)
    host, port = known.get("host", ""), known.get("port", "")
    if host.startswith("/"):
        return f"postgresql://{person}@/{known['dbname']}?host={host}"
    return f"postgresql://{person}@{host}:{port or 5432}/{known['dbname']}"


def until(condition):
    for _ in range(300):
        if condition():
            return
        time.sleep(0.1)
    raise AssertionError("It did not happen.")


@pytest.fixture
def ask(north):
    """How an administrator asks for a slow page or report, by its name, and the table that it reads."""
    cookies = {"sessionid": sign_in(north.admin).cookies["sessionid"].value}
    headers = {"Authorization": f"Bearer {access_token(north.admin)}"}
    return {
        "search": (f"{url(ItemProgress, 'changelist')}?q=student", {"cookies": cookies}, "user_progress"),
        "report": (COMPLETION, {"headers": headers}, "safety_quiz_results"),
    }


def learn(address, tenant):
    """Do what a learner does; return how long each request took, in milliseconds."""
    headers = {"Authorization": f"Bearer {access_token(tenant.student)}"}
    api, video = f"{address}/api/v1", tenant.videos[0].pk
    took = []
    for method, path in (
        ("get", f"course-management/videos/{video}"),
        ("post", f"progress/videos/{video}/complete"),
        ("get", f"course-management/courses/{tenant.course.pk}/learning-path"),
    ):
        begun = time.perf_counter()
        answer = requests.request(method, f"{api}/{path}", headers=headers, timeout=30)
        took.append((time.perf_counter() - begun) * 1000)
        assert answer.status_code == 200
    return took


@pytest.mark.parametrize("kind", ["search", "report"])
def test_ten_that_take_long_stop_no_learner(kind, ask, known, north, sunrise):
    bounds = {"DATABASE_TIMEOUTS_ADMIN": "60,60,60", "DATABASE_TIMEOUTS_API": "60,60,60"}
    path, how, table = ask[kind]
    with (
        web_server(DATABASE_URL=address_of(known), **bounds) as address,
        psycopg.connect(**known, autocommit=True) as watch,
        psycopg.connect(**known) as slow,
        ThreadPoolExecutor(PAGES) as browsers,
    ):
        assert requests.get(address + path, **how, timeout=60).status_code == 200
        slow.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        pages = [browsers.submit(requests.get, address + path, **how, timeout=120) for _ in range(PAGES)]
        until(lambda: watch.execute(WAITING).fetchone()[0] > 0)
        for _ in range(20):
            for tenant in (north, sunrise):
                learn(address, tenant)
        assert not any(page.done() for page in pages)
        # As many as there are threads for pages, and no more, hold a connection.
        assert watch.execute(WAITING).fetchone()[0] <= 2
        slow.rollback()
        assert {page.result().status_code for page in pages} <= {200, 503}


def test_a_learner_beside_ten_who_search_without_a_pause_is_answered(ask, known, north, sunrise, figure):
    """Nobody waits for a lock here: the database and the processor are what they share."""
    path, how, _table = ask["search"]
    stop = Event()

    def search(address):
        asked = 0
        while not stop.is_set():
            assert requests.get(address + path, **how, timeout=120).status_code in (200, 503)
            asked += 1
        return asked

    with (
        web_server(DATABASE_URL=address_of(known)) as address,
        ThreadPoolExecutor(PAGES) as browsers,
    ):
        assert requests.get(address + path, **how, timeout=60).status_code == 200
        learn(address, sunrise)
        pages = [browsers.submit(search, address) for _ in range(PAGES)]
        try:
            took = [ms for _ in range(sized(20, 500)) for ms in learn(address, sunrise)]
        finally:
            stop.set()
        searches = sum(page.result() for page in pages)
    assert searches
    told = statistics.quantiles(took, n=100)
    figure(
        f"{len(took)} requests of a learner beside {searches} searches of ten people: "
        f"median {told[49]:.0f} ms, p99 {told[98]:.0f} ms"
    )
