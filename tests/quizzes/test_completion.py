"""Who has done the quiz and who is pending: document 001 on completion, and ``API.md``."""

import json
import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from accounts.models import Role, User
from accounts.people.domain.membership import place
from quizzes.models import SafetyQuizResult
from quizzes.safety.domain import completion
from quizzes.safety.domain.completion import build_report
from quizzes.safety.domain.filling import fill
from quizzes.safety.domain.trend import build_trend
from quizzes.safety.domain.weeks import current_week
from tenancy.models import Campus
from tenancy.scope import PLATFORM_ID, Scope, every_organization, scope_entered
from tests.conftest import error_of
from tests.factories import CampusFactory, ClassroomFactory, OrganizationFactory, SchoolFactory, make_user
from tests.quizzes.safety import (
    COMPLETION,
    LONG_AGO,
    REPORTS,
    TREND,
    WEEK,
    members_since,
    people,
    quiz,
    record,
    role,
)

pytestmark = pytest.mark.django_db

STAFF = {"ADMIN", "PRINCIPAL", "INSTRUCTOR", "SUPPORT", "TEACHER"}


@pytest.fixture
def district(north, sunrise):
    """North with a second place of every level and staff in each; everybody has belonged there for long."""
    school = SchoolFactory(organization=north.organization, name="Second school")
    campus = CampusFactory(school=north.school, name="Second campus")
    classroom = ClassroomFactory(campus=north.campus, name="Second class")
    below = ClassroomFactory(campus=CampusFactory(school=school))
    for number, node in enumerate((north.organization, school, campus, classroom, below)):
        for name in ("TEACHER", "STUDENT", "GUARDIAN", "GUEST", "GLOBAL_ADMIN", None):
            make_user(f"{name}.{number}@north.test".lower(), name, at=node.scope)
    members_since()
    return {"second school": school, "second campus": campus, "second class": classroom, "below": below}


def staff_of(scope):
    """Return the ids of the active staff at or below a place, as the rows of people have it."""
    found = User.unscoped.filter(is_active=True, deleted=None).exclude(organization=PLATFORM_ID)
    return {
        str(user.pk)
        for user in found.select_related("role")
        if user.role
        and user.role.name in STAFF
        and (scope is None or scope.contains(Scope(*(getattr(user, f"{name}_id") for name in LEVELS))))
    }


LEVELS = ("organization", "school", "campus", "classroom")


def summary(total, complete):
    return {"total": total, "complete": complete, "pending": total - complete}


def test_reports_organization_school_campus_and_class_scope_staff_according_to_the_active_scope(
    as_user, north, sunrise, district
):
    done = {str(record(person).user_id) for person in (north.teacher, north.admin, sunrise.teacher)}
    nodes = [north.organization, north.school, north.campus, north.classroom, *district.values()]
    for week_of in (WEEK, None):
        sizes = []
        for node in nodes:
            parameters = {"week_of": week_of} if week_of else {}
            answer = as_user(north.admin, node.scope).get(COMPLETION, parameters)
            expected = staff_of(node.scope)
            assert people(answer) == {pk: "complete" if pk in done else "pending" for pk in expected}, node
            assert answer.json()["summary"] == summary(len(expected), len(expected & done))
            sizes.append(len(expected))
        assert sizes == [10, 5, 3, 1, 2, 1, 1, 1]


def test_without_a_header_the_report_is_of_ones_own_scope(as_user, grant, north, sunrise, district):
    for person, scope in (
        (north.admin, north.scope),
        (north.principal, north.school.scope),
        (north.support, north.campus.scope),
        (north.teacher, north.classroom.scope),
        (sunrise.admin, sunrise.scope),
    ):
        grant(person, REPORTS)
        assert set(people(as_user(person).get(COMPLETION))) == staff_of(scope)


def test_student_guardian_guest_and_system_roles_are_not_completion_subjects(
    as_user, north, sunrise, global_admin
):
    place(user=global_admin, at=north.scope, role=role("GLOBAL_ADMIN"))
    nobody = make_user("nobody@north.test", None, at=north.scope)
    for person in (north.student, north.guardian, north.guest, nobody, global_admin):
        record(person, user_role="TEACHER")
    names = {row["user_role"] for row in as_user(north.admin).get(COMPLETION).json()["rows"]}
    assert names == STAFF


def test_any_role_of_the_kind_staff_is_a_subject(as_user, north, sunrise):
    made = Role.objects.create(name="NURSE", kind="STAFF")
    nurse = make_user("nurse@north.test", "NURSE", at=north.campus.scope)
    assert made.kind == "STAFF"
    assert people(as_user(north.admin).get(COMPLETION))[str(nurse.pk)] == "pending"


def test_a_row_names_the_person_their_status_and_their_result(as_user, north, sunrise):
    members_since()
    made = as_user(north.teacher).post("/api/safety_quiz_results", quiz()).json()
    answer = as_user(north.admin).get(COMPLETION, {"week_of": WEEK}).json()
    rows = {row["userId"]: row for row in answer["rows"]}
    assert list(answer) == ["summary", "rows"]
    assert rows[str(north.teacher.pk)] == {
        "userId": str(north.teacher.pk),
        "user_name": "north teacher",
        "user_role": "TEACHER",
        "campusId": str(north.campus.pk),
        "status": "complete",
        "late": True,
        "failed": False,
        "retaken": False,
        "self_reported": True,
        "result": made,
    }
    assert rows[str(north.admin.pk)] == {
        "userId": str(north.admin.pk),
        "user_name": "north admin",
        "user_role": "ADMIN",
        "campusId": None,
        "status": "pending",
        "late": False,
        "failed": False,
        "retaken": False,
        "self_reported": False,
        "result": None,
    }


def test_rows_come_by_name_and_someone_without_one_by_their_address(as_user, north, sunrise):
    User.unscoped.filter(pk=north.teacher.pk).update(name="")
    User.unscoped.filter(pk=north.admin.pk).update(name="Åsa")
    rows = as_user(north.admin).get(COMPLETION).json()["rows"]
    names = [row["user_name"] for row in rows]
    assert {"teacher@north.test", "Åsa", "north support"} < set(names)
    with connection.cursor() as cursor:
        in_order = 'array_agg(name ORDER BY name_order(name) COLLATE "C")'
        cursor.execute(f"SELECT {in_order} FROM unnest(%s::text[]) name", [names])
        assert names == cursor.fetchone()[0]
    assert names[0] == "Åsa"


@pytest.mark.parametrize("scoped", [True, False])
def test_with_several_results_in_the_period_the_latest_counts(scoped, as_user, north, sunrise):
    members_since()
    now = timezone.now()
    for hours, score in ((2, 1), (0, 9), (1, 5)):
        record(north.teacher, at=now - timedelta(hours=hours), score=score)
    record(north.teacher, "later", at=now + timedelta(hours=1), score=3)
    client = as_user(north.admin, north.classroom.scope if scoped else None)
    for week_of, score in ((WEEK, 9), (None, 3)):
        rows = client.get(COMPLETION, {"week_of": week_of} if week_of else {}).json()["rows"]
        (row,) = (row for row in rows if row["userId"] == str(north.teacher.pk))
        assert row["result"]["score"] == score


def test_results_at_the_same_moment_have_one_latest_in_every_shape(as_user, north, sunrise):
    members_since()
    now = timezone.now()
    last = max((record(north.teacher, at=now) for _ in range(5)), key=lambda row: row.pk)
    for scope in (north.scope, north.school.scope, north.classroom.scope):
        for parameters in ({"week_of": WEEK}, {"week_of": WEEK, "limit": 50}, {}):
            rows = as_user(north.admin, scope).get(COMPLETION, parameters).json()["rows"]
            assert [row["result"]["id"] for row in rows if row["result"]] == [str(last.pk)]


def test_pending_rows_are_derived_from_missing_results_and_not_from_other_weeks(as_user, north, sunrise):
    record(north.teacher, "2021-02-22")
    SafetyQuizResult.unscoped.filter(pk=record(north.support).pk).update(deleted=timezone.now())
    members_since()
    for scope in (north.scope, north.campus.scope):
        statuses = people(as_user(north.admin, scope).get(COMPLETION, {"week_of": WEEK}))
        assert set(statuses.values()) == {"pending"}


def test_a_result_counts_wherever_in_the_organization_it_was_submitted(as_user, north, sunrise):
    """Who did the quiz as a member of one class has done it when they are in another."""
    record(north.teacher)
    elsewhere = CampusFactory(school=north.school)
    place(user=north.teacher, at=elsewhere.scope, role=north.teacher.role)
    rows = as_user(north.admin, elsewhere.scope).get(COMPLETION).json()["rows"]
    assert [(row["status"], row["campusId"]) for row in rows] == [("complete", str(elsewhere.pk))]
    assert rows[0]["result"]["campusId"] == str(north.campus.pk)


def test_a_result_of_another_organization_counts_for_nobody(as_user, north, sunrise):
    record(north.teacher)
    place(user=north.teacher, at=sunrise.classroom.scope, role=north.teacher.role)
    record(sunrise.support)
    for scope in (sunrise.scope, sunrise.classroom.scope):
        statuses = people(as_user(sunrise.admin, scope).get(COMPLETION))
        assert statuses[str(north.teacher.pk)] == "pending"
    assert str(north.teacher.pk) not in people(as_user(north.admin).get(COMPLETION))


def test_global_users_report_on_one_organization_or_on_all(as_user, north, sunrise, global_admin):
    done = {str(record(person).user_id) for person in (north.teacher, sunrise.teacher)}
    statuses = people(as_user(global_admin).get(COMPLETION))
    assert set(statuses) == staff_of(None)
    assert {pk for pk, status in statuses.items() if status == "complete"} == done
    assert set(people(as_user(global_admin, sunrise.scope).get(COMPLETION))) == staff_of(sunrise.scope)
    platform = as_user(global_admin, Scope(PLATFORM_ID)).get(COMPLETION).json()
    assert platform == {"summary": summary(0, 0), "rows": []}


# --- Narrowing and paging -------------------------------------------------------------------------


@pytest.mark.parametrize("scope", ["organization", "campus"])
def test_status_narrows_the_rows_and_not_the_summary(scope, as_user, north, sunrise, district):
    client = as_user(north.admin, getattr(north, scope).scope)
    record(north.teacher)
    record(sunrise.teacher)
    whole = client.get(COMPLETION).json()
    for more in ({}, {"limit": 200}):
        for status in ("complete", "pending"):
            answer = client.get(COMPLETION, {"status": status, **more}).json()
            assert answer["rows"] == [row for row in whole["rows"] if row["status"] == status]
            assert answer["summary"] == whole["summary"]
    refused = client.get(COMPLETION, {"status": "done"})
    assert (refused.status_code, error_of(refused)["attr"]) == (400, "status")


@pytest.mark.parametrize("scope", ["organization", "campus"])
@pytest.mark.parametrize("week_of", [WEEK, None])
def test_limit_and_page_cut_the_same_rows_into_pages(scope, week_of, as_user, north, sunrise, district):
    record(north.teacher)
    record(north.admin)
    client = as_user(north.admin, getattr(north, scope).scope)
    parameters = {"week_of": week_of} if week_of else {}
    whole = client.get(COMPLETION, parameters).json()
    for status in (None, "complete", "pending"):
        narrowed = {**parameters, **({"status": status} if status else {})}
        rows = [row for row in whole["rows"] if status in (None, row["status"])]
        pages = [client.get(COMPLETION, {**narrowed, "limit": 2, "page": n}).json() for n in range(1, 7)]
        assert [row for page in pages for row in page["rows"]] == rows
        assert all(page["summary"] == whole["summary"] for page in pages)
    assert client.get(COMPLETION, {**parameters, "page": 1}).json() == whole
    past = client.get(COMPLETION, {**parameters, "page": 200})
    assert past.json() == {**whole, "rows": []}


def test_without_limit_and_page_all_rows_come(as_user, north, sunrise):
    for number in range(60):
        make_user(f"more{number}@north.test", "TEACHER", at=north.classroom.scope)
    client = as_user(north.admin)
    assert len(client.get(COMPLETION).json()["rows"]) == 65
    assert len(client.get(f"{COMPLETION}?page=1").json()["rows"]) == 50


@pytest.mark.parametrize("wrong", ["limit=0", "limit=201", "limit=x", "limit=", "page=0", "page=-1"])
def test_a_bad_limit_or_page_is_refused(wrong, as_user, north):
    assert as_user(north.admin).get(f"{COMPLETION}?{wrong}").status_code == 400


# --- Access ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("url", [COMPLETION, TREND])
def test_completion_requires_report_access(url, as_user, grant, withhold, north, sunrise):
    for name in ("teacher", "instructor", "support", "student", "guardian", "guest"):
        answer = as_user(north.people[name]).get(url)
        assert (answer.status_code, error_of(answer)["code"]) == (403, "permission_denied")
    for name in ("admin", "principal"):
        assert as_user(north.people[name]).get(url).status_code == 200
    withhold(north.principal, REPORTS)
    assert as_user(north.principal).get(url).status_code == 403
    grant(north.principal, REPORTS)
    assert as_user(north.principal).get(url).status_code == 403


@pytest.mark.parametrize("url", [COMPLETION, TREND])
def test_another_tenants_scope_is_not_found(url, as_user, north, sunrise):
    answers = {
        as_user(north.admin, node.scope).get(url).content
        for node in (sunrise.organization, sunrise.school, sunrise.campus, sunrise.classroom)
    }
    nobodys = as_user(north.admin, OrganizationFactory.build().scope).get(url)
    assert (nobodys.status_code, answers) == (404, {nobodys.content})


# --- How much it costs ----------------------------------------------------------------------------

REPORTED = [
    f"{COMPLETION}?week_of={WEEK}",
    COMPLETION,
    f"{COMPLETION}?limit=2&status=pending",
    f"{COMPLETION}?format=csv",
    TREND,
]


@pytest.mark.parametrize("url", REPORTED)
def test_a_report_is_as_many_statements_however_many_people(
    url, as_user, statements, north, sunrise, global_admin
):
    def sent(person, scope):
        with statements() as captured:
            answer = as_user(person, scope).get(url)
            assert answer.status_code == 200
            assert answer.content if not answer.streaming else answer.getvalue()
        return len(captured)

    scopes = [(north.admin, None), (north.principal, None), (global_admin, None)]
    before = [sent(*caller) for caller in scopes]
    # Authentication and the report; a file names campuses as well, and is fetched page by page.
    assert before == [6 if "csv" in url else 2] * 3
    for number in range(10):
        teacher = make_user(f"more{number}@north.test", "TEACHER", at=north.classroom.scope)
        record(teacher)
        record(teacher)
        CampusFactory(school=north.school)
    assert [sent(*caller) for caller in scopes] == before


@pytest.fixture
def plans(monkeypatch):
    """How the database goes about the statements that are built."""
    found = []

    class Explaining:
        def __init__(self):
            self.cursor = connection.cursor()

        def __enter__(self):
            return self

        def __exit__(self, *args):
            self.cursor.close()

        def execute(self, sql, parameters):
            self.cursor.execute(f"EXPLAIN {sql}", parameters)
            found.append("\n".join(row[0] for row in self.cursor.fetchall()))
            self.cursor.execute(sql, parameters)

        def fetchall(self):
            return self.cursor.fetchall()

    for module in ("completion", "trend"):
        monkeypatch.setattr(f"quizzes.safety.domain.{module}.prepared_cursor", Explaining)
    return found


def test_a_report_of_very_many_people_is_the_same_and_read_by_pages(district, as_user, monkeypatch, north):
    record(north.teacher)
    reader = as_user(north.admin)
    for parameters in ({}, {"status": "complete"}, {"status": "pending"}, {"week_of": WEEK}):
        with monkeypatch.context() as patch:
            whole = reader.get(COMPLETION, parameters)
            patch.setattr(completion, "MOST_AT_ONCE", len(staff_of(north.organization.scope)) - 1)
            by_pages = reader.get(COMPLETION, parameters)
        assert by_pages["Content-Type"] == whole["Content-Type"] == "application/json"
        assert json.loads(by_pages.getvalue()) == whole.json()


LOOKED_UP = r"on safety_quiz_results r\w* .*\n *Index Cond: .*user_id = "


@pytest.mark.skipif(settings.DISTRIBUTED, reason="how one machine finds them")
def test_an_organizations_week_is_one_range_and_in_a_campus_each_person_is_looked_up(plans, north, sunrise):
    organization = fill(staff=600, results=4000)
    week = current_week(timezone.now()).back(2)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE safety_quiz_results, memberships, users")
        # The tables are too small here for the indexes to be worth it.
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        # Nearly all rows are of one organization: an index for all of them would do here as well.
        cursor.execute("DROP INDEX quiz_results_of_week_of_all")
    with every_organization():
        campus = Campus.objects.filter(organization=organization).order_by("name").last()
    for scope in (organization.scope, campus.scope):
        with scope_entered(scope):
            build_report(week_of=str(week))
            build_report(week_of=None)
    with connection.cursor() as cursor:
        # No page is marked as visible to all before a vacuum: the two cost the same until then.
        cursor.execute("DROP INDEX quiz_results_of_week_newest")
    for scope in (organization.scope, campus.scope):
        with scope_entered(scope):
            build_trend(last=week, number=3)
    with every_organization():
        build_trend(last=week, number=3)
    of_week, of_any, campus_week, campus_any, of_weeks, campus_weeks, weeks_of_all = plans
    for ranged in (of_week, of_weeks, campus_weeks, weeks_of_all):
        # Either index that begins with organization and week: it is sorted by person afterwards.
        assert re.search(r"using quiz_results_of_(a_week|week_newest) on safety_quiz_results r", ranged)
        assert re.search(r"Index Cond: .*organization_id.* AND \(week_of = ", ranged)
        assert not re.search(LOOKED_UP, ranged)
    for each in (of_any, campus_week, campus_any):
        assert re.search(LOOKED_UP, each)
    for plan in plans:
        assert "organization_id" in plan
    # Figures come from the index alone.
    for ranged in (of_weeks, campus_weeks):
        assert "Index Only Scan using quiz_results_of_a_week on" in ranged


def test_a_membership_in_the_future_of_the_clock_is_one_of_today(as_user, north, sunrise):
    """The database's clock may be a little ahead of the application's."""
    members_since((timezone.now() + timedelta(seconds=30)).isoformat())
    assert len(people(as_user(north.admin).get(COMPLETION))) == 5
    members_since(LONG_AGO)
    assert len(people(as_user(north.admin).get(COMPLETION))) == 5
