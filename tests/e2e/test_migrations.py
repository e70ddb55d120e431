"""Migrations go forward from nothing, back to nothing, and forward again."""

import os
import subprocess
import sys
from contextlib import contextmanager

import psycopg
import pytest
from django.conf import settings

from tests import databases
from tests.e2e.servers import ROOT

pytestmark = pytest.mark.drill


APPS = ("accounts", "learning", "progress", "quizzes", "tenancy")


@contextmanager
def database(make):
    """The address of a database of its own, on the tests' server, that ``make(server, name)`` makes."""
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
        make(admin, name)
        try:
            yield f"postgresql://{server['USER']}:{server['PASSWORD']}@/{name}?host={host}"
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def empty_database():
    with database(lambda server, name: server.execute(f"CREATE DATABASE {name}")) as url:
        yield url


@pytest.fixture
def migrated_database(django_db_setup):
    """A copy of the database that the migrations made from nothing for all tests."""
    with database(databases.copy_migrated) as url:
        yield url


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


def applied(url):
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT app FROM django_migrations WHERE app = ANY(%s)", [list(APPS)])
        return {app for (app,) in rows}


def test_migrations_reverse_and_stop_halfway(migrated_database):
    assert applied(migrated_database) == {*APPS}
    # Everything needs places, and so goes before they do.
    migrate(migrated_database, "tenancy", "zero")
    assert applied(migrated_database) == set()
    migrate(migrated_database, "tenancy")
    assert "progress" not in applied(migrated_database)
    migrate(migrated_database)
    with psycopg.connect(migrated_database) as connection:
        roles = connection.execute("SELECT count(*) FROM roles").fetchone()
        platform = connection.execute("SELECT count(*) FROM organizations").fetchone()
    assert (roles, platform) == ((9,), (1,))


def test_places_of_one_name_are_told_apart_before_the_database_refuses_them(empty_database):
    migrate(empty_database, "tenancy", "0005")
    with psycopg.connect(empty_database) as connection:
        connection.execute(
            """
            INSERT INTO organizations (id, name, slug) VALUES (gen_random_uuid(), 'North', 'north');
            INSERT INTO schools (id, name, organization_id)
                SELECT gen_random_uuid(), 'North', id FROM organizations WHERE slug = 'north';
            INSERT INTO campuses (id, name, school_id, organization_id)
                SELECT gen_random_uuid(), 'East', id, organization_id FROM schools;
            INSERT INTO classrooms (id, name, campus_id, school_id, organization_id, created_at)
                SELECT gen_random_uuid(), n.name, c.id, c.school_id, c.organization_id,
                    now() + n.number * interval '1s'
                FROM campuses c,
                    unnest(ARRAY['E9', 'e9 ', 'E9 (2)', 'E9', 'E1']) WITH ORDINALITY AS n (name, number)
            """
        )
    migrate(empty_database)
    with psycopg.connect(empty_database) as connection:
        names = connection.execute("SELECT name FROM classrooms ORDER BY created_at").fetchall()
        sorted_names = connection.execute("SELECT DISTINCT sort_name <> '' FROM schools").fetchall()
    assert [name for (name,) in names] == ["E9", "e9  (3)", "E9 (2)", "E9 (4)", "E1"]
    assert sorted_names == [(True,)]
