"""Migrations go forward from nothing, back to nothing, and forward again."""

import psycopg
import pytest

from tests import databases
from tests.e2e.clusters import manage, on_the_tests_server

pytestmark = pytest.mark.drill


APPS = ("accounts", "learning", "progress", "quizzes", "tenancy")
BEFORE_NAMES_ARE_TOLD_APART = "0005"
PLACES_OF_ONE_NAME = """
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


def applied(url):
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT app FROM django_migrations WHERE app = ANY(%s)", [list(APPS)])
        return {app for (app,) in rows}


@pytest.fixture(scope="module")
def journey(django_db_setup):
    """The apps that are migrated at each stop of one way back and forth, and where that ended."""
    stops = {}
    # It begins with a copy of what the migrations made from nothing for all tests.
    with on_the_tests_server(databases.copy_migrated) as url:
        stops["forward"] = applied(url)
        # Everything needs places, and so goes before they do.
        manage(url, "migrate", "-v0", "tenancy", "zero")
        stops["back"] = applied(url)
        manage(url, "migrate", "-v0", "tenancy", BEFORE_NAMES_ARE_TOLD_APART)
        with psycopg.connect(url) as connection:
            connection.execute(PLACES_OF_ONE_NAME)
        manage(url, "migrate", "-v0", "tenancy")
        stops["halfway"] = applied(url)
        manage(url, "migrate", "-v0")
        stops["forward again"] = applied(url)
        yield stops, url


def test_migrations_reverse_and_stop_halfway(journey):
    stops, url = journey
    assert stops["forward"] == {*APPS}
    assert stops["back"] == set()
    assert "tenancy" in stops["halfway"]
    assert "progress" not in stops["halfway"]
    assert stops["forward again"] == {*APPS}
    with psycopg.connect(url) as connection:
        roles = connection.execute("SELECT count(*) FROM roles").fetchone()
        platform = connection.execute("SELECT count(*) FROM organizations WHERE slug <> 'north'").fetchone()
    assert (roles, platform) == ((9,), (1,))


def test_places_of_one_name_are_told_apart_before_the_database_refuses_them(journey):
    _stops, url = journey
    with psycopg.connect(url) as connection:
        names = connection.execute("SELECT name FROM classrooms ORDER BY created_at").fetchall()
        sorted_names = connection.execute("SELECT DISTINCT sort_name <> '' FROM schools").fetchall()
    assert [name for (name,) in names] == ["E9", "e9  (3)", "E9 (2)", "E9 (4)", "E1"]
    assert sorted_names == [(True,)]
