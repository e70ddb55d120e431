"""The page of a question set holds its questions, and adding one leads there and back."""

from quizzes.models import Question
from tests import factories
from tests.contracts.admin_pages import sign_in, url
from tests.forms import form_of


def test_the_page_of_a_set_lists_its_questions_in_order_and_adds_one_that_knows_its_set(north, sunrise):
    practice, pages = north.practices[0], sign_in(north.admin)
    for text, position in (("Second?", 1), ("First?", 0)):
        factories.QuestionFactory(question_set=practice, text=text, display_order=position)
    factories.QuestionFactory(question_set=north.practices[1], text="Elsewhere?")
    page = pages.get(url(type(practice), "change", practice.pk)).content.decode()
    assert page.index("First?") < page.index("Second?")
    assert "Elsewhere?" not in page
    address = f"{url(Question, 'add')}?question_set={practice.pk}&of_set={practice.pk}"
    assert address.replace("&", "&amp;") in page
    form = form_of(pages.get(address), id="question_form")
    assert form["question_set"] == [str(practice.pk)]
    filled = {"options-0-text": "yes", "options-0-is_correct": "on", "options-1-text": "no", "text": "Third?"}
    saved = pages.post(address, {**form, **filled, "_save": "Save"})
    assert saved["Location"] == url(type(practice), "change", practice.pk)
    question = Question.unscoped.get(text="Third?")
    assert (question.question_set_id, question.display_order) == (practice.pk, 2)


def test_the_form_of_a_question_comes_back_to_its_own_set_only(north, sunrise):
    question, pages = factories.QuestionFactory(question_set=north.practices[0]), sign_in(north.admin)
    address = url(Question, "change", question.pk)
    for of_set, back in (
        (north.practices[0].pk, url(type(north.practices[0]), "change", north.practices[0].pk)),
        (sunrise.practices[0].pk, url(Question, "changelist")),
        ("https://evil.example", url(Question, "changelist")),
    ):
        form = form_of(pages.get(address), id="question_form")
        saved = pages.post(f"{address}?of_set={of_set}", {**form, "_save": "Save"})
        assert (saved.status_code, saved["Location"]) == (302, back)


def test_who_may_not_add_questions_is_offered_none(north, sunrise, grant):
    head = factories.make_user("head@north.test", "PRINCIPAL", at=north.organization.scope, is_staff=True)
    grant(head, "question_sets.list", "questions.list")
    page = sign_in(head).get(url(type(north.practices[0]), "change", north.practices[0].pk)).content.decode()
    assert "None yet." in page
    assert "Add question" not in page
