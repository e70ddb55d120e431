"""After signing in: where it leads, and what becomes of a form that was open before."""

import re

import pytest
from django.test import Client as Browser

from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db

LOGIN = "/admin/login/"
LIST = "/admin/learning/video/"


class Person(Browser):
    """A browser that checks tokens, with several tabs."""

    def __init__(self):
        super().__init__(enforce_csrf_checks=True)

    def open_tab(self, address=LOGIN):
        """Return what its form would send."""
        page = self.get(address)
        return dict(re.findall(r'name="(csrfmiddlewaretoken|next)" value="([^"]*)"', page.content.decode()))

    def log_in(self, tab, email="admin@north.test", address=LOGIN):
        return self.post(address, {**tab, "username": email, "password": PASSWORD})


@pytest.fixture
def person(north, sunrise):
    return Person()


@pytest.fixture
def two_tabs(person):
    """The second of two tabs, the first of which has signed someone in."""
    first, second = person.open_tab(), person.open_tab(f"{LOGIN}?next={LIST}")
    assert person.log_in(first)["Location"] == "/admin/"
    return second


def test_a_second_tab_goes_on_to_where_it_was_to_lead(person, two_tabs):
    answer = person.log_in(two_tabs)
    assert (answer.status_code, answer["Location"]) == (302, LIST)
    page = person.get(LIST)
    assert page.status_code == 200
    assert not re.findall(r'<li class="warning">', page.content.decode())


def test_a_second_tab_for_someone_else_says_who_is_signed_in(person, two_tabs):
    answer = person.log_in(two_tabs, "admin@sunrise.test")
    assert answer["Location"] == LIST
    assert person.get(LIST).context["user"].email == "admin@north.test"
    [note] = re.findall(
        r'<li class="warning">(.*?)</li>',
        person.log_in(two_tabs, "x@y.test").client.get(LIST).content.decode(),
    )
    assert "signed in as admin@north.test already" in note


def test_a_second_tab_does_not_lead_to_another_site(person, two_tabs):
    answer = person.log_in({**two_tabs, "next": "//evil.example"})
    assert answer["Location"] == "/admin/"


def test_a_form_to_sign_in_that_is_out_of_date_says_so_and_opens_again(person):
    tab = person.open_tab(f"{LOGIN}?next={LIST}")
    person.cookies.clear()
    answer = person.log_in(tab, address=f"{LOGIN}?next={LIST}")
    text = answer.content.decode()
    assert answer.status_code == 403
    assert "Please try again" in text
    assert f'href="{LOGIN}?next={LIST}"' in text
    assert "CSRF" not in text
    assert answer["Content-Security-Policy"]


def test_another_form_that_is_out_of_date_changes_nothing(person, two_tabs):
    answer = person.post("/admin/password_change/", {"old_password": PASSWORD})
    assert answer.status_code == 403
    text = answer.content.decode()
    assert "Nothing was changed" in text
    assert "CSRF" not in text


@pytest.mark.parametrize(
    "elsewhere", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", ""]
)
def test_nothing_leads_to_another_site(person, elsewhere):
    address = f"{LOGIN}?next={elsewhere}"
    answer = person.log_in({**person.open_tab(address), "next": elsewhere}, address=address)
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")
    assert person.get("/admin/").status_code == 200
    # And who is signed in already.
    assert person.get(address)["Location"] == "/admin/"


def test_who_is_signed_in_goes_on_at_once(person, two_tabs):
    assert person.get(f"{LOGIN}?next={LIST}")["Location"] == LIST
    assert person.get(LOGIN)["Location"] == "/admin/"
    assert person.get(f"{LOGIN}?next={LOGIN}%3Fnext={LOGIN}")["Location"] == "/admin/"


def test_who_may_not_enter_is_asked_who_they_are(north):
    pages = Browser()
    pages.force_login(make_user("new@north.test"), backend="accounts.sign_in.authentication.EmailBackend")
    page = pages.get(LOGIN)
    assert page.status_code == 200
    assert 'name="password"' in page.content.decode()


def test_the_page_to_sign_in_says_what_to_do_without_a_password(person):
    assert re.search(
        r'<a href="/account/password-reset">Forgot password\?</a>', person.get(LOGIN).content.decode()
    )
