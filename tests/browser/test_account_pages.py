"""Choosing a password in a browser: from the mail into the admin, by keyboard, on a telephone, in tabs."""

import pytest
from playwright.sync_api import expect

from accounts.models import User
from accounts.sign_in.domain.invitations import invite
from tests.browser.conftest import PHONE
from tests.browser.looks import HARD_TO_READ, assert_tab_reaches_everything, is_dark
from tests.browser.passwords import NEW, choose, link_in_mail
from tests.factories import PASSWORD, make_user


@pytest.fixture
def site(settings, live_server):
    """Links in mails lead to the live server."""
    settings.INVITATION_URL = f"{live_server.url}/account/invitation?uid={{uid}}&token={{token}}"
    settings.PASSWORD_RESET_URL = f"{live_server.url}/account/password?uid={{uid}}&token={{token}}"


@pytest.fixture
def newcomer(site, north):
    person = make_user("new@north.test", "ADMIN", at=north.scope, is_staff=True)
    person.set_unusable_password()
    person.save()
    return person


def test_an_administrator_is_invited_by_mail_and_gets_in(open_as, new_context, site, north):
    """Whoever administers north adds a colleague and invites them; all the rest is the colleague's."""
    admins = open_as(north.admin, "/admin/accounts/user/add/")
    admins.get_by_label("E-mail").fill("new@north.test")
    admins.get_by_label("Name").fill("Ada")
    admins.get_by_label("Role:").select_option(label="ADMIN")
    admins.get_by_label("May enter the admin").check()
    admins.get_by_role("button", name="Save", exact=True).click()
    admins.get_by_text("was added successfully").first.wait_for()

    theirs = new_context(java_script_enabled=False).new_page()
    theirs.goto(link_in_mail())
    theirs.get_by_text("new@north.test").wait_for()
    choose(theirs, NEW)
    theirs.get_by_role("button", name="Save the password").click()
    theirs.get_by_role("link", name="Sign in to the admin").click()
    theirs.get_by_label("E-mail").fill("new@north.test")
    theirs.get_by_label("Password").fill(NEW)
    theirs.get_by_role("button", name="Log in").click()
    theirs.get_by_role("heading", name="Administration").wait_for()
    assert theirs.get_by_text("Acting in").is_visible()


def test_who_forgot_their_password_chooses_another_by_keyboard_alone(new_context, site, north):
    page = new_context().new_page()
    page.goto("/admin/")
    page.get_by_role("link", name="Forgot password?").press("Enter")
    expect(page.get_by_label("E-mail")).to_be_focused()
    page.keyboard.type("admin@north.test")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Check your e-mail").wait_for()
    page.goto(link_in_mail())
    expect(page.get_by_label("New password:", exact=True)).to_be_focused()
    page.keyboard.type(NEW)
    page.keyboard.press("Tab")
    page.keyboard.type(NEW + "x")
    page.keyboard.press("Enter")
    page.get_by_text("The two passwords do not match.").wait_for()
    page.get_by_label("New password:", exact=True).focus()
    page.keyboard.type(NEW)
    page.keyboard.press("Tab")
    page.keyboard.type(NEW)
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Sign in to the admin").press("Enter")
    page.get_by_label("Password").fill(NEW)
    page.get_by_label("E-mail").fill("admin@north.test")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Administration").wait_for()


def test_tab_reaches_everything_on_these_pages_and_the_focus_is_seen(new_context, newcomer, watch):
    invite(people=[newcomer])
    page = new_context().new_page()
    watch.expect("status of 410")
    for address in ("/", "/account/password-reset", link_in_mail(), "/account/password?uid=x&token=y"):
        page.goto(address)
        assert_tab_reaches_everything(page)


def test_two_tabs_to_sign_in_both_lead_on(new_context, north):
    context = new_context()
    first, second = context.new_page(), context.new_page()
    first.goto("/admin/")
    second.goto("/admin/learning/video/")
    for page, heading in ((first, "Administration"), (second, "Videos")):
        page.get_by_label("E-mail").fill("admin@north.test")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        page.get_by_role("heading", name=heading).wait_for()


def test_the_pages_are_readable_and_fit_a_telephone(new_context, newcomer, live_server, watch):
    invite(people=[newcomer])
    link = link_in_mail()
    page = new_context(**PHONE).new_page()
    watch.expect("status of 410")
    for address in ("/", "/account/password-reset", link, "/account/invitation?uid=x&token=y"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert page.evaluate(HARD_TO_READ) == [], (address, scheme)
            assert is_dark(page) is (scheme == "dark")
    page.goto(link)
    page.get_by_role("button", name="Save the password").click()  # the browser asks for what is missing
    choose(page, "short")
    page.get_by_role("button", name="Save the password").tap()
    page.get_by_text("too short").first.wait_for()
    assert page.evaluate(HARD_TO_READ) == []
    choose(page, NEW)
    page.get_by_role("button", name="Save the password").tap()
    page.get_by_role("heading", name="Password saved").wait_for()
    assert page.evaluate(HARD_TO_READ) == []
    assert User.unscoped.get(pk=newcomer.pk).check_password(NEW)


def test_the_token_goes_nowhere_else(new_context, newcomer):
    invite(people=[newcomer])
    link, context = link_in_mail(), new_context()
    page, sent = context.new_page(), []
    page.on("request", lambda request: sent.append((request.url, request.all_headers())))
    page.goto(link)
    choose(page, NEW)
    page.get_by_role("button", name="Save the password").click()
    page.get_by_role("heading", name="Password saved").wait_for()
    token = link.partition("token=")[2]
    assert len(sent) > 3
    assert not [url for url, headers in sent if url != link and token in url + str(headers)]
    assert token not in page.url
