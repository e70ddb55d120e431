"""GIFT in the admin: the questions of a set as a file, and the questions of a file in a set."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from quizzes.models import Question
from tests import factories
from tests.contracts.admin_pages import messages_of, sign_in, url
from tests.forms import form_of

TEXT = "Is water wet? {TRUE}\n\n// points: 3\nWhich are even? {~%50%2 ~%50%4 ~%-100%5 ####Halve them.}"
PAGE = "/admin/quizzes/question/gift/"


@pytest.fixture
def staff(north, sunrise):
    return sign_in(north.admin)


def asked(question_set):
    rows = Question.unscoped.filter(question_set=question_set, deleted=None).order_by("display_order")
    return [(row.text, row.question_type, row.points, row.explanation) for row in rows]


def look(browser, of, **sent):
    form = form_of(browser.get(f"{PAGE}?question_set={of.pk}"), id="content-main")
    return browser.post(PAGE, {**form, **sent, "preview": "1"})


def do(browser, page):
    return browser.post(PAGE, {**form_of(page, id="content-main"), "do": "1"}, follow=True)


def test_a_file_is_looked_at_and_added_once(staff, north):
    practice = north.practices[0]
    page = look(staff, practice, file=SimpleUploadedFile("a.txt", b"\xef\xbb\xbf" + TEXT.encode()))
    assert [(row[0], row[4]) for row in page.context["preview"].rows] == [(1, True), (3, True)]
    assert asked(practice) == []
    assert "Added 2 questions." in messages_of(do(staff, page))
    assert asked(practice) == [
        ("Is water wet?", "TRUE_FALSE", 1, ""),
        ("Which are even?", "MULTIPLE_CHOICE", 3, "Halve them."),
    ]
    assert "already been added" in do(staff, page).content.decode()
    again = look(staff, practice, text=TEXT)
    assert "already has all of these questions" in again.content.decode()
    assert len(asked(practice)) == 2


def test_what_comes_out_goes_into_another_organization(staff, north, sunrise):
    do(staff, look(staff, north.practices[0], text=TEXT))
    file = staff.get(url(type(north.practices[0]), "gift", north.practices[0].pk))
    assert "attachment" in file["Content-Disposition"]
    theirs = sign_in(sunrise.admin)
    do(theirs, look(theirs, sunrise.practices[0], text=file.content.decode()))
    assert asked(sunrise.practices[0]) == asked(north.practices[0])
    assert {row.organization_id for row in Question.unscoped.filter(question_set=sunrise.practices[0])} == {
        sunrise.organization.pk
    }


def test_what_is_wrong_is_named_by_its_line_and_nothing_is_added(staff, north):
    page = look(staff, north.practices[0], text=f"{TEXT}\n\nHow many? {{#3}}")
    assert "Line 6: Numerical answers are not supported." in page.content.decode()
    bad = look(staff, north.practices[0], file=SimpleUploadedFile("a.txt", b"\xff\xfe"))
    assert "This is not UTF-8." in bad.content.decode()
    assert "There are no questions in it." in look(staff, north.practices[0], text=" ").content.decode()
    assert asked(north.practices[0]) == []


def test_a_set_of_another_organization_is_no_choice_and_has_no_file(staff, sunrise, north):
    page = look(staff, north.practices[0], text=TEXT, question_set=sunrise.practices[0].pk)
    assert "Select a valid choice" in page.content.decode()
    assert asked(sunrise.practices[0]) == []
    foreign, none = (
        staff.get(url(type(sunrise.practices[0]), "gift", pk)) for pk in (sunrise.practices[0].pk, 10**12)
    )
    assert (foreign.status_code, foreign.content) == (none.status_code, none.content) == (404, none.content)


def test_who_may_not_edit_questions_is_not_told_the_answers(north, sunrise):
    factories.QuestionFactory(question_set=north.practices[0])
    browser, address = sign_in(north.instructor), url(type(north.practices[0]), "gift", north.practices[0].pk)
    assert browser.get(address).status_code == 403
    assert browser.get(PAGE).status_code == 403
    opened = browser.get(url(type(north.practices[0]), "change", north.practices[0].pk)).content.decode()
    assert "Export as GIFT" not in opened
    assert "Import from GIFT" not in opened


def test_the_page_of_a_set_leads_both_ways(staff, north):
    page = staff.get(url(type(north.practices[0]), "change", north.practices[0].pk)).content.decode()
    assert "Export as GIFT" in page
    assert f"{PAGE}?question_set={north.practices[0].pk}" in page


def test_whoever_acts_everywhere_chooses_an_organization_first(global_admin, north, sunrise):
    assert "Choose an organization first" in sign_in(global_admin).get(PAGE).content.decode()
