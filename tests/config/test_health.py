"""A probe learns whether a process lives, and whether it can serve; without a token, a host or TLS."""

import pytest
from django.db import OperationalError, connection
from django.db.backends.postgresql.base import DatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder

from config.serving.application import Server
from tests.config.rsgi import Scope, ask, hello

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def as_in_production(settings):
    settings.SECURE_SSL_REDIRECT = True
    settings.ALLOWED_HOSTS = ["stepwise.example"]


@pytest.fixture
def away(transactional_db, monkeypatch):
    def refuse(*args, **kwargs):
        raise OperationalError("connection to server at 10.0.0.7 failed: password for stepwise\nis wrong")

    connection.close()
    monkeypatch.setattr(DatabaseWrapper, "get_new_connection", refuse)


def test_a_process_is_alive_whatever_the_database_does(client, away):
    answer = client.get("/healthz", HTTP_HOST="10.0.0.1:8000")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_a_process_whose_threads_are_all_taken_is_alive():
    def never(environ, start_response):
        raise AssertionError

    server = Server(never, threads=0, admin_threads=0, login_threads=0)
    [protocol] = ask(server, (Scope("/healthz"), []))
    assert protocol.answer == (200, {"content-type": "text/plain"}, b"ok\n")


def test_the_server_leaves_other_paths_to_django():
    [protocol] = ask(Server(hello, threads=1, admin_threads=1, login_threads=1), (Scope("/readyz"), []))
    assert protocol.answer[2] == b"hello"


def test_it_is_ready_when_the_database_answers_and_is_migrated(client):
    answer = client.get("/readyz", HTTP_HOST="10.0.0.1:8000")
    assert (answer.status_code, answer.json()) == (200, {"database": "ok", "migrations": "ok"})
    assert answer["Cache-Control"] == "no-store"


def test_it_is_not_ready_before_the_last_migration(client, monkeypatch):
    applied = MigrationRecorder(connection).applied_migrations()
    applied.pop(max(key for key in applied if key[0] == "learning"))
    monkeypatch.setattr(MigrationRecorder, "applied_migrations", lambda self: applied)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"database": "ok", "migrations": "1 to apply"})


def test_it_is_not_ready_without_a_database_and_gives_nothing_away(client, away, caplog):
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"database": "does not answer", "migrations": "unknown"}
    assert "is wrong" not in caplog.text
