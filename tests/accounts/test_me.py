"""The caller's own account."""

import pytest

from accounts.models import User
from tests.conftest import error_of

pytestmark = pytest.mark.django_db

ME = "/api/v1/users/me"


def test_a_member_sees_where_they_belong(as_user, north, sunrise):
    assert as_user(north.teacher).get(ME).json() == {
        "id": str(north.teacher.pk),
        "email": "teacher@north.test",
        "name": "north teacher",
        "role": "TEACHER",
        "organizationId": str(north.organization.pk),
        "schoolId": str(north.school.pk),
        "campusId": str(north.campus.pk),
        "classroomId": str(north.classroom.pk),
        "createdAt": north.teacher.created_at.isoformat().replace("+00:00", "Z"),
    }


def test_independent_and_global_people_show_no_organization(as_user, independent, global_admin):
    mine = as_user(independent).get(ME).json()
    assert (mine["role"], mine["organizationId"], mine["schoolId"]) == (None, None, None)
    theirs = as_user(global_admin).get(ME).json()
    assert (theirs["role"], theirs["organizationId"]) == ("GLOBAL_ADMIN", None)


def test_the_name_can_be_changed_and_nothing_else(as_user, north, sunrise):
    body = {
        "name": "  New name ",
        "id": str(sunrise.teacher.pk),
        "email": "other@north.test",
        "role": "ADMIN",
        "role_id": 1,
        "organizationId": str(sunrise.organization.pk),
        "organization_id": str(sunrise.organization.pk),
        "schoolId": None,
        "campusId": None,
        "classroomId": None,
        "createdAt": "2020-01-01T00:00:00Z",
        "is_staff": True,
        "is_active": False,
        "token_version": 9,
        "password": "x",
        "deleted": "2020-01-01T00:00:00Z",
        "custom_permissions": [1],
    }
    changes = ("name", "sort_name", "updated_at")
    untouched = [f.attname for f in User._meta.concrete_fields if f.attname not in changes]
    before = User.unscoped.filter(pk=north.teacher.pk).values(*untouched).get()
    response = as_user(north.teacher).patch(ME, body)
    assert response.status_code == 200
    assert response.json()["name"] == "New name"
    assert User.unscoped.filter(pk=north.teacher.pk).values(*untouched).get() == before
    assert as_user(north.teacher).get(ME).json()["name"] == "New name"
    assert as_user(sunrise.teacher).get(ME).json()["name"] == "sunrise teacher"


def test_an_empty_change_changes_nothing(as_user, north, statements):
    with statements() as sent:
        assert as_user(north.teacher).patch(ME, {}).json()["name"] == "north teacher"
    assert len(sent) == 1


@pytest.mark.parametrize("name", [None, 5, True, ["x"], "x" * 201, "nul\0", "", "  "])
def test_a_bad_name_is_refused(as_user, north, name):
    response = as_user(north.teacher).patch(ME, {"name": name})
    assert response.status_code == 400
    assert error_of(response)["attr"] == "name"


def test_nobody_is_refused(client, db):
    for response in (client.get(ME), client.patch(ME, {"name": "x"})):
        assert response.status_code == 401
        assert "WWW-Authenticate" in response


def test_other_methods_are_not_allowed(as_user, north):
    for response in (as_user(north.teacher).put(ME, {}), as_user(north.teacher).delete(ME)):
        assert response.status_code == 405
        assert error_of(response)["code"] == "method_not_allowed"
