"""Guessing passwords: ten for an account, and a rate for each address."""

from datetime import timedelta

import pytest
import time_machine
from axes.models import AccessAttempt
from django.test import Client as Browser
from django.test import RequestFactory
from django.utils import timezone

from accounts.sign_in.api.anonymous import AddressThrottle
from accounts.sign_in.authentication import EmailBackend, attempted_email, client_address, seconds_locked_out
from tests.conftest import error_of
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db

LOGIN = "/api/v1/auth/login"


def try_wrong(client, email, times, **extra):
    return [client.post(LOGIN, {"email": email, "password": f"wrong {n}"}, **extra) for n in range(times)]


def test_the_tenth_failure_locks_the_account_even_for_the_right_password(client, north, sunrise):
    answers = [response.status_code for response in try_wrong(client, "teacher@north.test", 12)]
    assert answers == [401] * 9 + [429] * 3
    response = client.post(LOGIN, {"email": "Teacher@North.test", "password": PASSWORD})
    assert response.status_code == 429
    assert error_of(response)["code"] == "too_many_attempts"
    assert 1 <= int(response["Retry-After"]) <= 60
    # Another account, and the other tenant's namesake, are not concerned.
    for email in ("student@north.test", "teacher@sunrise.test"):
        assert client.post(LOGIN, {"email": email, "password": PASSWORD}).status_code == 200


def test_the_lock_passes_after_its_minute(client, north):
    try_wrong(client, "teacher@north.test", 10)
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(seconds=61))
    assert client.post(LOGIN, {"email": "teacher@north.test", "password": PASSWORD}).status_code == 200


def test_a_lock_ends_also_when_the_clock_has_been_set_back_a_day(client, north, sunrise):
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        assert try_wrong(client, "teacher@north.test", 10)[-1].status_code == 429
    assert client.post(LOGIN, {"email": "teacher@north.test", "password": "wrong"}).status_code == 401
    assert client.post(LOGIN, {"email": "teacher@north.test", "password": PASSWORD}).status_code == 200
    assert client.post(LOGIN, {"email": "teacher@sunrise.test", "password": PASSWORD}).status_code == 200


def test_what_was_counted_before_a_clock_was_set_back_is_not_added_to(client, north):
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        try_wrong(client, "teacher@north.test", 9)
    assert [answer.status_code for answer in try_wrong(client, "teacher@north.test", 10)] == [401] * 9 + [429]
    assert 1 <= seconds_locked_out("teacher@north.test") <= 60


def test_trying_during_the_lock_does_not_make_it_longer(client, north):
    try_wrong(client, "teacher@north.test", 10)
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(seconds=59))
    try_wrong(client, "teacher@north.test", 2)
    response = client.post(LOGIN, {"email": "teacher@north.test", "password": PASSWORD})
    assert int(response["Retry-After"]) <= 2


def test_an_unknown_address_is_locked_like_a_known_one(client, north):
    known = try_wrong(client, "teacher@north.test", 11)
    unknown = try_wrong(client, "nobody@north.test", 11)
    assert [(r.status_code, r.content) for r in known] == [(r.status_code, r.content) for r in unknown]


def test_the_count_is_the_accounts_whatever_the_address_or_browser(client, north):
    for n in range(10):
        try_wrong(client, "teacher@north.test", 1, REMOTE_ADDR=f"10.0.0.{n}", HTTP_USER_AGENT=f"agent {n}")
    response = client.post(LOGIN, {"email": "teacher@north.test", "password": PASSWORD})
    assert response.status_code == 429


def test_success_forgets_the_failures(client, north):
    for _ in range(2):
        try_wrong(client, "teacher@north.test", 9)
        assert client.post(LOGIN, {"email": "teacher@north.test", "password": PASSWORD}).status_code == 200


def test_no_password_is_kept_of_a_failed_attempt(client, north):
    client.post(f"{LOGIN}?password=hunter2", {"email": "teacher@north.test", "password": "hunter2"})
    attempt = AccessAttempt.objects.get()
    assert "hunter2" not in f"{attempt.get_data} {attempt.post_data}"


def test_the_admins_login_page_counts_too_and_answers_with_a_page(north, client):
    browser = Browser()
    for n in range(9):
        page = browser.post("/admin/login/", {"username": "admin@north.test", "password": f"wrong {n}"})
        assert page.status_code == 200
    assert client.post(LOGIN, {"email": "admin@north.test", "password": "wrong"}).status_code == 429
    page = browser.post("/admin/login/", {"username": "ADMIN@north.test", "password": PASSWORD})
    assert page.status_code == 429
    assert 1 <= int(page["Retry-After"]) <= 60
    assert "Too many failed attempts" in page.content.decode()
    assert "sessionid" not in browser.cookies


def test_the_admins_login_counts_against_the_same_rate_before_a_password_is_hashed(
    client, north, monkeypatch
):
    monkeypatch.setattr(AddressThrottle, "THROTTLE_RATES", {"login": "2/min"})
    hashed = []
    check = EmailBackend.authenticate
    monkeypatch.setattr(
        EmailBackend, "authenticate", lambda *args, **kwargs: hashed.append(1) or check(*args, **kwargs)
    )
    form = {"username": "nobody@north.test", "password": "wrong"}
    assert client.post(LOGIN, {"email": "nobody@north.test", "password": "wrong"}).status_code == 401
    pages = [Browser().post("/admin/login/", {**form, "username": f"{n}@north.test"}) for n in range(3)]
    assert [page.status_code for page in pages] == [200, 429, 429]
    assert int(pages[-1]["Retry-After"]) > 0
    assert len(hashed) == 2
    assert Browser().post("/admin/login/", form, REMOTE_ADDR="10.1.1.2").status_code == 200


def test_an_address_is_throttled_and_others_are_not(client, north, monkeypatch):
    monkeypatch.setattr(AddressThrottle, "THROTTLE_RATES", {"login": "2/min"})
    body = {"email": "teacher@north.test", "password": PASSWORD}
    answers = [client.post(LOGIN, body, REMOTE_ADDR="10.1.1.1") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert error_of(answers[-1])["code"] == "throttled"
    assert int(answers[-1]["Retry-After"]) > 0
    # A header the client makes up is no other address.
    spoofed = client.post(LOGIN, body, REMOTE_ADDR="10.1.1.1", HTTP_X_FORWARDED_FOR="10.9.9.9")
    assert spoofed.status_code == 429
    assert client.post(LOGIN, body, REMOTE_ADDR="10.1.1.2").status_code == 200


def test_an_address_is_let_in_again_when_the_clock_has_been_set_back_a_day(client, north, monkeypatch):
    monkeypatch.setattr(AddressThrottle, "THROTTLE_RATES", {"login": "2/min"})
    body = {"email": "teacher@north.test", "password": PASSWORD}
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        assert [client.post(LOGIN, body).status_code for _ in range(3)] == [200, 200, 429]
    answers = [client.post(LOGIN, body) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[-1]["Retry-After"]) <= 60


@pytest.mark.parametrize(
    ("trusted", "forwarded", "remote", "expected"),
    [
        (0, "1.1.1.1", "9.9.9.9", "9.9.9.9"),
        (1, "1.1.1.1, 2.2.2.2", "9.9.9.9", "2.2.2.2"),
        (2, "1.1.1.1, 2.2.2.2", "9.9.9.9", "1.1.1.1"),
        (3, "1.1.1.1, 2.2.2.2", "9.9.9.9", "1.1.1.1"),
        (1, "not an address", "9.9.9.9", "9.9.9.9"),
        (1, None, "9.9.9.9", "9.9.9.9"),
        (1, "2001:db8::1", "9.9.9.9", "2001:db8::1"),
        (0, None, "fe80::1%eth0", "fe80::1"),
        (0, None, "", None),
    ],
)
def test_only_trusted_proxies_are_believed_about_the_address(settings, trusted, forwarded, remote, expected):
    settings.TRUSTED_PROXIES = trusted
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    assert client_address(RequestFactory().get("/", REMOTE_ADDR=remote, **headers)) == expected


def test_a_client_without_an_address_can_log_in(client, north):
    body = {"email": "teacher@north.test", "password": PASSWORD}
    assert client.post(LOGIN, {**body, "password": "wrong"}, REMOTE_ADDR="").status_code == 401
    assert client.post(LOGIN, body, REMOTE_ADDR="").status_code == 200


def test_the_address_counted_for_comes_from_the_credentials_or_the_form():
    form = RequestFactory().post("/admin/login/", {"username": " A@B.test"})
    assert attempted_email(form) == "a@b.test"
    assert attempted_email(form, {"username": "C@d.test"}) == "c@d.test"
    assert attempted_email(None, None) == ""


def test_the_answer_to_a_locked_account_is_one_plain_sentence(client, north):
    error = error_of(try_wrong(client, "teacher@north.test", 10)[-1])
    assert error == {
        "code": "too_many_attempts",
        "detail": "Too many failed attempts to log in.",
        "attr": None,
    }


def test_an_account_that_has_just_been_unlocked_waits_no_longer(db):
    assert 1 <= seconds_locked_out("nobody@north.test") <= 60


def test_credentials_of_another_kind_are_not_this_backends(db):
    assert EmailBackend().authenticate(None, token="x") is None
    assert EmailBackend().authenticate(None, username="a@b.test") is None
