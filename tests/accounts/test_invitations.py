"""Invitations: a mail with a link to choose the first password, once."""

import re
from datetime import timedelta
from smtplib import SMTPRecipientsRefused

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from accounts.models import User
from accounts.sign_in.domain.invitations import InvitationTokens, send_invitations
from accounts.sign_in.domain.reset_requests import answer_requests
from tests.conftest import error_of
from tests.factories import make_user

pytestmark = pytest.mark.django_db

USERS = "/api/v1/users"
ACCEPT = "/api/v1/auth/invitation"
CONFIRM = "/api/v1/auth/password/reset/confirm"
NEW = "kumquat-violin-8812"


@pytest.fixture(autouse=True)
def room(north, sunrise):
    """Two organizations."""


@pytest.fixture
def add(as_user, north, django_capture_on_commit_callbacks):
    """``add()`` adds a person as an administrator does, and returns their id."""

    def add_person(email="new@north.test", **body):
        with django_capture_on_commit_callbacks(execute=True):
            answer = as_user(north.admin).post(USERS, {"email": email, "name": "Ada", **body})
        assert answer.status_code == 201, answer.content
        return answer.json()["id"]

    return add_person


@pytest.fixture
def again(as_user, north):
    """``again(id)`` sends the invitation again."""
    return lambda pk: as_user(north.admin).post(f"{USERS}/{pk}/invite")


class Away(EmailBackend):
    """A mail server that cannot be reached."""

    def open(self):
        raise ConnectionRefusedError


class Choosy(EmailBackend):
    """A mail server that refuses one address."""

    def send_messages(self, messages):
        if any("refused" in address for message in messages for address in message.to):
            raise SMTPRecipientsRefused({})
        return super().send_messages(messages)


def link():
    """Return uid and token of the last mail."""
    found = re.search(r"/invitation\?uid=([\w-]+)&token=([\w-]+)", mail.outbox[-1].body)
    return {"uid": found[1], "token": found[2]}


def accepted(client, sent, password=NEW):
    return client.post(ACCEPT, {**sent, "new_password": password})


def works(client, email="new@north.test", password=NEW):
    return client.post("/api/v1/auth/login", {"email": email, "password": password}).status_code == 200


def refused(answer):
    return answer.status_code, error_of(answer)["code"], error_of(answer)["attr"]


def test_who_is_added_gets_a_mail_and_chooses_a_password_once(add, client):
    pk = add()
    (sent,) = mail.outbox
    assert sent.to == ["new@north.test"]
    assert "Hello Ada," in sent.body
    assert "within 7 days" in sent.body
    assert not User.unscoped.get(pk=pk).has_usable_password()
    assert not works(client)
    assert accepted(client, link()).status_code == 204
    assert works(client)
    assert refused(accepted(client, link(), "zebra-bassoon-9913")) == (400, "invalid_token", "token")
    assert works(client)


def test_the_mail_can_be_left_for_later(add, again, client):
    pk = add(invite=False)
    assert mail.outbox == []
    assert not works(client)
    assert again(pk).status_code == 204
    assert accepted(client, link()).status_code == 204


def test_a_person_without_a_name_is_greeted_all_the_same(add):
    add(name="")
    assert mail.outbox[0].body.startswith("Hello,\n")


def test_who_was_invited_and_asks_for_a_reset_gets_the_invitation_again(add, client):
    add()
    mail.outbox.clear()
    client.post("/api/v1/auth/password/reset", {"email": "new@north.test"})
    answer_requests(limit=1)
    [sent] = mail.outbox
    assert (sent.to, sent.subject) == (["new@north.test"], "Your account")
    again = link()
    assert refused(client.post(CONFIRM, {**again, "new_password": NEW}))[1] == "invalid_token"
    assert accepted(client, again).status_code == 204
    assert works(client)


def test_the_link_of_an_invitation_leads_to_our_own_page_unless_the_setting_says_otherwise(
    add, again, settings
):
    pk = add()
    assert "\nhttp://127.0.0.1:8000/account/invitation?uid=" in mail.outbox[0].body
    settings.INVITATION_URL = "https://app.example/welcome#{uid}/{token}"
    assert again(pk).status_code == 204
    assert "\nhttps://app.example/welcome#" in mail.outbox[1].body


def test_an_invitation_is_no_link_to_reset_a_password_nor_the_reverse(add, client, north):
    add()
    assert refused(client.post(CONFIRM, {**link(), "new_password": NEW}))[1] == "invalid_token"
    mail.outbox.clear()
    client.post("/api/v1/auth/password/reset", {"email": "teacher@north.test"})
    answer_requests(limit=1)
    found = re.search(r"uid=([\w-]+)&token=([\w-]+)", mail.outbox[0].body)
    assert refused(accepted(client, {"uid": found[1], "token": found[2]}))[1] == "invalid_token"


def test_a_weak_password_does_not_use_the_link_up(add, client):
    add()
    answer = accepted(client, link(), "short")
    assert {error["attr"] for error in answer.json()["errors"]} == {"new_password"}
    assert accepted(client, link()).status_code == 204


@pytest.mark.parametrize(("days", "status"), [(6.9, 204), (7.1, 400)])
def test_a_link_works_for_as_many_days_as_the_mail_says(add, client, monkeypatch, days, status):
    add()
    later = timezone.now().replace(tzinfo=None) + timedelta(days=days)
    monkeypatch.setattr(InvitationTokens, "_now", lambda self: later)
    assert accepted(client, link()).status_code == status


def test_another_address_deactivation_and_deletion_end_a_link(add, again, client, as_user, north):
    admin = as_user(north.admin)
    moved, left, gone = add("a@north.test"), add("b@north.test"), add("c@north.test")
    links = []
    for pk in (moved, left, gone):
        assert again(pk).status_code == 204
        links.append(link())
    assert admin.patch(f"{USERS}/{moved}", {"email": "right@north.test"}).status_code == 200
    for active in (False, True):
        assert admin.patch(f"{USERS}/{left}", {"isActive": active}).status_code == 200
    User.unscoped.get(pk=gone).delete()
    assert {refused(accepted(client, one)) for one in links} == {(400, "invalid_token", "token")}


def test_a_link_is_its_persons_only(add, client):
    add("a@north.test")
    ours = link()
    add("b@north.test")
    for sent in ({**ours, "uid": link()["uid"]}, {**ours, "token": "x"}, {**ours, "uid": "?"}):
        assert refused(accepted(client, sent)) == (400, "invalid_token", "token")
    assert accepted(client, ours).status_code == 204


def test_who_has_chosen_a_password_or_is_deactivated_is_not_invited(add, again, client, as_user, north):
    pk = add()
    accepted(client, link())
    mail.outbox.clear()
    assert refused(again(pk)) == (409, "password_already_chosen", None)
    assert refused(again(north.student.pk)) == (409, "password_already_chosen", None)
    left = add("left@north.test", invite=False)
    as_user(north.admin).patch(f"{USERS}/{left}", {"isActive": False})
    assert refused(again(left)) == (409, "person_inactive", None)
    assert mail.outbox == []


def test_a_mail_server_that_is_away_loses_no_account(add, again, client, settings, monkeypatch, caplog):
    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend", Away)
    pk = add()
    assert "could not be sent" in caplog.text
    assert refused(again(pk)) == (409, "mail_not_sent", None)
    monkeypatch.undo()
    assert again(pk).status_code == 204
    assert accepted(client, link()).status_code == 204


def test_one_address_that_is_refused_keeps_no_other_mail_back(monkeypatch, caplog):
    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend", Choosy)
    too_long_for_a_header = f"a@{'ü' * 63}.test"
    addresses = ["refused@north.test", too_long_for_a_header, "good@north.test"]
    people = [make_user(address) for address in addresses]
    assert send_invitations(people=people) == people[2:]
    assert [sent.to for sent in mail.outbox] == [["good@north.test"]]
    assert caplog.text.count("could not be sent") == 2


def test_a_person_who_could_not_be_added_gets_no_mail(as_user, north, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        as_user(north.admin).post(USERS, {"email": "student@sunrise.test"})
    assert (callbacks, mail.outbox) == ([], [])
