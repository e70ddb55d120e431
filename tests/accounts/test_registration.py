"""Signing up."""

import pytest
from django.db import IntegrityError

from accounts.models import Membership, User
from accounts.sign_in.domain.registration import register
from tenancy.scope import PLATFORM_ID
from tests.conftest import error_of

pytestmark = pytest.mark.django_db

URL = "/api/v1/auth/register"
NEW = {"email": "New@Demo.test", "password": "a long enough secret", "name": "New Person"}


@pytest.fixture(autouse=True)
def _unconfirmed(settings):
    """Accounts at once; with a mail before: ``test_confirmation``."""
    settings.REGISTRATION_CONFIRMED = False


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
    assert not User.unscoped.exclude(organization__slug__in=["north", "sunrise"]).exists()


@pytest.mark.parametrize(
    ("change", "attr"),
    [
        ({"email": "no address"}, "email"),
        ({"email": "x" * 250 + "@demo.test"}, "email"),
        ({"email": "İ" * 200 + "@demo.test"}, "email"),
        ({"email": "İ" * 121 + "x@demo.test"}, "email"),
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
    assert not User.unscoped.exclude(organization__slug__in=["north", "sunrise"]).exists()


def test_the_name_is_optional(client, db):
    body = {key: value for key, value in NEW.items() if key != "name"}
    assert client.post(URL, body).json()["name"] == ""


@pytest.mark.parametrize("path", ["register", "login", "password/reset"])
def test_an_address_that_grows_beyond_its_length_in_lower_case_is_refused(client, db, path):
    response = client.post(f"/api/v1/auth/{path}", {**NEW, "email": "İ" * 200 + "@demo.test"})
    assert response.status_code == 400
    assert {error["attr"] for error in response.json()["errors"]} == {"email"}
    assert "max_length" in {error["code"] for error in response.json()["errors"]}


@pytest.mark.parametrize("path", ["register", "login", "password/reset"])
def test_an_address_is_as_long_as_it_is_without_the_spaces_around_it(client, db, path):
    address = f"{'X' * 64}@{'y' * 59}.{'y' * 59}.{'y' * 59}.test"
    response = client.post(f"/api/v1/auth/{path}", {**NEW, "email": f"{address:^300}"})
    assert response.status_code == {"register": 201, "login": 401, "password/reset": 204}[path]


@pytest.mark.parametrize(
    "address",
    [
        *("İ@demo.test", "ı@demo.test", "ſ@demo.test", "\u212a@demo.test", "ß@demo.test", "ﬀ@demo.test"),
        *(
            "Σ@ΟΔΟΣ.test",
            "a@straße.test",
            "a@İstanbul.test",
            "a@Ⅷ.test",
            "a@ǅ.test",
            "a@" + "ü" * 63 + ".test",
        ),
        *("\u2028a@demo.test", "a@\U0001e900.test", "\u1c89@demo.test", '"İ"@demo.test', "a@ßß。test"),
    ],
)
def test_no_address_however_odd_its_letters_is_a_failure(client, db, address):
    registered = client.post(URL, {**NEW, "email": address}).status_code
    again = client.post(URL, {**NEW, "email": address}).status_code
    assert (registered, again) in {(201, 400), (400, 400)}
    login = client.post("/api/v1/auth/login", {**NEW, "email": address}).status_code
    assert login == (200 if registered == 201 else 401)
    reset = client.post("/api/v1/auth/password/reset", {"email": address}).status_code
    # An address that passes for another may be somebody's from before they were refused.
    assert reset == 204 if registered == 201 else reset in (204, 400)
