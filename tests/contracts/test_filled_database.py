"""However much was recorded of others, a route or a page reads what it is about, and not all there is.

Beside the two tenants stands a third organization, with so many people, records and content that reading them
would show. Its own administrator has lists of thousands, and so has a global one.
"""

import pytest
from django.db import connection
from django.db.models import BigAutoField, ForeignKey

from accounts.models import Message, User
from learning.models import Course, CourseCategory, SubCourse, Subscription, Video
from progress.models import (
    Interaction,
    ItemProgress,
    PracticeCompletion,
    StepException,
    TcodeProgress,
    VideoCompletion,
)
from quizzes.models import Attempt, Question, QuestionSet, SafetyQuizResult
from tenancy import lists
from tests import factories
from tests.contracts.admin_pages import REGISTERED, pages_for, rows_of, sign_in, url
from tests.contracts.routes import EXCEPTIONS, LEARNING_REPORT, MY_COURSES, ROUTES, USERS
from tests.contracts.world import Undoing, send

pytestmark = [pytest.mark.django_db, pytest.mark.drill]


@pytest.fixture(autouse=True)
def first_wall_alone():
    """Both walls are up, as they are wherever it runs: a policy takes part in each plan."""


FACTS = (
    ItemProgress,
    VideoCompletion,
    PracticeCompletion,
    SafetyQuizResult,
    Interaction,
    Attempt,
    TcodeProgress,
    Message,
    Subscription,
    StepException,
)
CONTENT = {Course: CourseCategory, SubCourse: Course, Video: SubCourse, QuestionSet: SubCourse}
CONTENT |= {Question: QuestionSet}
"""What stands in what; twelve times as many as there are of that, and of questions twice as many."""
OTHERS = 2_000
"""People of the third organization; each has one record of every kind."""
MOST_READ = 1_000
LISTED = 200
SHOWN = 20
"""Rows on a page: what is rendered costs more than what is read."""


def one_of_many_sql(model):
    """SQL: the id of a row that the third organization has; of one that nobody has, where it has none."""
    number = "abs(hashtext(u.email)) %% 500"
    theirs = f"SELECT id FROM {model._meta.db_table} WHERE organization_id = %(organization)s"
    return f"COALESCE((ARRAY({theirs}))[1 + {number}], 1000000 + {number})"


def copied_sql(model, source):
    """SQL: the record ``source`` once more for each of the others, and of hundreds of steps and tcodes."""
    values = {
        field.column: one_of_many_sql(field.related_model)
        if isinstance(field, ForeignKey) and isinstance(field.target_field, BigAutoField)
        else f"t.{field.column}"
        for field in model._meta.concrete_fields
        if not field.generated
    }
    # Who wrote it belongs there as well: others are not seen behind the wall.
    values |= {
        field.column: f"CASE WHEN t.{field.column} IS NOT NULL THEN u.id END"
        for field in model._meta.concrete_fields
        if field.related_model is User
    }
    values |= {"id": "gen_random_uuid()", "user_id": "u.id", "organization_id": "u.organization_id"}
    table = model._meta.db_table
    return (
        f"INSERT INTO {table} ({', '.join(values)}) SELECT {', '.join(values.values())} "
        f"FROM {table} t, users u WHERE t.id = '{source.pk}' AND u.email LIKE 'other%%@third.test'"
    )


def below_sql(model, source, parent):
    """SQL: the row ``source`` some times below each row that the third organization has of its parent."""
    held_by = next(f.column for f in model._meta.fields if f.related_model is parent)
    names = [field.column for field in model._meta.concrete_fields if not field.primary_key]
    values = {name: f"t.{name}" for name in names} | {held_by: "p.id", "display_order": "n"}
    table = model._meta.db_table
    return (
        f"INSERT INTO {table} ({', '.join(values)}) SELECT {', '.join(values.values())} "
        f"FROM {table} t, {parent._meta.db_table} p, generate_series(1, {2 if model is Question else 12}) n "
        f"WHERE t.id = {source.pk} AND p.organization_id = t.organization_id"
    )


@pytest.fixture
def third(world):
    """Fill the database; return the administrator of the third organization."""
    organization = factories.OrganizationFactory(name="Third", slug="third")
    admin = factories.make_user("admin@third.test", "ADMIN", at=organization.scope)
    category = factories.CategoryFactory(organization=organization)
    course = factories.CourseFactory(category=category)
    sub_course = factories.SubCourseFactory(course=course)
    practice = factories.PracticeFactory(sub_course=sub_course)
    sources = [course, sub_course, factories.VideoFactory(sub_course=sub_course), practice]
    sources.append(factories.QuestionFactory(question_set=practice))
    with connection.cursor() as cursor:
        # Rows that are as those of the tenants need not be checked one by one.
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "INSERT INTO users (id, email, name, sort_name, password, organization_id, role_id) "
            "SELECT gen_random_uuid(), 'other' || n || '@third.test', 'Other ' || n, 'other ' || n, '!', "
            "%s, %s FROM generate_series(1, %s) n",
            [organization.pk, world.north.student.role_id, OTHERS],
        )
        for model, source in zip(CONTENT, sources, strict=True):
            cursor.execute(below_sql(model, source, CONTENT[model]))
        for model in FACTS:
            source = rows_of(model, world.sunrise.organization).first()
            cursor.execute(copied_sql(model, source), {"organization": organization.pk})
        cursor.execute("SET LOCAL session_replication_role = origin")
        cursor.execute("ANALYZE")
        # A small table is read as a whole as soon as that is a little cheaper: a large one must not be.
        cursor.execute("SET LOCAL enable_seqscan = off")
    return admin


@pytest.fixture
def records_read(third, monkeypatch):
    """Return a function that tells how many rows of each table were read since it was called last."""
    tables = [model._meta.db_table for model in (*FACTS, *CONTENT, User)]
    monkeypatch.setattr(lists, "MOST_LISTED", LISTED)
    for made in REGISTERED.values():
        monkeypatch.setattr(made, "list_per_page", SHOWN)
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


def too_many(read, *, of=(*FACTS, User)):
    tables = {model._meta.db_table for model in of}
    return {name: number for name, number in read().items() if number > MOST_READ and name in tables}


class Watched:
    """A browser, or a client, that notes which of its requests read too much."""

    def __init__(self, client, read, name="", **of):
        self.client, self.read, self.name, self.of, self.wrong = client, read, name, of, []

    def get(self, address):
        self.read()
        answer = self.client.get(address)
        if found := too_many(self.read, **self.of):
            self.wrong.append(f"{self.name} {answer.status_code} {address}: {found}")
        return answer


def test_no_route_reads_the_records_of_others(world, records_read):
    assert ItemProgress.unscoped.filter(value__contains="e").count() > OTHERS
    assert too_many(records_read) == {"user_progress": OTHERS + 2}
    wrong = []
    for route in ROUTES:
        ids = world.ids_for(world.person(route.caller))
        client = world.client(route.caller)
        undoing = Undoing()
        records_read()
        status = send(client, route, ids).status_code
        found = too_many(records_read)
        undoing.take_back()
        if status != route.status or found:
            wrong.append(f"{route}: {status} {found}")
    assert not wrong, "\n".join(wrong)


def test_no_list_of_the_api_reads_all_that_it_leads_to(world, third, records_read):
    wrong = []
    content = {"of": (*FACTS, *CONTENT, User)}
    for client, looked_at in (
        (world.client("admin"), content),
        (world.client("global everywhere"), content),
        # Videos and sets that an organization has itself are sorted: they have no index of it.
        (world.client("admin").as_user(third), {"of": (*FACTS, Course, Question, User)}),
    ):
        watched = Watched(client, records_read, **looked_at)
        for route in ROUTES:
            # Whose courses these are has to be read, for each whether there is something to do in it.
            if route.is_list and route.path not in (EXCEPTIONS, MY_COURSES):
                address = route.url(world.own)
                for query in ("limit=50", f"limit=50&page={LISTED // 50}"):
                    watched.get(f"{address}{'&' if '?' in address else '?'}{query}")
        for search in ("other+1999", "nobody@at.all", "er%201999"):
            watched.get(f"/api/{USERS}?search={search}")
        wrong += watched.wrong
    assert not wrong, "\n".join(wrong)


def test_no_page_of_the_admin_reads_the_records_of_others(world, records_read):
    watched = Watched(sign_in(world.north.admin), records_read)
    pages_for(watched)
    assert not watched.wrong, "\n".join(watched.wrong)


def test_no_list_of_the_admin_reads_all_that_it_leads_to(world, third, records_read):
    browsers = [
        Watched(sign_in(person), records_read, name=name)
        for name, person in (
            ("one organization", world.north.admin),
            ("the large one", third),
            ("everyone", world.global_admin),
        )
    ]

    def read(model, *queries):
        for browser in browsers:
            for query in queries:
                assert browser.get(f"{url(model, 'changelist')}?{query}").status_code in (200, 302), query

    # Two thousand rows are sorted or joined as soon as that is a little cheaper than looking up a page.
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off")
    for model in (*FACTS, User):
        read(model, "q=other+1999", "q=nobody+at+all")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_sort = off")
    for model in (*FACTS, User):
        read(model, "", f"p={LISTED // SHOWN}")
        if model in FACTS:
            read(model, "o=-2", "days=30", f"organization={third.organization_id}")
    wrong = [line for browser in browsers for line in browser.wrong]
    assert not wrong, "\n".join(wrong)


def test_no_form_for_a_file_counts_all_that_it_would_hold(world, third, records_read):
    for person in (third, world.global_admin):
        watched = Watched(sign_in(person), records_read)
        # Of interactions a page makes a file of 20,000 at most, and looks first whether there are more.
        for model in set(FACTS) - {Interaction}:
            assert watched.get(url(model, "export")).status_code == 200
        assert not watched.wrong, "\n".join(watched.wrong)


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
    api = f"/api/{LEARNING_REPORT}?course_id={course}"
    for caller in ("teacher", "admin"):
        watched = Watched(world.client(caller), records_read)
        assert watched.get(api).json()["funnel"][0]["done"] == 1
        assert not watched.wrong
    watched = Watched(sign_in(world.north.admin), records_read)
    assert watched.get(f"/admin/learning-report/?course={course}").status_code == 200
    assert not watched.wrong
