"""``/api/v1/users``: staff list, add, change, move and deactivate the people of their scope."""

from uuid import uuid4

import pytest
from django.core import mail

from accounts.models import Membership, User
from accounts.rights.keys import ROLES
from accounts.sign_in.tokens import issue_tokens
from tenancy.models import Organization
from tests.conftest import error_of
from tests.factories import CampusFactory, ClassroomFactory, SchoolFactory, make_user

pytestmark = pytest.mark.django_db

USERS = "/api/v1/users"


@pytest.fixture(autouse=True)
def room(north, sunrise):
    """Two organizations."""


@pytest.fixture
def admin(as_user, north):
    return as_user(north.admin)


def url(person):
    return f"{USERS}/{person.pk}"


def stored(person):
    return User.unscoped.select_related("role").get(pk=person.pk)


def everyone():
    """Return every column of every person, and of every membership."""
    return [list(model.unscoped.order_by("pk").values()) for model in (User, Membership)]


def listed(client, **query):
    answer = client.get(USERS, {"limit": 200, **query})
    assert answer.status_code == 200, answer.content
    assert answer.json()["count"] == len(answer.json()["rows"])
    return [row["email"] for row in answer.json()["rows"]]


def code_of(answer):
    return answer.status_code, error_of(answer)["code"], error_of(answer)["attr"]


@pytest.fixture
def clerk(as_user, north, grant):
    """Someone who may staff, and holds no key of a learner or of a teacher."""
    user = make_user("clerk@north.test", "GUEST", at=north.scope)
    grant(user, "users.list", "users.get", "users.create", "users.update")
    return as_user(User.unscoped.get(pk=user.pk))


# --- Reading --------------------------------------------------------------------------------------


def test_a_person_is_shown_with_role_and_place(admin, north):
    assert admin.get(url(north.teacher)).json() == {
        "id": str(north.teacher.pk),
        "email": "teacher@north.test",
        "name": "north teacher",
        "role": "TEACHER",
        "organizationId": str(north.organization.pk),
        "schoolId": str(north.school.pk),
        "campusId": str(north.campus.pk),
        "classroomId": str(north.classroom.pk),
        "isActive": True,
        "custom_permissions": [],
        "custom_permissions_filter": [],
        "createdAt": north.teacher.created_at.isoformat().replace("+00:00", "Z"),
    }


def test_the_list_holds_the_live_people_of_the_active_scope_by_address(admin, as_user, north, global_admin):
    north.guest.delete()
    names = ["admin", "guardian", "instructor", "principal", "student", "student2", "support", "teacher"]
    assert listed(admin) == sorted(f"{name}@north.test" for name in names)
    in_class = ["guardian", "student", "student2", "teacher"]
    assert listed(as_user(north.admin, north.classroom.scope)) == sorted(f"{n}@north.test" for n in in_class)
    assert "student@sunrise.test" in listed(as_user(global_admin))


def test_who_is_out_of_scope_is_nobody(admin, as_user, north, sunrise, independent):
    north.guest.delete()
    nobody = admin.get(f"{USERS}/{uuid4()}")
    head = as_user(make_user("head@north.test", "ADMIN", at=north.campus.scope))
    answers = [admin.get(url(person)) for person in (sunrise.student, independent, north.guest)]
    answers += [admin.patch(url(person), {"name": "x"}) for person in (sunrise.student, independent)]
    answers += [admin.post(f"{url(sunrise.student)}/invite"), head.get(url(north.instructor))]
    assert {(a.status_code, a.content) for a in answers} == {(404, nobody.content)}


def test_without_the_key_nobody_is_listed_shown_added_or_changed(as_user, north, independent):
    for person in (north.student, north.teacher, independent):
        client = as_user(person)
        answers = [client.get(USERS), client.get(url(north.student)), client.post(USERS, {})]
        answers += [client.patch(url(north.student), {}), client.post(f"{url(north.student)}/invite")]
        assert {answer.status_code for answer in answers} == {403}
    assert as_user(north.principal).get(USERS).status_code == 200
    assert as_user(north.principal).get(url(north.student)).status_code == 403


def test_an_independent_learner_with_keys_sees_and_adds_nobody(as_user, independent, grant):
    grant(independent, "users.list", "users.create", "users.update")
    client = as_user(User.unscoped.get(pk=independent.pk))
    assert listed(client) == [independent.email]
    refused = (403, "tenant_required", None)
    assert code_of(client.post(USERS, {"email": "new@demo.test"})) == refused
    assert code_of(client.patch(url(independent), {"name": "x"})) == refused


def test_parameters_narrow(admin, north, sunrise):
    User.unscoped.filter(pk=north.guest.pk).update(is_active=False, name="Zoë O'Neill")
    assert listed(admin, role="TEACHER") == listed(admin, role="teacher") == ["teacher@north.test"]
    assert listed(admin, search="") == listed(admin, search="  ") == listed(admin)
    assert listed(admin, role="nothing") == []
    assert listed(admin, search="ZOË") == ["guest@north.test"]
    assert listed(admin, search="o'neill  zoe") == ["guest@north.test"]
    assert listed(admin, search="zoe guest@") == ["guest@north.test"]
    assert listed(admin, search="zoe nobody") == []
    assert listed(admin, search="student2@") == ["student2@north.test"]
    assert listed(admin, search="%") == []
    assert listed(admin, isActive="false") == ["guest@north.test"]
    assert "guest@north.test" not in listed(admin, isActive="true")
    assert listed(admin, schoolId=north.school.pk, role="PRINCIPAL") == ["principal@north.test"]
    assert listed(admin, campusId=north.campus.pk, role="SUPPORT") == ["support@north.test"]
    assert "support@north.test" not in listed(admin, classroomId=north.classroom.pk)
    assert listed(admin, organizationId=north.organization.pk) == listed(admin)
    for name, node in (("organization", sunrise.organization), ("school", sunrise.school)):
        assert listed(admin, **{f"{name}Id": node.pk}) == []


@pytest.mark.parametrize(
    "query", ["isActive=1", "schoolId=x", "nothing=1", "search=%00", "role=%00", "limit=0"]
)
def test_a_bad_parameter_is_refused_by_name(admin, query):
    answer = admin.get(f"{USERS}?{query}")
    assert (answer.status_code, error_of(answer)["attr"]) == (400, query.partition("=")[0])


def test_a_list_of_more_people_takes_as_many_statements(admin, north, statements):
    def number():
        with statements() as sent:
            listed(admin, search="north")
        return len(sent)

    few = number()
    for n in range(5):
        make_user(f"more{n}@north.test", "TEACHER", at=north.campus.scope)
    assert number() == few == 3


# --- Adding ---------------------------------------------------------------------------------------


def test_a_new_person_belongs_where_the_request_acts(admin, as_user, north):
    answer = admin.post(USERS, {"email": " New@North.test ", "name": "New", "role": "TEACHER"})
    assert answer.status_code == 201, answer.content
    row = answer.json()
    assert (row["email"], row["role"], row["isActive"]) == ("new@north.test", "TEACHER", True)
    assert (row["organizationId"], row["schoolId"]) == (str(north.organization.pk), None)
    assert admin.get(f"{USERS}/{row['id']}").json() == row
    membership = Membership.unscoped.get(user=row["id"])
    assert (membership.organization_id, membership.role.name) == (north.organization.pk, "TEACHER")
    drilled = as_user(north.admin, north.campus.scope).post(USERS, {"email": "other@north.test"}).json()
    assert drilled["campusId"] == str(north.campus.pk)
    assert drilled["role"] is None


def test_a_node_brings_along_what_is_above_it(admin, north):
    body = {"email": "new@north.test", "role": "STUDENT", "classroomId": str(north.classroom.pk)}
    row = admin.post(USERS, {**body, "schoolId": None}).json()
    assert (row["schoolId"], row["campusId"]) == (str(north.school.pk), str(north.campus.pk))
    assert Membership.unscoped.get(user=row["id"]).classroom_id == north.classroom.pk


def test_who_is_added_without_an_organization_is_refused_and_an_independent_learner_has_none(
    as_user, global_admin, north
):
    client, body = as_user(global_admin), {"email": "new@demo.test"}
    refused = (400, "organization_required", "organizationId")
    assert code_of(client.post(USERS, body)) == refused
    assert code_of(client.post(USERS, {**body, "organizationId": None})) == refused
    platform = Organization.unscoped.get(slug="platform")
    alone = as_user(global_admin, platform.scope).post(USERS, body).json()
    assert alone["organizationId"] is None
    assert not Membership.unscoped.filter(user=alone["id"]).exists()
    placed = client.post(USERS, {"email": "b@demo.test", "organizationId": str(north.organization.pk)})
    assert placed.json()["organizationId"] == str(north.organization.pk)


def test_an_address_that_is_taken_anywhere_is_refused_alike(admin, north, independent):
    taken = [north.student.email, "STUDENT@sunrise.test", independent.email.upper()]
    answers = {admin.post(USERS, {"email": email, "role": "STUDENT"}).content for email in taken}
    answers |= {admin.patch(url(north.guest), {"email": email}).content for email in taken}
    assert len(answers) == 1
    assert code_of(admin.post(USERS, {"email": taken[1]})) == (400, "email_taken", "email")
    north.student.delete()
    assert admin.post(USERS, {"email": taken[0]}).status_code == 201


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", None),
        ("email", "nobody"),
        ("email", 5),
        ("email", "x" * 250 + "@north.test"),
        ("name", None),
        ("name", "x" * 201),
        ("name", "\0"),
        ("role", "NOTHING"),
        ("role", 1),
        ("role", "teacher\0"),
        ("schoolId", "x"),
        ("schoolId", 5),
        ("campusId", ["x"]),
        ("isActive", 1),
        ("isActive", None),
    ],
)
def test_a_bad_value_is_refused_by_name_and_changes_nothing(admin, north, field, value):
    before = everyone()
    answer = admin.patch(url(north.student), {field: value})
    assert (answer.status_code, error_of(answer)["attr"]) == (400, field)
    if field != "isActive":
        answer = admin.post(USERS, {"email": "new@north.test", field: value})
        assert (answer.status_code, error_of(answer)["attr"]) == (400, field)
    assert everyone() == before


def test_another_tenants_place_in_any_field_does_not_exist(admin, north, sunrise):
    before = everyone()
    for level in ("organization", "school", "campus", "classroom"):
        name, theirs = f"{level}Id", getattr(sunrise, level)
        for write in (
            lambda body: admin.patch(url(north.student), body),
            lambda body: admin.post(USERS, {"email": "new@north.test", **body}),
        ):
            answers = [write({name: str(pk)}) for pk in (theirs.pk, uuid4())]
            assert code_of(answers[0]) == (400, "does_not_exist", name)
            assert answers[0].content == answers[1].content
    assert everyone() == before


def test_what_stands_in_no_line_or_above_ones_own_place_is_no_place(admin, as_user, north):
    elsewhere = SchoolFactory(organization=north.organization)
    body = {"schoolId": str(elsewhere.pk), "classroomId": str(north.classroom.pk)}
    assert code_of(admin.patch(url(north.student), body)) == (400, "invalid_place", "classroomId")
    head = as_user(make_user("head@north.test", "ADMIN", at=north.campus.scope))
    for body, field in (
        ({"schoolId": None}, "schoolId"),
        ({"organizationId": None}, "organizationId"),
        ({"campusId": None}, "campusId"),
    ):
        assert code_of(head.patch(url(north.student), body)) == (400, "invalid_place", field)
    above = {"schoolId": str(north.school.pk)}
    assert code_of(head.post(USERS, {"email": "n@north.test", **above})) == (400, "invalid_place", "schoolId")
    assert stored(north.student).classroom_id == north.classroom.pk


# --- Changing -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [{"name": "Renamed"}, {"email": "renamed@north.test"}, {"role": "GUEST"}, {"isActive": False}, {}],
)
def test_a_change_of_one_field_leaves_the_rest(admin, north, sunrise, change):
    before = admin.get(url(north.student)).json()
    answer = admin.patch(url(north.student), change)
    assert (answer.status_code, answer.json()) == (200, {**before, **change})
    assert admin.get(url(north.student)).json() == {**before, **change}
    assert stored(sunrise.student).name == "sunrise student"


def test_moving_ends_one_membership_and_starts_the_next(admin, north):
    other = ClassroomFactory(campus=CampusFactory(school=SchoolFactory(organization=north.organization)))
    row = admin.patch(url(north.student), {"classroomId": str(other.pk)}).json()
    assert (row["schoolId"], row["campusId"]) == (str(other.school_id), str(other.campus_id))
    first, second = Membership.unscoped.filter(user=north.student).order_by("valid_from")
    assert (first.classroom_id, second.classroom_id) == (north.classroom.pk, other.pk)
    assert first.valid_until == second.valid_from
    assert second.valid_until is None


def test_null_takes_a_level_and_all_below_it_away(admin, north):
    row = admin.patch(url(north.student), {"campusId": None}).json()
    assert (row["schoolId"], row["campusId"], row["classroomId"]) == (str(north.school.pk), None, None)
    row = admin.patch(url(north.student), {"schoolId": None}).json()
    assert (row["organizationId"], row["schoolId"]) == (str(north.organization.pk), None)
    body = {"schoolId": str(north.school.pk), "campusId": str(north.campus.pk), "classroomId": None}
    row = admin.patch(url(north.student), body).json()
    assert (row["campusId"], row["classroomId"]) == (str(north.campus.pk), None)


def test_naming_where_someone_is_already_moves_them_nowhere(admin, north):
    place = {name: str(getattr(north.student, f"{name}_id")) for name in ("school", "campus", "classroom")}
    for name in place:
        assert admin.patch(url(north.student), {f"{name}Id": place[name]}).status_code == 200
    assert stored(north.student).classroom_id == north.classroom.pk
    assert Membership.unscoped.filter(user=north.student).count() == 1


def test_a_global_user_moves_people_between_organizations_and_out_of_all(
    as_user, global_admin, north, sunrise
):
    client = as_user(global_admin)
    row = client.patch(url(north.student), {"schoolId": str(sunrise.school.pk)}).json()
    assert (row["organizationId"], row["classroomId"]) == (str(sunrise.organization.pk), None)
    assert client.patch(url(north.student), {"organizationId": None}).json()["organizationId"] is None
    platform = Organization.unscoped.get(slug="platform")
    for person in (north.student, north.guest):
        row = client.patch(url(person), {"organizationId": str(platform.pk)}).json()
        assert row["organizationId"] is None
    assert not Membership.unscoped.filter(user=north.student, valid_until=None).exists()


def test_another_role_is_in_force_on_the_next_request(admin, as_user, north):
    teacher = as_user(north.teacher)
    assert teacher.get(USERS).status_code == 403
    assert admin.patch(url(north.teacher), {"role": "PRINCIPAL"}).json()["role"] == "PRINCIPAL"
    assert teacher.get(USERS).status_code == 200
    assert admin.patch(url(north.teacher), {"role": None}).json()["role"] is None
    assert teacher.get(USERS).status_code == 403


def test_deactivation_refuses_every_token_at_once_and_coming_back_keeps_them_refused(
    admin, client, as_user, north
):
    pair = issue_tokens(user=north.student)

    def tokens():
        me = client.get("/api/v1/users/me", HTTP_AUTHORIZATION=f"Bearer {pair.access}")
        again = client.post("/api/v1/auth/refresh", {"refresh": pair.refresh})
        return me.status_code, again.status_code

    assert admin.patch(url(north.student), {"isActive": False}).json()["isActive"] is False
    assert tokens() == (401, 401)
    assert not Membership.unscoped.filter(user=north.student, valid_until=None).exists()
    assert admin.patch(url(north.student), {"isActive": True}).json()["isActive"] is True
    assert tokens() == (401, 401)
    current = Membership.unscoped.get(user=north.student, valid_until=None)
    assert current.classroom_id == north.classroom.pk
    assert as_user(stored(north.student)).get("/api/v1/users/me").status_code == 200


# --- Who may what ---------------------------------------------------------------------------------


def test_nobody_gives_out_a_role_that_holds_more_than_they_do(admin, clerk, north):
    refused = (400, "role_not_assignable", "role")
    for client, roles in (
        (admin, ["GLOBAL_ADMIN", "NOTHING"]),
        # Someone without a role holds what a student does.
        (clerk, ["GLOBAL_ADMIN", "ADMIN", "TEACHER", "STUDENT", None]),
    ):
        for role in roles:
            assert code_of(client.post(USERS, {"email": "new@north.test", "role": role})) == refused
            assert code_of(client.patch(url(north.guest), {"role": role})) == refused
    assert clerk.post(USERS, {"email": "new@north.test", "role": "GUARDIAN"}).status_code == 201
    assert clerk.patch(url(north.guest), {"role": "GUEST", "name": "The same role"}).status_code == 200
    assert stored(north.guest).role.name == "GUEST"


@pytest.mark.parametrize("name", ["teacher", "Teacher", " TEACHER "])
def test_a_role_is_taken_in_any_case(name, admin, north):
    made = admin.post(USERS, {"email": "new@north.test", "role": name})
    assert (made.status_code, made.json()["role"]) == (201, "TEACHER")
    assert admin.patch(url(north.guest), {"role": name}).json()["role"] == "TEACHER"


def test_a_role_that_is_none_is_refused_with_those_that_one_may_give(admin, clerk):
    error = error_of(admin.post(USERS, {"email": "new@north.test", "role": "COACH"}))
    assert (error["code"], error["attr"]) == ("role_not_assignable", "role")
    assert {"ADMIN", "TEACHER", "STUDENT"} <= {*error["meta"]["roles"]} <= {*ROLES} - {"GLOBAL_ADMIN"}
    assert "ADMIN, GUARDIAN, GUEST" in error["detail"]
    weaker = error_of(clerk.post(USERS, {"email": "new@north.test", "role": "ADMIN"}))
    assert weaker["meta"] == {"roles": ["GUARDIAN", "GUEST"]}


def test_nobody_changes_someone_who_may_do_more(admin, clerk, north, grant):
    stronger = make_user("strong@north.test", "GLOBAL_ADMIN", at=north.scope)
    before = everyone()
    for client, person in ((admin, stronger), (clerk, north.student), (clerk, north.admin)):
        for body in ({"name": "x"}, {"email": "mine@north.test"}, {"isActive": False}, {"role": "GUEST"}):
            answer = client.patch(url(person), body)
            assert code_of(answer) == (403, "may_not_manage", None)
        assert code_of(client.post(f"{url(person)}/invite")) == (403, "may_not_manage", None)
    assert everyone() == before
    assert mail.outbox == []
    grant(north.guardian, "users.delete")
    assert code_of(clerk.patch(url(north.guardian), {"name": "x"})) == (403, "may_not_manage", None)


@pytest.mark.parametrize("change", [{"isActive": False}, {"role": "GUEST"}, {"schoolId": "own"}])
def test_nobody_locks_themselves_out(admin, north, change):
    body = {name: str(north.school.pk) if value == "own" else value for name, value in change.items()}
    assert code_of(admin.patch(url(north.admin), body)) == (409, "own_account", None)
    assert admin.patch(url(north.admin), {"name": "Me", "isActive": True, "role": "ADMIN"}).status_code == 200
    me = stored(north.admin)
    assert (me.name, me.is_active, me.role.name, me.school_id) == ("Me", True, "ADMIN", None)


def test_what_the_server_owns_is_ignored(admin, north, sunrise):
    body = {
        "id": str(uuid4()),
        "createdAt": "2020-01-01T00:00:00Z",
        "password": "a long enough secret",
        "is_staff": True,
        "token_version": 5,
        "organization_id": str(sunrise.organization.pk),
        "permission_keys": ["users.list"],
    }
    before = admin.get(url(north.student)).json()
    assert admin.patch(url(north.student), body).json() == before
    made = User.unscoped.get(pk=admin.post(USERS, {"email": "n@north.test", **body}).json()["id"])
    assert (made.is_staff, made.token_version, made.has_usable_password()) == (False, 0, False)
    assert made.organization_id == north.organization.pk


def test_a_change_takes_as_many_statements_whatever_a_role_holds(admin, north, statements):
    numbers = set()
    for role in ("GUEST", "TEACHER", "ADMIN"):
        with statements() as sent:
            assert admin.patch(url(north.student), {"role": role}).status_code == 200
        numbers.add(len(sent))
    assert len(numbers) == 1


def test_a_scope_narrows_the_list_to_a_place_at_or_below_ones_own(admin, as_user, grant, north, sunrise):
    beside = make_user("beside@north.test", "STUDENT", at=ClassroomFactory(campus=north.campus).scope)
    told = listed(admin, scope=str(north.classroom.scope))
    assert north.student.email in told
    assert beside.email not in told
    assert beside.email in listed(admin, scope=str(north.campus.scope))
    grant(north.teacher, "users.list")
    for client, place in ((admin, sunrise.classroom), (as_user(north.teacher), north.campus)):
        assert code_of(client.get(USERS, {"scope": str(place.scope)})) == (404, "scope_not_found", None)
    assert code_of(admin.get(USERS, {"scope": "here"})) == (400, "invalid_scope", "scope")
