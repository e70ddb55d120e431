"""``kill -9`` under load: nothing that was acknowledged is missing, and service comes back by itself."""

import threading
import time

import psycopg
import pytest
import requests

from accounts.sign_in.tokens import AccessToken
from tests.drills.sizes import sized
from tests.e2e.databases import Database
from tests.e2e.servers import web_process

pytestmark = pytest.mark.drill

# Times five videos each: more than can be written before the last kill.
LEARNERS = sized(4_000, 8_000)
ROUNDS = sized(2, 5)
# Acknowledged before each round; the figure of a drill is the sum.
BETWEEN = sized(10, 3_400)
# Alone it takes three; the tests beside this one want the processor too.
SECONDS_TO_RECOVER = 40


def learners_of(database: Database) -> dict[str, str]:
    """Add learners to the demo, and return a token for each user id."""
    with psycopg.connect(database.url) as connection:
        rows = connection.execute(
            "INSERT INTO users (id, email, name, password, organization_id, role_id) "
            "SELECT gen_random_uuid(), 'crash' || n || '@north.test', '', '!', o.id, r.id "
            "FROM generate_series(1, %s) n, organizations o, roles r "
            "WHERE o.slug = 'north' AND r.name = 'STUDENT' RETURNING id::text",
            [LEARNERS],
        ).fetchall()
    tokens = {}
    for (user_id,) in rows:
        token = AccessToken()
        token["user_id"], token["token_version"] = user_id, 0
        tokens[user_id] = str(token)
    return tokens


def first_videos(database: Database) -> list[int]:
    with psycopg.connect(database.url) as connection:
        rows = connection.execute(
            "SELECT v.id FROM sub_course_videos v WHERE v.status = 'PUBLISHED' AND v.sub_course_id = ("
            " SELECT min(s.id) FROM sub_courses s JOIN organizations o ON o.id = s.organization_id"
            " WHERE o.slug = 'north') ORDER BY v.display_order, v.id"
        ).fetchall()
    return [row[0] for row in rows]


def test_nothing_acknowledged_is_lost_when_workers_and_database_are_killed(with_demo, figure):
    tokens, videos = learners_of(with_demo), first_videos(with_demo)
    acknowledged: list[tuple[str, int]] = []
    unexpected: list[int] = []
    work = [(user, video) for video in videos for user in tokens]
    taken = iter(work)
    lock, finished = threading.Lock(), threading.Event()

    def complete(address: str) -> None:
        session = requests.Session()
        while not finished.is_set():
            with lock:
                user, video = next(taken, (None, None))
            if user is None:
                return
            while not finished.is_set():
                try:
                    answer = session.post(
                        f"{address}/api/v1/progress/videos/{video}/complete",
                        headers={"Authorization": f"Bearer {tokens[user]}"},
                        timeout=10,
                    )
                except requests.RequestException:
                    time.sleep(0.05)
                    continue
                if answer.status_code == 200:
                    acknowledged.append((user, video))
                    break
                if answer.status_code not in (503, 403):
                    unexpected.append(answer.status_code)
                    break
                if answer.status_code == 403:  # an earlier video of this learner is still on its way
                    time.sleep(0.02)
                else:
                    time.sleep(0.1)

    def wait_for_more(number: int = 10) -> float:
        """Wait until so many more writes are acknowledged; return after how many seconds the first were."""
        before, start = len(acknowledged), time.monotonic()
        recovered = None
        while len(acknowledged) <= before + number:
            assert unexpected == []
            # What comes later than the first few is load, not recovery.
            assert recovered is not None or time.monotonic() < start + SECONDS_TO_RECOVER, (
                f"service did not come back after {len(acknowledged)}"
            )
            if recovered is None and len(acknowledged) > before + 10:
                recovered = time.monotonic() - start
            time.sleep(0.05)
        return recovered or time.monotonic() - start

    with web_process(WEB_WORKERS="2", DATABASE_URL=with_demo.url) as (address, main):
        threads = [threading.Thread(target=complete, args=(address,), daemon=True) for _ in range(8)]
        for thread in threads:
            thread.start()
        seconds = []
        for _round in range(ROUNDS):
            wait_for_more(BETWEEN)
            for worker in main.children():
                worker.kill()
            seconds.append(wait_for_more())
            with_demo.kill()
            with_demo.start()
            seconds.append(wait_for_more())
        wait_for_more(BETWEEN)
        finished.set()
        for thread in threads:
            thread.join(30)
    assert unexpected == []
    with psycopg.connect(with_demo.url) as connection:
        rows = connection.execute("SELECT user_id::text, video_id FROM user_sub_course_video_progress")
        kept = set(rows.fetchall())
    assert len(acknowledged) > (ROUNDS + 1) * BETWEEN
    missing = set(acknowledged) - kept
    assert not missing
    figure(
        f"{len(acknowledged):,} acknowledged writes over {ROUNDS} rounds of kill -9 of web and database, "
        f"none missing; served again after {max(seconds):.1f} s at most"
    )
