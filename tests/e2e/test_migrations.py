"""Migrations go forward from nothing, back to nothing, and forward again."""

import os
import subprocess
import sys

import psycopg
import pytest
from django.conf import settings

from tests.e2e.servers import ROOT

pytestmark = pytest.mark.drill


@pytest.fixture
def empty_database():
    """The address of a database of its own, on the tests' server."""
    name = f"migrations_{os.getpid()}"
    server = settings.DATABASES["default"]
    host = server["HOST"] or server["OPTIONS"].get("host", "")
    connection_of = {
        "user": server["USER"],
        "password": server["PASSWORD"],
        "host": host,
        "port": server["PORT"],
    }
    known = {key: value for key, value in connection_of.items() if value}
    with psycopg.connect(dbname="postgres", autocommit=True, **known) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        try:
            yield f"postgresql://{server['USER']}:{server['PASSWORD']}@/{name}?host={host}"
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def migrate(url, *arguments):
    result = subprocess.run(
        [sys.executable, "manage.py", "migrate", "-v0", *arguments],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, (arguments, result.stderr)


def test_migrations_reverse_and_stop_halfway(empty_database):
    migrate(empty_database, "tenancy")
    migrate(empty_database)
    for app in ("progress", "quizzes", "learning", "accounts", "tenancy"):
        migrate(empty_database, app, "zero")
    migrate(empty_database)
    with psycopg.connect(empty_database) as connection:
        roles = connection.execute("SELECT count(*) FROM roles").fetchone()
        platform = connection.execute("SELECT count(*) FROM organizations").fetchone()
    assert (roles, platform) == ((9,), (1,))
