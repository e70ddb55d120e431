"""The database shows and takes nothing of another organization, whatever a statement forgets."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.core.exceptions import FullResultSet
from django.db import ProgrammingError, connection, transaction
from django.test import Client as Browser

from accounts.models import User
from learning.models import Course, Tcode, Video
from progress.models import ItemProgress
from quizzes.models import Attempt
from tenancy.middleware import request_user
from tenancy.models import School
from tenancy.names import mentioned_in
from tenancy.querysets import TenantCondition
from tenancy.scope import PLATFORM_ID, every_organization, organization_scope
from tenancy.sql import fetch_one
from tenancy.wall.policies import TENANT, tables

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not settings.ROW_SECURITY, reason="there is one wall where facts are distributed"),
]


@contextmanager
def nothing_filtered() -> Iterator[None]:
    """Leave the tenant condition out of every statement."""

    def forgotten(*args):
        raise FullResultSet

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TenantCondition, "as_sql", forgotten)
        yield


# A list of each app that has one, and pages of the admin: their views go by the tenant condition alone.
LISTS = {
    "tenancy": "/api/v1/schools",
    "accounts": "/api/v1/users",
    "learning": "/api/v1/course-management/courses",
    "quizzes": "/api/v1/question-sets",
}
PLACES = (
    "tenancy/school",
    "accounts/user",
    "learning/course",
    "quizzes/questionset",
    "progress/itemprogress",
)


def progress_of(person, organization, item="theirs"):
    return ItemProgress.unscoped.create(
        progress_type="sign_learned", item_id=item, user=person, created_by=person, organization=organization
    )


@pytest.fixture
def facts(north, sunrise):
    """Something of progress in each organization."""
    for tenant in (north, sunrise):
        progress_of(tenant.student, tenant.organization)


def test_every_tenant_table_has_its_wall():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, count(*) FROM pg_class JOIN pg_policy ON polrelid = pg_class.oid "
            "WHERE relrowsecurity GROUP BY 1"
        )
        found = dict(cursor.fetchall())
    assert found == dict.fromkeys(tables(), 5)


@pytest.mark.parametrize("app", LISTS)
def test_a_list_that_forgets_its_filter_shows_nothing_foreign(app, north, sunrise, facts, as_user, grant):
    grant(north.admin, "tcode_progress.list", "question_sets.list")
    staff = as_user(north.admin)
    path = f"{LISTS[app]}?limit=100"
    before = staff.get(path)
    with nothing_filtered():
        after = staff.get(path)
    assert before.status_code == after.status_code == 200
    assert before.json()["rows"], "an empty list says nothing"
    assert "sunrise" not in after.content.decode().lower()
    assert after.json() == before.json()


@pytest.mark.parametrize("place", PLACES)
def test_a_page_that_forgets_its_filter_shows_nothing_foreign(place, north, sunrise, facts):
    browser = Browser()
    User.unscoped.filter(pk=north.admin.pk).update(is_staff=True)
    browser.force_login(north.admin, backend="accounts.sign_in.authentication.EmailBackend")
    with nothing_filtered():
        shown = browser.get(f"/admin/{place}/")
    assert shown.status_code == 200
    assert "north" in shown.content.decode().lower()
    assert "sunrise" not in shown.content.decode().lower()


def test_a_view_that_forgets_its_filter_writes_nothing_foreign(north, sunrise, as_user):
    with nothing_filtered():
        staff = as_user(north.admin)
        for kind, row in (("courses", sunrise.course), ("videos", sunrise.videos[0])):
            changed = staff.patch(f"/api/v1/course-management/{kind}/{row.pk}", {"title": "Taken"})
            deleted = staff.delete(f"/api/v1/course-management/{kind}/{row.pk}")
            assert changed.status_code == deleted.status_code == 404
    assert not Course.unscoped.filter(title="Taken").exists()
    assert not Video.unscoped.filter(title="Taken").exists()


def test_without_any_scope_of_python_the_wall_alone_holds(north, sunrise):
    with organization_scope(north.organization):
        assert set(School.unscoped.values_list("organization", flat=True)) == {north.organization.pk}
        assert not Course.unscoped.filter(pk=sunrise.course.pk).exists()
        assert not User.unscoped.filter(pk=sunrise.student.pk).exists()
        assert Course.unscoped.filter(pk=sunrise.course.pk).update(title="Taken") == 0
        assert Attempt.unscoped.filter(organization=sunrise.organization).delete()[0] == 0
    with every_organization():
        assert School.unscoped.filter(pk=sunrise.school.pk).exists()


def refused():
    return pytest.raises(ProgrammingError, match="row-level security")


def test_no_row_is_written_for_another_organization(north, sunrise):
    with organization_scope(north.organization):
        with refused(), transaction.atomic():
            progress_of(sunrise.student, sunrise.organization)
        with refused(), transaction.atomic():
            progress_of(north.student, sunrise.organization)
        with refused(), transaction.atomic():
            School.unscoped.filter(pk=north.school.pk).update(organization=sunrise.organization)
        progress_of(north.student, north.organization)


def test_shared_rows_are_read_and_locked_and_not_written(north):
    shared = Tcode.unscoped.create(title="Shared", organization_id=PLATFORM_ID)
    with organization_scope(north.organization):
        assert Tcode.unscoped.select_for_update().get(pk=shared.pk).title == "Shared"
        with refused(), transaction.atomic():
            Tcode.unscoped.filter(pk=shared.pk).update(title="Changed")
        assert Tcode.unscoped.filter(pk=shared.pk).delete()[0] == 0
    assert Tcode.unscoped.get(pk=shared.pk).title == "Shared"


def test_who_was_here_is_still_found_and_nobody_else(north, sunrise):
    User.unscoped.filter(pk=north.student.pk).update(organization=sunrise.organization)
    with organization_scope(north.organization):
        assert User.unscoped.filter(pk=north.student.pk).exists()
        assert not User.unscoped.filter(pk=sunrise.student.pk).exists()


def schools():
    return {pk for (pk,) in School.unscoped.values_list("pk")}


def test_a_savepoint_that_is_taken_back_takes_no_wall_down(north, sunrise):
    everywhere = {north.school.pk, sunrise.school.pk}
    with transaction.atomic():
        assert everywhere <= schools()
        with organization_scope(north.organization):
            with pytest.raises(RuntimeError), transaction.atomic():
                assert schools() == {north.school.pk}
                raise RuntimeError
            assert schools() == {north.school.pk}
            assert fetch_one("SELECT count(*) FROM schools", {}) == (1,)
        with organization_scope(sunrise.organization):
            assert schools() == {sunrise.school.pk}
            with every_organization():
                assert everywhere <= schools()
            assert schools() == {sunrise.school.pk}
        assert everywhere <= schools()


def role_now():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        return cursor.fetchone()[0]


@pytest.mark.django_db(transaction=True)
def test_the_wall_is_gone_with_its_transaction_and_leaves_nothing_on_the_connection(north, sunrise):
    outside = role_now()
    with organization_scope(north.organization):
        assert role_now() == TENANT
        assert schools() == {north.school.pk}
        with transaction.atomic():
            assert fetch_one("SELECT current_user::text", {}) == (TENANT,), "sent together with BEGIN"
        rows = School.unscoped.values_list("pk", flat=True).iterator(chunk_size=1)
        assert set(rows) == {north.school.pk}
    assert role_now() == outside != TENANT
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('stepwise.organization', true)")
        assert not cursor.fetchone()[0]


@pytest.mark.parametrize("before", [[], ["SELECT 1"]], ids=["first in their transaction", "after another"])
def test_statements_in_a_row_have_no_wall(north, before):
    with connection.cursor() as cursor:
        for statement in before:
            cursor.execute(statement)
        with organization_scope(north.organization), pytest.raises(Exception, match="executemany"):
            cursor.executemany("SELECT %s", [[1], [2]])


def test_a_wall_that_names_no_organization_is_an_error(north):
    """Not the same as everything, and not the same as nothing."""
    nameless = f"SET LOCAL ROLE {TENANT}; SELECT * FROM schools"
    with (
        connection.cursor() as cursor,
        pytest.raises(Exception, match=r"stepwise\.organization|uuid"),
        transaction.atomic(),
    ):
        cursor.execute(nameless)


def test_what_is_a_persons_goes_where_they_go_and_is_gone_from_where_they_were_not(north, sunrise):
    taken_along = progress_of(north.student, sunrise.organization)
    with organization_scope(north.organization):
        assert ItemProgress.unscoped.filter(pk=taken_along.pk).exists()
    User.unscoped.filter(pk=north.student.pk).update(organization_id=PLATFORM_ID)
    with organization_scope(north.organization):
        assert not ItemProgress.unscoped.filter(pk=taken_along.pk).exists()


def test_who_acts_in_another_organization_writes_their_own_there(north, sunrise, global_admin):
    token = request_user.set(str(global_admin.pk))
    try:
        with organization_scope(north.organization):
            own = progress_of(global_admin, global_admin.organization)
            assert ItemProgress.unscoped.filter(pk=own.pk).exists()
            with refused(), transaction.atomic():
                progress_of(sunrise.student, sunrise.organization)
    finally:
        request_user.reset(token)


def test_a_search_finds_people_behind_the_wall_as_it_does_without(north, sunrise):
    User.unscoped.filter(pk=sunrise.student.pk).update(name="Zoë Quill")
    User.unscoped.filter(pk=north.student.pk).update(name="Zoë Quill")
    for words, found in (
        (["zoe", "quill"], [north.student.pk]),
        (["zoe", "x"], []),
        (["q", "Zoë"], [north.student.pk]),
        (["z"], [north.student.pk]),
        (["nobody"], []),
    ):
        with organization_scope(north.organization), transaction.atomic():
            rows = User.objects.filter(mentioned_in(("name", "email"), words)).order_by()
            assert [row.pk for row in rows] == found, words
            assert ("wall_mentioned" in rows.explain(verbose=True)) == (words != ["z"]), (
                "which asks the index"
            )
            with connection.cursor() as cursor:
                cursor.execute("SELECT wall_mentioned(name_grams('quill'))")
                assert cursor.fetchall() == [(north.student.pk,)], "of no other organization"
        with every_organization():
            rows = User.objects.filter(mentioned_in(("name", "email"), words))
            assert {row.pk for row in rows} == {*found, *([sunrise.student.pk] if found else [])}


def test_a_temporary_table_never_stands_in_for_the_people_that_the_wall_asks_about(north, sunrise):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE users ON COMMIT DROP AS SELECT * FROM public.users LIMIT 0")
        cursor.execute("INSERT INTO users SELECT * FROM public.users WHERE id = %s", [sunrise.student.pk])
        cursor.execute("UPDATE pg_temp.users SET organization_id = %s", [north.organization.pk])
        cursor.execute("SELECT wall_is_here(%s, %s)", [sunrise.student.pk, north.organization.pk])
        assert cursor.fetchone() == (False,)
