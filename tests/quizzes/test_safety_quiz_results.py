"""Taking the weekly safety quiz and reading results: document 001, sentence by sentence."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from accounts.models import IdempotentRequest, User
from accounts.people.domain.membership import place
from quizzes.models import SafetyQuizResult
from tenancy import lists
from tenancy.scope import PLATFORM_ID, Scope
from tests.conftest import error_of
from tests.factories import CampusFactory, ClassroomFactory, SchoolFactory, make_user
from tests.quizzes.safety import COMPLETION, ME, REPORTS, TREND, URL, WEEK, ids, quiz, record, results, role

pytestmark = pytest.mark.django_db

FIELDS = [
    "id",
    "quiz_id",
    "quiz_title",
    "week_of",
    "score",
    "total_questions",
    "answers",
    "user_name",
    "user_role",
    "completed_at",
    "organizationId",
    "campusId",
    "userId",
    "createdAt",
    "updatedAt",
]


# --- "API" ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "url"), [("get", URL), ("post", URL), ("get", ME), ("get", COMPLETION), ("get", TREND)]
)
def test_all_routes_require_jwt_authentication(method, url, client, north, sunrise):
    answer = getattr(client, method)(url, *([quiz()] if method == "post" else []))
    assert (answer.status_code, "Bearer" in answer["WWW-Authenticate"]) == (401, True)
    assert not SafetyQuizResult.unscoped.exists()


@pytest.mark.parametrize(
    ("method", "url"), [("get", URL), ("post", URL), ("get", ME), ("get", COMPLETION), ("get", TREND)]
)
def test_all_operations_require_an_authenticated_tenant_user(
    method, url, as_user, grant, independent, north, sunrise
):
    for keys in ((), (REPORTS,)):
        grant(independent, *keys)
        answer = getattr(as_user(independent), method)(url, *([quiz()] if method == "post" else []))
        assert answer.status_code == 403
        assert error_of(answer)["code"] == "tenant_required"
    assert not SafetyQuizResult.unscoped.exists()


def test_stores_submissions_per_authenticated_staff_user(as_user, north, sunrise):
    for person in (north.teacher, north.support, sunrise.teacher):
        assert as_user(person).post(URL, quiz()).status_code == 201
    assert {row.user_id for row in SafetyQuizResult.unscoped.all()} == {
        north.teacher.pk,
        north.support.pk,
        sunrise.teacher.pk,
    }
    for person in (north.teacher, north.support, sunrise.teacher):
        assert [row["userId"] for row in as_user(person).get(URL).json()["rows"]] == [str(person.pk)]


def test_post_answers_201_with_the_created_result_dto(as_user, north, sunrise):
    before = timezone.now()
    answer = as_user(north.teacher).post(URL, quiz())
    (row,) = results(north.teacher)
    assert answer.status_code == 201
    made = answer.json()
    assert list(made) == FIELDS
    moment = row.completed_at.isoformat().replace("+00:00", "Z")
    assert made == {
        "id": str(row.pk),
        **quiz()["data"],
        "user_name": "north teacher",
        "user_role": "TEACHER",
        "completed_at": moment,
        "organizationId": str(north.organization.pk),
        "campusId": str(north.campus.pk),
        "userId": str(north.teacher.pk),
        "createdAt": moment,
        "updatedAt": moment,
    }
    assert before <= row.completed_at <= timezone.now()
    assert UUID(made["id"]).version == 7
    assert as_user(north.teacher).get(URL).json() == {"rows": [made], "count": 1}
    assert as_user(north.teacher).get(ME).json() == {"completed": True, "result": made}


@pytest.mark.parametrize("body", [quiz()["data"], {"data": None}, {"data": []}, {"data": "quiz"}, {}, []])
def test_the_request_body_is_wrapped_as_data(body, as_user, north):
    answer = as_user(north.teacher).post(URL, body)
    assert answer.status_code == 400
    assert error_of(answer)["attr"] in ("data", "data.non_field_errors", "non_field_errors")
    assert not results(north.teacher)


def test_each_submission_is_an_append_and_there_is_no_update_path(as_user, north):
    client = as_user(north.teacher)
    first, second = (client.post(URL, quiz()).json() for _ in range(2))
    assert first["id"] != second["id"]
    assert len(results(north.teacher)) == 2
    for url in (URL, f"{URL}/{first['id']}"):
        for method in ("put", "patch", "delete"):
            assert getattr(client, method)(url, quiz(score=10)).status_code in (404, 405)
    assert [row.score for row in results(north.teacher)] == [7, 7]


# --- "Access Rules": create -----------------------------------------------------------------------


def test_ownership_fields_are_filled_from_the_authenticated_user(as_user, north, sunrise):
    theirs = {
        "user_name": "Somebody else",
        "user_role": "ADMIN",
        "completed_at": "2001-01-01T00:00:00Z",
        "organizationId": str(sunrise.organization.pk),
        "organization_id": str(sunrise.organization.pk),
        "campusId": str(sunrise.campus.pk),
        "campus": str(sunrise.campus.pk),
        "userId": str(sunrise.teacher.pk),
        "user": str(sunrise.teacher.pk),
        "createdById": str(sunrise.teacher.pk),
        "updated_by": str(sunrise.teacher.pk),
        "importHash": "x",
        "import_hash": "x",
        "id": str(sunrise.teacher.pk),
        "deleted": "2001-01-01T00:00:00Z",
    }
    before = timezone.now()
    assert as_user(north.teacher).post(URL, {**quiz(**theirs), **theirs}).status_code == 201
    (row,) = SafetyQuizResult.unscoped.all()
    assert (row.user, row.created_by, row.updated_by) == (north.teacher,) * 3
    assert (row.organization_id, row.school_id, row.campus_id, row.classroom_id) == (
        north.organization.pk,
        north.school.pk,
        north.campus.pk,
        north.classroom.pk,
    )
    assert (row.user_name, row.user_role) == ("north teacher", "TEACHER")
    assert row.completed_at == row.created_at == row.updated_at >= before
    assert (row.import_hash, row.deleted) == (None, None)


def test_campus_id_is_set_from_the_users_campus_and_null_above_one(as_user, north):
    for person, campus in ((north.support, str(north.campus.pk)), (north.principal, None)):
        assert as_user(person).post(URL, quiz()).json()["campusId"] == campus


def test_user_name_is_the_display_name_of_that_moment(as_user, north):
    client = as_user(north.teacher)
    client.post(URL, quiz())
    User.unscoped.filter(pk=north.teacher.pk).update(name="")
    client.post(URL, quiz())
    User.unscoped.filter(pk=north.teacher.pk).update(name="Renamed")
    names = [row["user_name"] for row in client.get(URL).json()["rows"]]
    assert names == ["teacher@north.test", "north teacher"]


def test_user_role_is_the_role_of_that_moment_defaulting_to_teacher(as_user, north):
    client = as_user(north.teacher)
    client.post(URL, quiz())
    for name in ("SUPPORT", None):
        place(user=north.teacher, at=north.classroom.scope, role=name and role(name))
        client.post(URL, quiz())
    roles = [row["user_role"] for row in client.get(URL).json()["rows"]]
    assert roles == ["teacher", "SUPPORT", "TEACHER"]


@pytest.mark.parametrize("name", ["student", "guardian", "guest"])
def test_every_tenant_user_may_post_a_result(name, as_user, north):
    """Documents 000 and 001 gate by tenant, not by role; only staff are subjects of reports."""
    assert as_user(north.people[name]).post(URL, quiz()).status_code == 201
    assert len(results(north.people[name])) == 1


@pytest.mark.parametrize("level", ["school", "campus", "classroom"])
def test_a_parent_drilled_into_a_child_scope_is_answered_null_and_leaves_no_row(
    level, as_user, north, sunrise
):
    for parent in (north.admin, north.principal):
        if level == "school" and parent is north.principal:
            continue
        answer = as_user(parent, getattr(north, level).scope).post(URL, quiz())
        assert (answer.status_code, answer.content) == (201, b"null")
        assert answer["Content-Type"] == "application/json"
        assert answer.json() is None
    assert not SafetyQuizResult.unscoped.exists()


def test_naming_ones_own_scope_is_acting_in_it(as_user, north):
    for person, node in ((north.teacher, north.classroom), (north.admin, north.organization)):
        answer = as_user(person, node.scope).post(URL, quiz())
        assert answer.json()["userId"] == str(person.pk)


def test_create_first_checks_whether_the_caller_acts_in_their_own_scope(as_user, north):
    """Before it looks at the input."""
    drilled, own = as_user(north.principal, north.campus.scope), as_user(north.principal)
    assert drilled.post(URL, quiz(score="x")).json() is None
    assert own.post(URL, quiz(score="x")).status_code == 400


def test_what_is_no_json_is_refused_below_ones_own_scope_too(as_user, north):
    drilled = as_user(north.principal, north.campus.scope)
    unreadable = drilled.post(URL, "{", content_type="application/json")
    assert (unreadable.status_code, error_of(unreadable)["code"]) == (400, "parse_error")
    form = drilled.post(URL, "data=1", content_type="application/x-www-form-urlencoded")
    assert (form.status_code, error_of(form)["code"]) == (415, "unsupported_media_type")
    assert not SafetyQuizResult.unscoped.exists()


def test_a_scope_that_is_not_below_ones_own_is_not_found(as_user, north, sunrise):
    for scope in (north.school.scope, sunrise.classroom.scope, Scope(PLATFORM_ID)):
        answer = as_user(north.teacher, scope).post(URL, quiz())
        assert (answer.status_code, error_of(answer)["code"]) == (404, "scope_not_found")
    assert not SafetyQuizResult.unscoped.exists()


def test_a_global_user_writes_nothing(as_user, north, sunrise, global_admin):
    """They belong to no organization, so none is their own to write in."""
    nowhere = as_user(global_admin).post(URL, quiz())
    assert (nowhere.status_code, error_of(nowhere)["code"]) == (400, "organization_required")
    answer = as_user(global_admin, north.organization.scope).post(URL, quiz())
    assert (answer.status_code, answer.json()) == (201, None)
    assert not SafetyQuizResult.unscoped.exists()


# --- "Idempotency-Key" ----------------------------------------------------------------------------


def test_the_same_key_returns_the_first_answer_and_adds_no_row(as_user, north, sunrise):
    first, again = (as_user(north.teacher).post(URL, quiz(), HTTP_IDEMPOTENCY_KEY="k") for _ in range(2))
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert len(results(north.teacher)) == 1
    changed = as_user(north.teacher).post(URL, quiz(score=8), HTTP_IDEMPOTENCY_KEY="k")
    assert (changed.status_code, error_of(changed)["code"]) == (409, "idempotency_key_reused")
    assert as_user(sunrise.teacher).post(URL, quiz(), HTTP_IDEMPOTENCY_KEY="k").status_code == 201


def test_a_no_op_uses_the_key_up_and_a_refusal_does_not(as_user, north):
    drilled, own = as_user(north.principal, north.campus.scope), as_user(north.principal)
    for _ in range(2):
        answer = drilled.post(URL, quiz(), HTTP_IDEMPOTENCY_KEY="noop")
        assert (answer.status_code, answer.content) == (201, b"null")
    assert IdempotentRequest.unscoped.filter(key="noop").count() == 1
    assert own.post(URL, quiz(), HTTP_IDEMPOTENCY_KEY="noop").status_code == 409
    assert own.post(URL, quiz(score=-1), HTTP_IDEMPOTENCY_KEY="refused").status_code == 400
    assert own.post(URL, quiz(), HTTP_IDEMPOTENCY_KEY="refused").status_code == 201
    assert len(results(north.principal)) == 1


# --- "Access Rules": list -------------------------------------------------------------------------


def test_everyone_else_sees_only_their_own_rows(as_user, north, sunrise):
    mine = record(north.teacher)
    for person in (north.support, north.student, sunrise.teacher, sunrise.principal):
        record(person)
    for scope in (None, north.classroom.scope):
        answer = as_user(north.teacher, scope).get(URL)
        assert (ids(answer), answer.json()["count"]) == ([str(mine.pk)], 1)
    assert ids(as_user(north.student).get(URL)) == [str(results(north.student)[0].pk)]
    assert as_user(north.guest).get(URL).json() == {"rows": [], "count": 0}


def test_users_with_the_report_permission_see_the_results_of_their_scope(as_user, grant, north, sunrise):
    other_school = SchoolFactory(organization=north.organization)
    other_campus = CampusFactory(school=north.school)
    other_class = ClassroomFactory(campus=north.campus)
    rows = {
        "organization": record(north.instructor),
        "other school": record(make_user("a@north.test", "TEACHER", at=other_school.scope)),
        "school": record(north.principal),
        "other campus": record(make_user("b@north.test", "TEACHER", at=other_campus.scope)),
        "campus": record(north.support),
        "other class": record(make_user("c@north.test", "TEACHER", at=other_class.scope)),
        "class": record(north.teacher),
    }
    record(sunrise.teacher)
    record(sunrise.admin)
    grant(north.support, REPORTS)
    grant(north.teacher, REPORTS)

    def seen(person, scope=None):
        by_id = {str(row.pk): name for name, row in rows.items()}
        return {by_id[pk] for pk in ids(as_user(person, scope).get(URL))}

    below = {"campus": {"campus", "other class", "class"}, "class": {"class"}}
    below["school"] = {"school", "other campus", *below["campus"]}
    assert seen(north.admin) == set(rows)
    assert seen(north.principal) == seen(north.admin, north.school.scope) == below["school"]
    assert seen(north.support) == seen(north.principal, north.campus.scope) == below["campus"]
    assert seen(north.teacher) == seen(north.admin, north.classroom.scope) == below["class"]
    assert seen(north.admin, other_school.scope) == {"other school"}
    assert seen(north.principal, other_campus.scope) == {"other campus"}


def test_a_result_stays_where_its_author_was_when_they_move_on(as_user, north):
    """What a place's list shows does not change afterwards; one's own list shows everything of one's own."""
    elsewhere = CampusFactory(school=north.school)
    old = record(north.teacher)
    place(user=north.teacher, at=elsewhere.scope, role=north.teacher.role)
    new = as_user(north.teacher).post(URL, quiz()).json()["id"]
    assert ids(as_user(north.admin, north.classroom.scope).get(URL)) == [str(old.pk)]
    assert ids(as_user(north.admin, elsewhere.scope).get(URL)) == [new]
    assert ids(as_user(north.teacher).get(URL)) == [new, str(old.pk)]
    User.unscoped.filter(pk=north.teacher.pk).update(is_active=False)
    assert ids(as_user(north.admin, north.classroom.scope).get(URL)) == [str(old.pk)]


def test_regular_users_are_bound_to_their_organization(as_user, grant, north, sunrise):
    """Results that someone left behind in another organization are that organization's."""
    left = record(north.teacher)
    place(user=north.teacher, at=sunrise.classroom.scope, role=north.teacher.role)
    client = as_user(north.teacher)
    assert client.get(URL).json() == {"rows": [], "count": 0}
    assert client.get(ME).json() == {"completed": False, "result": None}
    assert ids(as_user(north.admin).get(URL)) == [str(left.pk)]
    assert ids(as_user(sunrise.admin).get(URL)) == []


def test_global_users_see_results_across_all_organizations(as_user, north, sunrise, global_admin):
    rows = [record(north.teacher), record(sunrise.teacher)]
    assert set(ids(as_user(global_admin).get(URL))) == {str(row.pk) for row in rows}
    assert ids(as_user(global_admin, north.scope).get(URL)) == [str(rows[0].pk)]
    assert ids(as_user(global_admin, sunrise.classroom.scope).get(URL)) == [str(rows[1].pk)]


def test_custom_permissions_can_grant_the_report_permission(as_user, grant, north, sunrise):
    record(north.student)
    record(sunrise.student)
    assert as_user(north.teacher).get(URL).json()["count"] == 0
    assert as_user(north.teacher).get(COMPLETION).status_code == 403
    grant(north.teacher, REPORTS)
    assert as_user(north.teacher).get(URL).json()["count"] == 1
    assert as_user(north.teacher).get(COMPLETION).status_code == 200


def test_custom_permissions_filter_can_remove_it_for_non_global_users(
    as_user, withhold, north, sunrise, global_admin
):
    record(north.student)
    own = record(north.principal)
    for person in (north.principal, global_admin):
        assert as_user(person).get(URL).json()["count"] == 2
        withhold(person, REPORTS)
    assert ids(as_user(north.principal).get(URL)) == [str(own.pk)]
    assert as_user(north.principal).get(COMPLETION).status_code == 403
    assert as_user(global_admin).get(URL).json()["count"] == 2
    assert as_user(global_admin).get(COMPLETION).status_code == 200


# --- "API": list and me ---------------------------------------------------------------------------


def test_the_list_is_ordered_by_completed_at_newest_first_and_paginated(as_user, north, sunrise):
    start = datetime(2021, 3, 1, tzinfo=UTC)
    rows = [record(north.teacher, at=start + timedelta(hours=n % 7)) for n in range(9)]
    record(sunrise.teacher)
    newest_first = [
        str(row.pk) for row in sorted(rows, key=lambda row: (row.completed_at, row.pk), reverse=True)
    ]
    client = as_user(north.teacher)
    assert ids(client.get(URL)) == newest_first
    pages = [client.get(f"{URL}?limit=4&page={page}") for page in (1, 2, 3, 4)]
    assert [pk for page in pages for pk in ids(page)] == newest_first
    assert {page.json()["count"] for page in pages} == {9}
    for wrong in ("limit=0", "limit=201", "page=0", "limit=x", "limit=", "page=1.0"):
        assert client.get(f"{URL}?{wrong}").status_code == 400, wrong


def test_a_page_that_cannot_be_is_refused_in_words_that_help(as_user, north):
    client = as_user(north.teacher)
    assert "pages count from 1" in error_of(client.get(f"{URL}?page=0"))["detail"]
    assert "at most 200 rows" in error_of(client.get(f"{URL}?limit=201"))["detail"]


def test_the_list_is_paginated_with_the_shared_default(as_user, north):
    for _ in range(51):
        record(north.teacher)
    answer = as_user(north.teacher).get(URL).json()
    assert (len(answer["rows"]), answer["count"]) == (50, 51)


@pytest.mark.parametrize("url", [URL, ME, COMPLETION])
@pytest.mark.parametrize("value", ["", "%20%20", "%00", "x" * 101])
def test_a_week_that_names_none_is_refused_and_not_ignored(url, value, as_user, north):
    answer = as_user(north.admin).get(f"{url}?week_of={value}")
    assert (answer.status_code, error_of(answer)["attr"]) == (400, "week_of")


@pytest.mark.parametrize("url", [URL, ME, COMPLETION])
def test_a_parameter_that_is_not_known_is_ignored(url, as_user, north, sunrise):
    for person in (north.teacher, north.admin, sunrise.teacher):
        record(person)
    client = as_user(north.admin)
    assert client.get(f"{url}?userId={sunrise.teacher.pk}&week=1").json() == client.get(url).json()


def test_a_parameter_of_the_trend_that_is_not_known_is_refused(as_user, north):
    answer = as_user(north.admin).get(f"{TREND}?userId={north.student.pk}")
    assert (answer.status_code, error_of(answer)["code"]) == (400, "unknown_parameter")


def test_me_always_reads_only_ones_own_result_whatever_report_access(as_user, north, sunrise, global_admin):
    for person in (north.teacher, north.student, sunrise.principal):
        record(person)
    for person in (north.principal, north.admin, global_admin):
        for scope in (None, north.classroom.scope):
            assert as_user(person, scope).get(ME).json() == {"completed": False, "result": None}
    own = record(north.principal)
    for scope in (None, north.campus.scope, north.classroom.scope):
        answer = as_user(north.principal, scope).get(ME).json()
        assert (answer["completed"], answer["result"]["id"]) == (True, str(own.pk))


def test_personal_status_reads_from_saved_rows(as_user, north):
    drilled, own = as_user(north.principal, north.campus.scope), as_user(north.principal)
    drilled.post(URL, quiz())
    assert own.get(ME).json() == {"completed": False, "result": None}
    own.post(URL, quiz())
    assert own.get(ME).json()["completed"] is True
    assert drilled.get(ME).json() == own.get(ME).json()


def test_me_shows_the_latest_of_several_results(as_user, north):
    now = timezone.now()
    rows = [record(north.teacher, at=now - timedelta(hours=n), score=n) for n in (2, 1, 3)]
    record(north.teacher, "another week", at=now)
    answer = as_user(north.teacher).get(ME, {"week_of": WEEK}).json()
    assert answer["result"]["id"] == str(rows[1].pk)
    assert as_user(north.teacher).get(ME).json()["result"]["week_of"] == "another week"


def test_deleted_results_are_nowhere(as_user, north, grant):
    grant(north.teacher, REPORTS)
    row = record(north.teacher)
    SafetyQuizResult.unscoped.filter(pk=row.pk).update(deleted=timezone.now())
    for person in (north.teacher, north.admin):
        assert as_user(person).get(URL).json() == {"rows": [], "count": 0}
    assert as_user(north.teacher).get(ME).json()["completed"] is False
    statuses = {row["status"] for row in as_user(north.teacher).get(COMPLETION).json()["rows"]}
    assert statuses == {"pending"}


# --- How much it costs ----------------------------------------------------------------------------


def test_statements_do_not_grow_with_results(as_user, statements, north, sunrise):
    def sent(call):
        with statements() as captured:
            assert call().status_code in (200, 201)
        return len(captured)

    def counts():
        client = as_user(north.principal)
        return [
            sent(lambda: client.get(URL)),
            sent(lambda: client.get(ME)),
            sent(lambda: client.post(URL, quiz())),
        ]

    record(north.teacher)
    # Beside the one of authentication: rows and their number, one's own latest, one insert.
    assert counts() == [3, 2, 2]
    for _ in range(20):
        record(north.teacher)
        record(sunrise.teacher)
    assert counts() == [3, 2, 2]


def test_a_list_counts_and_leads_to_so_many_results_and_refuses_pages_beyond(north, as_user, monkeypatch):
    monkeypatch.setattr(lists, "MOST_LISTED", 4)
    client = as_user(north.teacher)
    for _ in range(6):
        assert client.post(URL, quiz()).status_code == 201
    page = client.get(URL, {"limit": 2, "page": 2})
    assert (page.json()["count"], len(page.json()["rows"])) == (4, 2)
    refused = client.get(URL, {"limit": 2, "page": 3})
    assert refused.status_code == 400
    assert (error_of(refused)["attr"], error_of(refused)["code"]) == ("page", "invalid_page")
    assert "first 4 rows" in error_of(refused)["detail"]
