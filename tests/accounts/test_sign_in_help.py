"""Support lets people in again, or signs them out, over the API as on their page: with a reason."""

import pytest
from django.contrib.admin.models import LogEntry

from accounts.models import ResetRequest, User
from tests.conftest import error_of
from tests.factories import make_user

pytestmark = pytest.mark.django_db

REASON = {"reason": "Called us from the staff room."}


def url(person, act):
    return f"/api/v1/users/{person.pk}/sign-in/{act}"


@pytest.fixture
def support(north, as_user):
    return as_user(north.support)


def notes_of(person):
    return list(LogEntry.objects.filter(object_id=str(person.pk)).values_list("change_message", flat=True))


def log_in(client, person, password):
    return client.post("/api/v1/auth/login", {"email": person.email, "password": password})


def test_wrong_passwords_are_forgotten(north, support, client):
    north.student.set_password("right-pass-123")
    north.student.save()
    for _ in range(10):
        log_in(client, north.student, "wrong")
    assert log_in(client, north.student, "right-pass-123").status_code == 429
    assert support.post(url(north.student, "unlock"), REASON).status_code == 204
    assert log_in(client, north.student, "right-pass-123").status_code == 200
    assert notes_of(north.student) == ["Unlock sign-in: Called us from the staff room."]


def test_a_link_is_sent_to_the_address_they_have(north, support):
    assert support.post(url(north.student, "link"), REASON).status_code == 204
    assert list(ResetRequest.objects.values_list("email", flat=True)) == [north.student.email]
    assert notes_of(north.student) == ["Send a sign-in link: Called us from the staff room."]


def test_every_token_ends(north, support, as_user):
    theirs = as_user(north.student)
    assert theirs.get("/api/v1/users/me").status_code == 200
    assert support.post(url(north.student, "end-tokens"), REASON).status_code == 204
    assert theirs.get("/api/v1/users/me").status_code == 401
    assert notes_of(north.student) == ["End all tokens: Called us from the staff room."]


@pytest.mark.parametrize("act", ["unlock", "link", "end-tokens"])
def test_nothing_is_done_without_a_reason_for_others_or_without_the_key(
    act, north, sunrise, support, as_user
):
    for body in ({}, {"reason": ""}, {"reason": "x" * 501}):
        refused = support.post(url(north.student, act), body)
        assert (refused.status_code, error_of(refused)["attr"]) == (400, "reason")
    assert support.post(url(sunrise.student, act), REASON).status_code == 404
    assert as_user(north.teacher).post(url(north.student, act), REASON).status_code == 403
    assert notes_of(north.student) == notes_of(sunrise.student) == []
    assert User.unscoped.get(pk=sunrise.student.pk).token_version == sunrise.student.token_version


@pytest.mark.parametrize("act", ["unlock", "link", "end-tokens"])
def test_who_acts_in_every_organization_is_out_of_reach_of_an_organizations_support(
    act, north, support, as_user, global_admin
):
    chief = make_user("chief@north.test", "GLOBAL_ADMIN", at=north.campus.scope)
    refused = support.post(url(chief, act), REASON)
    assert (refused.status_code, error_of(refused)["code"]) == (403, "may_not_manage")
    assert notes_of(chief) == []
    assert as_user(global_admin).post(url(chief, act), REASON).status_code == 204
