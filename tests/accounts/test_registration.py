"""Signing up."""

import pytest
from django.db import IntegrityError

from accounts.domain.registration import register
from accounts.models import Membership, User
from tenancy.scope import PLATFORM_ID
from tests.conftest import error_of

pytestmark = pytest.mark.django_db

URL = "/api/v1/auth/register"
NEW = {"email": "New@Demo.test", "password": "a long enough secret", "name": "New Person"}


def test_a_new_user_is_an_independent_learner_who_can_log_in(client, north):
    response = client.post(URL, NEW)
    assert response.status_code == 201
    body = response.json()
    assert body.keys() == {
        "id",
        "email",
        "name",
        "role",
        "organizationId",
        "schoolId",
        "campusId",
        "classroomId",
        "createdAt",
    }
    assert (body["email"], body["name"], body["role"]) == ("new@demo.test", "New Person", None)
    assert body["organizationId"] is None
    assert body["createdAt"].endswith("Z")
    user = User.unscoped.get(pk=body["id"])
    assert user.organization_id == PLATFORM_ID
    assert not Membership.unscoped.filter(user=user).exists()
    assert not user.is_staff
    assert client.post("/api/v1/auth/login", {**NEW}).status_code == 200


def test_an_address_of_anyone_in_any_case_is_taken(client, north):
    for email in ("teacher@north.test", "TEACHER@NORTH.TEST"):
        response = client.post(URL, {**NEW, "email": email})
        assert response.status_code == 400
        assert (error_of(response)["code"], error_of(response)["attr"]) == ("email_taken", "email")


def test_only_the_taken_address_is_answered_so(monkeypatch, db):
    def fail(self, **kwargs):
        raise IntegrityError("another constraint")

    monkeypatch.setattr(User, "save", fail)
    with pytest.raises(IntegrityError):
        register(email="a@demo.test", password="a long enough secret")


def test_what_the_server_owns_is_ignored(client, north):
    body = {
        **NEW,
        "organizationId": str(north.organization.pk),
        "organization": str(north.organization.pk),
        "role": "ADMIN",
        "is_staff": True,
        "id": str(north.teacher.pk),
        "token_version": 7,
    }
    user = User.unscoped.get(pk=client.post(URL, body).json()["id"])
    assert (user.organization_id, user.role_id, user.is_staff, user.token_version) == (
        PLATFORM_ID,
        None,
        False,
        0,
    )


def test_registration_can_be_closed(client, db, settings):
    settings.REGISTRATION_OPEN = False
    response = client.post(URL, NEW)
    assert response.status_code == 403
    assert error_of(response)["code"] == "registration_closed"
    assert not User.unscoped.exists()


@pytest.mark.parametrize(
    ("change", "attr"),
    [
        ({"email": "no address"}, "email"),
        ({"email": "x" * 250 + "@demo.test"}, "email"),
        ({"email": 12}, "email"),
        ({"password": "short"}, "password"),
        ({"password": "new@demo.test"}, "password"),
        ({"password": 123456789012}, "password"),
        ({"name": "x" * 201}, "name"),
        ({"name": 5}, "name"),
        ({"name": "nul\0"}, "name"),
    ],
)
def test_a_bad_value_names_its_field(client, db, change, attr):
    response = client.post(URL, {**NEW, **change})
    assert response.status_code == 400
    assert attr in {error["attr"] for error in response.json()["errors"]}
    assert not User.unscoped.exists()


def test_the_name_is_optional(client, db):
    body = {key: value for key, value in NEW.items() if key != "name"}
    assert client.post(URL, body).json()["name"] == ""
