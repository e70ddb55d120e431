"""However much was recorded of others, a route or a page reads what it is about, and not all there is.

Beside the two tenants stands a third organization, with so many records that reading them would show.
"""

import pytest
from django.db import connection
from django.db.models import BigAutoField, ForeignKey

from progress.models import Interaction, ItemProgress, PracticeCompletion, TcodeProgress, VideoCompletion
from quizzes.models import Attempt, SafetyQuizResult
from tenancy import lists
from tests import factories
from tests.contracts.admin_pages import rows_of, sign_in, url
from tests.contracts.routes import ROUTES

pytestmark = [pytest.mark.django_db, pytest.mark.drill]

FACTS = (
    ItemProgress,
    VideoCompletion,
    PracticeCompletion,
    SafetyQuizResult,
    Interaction,
    Attempt,
    TcodeProgress,
)
OTHERS = 5_000
"""People of the third organization; each has one record of every kind."""
MOST_READ = 1_000
LISTED = 100


def copied_sql(model, source):
    """SQL: the record ``source`` once more for each of the others, and of hundreds of steps and tcodes."""
    values = {
        field.column: "1000000 + abs(hashtext(u.email)) % 500"
        if isinstance(field, ForeignKey) and isinstance(field.target_field, BigAutoField)
        else f"t.{field.column}"
        for field in model._meta.concrete_fields
    }
    values |= {"id": "gen_random_uuid()", "user_id": "u.id", "organization_id": "u.organization_id"}
    table = model._meta.db_table
    return (
        f"INSERT INTO {table} ({', '.join(values)}) SELECT {', '.join(values.values())} "
        f"FROM {table} t, users u WHERE t.id = '{source.pk}' AND u.email LIKE 'other%@third.test'"
    )


@pytest.fixture
def records_read(world, monkeypatch):
    """Fill the database; return a function that tells how many records were read since it was called last."""
    third = factories.OrganizationFactory(name="Third", slug="third")
    tables = [model._meta.db_table for model in FACTS]
    with connection.cursor() as cursor:
        # Rows that are as those of the tenants need not be checked one by one.
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "INSERT INTO users (id, email, name, password, organization_id, role_id) "
            "SELECT gen_random_uuid(), 'other' || n || '@third.test', 'Other ' || n, '!', %s, %s "
            "FROM generate_series(1, %s) n",
            [third.pk, world.north.student.role_id, OTHERS],
        )
        for model in FACTS:
            cursor.execute(copied_sql(model, rows_of(model, world.sunrise.organization).first()))
        cursor.execute("SET LOCAL session_replication_role = origin")
        cursor.execute(f"ANALYZE users, {', '.join(tables)}")
    monkeypatch.setattr(lists, "MOST_LISTED", LISTED)
    before = {}

    def read():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT relname, COALESCE(seq_tup_read, 0) + COALESCE(idx_tup_fetch, 0) "
                "FROM pg_stat_xact_user_tables WHERE relname = ANY(%s)",
                [tables],
            )
            now = dict(cursor.fetchall())
        new = {name: number - before.get(name, 0) for name, number in now.items()}
        before.update(now)
        return new

    read()
    return read


def too_many(read):
    return {name: number for name, number in read().items() if number > MOST_READ}


def test_reading_the_records_of_others_is_noticed(records_read):
    assert ItemProgress.unscoped.filter(value__contains="e").count() > OTHERS
    assert too_many(records_read) == {"user_progress": OTHERS + 2}


def test_no_route_reads_the_records_of_others(world, records_read):
    wrong = []
    for route in ROUTES:
        if route.method == "get":
            ids = world.ids_for(world.person(route.caller))
            records_read()
            status = world.client(route.caller).get(route.url(ids)).status_code
            found = too_many(records_read)
            if status != route.status or found:
                wrong.append(f"{route}: {status} {found}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("model", FACTS)
def test_no_list_of_the_admin_reads_the_records_of_others(model, world, records_read):
    browser = sign_in(world.north.admin)
    for query in ("", "q=student", "q=nobody+at+all", "o=-2", "p=2"):
        assert browser.get(f"{url(model, 'changelist')}?{query}").status_code in (200, 302), query
        assert not too_many(records_read), query


def test_a_report_about_a_shared_course_reads_what_its_own_people_have_done(world, records_read):
    video, course = world.shared["video"], world.shared["course"]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {VideoCompletion._meta.db_table} (id, user_id, organization_id, video_id) "
            "SELECT gen_random_uuid(), id, organization_id, %s FROM users "
            "WHERE email LIKE 'other%%@third.test' OR id = %s",
            [video, world.north.student.pk],
        )
        cursor.execute(f"ANALYZE {VideoCompletion._meta.db_table}")
    for address, caller in (
        (f"/api/v1/reports/learning?course_id={course}", "teacher"),
        (f"/api/v1/reports/learning?course_id={course}", "admin"),
        (f"/admin/learning-report/?course={course}", "admin"),
    ):
        page = sign_in(world.person(caller)) if address.startswith("/admin/") else world.client(caller)
        records_read()
        answer = page.get(address)
        assert answer.status_code == 200, address
        assert not too_many(records_read), address
    told = world.client("teacher").get(f"/api/v1/reports/learning?course_id={course}").json()
    assert [step["done"] for step in told["funnel"]][:1] == [1]
