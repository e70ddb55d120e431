"""What every test relies on: the room is as it was, and the people in it are whole."""

import os
import re
from datetime import timedelta

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models, transaction
from django.test import TransactionTestCase
from django.utils import timezone
from whitenoise.middleware import WhiteNoiseMiddleware

from accounts.models import Membership
from accounts.people.domain.membership import place
from quizzes.models import QuestionSet
from tenancy.scope import Level
from tests import beginning, databases, factories
from tests.contracts.world import make_world
from tests.remembered import RememberedDatabase
from tests.tenants import rows_of


def stored(row: models.Model) -> dict[str, object]:
    return type(row).unscoped.values().get(pk=row.pk)


def in_memory(row: models.Model) -> dict[str, object]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def rows_in(schema: str) -> dict[str, list[str]]:
    with connection.cursor() as cursor:
        found = {}
        for table in connection.introspection.django_table_names(only_existing=True, include_views=False):
            cursor.execute("SELECT to_regclass(%s)", [f"{schema}.{table}"])
            if cursor.fetchone() != (None,):
                cursor.execute(f"SELECT t::text FROM {schema}.{table} t ORDER BY 1")
                found[table] = [row for (row,) in cursor.fetchall()]
    return {table: rows for table, rows in found.items() if rows}


def rows_but_for_times(schema: str = "public") -> dict[str, str]:
    time = r'"?\d{4}-\d\d-\d\d \d\d:[\d:.]+\+00"?'
    return {name: re.sub(time, "TIME", "\n".join(found)) for name, found in rows_in(schema).items()}


@pytest.mark.django_db(transaction=True)
def test_the_tenants_of_a_test_are_their_rows_as_old_as_when_they_were_made(django_db_setup):
    seen = []
    for _ in ("put back before", "put back now"):
        north, sunrise = (django_db_setup.again(name) for name in ("north", "sunrise"))
        rows = [*rows_of(north), *rows_of(sunrise)]
        assert [in_memory(row) for row in rows] == [stored(row) for row in rows]
        assert QuestionSet.unscoped.filter(sub_course=north.sub_course).count() == 1 + 2
        seen.append(rows)
        beginning._put_back(django_db_setup)
    before, now = seen
    assert before == now
    assert len(before) > 50
    assert all(one is not other for one, other in zip(before, now, strict=True))
    assert before[0].created_at < now[0].created_at
    assert timezone.now() - now[0].created_at < timedelta(seconds=30)


def test_a_world_that_is_put_back_is_the_one_that_was_made(north, sunrise, global_admin, independent):
    remembered, seen = RememberedDatabase(make_world), []
    given = (north, sunrise, global_admin, independent)
    people = {**north.people}
    for _ in ("made", "put back"):
        with transaction.atomic():
            world = remembered.again(*given)
            assert (world.north, world.sunrise, world.global_admin, world.independent) == given
            assert [person.email for person in given[2:]] == ["global@demo.test", "learner@demo.test"]
            rows = [*rows_of(north), *rows_of(sunrise)]
            assert [in_memory(row) for row in rows] == [stored(row) for row in rows]
            seen.append(
                (rows_but_for_times(), world.own, world.foreign, world.deleted, world.missing, world.shared)
            )
            transaction.set_rollback(True)
    made, again = seen
    assert made[1:] == again[1:]
    assert {name for name in made[0] if made[0][name] != again[0].get(name)} == set()
    assert len(made[0]) > 40
    assert north.student is not people["student"]
    assert north.student.created_at > people["student"].created_at


@pytest.mark.parametrize("active", [True, False])
@pytest.mark.parametrize("role", ["STUDENT", None])
@pytest.mark.parametrize("level", [*Level, None])
def test_a_person_who_is_made_is_the_one_whom_a_move_would_leave(north, level, role, active):
    at = getattr(north, level).scope if level else None
    made = factories.make_user("made@north.test", role, at=at, is_active=active)
    moved = factories.make_user("moved@north.test", is_active=active)
    place(user=moved, at=at, role=made.role)
    places = ["role_id", "organization_id", "school_id", "campus_id", "classroom_id"]
    assert in_memory(made) == stored(made)
    found = [
        (
            {name: stored(user)[name] for name in [*places, "is_active", "token_version"]},
            list(Membership.unscoped.filter(user=user).values("valid_until", *places)),
        )
        for user in (made, moved)
    ]
    assert found[0] == found[1]
    assert len(found[0][1]) == (level is not None and active)


def test_no_test_counts_what_a_process_looks_up_once(db, statements):
    with statements() as sent:
        ContentType.objects.get_for_models(*apps.get_models())
    assert len(sent) == 0


@pytest.mark.django_db(transaction=True)
def test_a_test_that_commits_leaves_what_was_there_before(north, sunrise):
    north.admin.custom_permissions.set(north.admin.role.permissions.all())
    north.admin.role.permissions.clear()
    assert rows_but_for_times() != rows_but_for_times(beginning.SCHEMA)
    TransactionTestCase._fixture_teardown(None)
    assert rows_but_for_times() == rows_but_for_times(beginning.SCHEMA)
    assert {"roles", "auth_permission", "organizations"} <= set(rows_in("public"))


def test_the_database_is_this_processs_own_and_those_of_killed_ones_are_dropped(db):
    own, left = connection.settings_dict["NAME"], databases.COPY.format(pid=2**30 + os.getpid())
    assert own == databases.COPY.format(pid=os.getpid())
    with databases._server() as server:
        server.execute(f"CREATE DATABASE {left}")
        databases._drop_left_over(server)
        names = {name for (name,) in server.execute("SELECT datname FROM pg_database")}
    assert own in names
    assert left not in names


def test_files_that_a_demo_has_collected_are_looked_at_by_no_client():
    assert settings.STATIC_ROOT is None
    assert not WhiteNoiseMiddleware(lambda request: None).files
