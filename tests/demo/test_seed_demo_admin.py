"""The admin of the demo: everyone who works there gets in with the password, and finds their work."""

import pytest
from django.test import Client as Browser

from demo.people import PASSWORD, PEOPLE

pytestmark = pytest.mark.django_db

STAFF = [person for person in PEOPLE if person.role not in {None, "STUDENT", "GUARDIAN", "GUEST"}]


def enter(email):
    browser = Browser()
    answer = browser.post("/admin/login/?next=/admin/", {"username": email, "password": PASSWORD})
    assert (answer.status_code, answer.get("Location")) == (302, "/admin/"), email
    return browser


def work_of(browser):
    page = browser.get("/admin/")
    assert page.status_code == 200
    return {seen.name: seen.shown for seen in page.context["front_page"].work}, page


def test_everyone_who_works_there_enters_and_finds_something(demo):
    assert len(STAFF) > 10
    for person in STAFF:
        shown, page = work_of(enter(person.email))
        assert shown or page.context["front_page"].tree, person.email


@pytest.mark.parametrize("who", ["principal", "lead", "admin"])
def test_a_head_sees_who_is_pending_and_a_history_of_weeks(demo, who):
    browser = enter(f"{who}@north.test")
    figures = work_of(browser)[0]["safety_completion"]["figures"]
    assert figures.pending > 0
    context = browser.get("/admin/safety-completion/").context
    assert context["figures"] == figures
    assert len(context["people"]) == figures.pending
    assert len([week for _name, week, *_ in context["weeks"] if week.complete]) >= 7
    assert browser.get("/admin/safety-completion/remind/").context["number"] == figures.pending
