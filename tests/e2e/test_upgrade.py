"""Data of older releases becomes today's: nothing is lost, and people go on where they were.

Each release leaves the demo's data as of its day in ``dumps`` (CONTRIBUTING says how).
"""

import lzma
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from config.database import backups
from config.database.backups import Contents, restore
from demo.people import PASSWORD
from tests.drills.sizes import sized
from tests.e2e.clusters import copy_empty
from tests.e2e.databases import Database, started
from tests.e2e.servers import ROOT, web_server

pytestmark = pytest.mark.drill

DUMPS = sorted((Path(__file__).parent / "dumps").glob("*.dump.xz"))
# What migrate itself writes beside the migrations: which there are, and which keys and roles; and the history
# of what they change. There may be more of it afterwards.
WRITTEN_BY_MIGRATE = {"auth_permission", "django_content_type", "django_migrations", "roles_permissions"}


def differing(before: Contents, after: Contents) -> list[str]:
    """Return a line for each table that does not hold as many rows as before."""
    found = []
    for table, (rows, _checksum) in before.items():
        now = after[table][0] if table in after else 0
        may_grow = table in WRITTEN_BY_MIGRATE or table.endswith("event")
        if now < rows or (now > rows and not may_grow):
            found.append(f"{table}: {rows} rows became {now}")
    return found


# With one of many tests the oldest: its way is the longest.
@pytest.fixture(
    scope="module", params=sized(DUMPS[:1], DUMPS), ids=lambda file: file.name.partition(".dump")[0]
)
def upgraded(request, tmp_path_factory) -> Iterator[tuple[Database, Contents, Contents]]:
    """A database of today that began as a dump, what was in that, and what was in it then."""
    file = tmp_path_factory.mktemp("dump") / request.param.stem
    file.write_bytes(lzma.decompress(request.param.read_bytes()))
    shutil.copy(request.param.with_suffix(".json"), file.with_name(f"{file.name}.json"))
    with started(Database(copy_empty)) as database:
        before = restore(database.url, file)
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "-v0"],
            cwd=ROOT,
            env=os.environ | {"DATABASE_URL": database.url},
            check=True,
            timeout=600,
        )
        with backups._connected(database.url) as connection:
            after = contents(connection)
        yield database, before, after


def contents(connection) -> Contents:
    return backups._contents(connection)


def test_an_upgrade_keeps_every_row(upgraded, figure):
    _database, before, after = upgraded
    assert differing(before, after) == []
    assert before["users"][0] > 10
    figure(f"{sum(rows for rows, _ in before.values()):,} rows of {len(before)} tables")


@pytest.mark.parametrize("table", ["user_sub_course_video_progress", "memberships", "learning_videoevent"])
def test_a_row_that_an_upgrade_lost_would_be_noticed(table, upgraded):
    database, before, _after = upgraded
    with backups._connected(database.url) as connection, connection.transaction(force_rollback=True):
        connection.execute("SET LOCAL session_replication_role = replica")
        rows = before[table][0]
        # One less than there were, whatever people have added since.
        kept = f"SELECT ctid FROM {table} LIMIT {rows - 1}"
        connection.execute(f"DELETE FROM {table} WHERE ctid NOT IN ({kept})")
        # People may have added to others.
        assert f"{table}: {rows} rows became {rows - 1}" in differing(before, contents(connection))


def test_people_go_on_where_they_were(upgraded):
    database, _before, _after = upgraded
    with web_server(DATABASE_URL=database.url) as address:
        api = f"{address}/api/v1"

        def sign_in(email, password=PASSWORD):
            return requests.post(f"{api}/auth/login", json={"email": email, "password": password}, timeout=30)

        assert sign_in("student2@north.test", "wrong-pass-123").status_code == 401
        answer = sign_in("student2@north.test")
        assert answer.status_code == 200, answer.text
        person = {"Authorization": f"Bearer {answer.json()['access']}"}

        def path():
            found = requests.get(
                f"{api}/course-management/courses/2/learning-path", headers=person, timeout=30
            )
            assert found.status_code == 200, found.text
            return [video for part in found.json()["sub_courses"] for video in part["videos"]]

        videos = path()
        done = [video for video in videos if video["is_completed"]]
        assert 0 < len(done) < len(videos)
        following = next(video for video in videos if not video["is_completed"] and not video["is_locked"])
        answer = requests.post(
            f"{api}/progress/videos/{following['id']}/complete", headers=person, timeout=30
        )
        assert answer.status_code == 200, answer.text
        assert len([video for video in path() if video["is_completed"]]) == len(done) + 1
