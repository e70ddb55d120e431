"""Ten slow pages of one administrator at once: every learner of every organization goes on."""

import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import psycopg
import pytest
import requests
from django.db import connection

from progress.models import ItemProgress
from tests.conftest import access_token
from tests.contracts.admin_pages import sign_in, url
from tests.e2e.servers import web_server

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]

PAGES = 10
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


def test_ten_searches_that_take_long_stop_no_learner(known, north, sunrise):
    settings = {"DATABASE_URL": address_of(known), "DATABASE_TIMEOUTS_ADMIN": "60,60,60"}
    cookies = {"sessionid": sign_in(north.admin).cookies["sessionid"].value}
    with (
        web_server(**settings) as address,
        psycopg.connect(**known, autocommit=True) as watch,
        psycopg.connect(**known) as slow,
        ThreadPoolExecutor(PAGES) as browsers,
    ):
        search = f"{address}{url(ItemProgress, 'changelist')}?q=student"
        assert requests.get(search, cookies=cookies, timeout=60).status_code == 200
        slow.execute("LOCK TABLE user_progress IN ACCESS EXCLUSIVE MODE")
        pages = [browsers.submit(requests.get, search, cookies=cookies, timeout=120) for _ in range(PAGES)]
        until(lambda: watch.execute(WAITING).fetchone()[0] > 0)
        for tenant in (north, sunrise):
            headers = {"Authorization": f"Bearer {access_token(tenant.student)}"}
            api, video = f"{address}/api/v1", tenant.videos[0].pk
            for _ in range(20):
                for method, path in (
                    ("get", f"course-management/videos/{video}"),
                    ("post", f"progress/videos/{video}/complete"),
                    ("get", f"course-management/courses/{tenant.course.pk}/learning-path"),
                ):
                    answer = requests.request(method, f"{api}/{path}", headers=headers, timeout=30)
                    assert answer.status_code == 200
        assert not any(page.done() for page in pages)
        # As many as there are threads for pages, and no more, hold a connection.
        assert watch.execute(WAITING).fetchone()[0] <= 2
        slow.rollback()
        assert {page.result().status_code for page in pages} <= {200, 503}
