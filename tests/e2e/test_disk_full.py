"""The disk of the database is full: writes are refused, none is lost, and service is back with room."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import requests

from accounts.sign_in.tokens import AccessToken
from tests.drills.sizes import sized
from tests.e2e.clusters import copy_migrated
from tests.e2e.databases import Database
from tests.e2e.servers import web_server

pytestmark = pytest.mark.drill

MEGABYTES = 400
LEFT = sized(2, 20) * 2**20
"""Bytes that are free when the writes begin."""
REFUSALS = sized(5, 50)
# Alone it takes a few; the tests beside this one want the processor too.
SECONDS_TO_RECOVER = 60
VIEWED = {"type": "viewed-slide", "payload": {"tcodeId": 12, "slide": 1, "seconds": 1.5}}


@pytest.fixture
def small(django_db_setup: None) -> Iterator[Database]:
    """A database on a disk of its own, in memory; only root may mount one."""
    made = Database()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m,mode=755", "tmpfs", str(made.data)]
    try:
        done = subprocess.run(mount, capture_output=True, text=True, check=False)
    except OSError as error:
        done = subprocess.CompletedProcess(mount, 1, "", str(error))
    if done.returncode:
        made.stop()
        pytest.skip(f"no small disk can be mounted here: {done.stderr.strip()}")
    try:
        copy_migrated(made.data / "postgres")
        made.start()
        yield made
    finally:
        for holder in made.holders:
            holder.terminate()
            holder.wait(30)
        subprocess.run(["umount", "--lazy", str(made.data)], check=True)
        made.stop()


def learner_of(database: Database) -> str:
    """Add somebody who learns, and return their token."""
    with psycopg.connect(database.url) as connection:
        row = connection.execute(
            "INSERT INTO users (id, email, name, password, organization_id, role_id) "
            "SELECT gen_random_uuid(), 'full@platform.test', '', '!', o.id, r.id "
            "FROM organizations o, roles r WHERE o.slug = 'platform' AND r.name = 'STUDENT' "
            "RETURNING id::text"
        ).fetchone()
    token = AccessToken()
    token["user_id"], token["token_version"] = row[0] if row else "", 0
    return str(token)


def fill(disk: Path) -> Path:
    """Take all room on a disk but ``LEFT``."""
    filler = disk / "filler"
    free = int(subprocess.check_output(["df", "-B1", "--output=avail", str(disk)], text=True).split()[1])
    with filler.open("wb") as file:
        file.truncate(0)
        for _ in range((free - LEFT) // 2**20):
            file.write(bytes(2**20))
    return filler


def test_a_full_disk_refuses_writes_and_loses_none(small: Database, figure: Any) -> None:
    token = learner_of(small)
    acknowledged: list[str] = []
    answers: list[tuple[int, float]] = []

    def write(address: str, number: int = 500) -> int:
        start = time.monotonic()
        answer = requests.post(
            f"{address}/api/v1/interactions",
            json={"items": [VIEWED] * number},
            headers={"Authorization": f"Bearer {token}"},
            timeout=30,
        )
        answers.append((answer.status_code, time.monotonic() - start))
        if answer.status_code == 201:
            acknowledged.extend(row["id"] for row in answer.json()["items"])
        return answer.status_code

    with web_server(DATABASE_URL=small.url) as address:
        assert write(address) == 201
        filler = fill(small.data)
        refused = 0
        for _ in range(sized(300, 3_000)):
            refused += write(address) != 201
            if refused == REFUSALS:
                break
        assert refused == REFUSALS, "the disk is not full"
        assert {status for status, _seconds in answers} == {201, 503}
        filler.unlink()
        freed = time.monotonic()
        while write(address, 1) != 201:
            assert time.monotonic() - freed < SECONDS_TO_RECOVER
            # A server that ran out of room for its log has ended itself; a supervisor starts it again.
            if not is_up(small):
                small.start()
            time.sleep(0.1)
        back = time.monotonic() - freed
    with psycopg.connect(small.url) as connection:
        kept = {pk for (pk,) in connection.execute("SELECT id::text FROM user_interactions")}
    assert not set(acknowledged) - kept
    longest = max(seconds for status, seconds in answers if status == 503)
    figure(
        f"{len(acknowledged):,} acknowledged writes, none missing; {refused} refused while the disk was "
        f"full, each within {longest:.1f} s; served again {back:.1f} s after there was room"
    )


def is_up(database: Database) -> bool:
    try:
        psycopg.connect(database.url, connect_timeout=2).close()
    except psycopg.OperationalError as error:
        return "starting up" in str(error) or "recovery" in str(error)
    return True
