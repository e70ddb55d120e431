"""Logging in: who gets tokens, and what everyone else is told."""

import pytest
from django.contrib.auth.hashers import BCryptSHA256PasswordHasher

from accounts.models import User
from accounts.sign_in.tokens import AccessToken, RefreshToken
from tests.conftest import error_of
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db


def log_in(client, email, password=PASSWORD, **headers):
    return client.post("/api/v1/auth/login", {"email": email, "password": password}, **headers)


def test_the_right_password_brings_tokens_and_the_user(client, north, sunrise):
    response = log_in(client, "teacher@north.test")
    assert response.status_code == 200
    body = response.json()
    assert body.keys() == {"access", "refresh", "user"}
    assert body["user"]["id"] == str(north.teacher.pk)
    assert body["user"]["role"] == "TEACHER"
    assert body["user"]["organizationId"] == str(north.organization.pk)
    access, refresh = AccessToken(body["access"]), RefreshToken(body["refresh"])
    for token in (access, refresh):
        assert token["user_id"] == str(north.teacher.pk)
        assert token["token_version"] == 0
    me = client.get("/api/v1/users/me", HTTP_AUTHORIZATION=f"Bearer {body['access']}")
    assert me.json() == body["user"]


def test_an_answer_with_tokens_is_kept_nowhere(client, north):
    login = log_in(client, "teacher@north.test", PASSWORD)
    refresh = {"refresh": login.json()["refresh"]}
    answers = [
        login,
        client.post("/api/v1/auth/refresh", refresh),
        client.post("/api/v1/auth/refresh", refresh),
        log_in(client, "teacher@north.test", "wrong"),
        client.get("/api/v1/auth/login"),
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 401, 401, 405]
    assert {answer["Cache-Control"] for answer in answers} == {"no-store"}


@pytest.mark.parametrize("email", ["TEACHER@North.Test", " teacher@north.test ", "teacher@north.test"])
def test_the_email_is_taken_in_any_case(client, north, sunrise, email):
    assert log_in(client, email).json()["user"]["id"] == str(north.teacher.pk)


def test_an_address_stored_in_another_case_logs_in_too(client, north):
    User.unscoped.filter(pk=north.teacher.pk).update(email="Teacher@NORTH.test")
    assert log_in(client, "teacher@north.test").status_code == 200


def test_unknown_wrong_inactive_and_deleted_answer_the_same(client, north, sunrise):
    User.unscoped.filter(pk=north.student.pk).update(is_active=False)
    with_deleted = make_user("gone@north.test")
    with_deleted.delete()
    answers = [
        log_in(client, "nobody@north.test"),
        log_in(client, "teacher@north.test", "not the password"),
        log_in(client, "student@north.test"),
        log_in(client, "gone@north.test"),
    ]
    assert {(answer.status_code, answer.content) for answer in answers} == {(401, answers[0].content)}
    assert error_of(answers[0])["code"] == "invalid_credentials"
    assert all(answer["WWW-Authenticate"].startswith("Bearer") for answer in answers)


def test_every_login_costs_one_hash_whoever_it_names(client, north, sunrise, monkeypatch):
    User.unscoped.filter(pk=north.student.pk).update(is_active=False)
    invited = make_user("invited@north.test")
    invited.set_unusable_password()
    invited.save()
    make_user("gone@north.test").delete()
    hashed = []
    encode = BCryptSHA256PasswordHasher.encode

    def encode_and_count(hasher, password, salt):
        hashed.append(password)
        return encode(hasher, password, salt)

    monkeypatch.setattr(BCryptSHA256PasswordHasher, "encode", encode_and_count)
    for name in ("nobody", "teacher", "student", "invited", "gone"):
        assert log_in(client, f"{name}@north.test", f"wrong for {name}").status_code == 401
        assert len(hashed) == 1, name
        hashed.clear()


def test_a_deleted_persons_address_is_free_for_someone_else(client, north):
    north.student.delete()
    newcomer = make_user("student@north.test")
    assert log_in(client, "student@north.test").json()["user"]["id"] == str(newcomer.pk)


def test_login_records_when_with_one_update(client, north, sunrise, statements):
    with statements() as sent:
        log_in(client, "teacher@north.test")
    updates = [sql for sql in sent.sql if 'UPDATE "users"' in sql]
    assert len(updates) == 1
    assert "last_login" in updates[0]
    assert User.unscoped.get(pk=north.teacher.pk).last_login is not None
    assert User.unscoped.get(pk=sunrise.teacher.pk).last_login is None


def test_a_stale_token_is_not_in_the_way_of_logging_in(client, north):
    response = log_in(
        client, "teacher@north.test", HTTP_AUTHORIZATION="Bearer stale", HTTP_X_SCOPE="nonsense"
    )
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({"password": "x"}, "email"),
        ({"email": "a@b.test"}, "password"),
        ({"email": 7, "password": "x"}, "email"),
        ({"email": "a@b.test", "password": True}, "password"),
        ({"email": "a@b.test", "password": None}, "password"),
        ({"email": "a\0@b.test", "password": "x"}, "email"),
        ({"email": "a@b.test", "password": "x\0"}, "password"),
        ({"email": "a@b.test", "password": "x" * 4097}, "password"),
        ({"email": "a" * 255, "password": "x"}, "email"),
        (["a@b.test"], "non_field_errors"),
    ],
)
def test_a_malformed_body_names_the_field(client, db, body, attr):
    response = client.post("/api/v1/auth/login", body)
    assert response.status_code == 400
    assert error_of(response)["attr"] == attr


def test_a_trailing_slash_is_tolerated_and_other_methods_are_not(client, north):
    body = {"email": "teacher@north.test", "password": PASSWORD}
    assert client.post("/api/v1/auth/login/", body).status_code == 200
    assert client.get("/api/v1/auth/login").status_code == 405


@pytest.mark.parametrize("length", [64, 200])
def test_passwords_that_differ_in_their_last_byte_are_different(client, db, length):
    user = make_user("long@demo.test")
    user.set_password("p" * (length - 1) + "a")
    user.save()
    assert log_in(client, "long@demo.test", "p" * (length - 1) + "b").status_code == 401
    assert log_in(client, "long@demo.test", "p" * (length - 1) + "a").status_code == 200


def test_spaces_around_a_password_belong_to_it(client, db):
    user = make_user("spaces@demo.test")
    user.set_password(" a secret with edges ")
    user.save()
    assert log_in(client, "spaces@demo.test", "a secret with edges").status_code == 401
    assert log_in(client, "spaces@demo.test", " a secret with edges ").status_code == 200
