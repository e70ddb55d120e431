"""Reports are answered whatever is with the replica: there, behind, away, or no replica at all."""

import time

import pytest
from django.db import OperationalError, connections, transaction

from tenancy import replica
from tenancy.models import School
from tenancy.wall.base import DatabaseWrapper
from tests.config.processes import PRODUCTION, run

pytestmark = pytest.mark.django_db(transaction=True)

REPORT = "/api/safety_quiz_results/completion?week_of=2026-W40"


@pytest.fixture
def named(settings, monkeypatch):
    """A second database is named, which is the same once more: it is no replica, and says so.

    Django lets tests connect to aliases that it knew before, and asks a connection for its own.
    """
    known = dict(connections["default"].settings_dict)
    monkeypatch.setitem(settings.DATABASES, "replica", known)
    monkeypatch.setattr(replica, "_left_alone_until", 0.0)
    settings.DATABASE_ROUTERS = ["tenancy.replica.Router"]
    connections["replica"] = DatabaseWrapper(known, "default")
    yield connections["replica"]
    connections["replica"].close()
    del connections["replica"]


def schools():
    return School.unscoped.count()


def test_without_one_nothing_is_asked_of_the_database(north, statements):
    with statements() as sent, replica.from_replica():
        assert replica.reading_from() == "default"
        assert schools() == 2
    assert len(sent) == 1


def test_one_that_has_come_as_far_is_read(north, named, monkeypatch):
    asked = iter([False, False, True])
    monkeypatch.setattr(replica, "_is_at", lambda *args: next(asked))
    with replica.from_replica():
        assert replica.reading_from() == "replica"
        assert School.unscoped.get(pk=north.school.pk)._state.db == "replica"
    assert replica.reading_from() == "default"


def test_one_that_does_not_come_as_far_in_time_is_not_read(north, named, monkeypatch):
    monkeypatch.setattr(replica, "PATIENCE", 0.02)
    monkeypatch.setattr(replica, "_is_at", lambda *args: False)
    assert replica.alias_to_read() == "default"


def test_what_is_no_replica_is_not_read(north, named, monkeypatch):
    monkeypatch.setattr(replica, "PATIENCE", 0.02)
    assert replica.alias_to_read() == "default"
    # It answered, so it is asked again next time.
    assert replica._left_alone_until == 0


def test_what_is_not_committed_yet_is_read_where_it_was_written(north, named, monkeypatch):
    monkeypatch.setattr(replica, "_is_at", lambda *args: True)
    with transaction.atomic(), replica.from_replica():
        assert replica.reading_from() == "default"
    assert replica.alias_to_read() == "replica"


def test_while_it_is_away_the_database_answers_and_it_is_left_alone(
    north, as_user, named, monkeypatch, caplog
):
    tried = []

    def refuse(*args):
        tried.append(time.monotonic())
        raise OperationalError("connection to server at 10.0.0.8 failed\nwith details")

    monkeypatch.setattr(named, "get_new_connection", refuse)
    for _ in range(2):
        assert as_user(north.admin).get(REPORT).status_code == 200
    assert len(tried) == 1
    assert "the replica does not answer: connection to server" in caplog.text
    assert "with details" not in caplog.text
    monkeypatch.setattr(replica, "_left_alone_until", time.monotonic() - 1)
    assert as_user(north.admin).get(REPORT).status_code == 200
    assert len(tried) == 2


def test_a_process_is_ready_while_it_is_away(client, named, monkeypatch):
    monkeypatch.setattr(named, "get_new_connection", lambda *args: 1 / 0)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"database": "ok", "migrations": "ok"})


TOLD = """
from config import settings as s
told = s.DATABASES['replica']
options = told['OPTIONS']
print(told['HOST'], told['ENGINE'], options['sslmode'], bool(options['pool']), s.DATABASE_ROUTERS)
"""


def test_its_address_is_a_setting_and_what_bounds_the_database_bounds_it_too():
    url = "postgres://reader@replica.example/stepwise?sslmode=require"
    said = run("-c", TOLD, **PRODUCTION, DATABASE_REPLICA_URL=url).stdout.split(maxsplit=4)
    assert said[:4] == ["replica.example", "tenancy.wall", "require", "True"]
    assert said[4].strip() == "['tenancy.replica.Router']"
    assert run("-c", TOLD, **PRODUCTION).returncode != 0
