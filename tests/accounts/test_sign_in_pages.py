"""The pages that mails lead to, and the one where such a mail is asked for."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client as Browser
from django.utils import timezone

from accounts.models import ResetRequest, User
from accounts.sign_in.domain.invitations import InvitationTokens, invite
from accounts.sign_in.domain.reset_requests import answer_requests
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db

ASK = "/account/password-reset"
RESET, INVITATION = "/account/password", "/account/invitation"
NEW = "kumquat-violin-8812"


@pytest.fixture(autouse=True)
def room(north, sunrise):
    """Two organizations."""


@pytest.fixture
def pages():
    return Browser(enforce_csrf_checks=True)


@pytest.fixture
def newcomer(north):
    """An administrator of north who was invited."""
    person = make_user("new@north.test", "ADMIN", at=north.scope, is_staff=True)
    person.set_unusable_password()
    person.save()
    invite(people=[person])
    return person


def text_of(page):
    return " ".join(re.sub(r"<[^>]*>", " ", page.content.decode()).split())


def links_of(page):
    return re.findall(r'<a href="([^"]*)"', page.content.decode())


def link_in_mail():
    """Return the link of the latest mail, as a browser asks for it."""
    return re.search(r"^http://127.0.0.1:8000(/account/\S+)$", mail.outbox[-1].body, re.MULTILINE)[1]


def asked(pages, email):
    form = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', pages.get(ASK).content.decode())
    return pages.post(ASK, {"csrfmiddlewaretoken": form[1], "email": email})


def reset_link(pages, email="teacher@north.test"):
    mail.outbox.clear()
    assert asked(pages, email).status_code == 200
    answer_requests(limit=1)
    return link_in_mail()


def fill(page, password=NEW, repeated=None, **changed):
    """Return what the form on a page sends."""
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.content.decode()))
    again = password if repeated is None else repeated
    return {**hidden, "username": "", "new_password": password, "repeated": again, **changed}


def works(client, email, password):
    return client.post("/api/v1/auth/login", {"email": email, "password": password}).status_code == 200


def test_someone_invited_follows_the_mail_and_gets_in(pages, client, newcomer):
    page = pages.get(link_in_mail())
    assert page.status_code == 200
    assert "For the account new@north.test" in text_of(page)
    done = pages.post(INVITATION, fill(page))
    assert done.status_code == 200
    assert "is saved" in text_of(done)
    assert "/admin/login/" in links_of(done)
    assert works(client, "new@north.test", NEW)


def test_who_forgot_their_password_gets_a_mail_and_a_new_one(pages, client, north):
    link = reset_link(pages)
    assert mail.outbox[0].to == ["teacher@north.test"]
    page = pages.get(link)
    assert "For the account teacher@north.test" in text_of(page)
    done = pages.post(RESET, fill(page))
    assert "is saved" in text_of(done)
    assert works(client, "teacher@north.test", NEW)
    assert not works(client, "teacher@north.test", PASSWORD)
    assert works(client, "teacher@sunrise.test", PASSWORD)


@pytest.mark.parametrize(
    ("app", "told"), [("", "in your learning app"), ("https://app.example", "Sign in to the app")]
)
def test_a_learner_is_sent_to_the_app_and_not_to_the_admin(pages, settings, app, told):
    settings.APP_URL = app
    done = pages.post(RESET, fill(pages.get(reset_link(pages, "student@north.test"))))
    assert told in text_of(done)
    assert (app in links_of(done)) is bool(app)
    assert "/admin/login/" not in links_of(done)


def test_the_answer_is_the_same_whether_an_address_is_anyones(pages):
    known, unknown = asked(pages, "teacher@north.test"), asked(pages, "nobody@north.test")
    assert text_of(known).replace("teacher@", "nobody@") == text_of(unknown)
    assert known.status_code == unknown.status_code == 200
    assert mail.outbox == []
    assert set(ResetRequest.objects.values_list("pk", flat=True)) == {
        "teacher@north.test",
        "nobody@north.test",
    }


def test_someone_invited_who_asks_for_a_new_password_gets_the_invitation_again(pages, client, newcomer):
    assert "get the invitation again" in text_of(asked(pages, "new@north.test"))
    answer_requests(limit=1)
    assert len(mail.outbox) == 2
    assert pages.post(INVITATION, fill(pages.get(link_in_mail()))).status_code == 200
    assert works(client, "new@north.test", NEW)


@pytest.mark.parametrize("sent", ["", "x", "a@b", "a\0b@north.test", "a@north.test, b@north.test", "x" * 300])
def test_what_is_no_address_is_said_in_the_page(pages, sent):
    page = asked(pages, sent)
    assert page.status_code == 200
    assert 'class="errorlist' in page.content.decode()
    assert not ResetRequest.objects.exists()


def test_the_rules_for_passwords_are_shown_and_named_when_broken(pages, client, newcomer):
    page = pages.get(link_in_mail())
    assert "at least 8 characters" in text_of(page)
    for password, told in (
        ("short", "too short"),
        ("8302847562", "entirely numeric"),
        ("new@north.test", "too similar to the e-mail"),
    ):
        again = pages.post(INVITATION, fill(page, password))
        assert again.status_code == 200
        assert told in text_of(again)
    assert "do not match" in text_of(pages.post(INVITATION, fill(page, repeated="kumquat-violin-8813")))
    assert "This field is required" in text_of(pages.post(INVITATION, fill(page, "")))
    # Nothing of this uses the link up, and the page that says so can be sent.
    assert "is saved" in text_of(pages.post(INVITATION, fill(again)))
    assert works(client, "new@north.test", NEW)


def test_a_link_that_was_used_says_so_and_how_to_go_on(pages, newcomer):
    link = link_in_mail()
    page = pages.get(link)
    pages.post(INVITATION, fill(page))
    for over in (pages.get(link), pages.post(INVITATION, fill(page, "zebra-bassoon-9913"))):
        assert over.status_code == 410
        assert "no longer works" in text_of(over)
        assert "/admin/login/" in links_of(over)
        assert ASK in links_of(over)
        assert "new@north.test" not in text_of(over)


@pytest.mark.parametrize("days", [6.9, 7.1])
def test_a_link_that_has_expired_says_so(pages, newcomer, monkeypatch, days):
    later = timezone.now().replace(tzinfo=None) + timedelta(days=days)
    monkeypatch.setattr(InvitationTokens, "_now", lambda self: later)
    assert pages.get(link_in_mail()).status_code == (200 if days < 7 else 410)


@pytest.mark.parametrize(
    "query", ["", "?uid=&token=", "?uid=x&token=y", "?uid=%00&token=%00", "?uid=é&token=é"]
)
@pytest.mark.parametrize("page", [RESET, INVITATION])
def test_a_link_that_is_not_whole_is_no_failure_of_ours(pages, page, query):
    answer = pages.get(page + query)
    assert answer.status_code == 410
    assert ASK in links_of(answer)
    assert pages.post(page + query, {"uid": "x" * 500, "token": "\0"}).status_code == 410


def test_a_link_opens_its_own_page_and_its_own_account_only(pages, client, newcomer, north):
    invitation, reset = link_in_mail(), reset_link(pages)
    assert pages.get(invitation.replace(INVITATION, RESET)).status_code == 410
    assert pages.get(reset.replace(RESET, INVITATION)).status_code == 410
    uid = fill(pages.get(invitation))["uid"]
    assert pages.post(RESET, fill(pages.get(reset), uid=uid)).status_code == 410
    # Two links in two tabs: each sets the password of its own account.
    first, second = pages.get(invitation), pages.get(reset)
    pages.post(INVITATION, fill(first, NEW))
    pages.post(RESET, fill(second, "zebra-bassoon-9913"))
    assert works(client, "new@north.test", NEW)
    assert works(client, "teacher@north.test", "zebra-bassoon-9913")


def test_who_was_deactivated_meanwhile_cannot_use_their_link(pages, newcomer):
    page = pages.get(link_in_mail())
    User.unscoped.filter(pk=newcomer.pk).update(is_active=False)
    assert pages.post(INVITATION, fill(page)).status_code == 410
    assert pages.get(link_in_mail()).status_code == 410


def test_of_two_tabs_that_send_at_once_the_second_finds_the_link_used(pages, newcomer, monkeypatch):
    """The link still worked when the page looked, and not any more when the rule did."""
    page, checks = pages.get(link_in_mail()), iter([True, False])
    monkeypatch.setattr(InvitationTokens, "check_token", lambda *args: next(checks))
    assert pages.post(INVITATION, fill(page)).status_code == 410
    assert not User.unscoped.get(pk=newcomer.pk).has_usable_password()


def test_the_token_is_kept_nowhere_on_its_way(pages, newcomer):
    link = link_in_mail()
    page = pages.get(link)
    assert page["Referrer-Policy"] == "no-referrer"
    assert "no-store" in page["Cache-Control"]
    assert not page.cookies
    token = link.partition("token=")[2]
    assert page.content.decode().count(token) == 1
    assert f'action="{INVITATION}"' in page.content.decode()
    done = pages.post(INVITATION, fill(page))
    assert token not in done.content.decode()
    assert "no-store" in done["Cache-Control"]
    # Nor does a page lead on from a link that does not work here: it may work elsewhere.
    assert pages.get(link.replace(INVITATION, RESET))["Referrer-Policy"] == "no-referrer"


def test_pages_are_under_the_admins_policy(pages, newcomer):
    admin = pages.get("/admin/login/")["Content-Security-Policy"]
    for address in (ASK, RESET, link_in_mail(), "/", "/account/nothing"):
        page = pages.get(address, HTTP_ACCEPT="text/html")
        assert page["Content-Security-Policy"] == admin, address
        assert "style=" not in page.content.decode()
        assert "<script>" not in page.content.decode()


def sign_in(user):
    browser = Browser()
    browser.force_login(User.unscoped.get(pk=user.pk), backend="accounts.sign_in.authentication.EmailBackend")
    return browser


def test_a_page_says_who_is_signed_in(newcomer, north):
    theirs = sign_in(north.admin)
    page = theirs.get(link_in_mail())
    assert "signed in to the admin in this browser: admin@north.test" in text_of(page)
    assert "is for new@north.test, not for them" in text_of(page)
    done = theirs.post(INVITATION, fill(page))
    # The administrator stays signed in, and can be signed out from here.
    assert 'action="/admin/logout/"' in done.content.decode()
    assert theirs.get("/admin/").status_code == 200
    # A page of one's own.
    assert "in this browser" not in text_of(Browser().get(ASK))


def test_a_new_password_signs_its_owner_out_here_too(pages, north):
    own = sign_in(north.admin)
    link = reset_link(pages, "admin@north.test")
    page = own.get(link)
    assert "not for them" not in text_of(page)
    done = own.post(RESET, fill(page))
    assert "/admin/login/" in links_of(done)
    assert own.get("/admin/").status_code == 302


def test_one_address_cannot_ask_for_ever(pages, monkeypatch):
    from accounts.sign_in.api.anonymous import AddressThrottle

    monkeypatch.setattr(AddressThrottle, "THROTTLE_RATES", {"password_reset": "2/hour"})
    assert [asked(pages, f"a{n}@north.test").status_code for n in range(3)] == [200, 200, 429]
    late = asked(pages, "teacher@north.test")
    assert 3000 < int(late["Retry-After"]) <= 3600
    assert "Wait " in text_of(late)
    assert ResetRequest.objects.count() == 2


def test_asking_takes_a_token_of_the_page(pages):
    refused = pages.post(ASK, {"email": "teacher@north.test"})
    assert refused.status_code == 403
    assert ASK in links_of(refused)
    assert not ResetRequest.objects.exists()
