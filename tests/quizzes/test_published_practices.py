"""A published practice has a question: it is not published without one, and its last one stays."""

import pytest

from quizzes.models import Question, QuestionSet
from tests import factories
from tests.conftest import error_of
from tests.contracts.admin_pages import messages_of, sign_in, url
from tests.forms import form_of

SETS, QUESTIONS = "/api/v1/question-sets", "/api/v1/questions"


@pytest.fixture
def draft(north, sunrise):
    return factories.PracticeFactory(sub_course=north.sub_course, status="DRAFT", title="Empty")


@pytest.fixture
def asked(north, sunrise):
    """A published practice with one question."""
    practice = factories.PracticeFactory(sub_course=north.sub_course, title="Asked")
    practice.only = factories.QuestionFactory(question_set=practice)
    return practice


def refused(answer, code):
    assert (answer.status_code, error_of(answer)["code"]) == (409, code), answer.content
    return error_of(answer)["detail"]


def test_a_client_publishes_no_practice_without_questions(draft, north, as_user):
    client = as_user(north.admin)
    told = refused(client.patch(f"{SETS}/{draft.pk}", {"status": "PUBLISHED"}), "not_ready")
    assert told == "“Empty” has no questions yet: add one before you publish it."
    body = {"title": "New", "owner_id": north.sub_course.pk, "status": "PUBLISHED"}
    refused(client.post(SETS, body), "not_ready")
    assert not QuestionSet.unscoped.filter(title="New").exists()
    factories.QuestionFactory(question_set=draft)
    assert client.patch(f"{SETS}/{draft.pk}", {"status": "PUBLISHED"}).status_code == 200


def test_no_other_set_becomes_a_published_practice_without_questions(north, sunrise, as_user):
    template = factories.StandaloneAssessmentFactory(organization=north.organization)
    body = {"set_type": "PRACTICE", "owner_type": "SUB_COURSE", "owner_id": north.sub_course.pk}
    refused(as_user(north.admin).patch(f"{SETS}/{template.pk}", body), "not_ready")


def test_a_practice_that_has_none_already_can_still_be_renamed_and_taken_back(draft, north, as_user):
    QuestionSet.unscoped.filter(pk=draft.pk).update(status="PUBLISHED")
    client = as_user(north.admin)
    for body in ({"title": "Renamed"}, {"status": "PUBLISHED"}, {"status": "DRAFT"}):
        assert client.patch(f"{SETS}/{draft.pk}", body).status_code == 200, body


def test_a_form_says_it_at_the_status_and_takes_questions_and_status_at_once(draft, north):
    browser, address = sign_in(north.admin), url(QuestionSet, "change", draft.pk)
    sent = {**form_of(browser.get(address), id="questionset_form"), "status": "PUBLISHED", "_save": "Save"}
    page = browser.post(address, sent)
    assert "“Empty” has no questions yet" in page.content.decode()
    assert QuestionSet.unscoped.get(pk=draft.pk).status == "DRAFT"
    assert browser.post(address, {**sent, "new_questions": "Is it?\n* Yes\n- No"}).status_code == 302
    assert QuestionSet.unscoped.get(pk=draft.pk).status == "PUBLISHED"
    add = url(QuestionSet, "add")
    new = {
        **form_of(browser.get(add), id="questionset_form"),
        **{"title": "Whole", "sub_course": north.sub_course.pk, "set_type": "PRACTICE"},
        **{"owner_type": "SUB_COURSE", "status": "PUBLISHED", "_save": "Save"},
    }
    assert "has no questions yet" in browser.post(add, new).content.decode()
    assert browser.post(add, {**new, "new_questions": "Is it?\n* Yes\n- No"}).status_code == 302
    whole = QuestionSet.unscoped.get(title="Whole")
    assert (whole.status, whole.questions(manager="unscoped").count()) == ("PUBLISHED", 1)


def test_the_last_question_of_a_published_practice_stays(asked, north, sunrise, as_user):
    client = as_user(north.admin)
    told = refused(client.delete(f"{QUESTIONS}/{asked.only.pk}"), "last_of_published")
    assert told == "“Asked” is published and would have no questions left: take it back first."
    other = factories.PracticeFactory(sub_course=north.sub_course, status="DRAFT")
    refused(client.patch(f"{QUESTIONS}/{asked.only.pk}", {"question_set_id": other.pk}), "last_of_published")
    assert Question.unscoped.get(pk=asked.only.pk).question_set_id == asked.pk
    second = factories.QuestionFactory(question_set=asked)
    assert client.delete(f"{QUESTIONS}/{second.pk}").status_code == 204
    assert client.patch(f"{SETS}/{asked.pk}", {"status": "DRAFT"}).status_code == 200
    assert client.delete(f"{QUESTIONS}/{asked.only.pk}").status_code == 204


def test_pages_and_actions_keep_it_too(asked, north):
    browser = sign_in(north.admin)
    address = url(Question, "delete", asked.only.pk)
    page = browser.post(address, {**form_of(browser.get(address)), "post": "yes"}, follow=True)
    assert any("would have no questions left" in told for told in messages_of(page))
    chosen = {"action": "delete_selected", "_selected_action": [asked.only.pk], "post": "yes"}
    page = browser.post(url(Question, "changelist"), chosen, follow=True)
    assert any("would have no questions left" in told for told in messages_of(page))
    assert Question.unscoped.get(pk=asked.only.pk).deleted is None


def test_the_questions_of_many_practices_are_taken_in_the_same_number_of_statements(
    north, sunrise, as_user, statements
):
    browser = sign_in(north.admin)

    def take(number):
        rows = []
        for _ in range(number):
            practice = factories.PracticeFactory(sub_course=north.sub_course)
            factories.QuestionFactory(question_set=practice)
            rows.append(factories.QuestionFactory(question_set=practice).pk)
        chosen = {"action": "delete_selected", "_selected_action": rows, "post": "yes"}
        with statements() as sent:
            assert browser.post(url(Question, "changelist"), chosen).status_code == 302
        return len(sent)

    assert take(8) == take(2)


def test_a_practice_is_deleted_and_restored_with_its_questions(asked, north, sunrise, as_user):
    client = as_user(north.admin)
    assert client.delete(f"{SETS}/{asked.pk}").status_code == 204
    assert Question.unscoped.get(pk=asked.only.pk).deleted
    assert client.post(f"{SETS}/{asked.pk}/restore").status_code == 200
    assert Question.unscoped.get(pk=asked.only.pk).deleted is None
    assert QuestionSet.unscoped.get(pk=asked.pk).status == "PUBLISHED"
