"""Signing up where addresses are confirmed by mail: until then an address is nobody's."""

import io
import re
from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client as Browser
from django.utils import timezone

from accounts.models import Registration, User
from accounts.sign_in.domain import registration
from tenancy.scope import PLATFORM_ID
from tests.conftest import error_of

pytestmark = pytest.mark.django_db

AUTH = "/api/v1/auth"
NEW = {"email": "New@Demo.test", "password": "kumquat-violin-8812", "name": "New Person"}


@pytest.fixture(autouse=True)
def room(north, sunrise):
    """Two organizations."""


def sign_up(client, **changes):
    return client.post(f"{AUTH}/register", {**NEW, **changes})


def log_in(client, **changes):
    body = {"email": NEW["email"], "password": NEW["password"], **changes}
    return client.post(f"{AUTH}/login", body).status_code


def link_in(message):
    return re.search(r"http\S+/account/confirm\?token=(\S+)", message.body)


def token_of(message):
    return link_in(message)[1].replace("%3A", ":")


def confirm(client, token):
    return client.post(f"{AUTH}/register/confirm", {"token": token})


def test_an_address_counts_once_its_owner_has_followed_the_link(client):
    answer = sign_up(client)
    assert (answer.status_code, answer.json()) == (202, {"email": "new@demo.test"})
    assert not User.unscoped.filter(email="new@demo.test").exists()
    assert log_in(client) == 401
    (message,) = mail.outbox
    assert message.to == ["new@demo.test"]
    assert confirm(client, token_of(message)).status_code == 204
    user = User.unscoped.get(email="new@demo.test")
    assert (user.name, user.organization_id, user.role_id) == ("New Person", PLATFORM_ID, None)
    assert log_in(client) == 200
    again = confirm(client, token_of(message))
    assert (again.status_code, error_of(again)["code"]) == (400, "invalid_token")
    assert not Registration.objects.exists()


@pytest.mark.parametrize("who", ["nobody", "teacher of another organization", "deactivated", "invited"])
def test_the_answer_tells_nobody_who_has_an_account(client, north, sunrise, who, statements):
    if who == "deactivated":
        User.unscoped.filter(pk=sunrise.teacher.pk).update(is_active=False)
    if who == "invited":
        sunrise.teacher.set_unusable_password()
        sunrise.teacher.save()
    email = "nobody@sunrise.test" if who == "nobody" else sunrise.teacher.email
    before = User.unscoped.count()
    with statements() as sent:
        answer = sign_up(client, email=email)
    assert (answer.status_code, answer.json()) == (202, {"email": email})
    assert len(sent) == 3, "the same work for everyone"
    (message,) = mail.outbox
    assert message.to == [email]
    assert (link_in(message) is not None) == (who == "nobody")
    if who == "invited":
        assert "/account/invitation" in message.body
    elif who != "nobody":
        assert "/account/password-reset" in message.body
    assert User.unscoped.count() == before
    assert log_in(client, email=email) == 401


def test_whoever_signs_up_with_a_pupils_address_does_not_keep_the_school_from_adding_them(
    client, as_user, north, tmp_path
):
    sign_up(client, email="pupil@north.test")
    sign_up(client, email="other@north.test")
    added = as_user(north.admin).post("/api/v1/users", {"email": "pupil@north.test", "role": "STUDENT"})
    assert added.status_code == 201, added.content
    path = tmp_path / "people.csv"
    path.write_text("email,name,role\nother@north.test,Other,STUDENT\n")
    call_command("import_people", path, "--organization", "north", stdout=io.StringIO())
    taken = [message for message in mail.outbox if link_in(message)]
    late = confirm(client, token_of(taken[0]))
    assert (late.status_code, error_of(late)["code"]) == (409, "has_account")
    pupil = User.unscoped.get(email="pupil@north.test")
    assert pupil.organization_id == north.organization.pk
    assert not pupil.has_usable_password(), "the stranger's password opens nothing"


def test_an_import_says_how_to_go_on_where_an_address_is_taken_elsewhere(north, sunrise, tmp_path):
    from django.core.management import CommandError

    path = tmp_path / "people.csv"
    path.write_text(f"email,name,role\nfirst@north.test,A,STUDENT\n{sunrise.student.email},B,STUDENT\n")
    with pytest.raises(CommandError) as refused:
        call_command("import_people", path, "--organization", "north", stdout=io.StringIO())
    assert "3" in str(refused.value)
    assert "Leave the row out" in str(refused.value)
    assert "sunrise" not in str(refused.value).replace(sunrise.student.email, "").lower()


def test_of_two_who_signed_up_with_one_address_the_link_decides(client):
    sign_up(client, password="the-strangers-8812", name="Stranger")
    sign_up(client)
    assert confirm(client, token_of(mail.outbox[1])).status_code == 204
    assert log_in(client) == 200
    assert log_in(client, password="the-strangers-8812") == 401
    assert confirm(client, token_of(mail.outbox[0])).status_code == 400


@pytest.mark.parametrize("token", ["", "x", "x" * 201, "\u00e9:1:2", "a\0b"])
def test_a_token_that_is_none_is_a_400(client, token):
    answer = confirm(client, token)
    assert (answer.status_code, error_of(answer)["attr"]) == (400, "token")


def test_a_link_works_for_two_days_and_what_it_confirms_is_kept_no_longer(client, monkeypatch):
    sign_up(client)
    token = token_of(mail.outbox[0])
    Registration.objects.update(created_at=timezone.now() - registration.VALID - timedelta(minutes=1))
    monkeypatch.setattr(registration, "VALID", timedelta(seconds=-1))
    assert confirm(client, token).status_code == 400
    monkeypatch.undo()
    call_command("prune_expired", stdout=io.StringIO())
    assert not Registration.objects.exists()


def test_strangers_fill_nobodys_inbox(client, monkeypatch):
    for _ in range(registration.MOST_AN_HOUR + 2):
        assert sign_up(client).status_code == 202
    assert len(mail.outbox) == registration.MOST_AN_HOUR
    sign_up(client, email="else@demo.test")
    assert len(mail.outbox) == registration.MOST_AN_HOUR + 1


def test_a_mail_server_that_is_away_answers_the_same(client, monkeypatch):
    def away(*args, **kwargs):
        raise SMTPServerDisconnected

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", away)
    assert sign_up(client).status_code == 202


def test_a_weak_password_is_told_at_once(client):
    answer = sign_up(client, password="short")
    assert answer.status_code == 400
    assert mail.outbox == []


def test_the_link_leads_to_a_page_with_a_button(client):
    sign_up(client)
    browser, link = Browser(enforce_csrf_checks=True), link_in(mail.outbox[0])[0]
    page = browser.get(link.partition("8000")[2])
    assert page.status_code == 200
    assert "new@demo.test" in page.content.decode()
    assert page["Referrer-Policy"] == "no-referrer"
    assert not User.unscoped.filter(email="new@demo.test").exists(), "a link may be followed by a machine"
    done = browser.post("/account/confirm", {"token": page.context["form"].initial["token"]})
    assert done.status_code == 200
    assert "is confirmed" in done.content.decode()
    assert log_in(client) == 200
    assert browser.get(link.partition("8000")[2]).status_code == 410
    assert browser.post("/account/confirm", {"token": "x"}).status_code == 410
    assert browser.post("/account/confirm", {}).status_code == 410
