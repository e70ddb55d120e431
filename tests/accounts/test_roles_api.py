"""Roles over the API: who may list gets them all with their keys; global users add and change some."""

import pytest

from accounts.models import Role, User
from accounts.rights.keys import ROLES
from accounts.rights.rbac import sync_rbac
from tests.conftest import Client, error_of
from tests.factories import make_user

URL = "/api/v1/roles"
NEW = {"name": "COACH", "kind": "STAFF", "permissions": ["videos.get", "videos.list"]}


@pytest.fixture
def everywhere(global_admin, north, sunrise):
    return Client().as_user(global_admin)


def refusal_of(answer):
    return answer.status_code, error_of(answer)["code"], error_of(answer)["attr"]


def test_roles_are_listed_by_name_with_what_they_grant(north, as_user, statements):
    with statements() as sent:
        answer = as_user(north.admin).get(URL).json()
    assert [row["name"] for row in answer["rows"]] == sorted(ROLES)
    principal = next(row for row in answer["rows"] if row["name"] == "PRINCIPAL")
    assert principal == {
        "id": Role.objects.get(name="PRINCIPAL").pk,
        "name": "PRINCIPAL",
        "kind": "STAFF",
        "isGlobal": False,
        "isSeeded": True,
        "entersAdmin": True,
        "changesAllContent": False,
        "permissions": sorted(ROLES["PRINCIPAL"].keys),
    }
    assert len(sent) <= 4
    assert as_user(north.admin).get(f"{URL}/{principal['id']}").json() == principal


def test_a_global_user_adds_a_role_that_people_are_then_given(everywhere, north, as_user):
    made = everywhere.post(URL, {**NEW, "name": "coach"})
    assert made.status_code == 201
    assert (made.json()["name"], made.json()["permissions"]) == ("COACH", ["videos.get", "videos.list"])
    assert made.json()["entersAdmin"]
    body = {"email": "coach@north.test", "name": "Coach", "role": "COACH"}
    assert as_user(north.admin).post("/api/v1/users", body).status_code == 201
    coach = User.unscoped.get(email="coach@north.test")
    assert coach.permission_keys == {"videos.get", "videos.list"}
    assert as_user(coach).get("/api/v1/course-management/videos").status_code == 200
    changed = everywhere.patch(f"{URL}/{made.json()['id']}", {"name": "Trainer", "permissions": []})
    assert (changed.json()["name"], changed.json()["permissions"]) == ("TRAINER", [])
    assert as_user(coach).get("/api/v1/course-management/videos").status_code == 403
    sync_rbac()
    assert Role.objects.filter(name="TRAINER").exists()


def test_no_role_holds_more_than_who_gives_it(everywhere, north, as_user):
    everywhere.post(URL, {"name": "CHIEF", "kind": "STAFF", "permissions": ["roles.create"]})
    body = {"email": "chief@north.test", "name": "Chief", "role": "CHIEF"}
    assert refusal_of(as_user(north.admin).post("/api/v1/users", body))[1:] == ("role_not_assignable", "role")


@pytest.mark.parametrize("who", ["student", "teacher", "principal", "admin"])
def test_nobody_but_global_users_adds_or_changes_roles(who, north, as_user, grant):
    client, role = as_user(north.people[who]), Role.objects.create(name="COACH", kind="STAFF")
    for answer in (client.post(URL, NEW), client.patch(f"{URL}/{role.pk}", {"name": "X"})):
        assert answer.status_code == 403
    # Not even given the keys: a role is the same in every organization.
    grant(north.people[who], "roles.create", "roles.update")
    for answer in (client.post(URL, NEW), client.patch(f"{URL}/{role.pk}", {"name": "X"})):
        assert answer.status_code == 403
    assert Role.objects.filter(name__in=["COACH", "X"]).get() == role


def test_a_seeded_role_keeps_its_name_and_keys(everywhere):
    teacher = Role.objects.get(name="TEACHER")
    url, keys = f"{URL}/{teacher.pk}", sorted(ROLES["TEACHER"].keys)
    for change in ({"name": "TUTOR"}, {"permissions": ["videos.get"]}):
        assert refusal_of(everywhere.patch(url, change)) == (409, "seeded_role", None)
    same = everywhere.patch(url, {"name": "teacher", "permissions": keys, "changesAllContent": True})
    assert (same.status_code, same.json()["changesAllContent"]) == (200, True)


@pytest.mark.parametrize(
    ("change", "code", "attr"),
    [
        ({"name": "two words"}, "invalid_name", "name"),
        ({"name": ""}, "blank", "name"),
        ({"name": "É"}, "invalid_name", "name"),
        ({"kind": "SYSTEM"}, "invalid_choice", "kind"),
        ({"permissions": ["videos.fly"]}, "unknown_permission", "permissions"),
        ({"permissions": "videos.get"}, "not_a_list", "permissions"),
    ],
)
def test_what_is_wrong_is_named(change, code, attr, everywhere):
    assert refusal_of(everywhere.post(URL, {**NEW, **change})) == (400, code, attr)
    assert not Role.objects.filter(name="COACH").exists()


def test_no_two_roles_have_one_name(everywhere):
    assert everywhere.post(URL, NEW).status_code == 201
    other = everywhere.post(URL, {**NEW, "name": "TRAINER"}).json()["id"]
    for answer in (
        everywhere.post(URL, {**NEW, "name": "Coach"}),
        everywhere.post(URL, {**NEW, "name": "teacher"}),
        everywhere.patch(f"{URL}/{other}", {"name": "coach"}),
    ):
        assert refusal_of(answer) == (409, "name_taken", None)


def test_someone_of_another_organization_reads_the_same_roles(everywhere, sunrise, as_user):
    everywhere.post(URL, NEW)
    reader = make_user("reads@sunrise.test", "ADMIN", at=sunrise.scope)
    assert as_user(reader).get(URL).json() == as_user(sunrise.admin).get(URL).json()
