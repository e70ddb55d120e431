"""Changing and resetting passwords."""

import re
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core import mail
from django.utils import timezone

from accounts.models import User
from accounts.sign_in.domain.reset_requests import answer_requests
from accounts.sign_in.tokens import issue_tokens
from tests.conftest import access_token, error_of
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db

CHANGE = "/api/v1/auth/password"
RESET = "/api/v1/auth/password/reset"
CONFIRM = "/api/v1/auth/password/reset/confirm"
NEW = "kumquat-violin-8812"


def works(client, email, password):
    return client.post("/api/v1/auth/login", {"email": email, "password": password}).status_code == 200


def test_a_new_password_ends_every_token_issued_before(client, as_user, north, sunrise):
    pair = issue_tokens(user=north.teacher)
    response = as_user(north.teacher).post(CHANGE, {"current_password": PASSWORD, "new_password": NEW})
    assert response.status_code == 204
    assert client.get("/api/v1/users/me", HTTP_AUTHORIZATION=f"Bearer {pair.access}").status_code == 401
    assert client.post("/api/v1/auth/refresh", {"refresh": pair.refresh}).status_code == 401
    assert not works(client, "teacher@north.test", PASSWORD)
    assert works(client, "teacher@north.test", NEW)
    assert works(client, "teacher@sunrise.test", PASSWORD)


def test_the_current_password_is_checked(client, as_user, north):
    response = as_user(north.teacher).post(CHANGE, {"current_password": "wrong", "new_password": NEW})
    assert response.status_code == 400
    assert error_of(response)["attr"] == "current_password"
    assert error_of(response)["code"] == "wrong_password"
    assert works(client, "teacher@north.test", PASSWORD)
    assert as_user(north.teacher).get("/api/v1/users/me").status_code == 200


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short", "password_too_short"),
        ("password123", "password_too_common"),
        ("8302847562", "password_entirely_numeric"),
        ("teacher@north.test", "password_too_similar"),
        ("north teacher", "password_too_similar"),
    ],
)
def test_a_weak_new_password_names_the_field_and_changes_nothing(as_user, north, password, code):
    response = as_user(north.teacher).post(CHANGE, {"current_password": PASSWORD, "new_password": password})
    assert response.status_code == 400
    errors = response.json()["errors"]
    assert {error["attr"] for error in errors} == {"new_password"}
    assert code in {error["code"] for error in errors}
    assert User.unscoped.get(pk=north.teacher.pk).token_version == 0


def test_changing_needs_to_be_signed_in(client, db):
    assert client.post(CHANGE, {"current_password": PASSWORD, "new_password": NEW}).status_code == 401


def try_to_change(client, times):
    return [
        client.post(CHANGE, {"current_password": f"wrong {n}", "new_password": NEW}) for n in range(times)
    ]


def test_guessing_the_current_password_locks_the_account_even_for_the_right_one(
    client, as_user, north, sunrise
):
    answers = try_to_change(as_user(north.teacher), 12)
    assert [answer.status_code for answer in answers] == [400] * 9 + [429] * 3
    response = as_user(north.teacher).post(CHANGE, {"current_password": PASSWORD, "new_password": NEW})
    assert response.status_code == 429
    assert error_of(response)["code"] == "too_many_attempts"
    assert 1 <= int(response["Retry-After"]) <= 60
    assert not works(client, "teacher@north.test", PASSWORD)
    # What does not need the password still works, and so do others.
    assert as_user(north.teacher).get("/api/v1/users/me").status_code == 200
    assert works(client, "teacher@sunrise.test", PASSWORD)
    change = {"current_password": PASSWORD, "new_password": NEW}
    assert as_user(sunrise.teacher).post(CHANGE, change).status_code == 204


def test_failures_to_log_in_and_to_change_the_password_are_counted_together(client, as_user, north):
    for n in range(5):
        assert not works(client, "teacher@north.test", f"wrong {n}")
    answers = try_to_change(as_user(north.teacher), 5)
    assert [answer.status_code for answer in answers] == [400] * 4 + [429]


def test_the_right_current_password_forgets_the_failures(client, as_user, north):
    try_to_change(as_user(north.student), 1)
    try_to_change(as_user(north.teacher), 9)
    weak = {"current_password": PASSWORD, "new_password": "short"}
    assert as_user(north.teacher).post(CHANGE, weak).status_code == 400
    assert {answer.status_code for answer in try_to_change(as_user(north.teacher), 9)} == {400}
    assert AccessAttempt.objects.filter(username="student@north.test").exists()


def test_changing_the_password_is_no_login(as_user, north):
    change = {"current_password": PASSWORD, "new_password": NEW}
    assert as_user(north.teacher).post(CHANGE, change).status_code == 204
    assert User.unscoped.get(pk=north.teacher.pk).last_login is None


def requested(client, email):
    """Return uid and token of the mail, or ``None``."""
    mail.outbox.clear()
    assert client.post(RESET, {"email": email}).status_code == 204
    assert mail.outbox == []
    answer_requests(limit=1)
    if not mail.outbox:
        return None
    found = re.search(r"uid=([\w-]+)&token=([\w-]+)", mail.outbox[0].body)
    return {"uid": found[1], "token": found[2]}


def test_the_mails_link_sets_a_password_once_and_ends_every_token(client, north, sunrise):
    pair = issue_tokens(user=north.teacher)
    link = requested(client, "TEACHER@north.test")
    assert mail.outbox[0].to == ["teacher@north.test"]
    assert "\nhttp://127.0.0.1:8000/account/password?uid=" in mail.outbox[0].body
    assert client.post(CONFIRM, {**link, "new_password": NEW}).status_code == 204
    assert works(client, "teacher@north.test", NEW)
    assert client.post("/api/v1/auth/refresh", {"refresh": pair.refresh}).status_code == 401
    again = client.post(CONFIRM, {**link, "new_password": "zebra-bassoon-9913"})
    assert again.status_code == 400
    assert error_of(again)["attr"] == "token"
    assert works(client, "teacher@sunrise.test", PASSWORD)


def test_asking_answers_the_same_for_everyone_but_only_those_who_may_log_in_get_mail(client, north):
    User.unscoped.filter(pk=north.student.pk).update(is_active=False)
    north.guest.delete()
    for email in ("nobody@north.test", "student@north.test", "guest@north.test"):
        assert requested(client, email) is None
    assert requested(client, "teacher@north.test")


def test_a_link_that_is_not_this_users_is_refused(client, north, sunrise):
    ours, theirs = requested(client, "teacher@north.test"), requested(client, "teacher@sunrise.test")
    for uid, token in [
        (theirs["uid"], ours["token"]),
        (ours["uid"], "wrong"),
        ("?", ours["token"]),
        ("bm9ib2R5", ours["token"]),
        ("_-_-", ours["token"]),
        ("é", ours["token"]),
    ]:
        response = client.post(CONFIRM, {"uid": uid, "token": token, "new_password": NEW})
        assert response.status_code == 400
        assert error_of(response) | {"detail": ""} == {
            "code": "invalid_token",
            "detail": "",
            "attr": "token",
        }
    assert works(client, "teacher@north.test", PASSWORD)


def test_a_deactivated_or_deleted_person_cannot_use_their_link(client, north):
    links = {name: requested(client, f"{name}@north.test") for name in ("student", "guest")}
    User.unscoped.filter(pk=north.student.pk).update(is_active=False)
    north.guest.delete()
    for link in links.values():
        assert client.post(CONFIRM, {**link, "new_password": NEW}).status_code == 400


def test_a_link_from_before_a_deactivation_does_not_work_when_the_person_is_back(
    client, as_user, north, sunrise
):
    link = requested(client, "student@north.test")
    admin, address = as_user(north.admin), f"/api/v1/users/{north.student.pk}"
    for active in (False, True):
        assert admin.patch(address, {"isActive": active}).status_code == 200
    assert client.post(CONFIRM, {**link, "new_password": NEW}).status_code == 400
    assert works(client, "student@north.test", PASSWORD)


def test_a_link_expires(client, north, settings, monkeypatch):
    link = requested(client, "teacher@north.test")
    later = timezone.now().replace(tzinfo=None) + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT + 60)
    monkeypatch.setattr(PasswordResetTokenGenerator, "_now", lambda self: later)
    assert client.post(CONFIRM, {**link, "new_password": NEW}).status_code == 400


def test_a_weak_password_does_not_use_the_link_up(client, north):
    link = requested(client, "teacher@north.test")
    response = client.post(CONFIRM, {**link, "new_password": "short"})
    assert response.status_code == 400
    assert {error["attr"] for error in response.json()["errors"]} == {"new_password"}
    assert client.post(CONFIRM, {**link, "new_password": NEW}).status_code == 204


def test_a_password_set_anywhere_ends_tokens(client, north):
    token = access_token(north.teacher)
    user = User.unscoped.get(pk=north.teacher.pk)
    user.set_password(NEW)
    user.save()
    assert client.get("/api/v1/users/me", HTTP_AUTHORIZATION=f"Bearer {token}").status_code == 401
