"""The page of a question set holds its questions, and adding one leads there and back."""

import pytest

from quizzes.models import Question
from quizzes.sets.domain.lines import questions_in
from tenancy.errors import InvalidError
from tests import factories
from tests.contracts.admin_pages import sign_in, url
from tests.forms import form_of
from tests.quizzes.conftest import options_of, questions_of


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


TYPED = "One?\r\n* yes\r\n- no\r\n\r\nMany?\r\n*a\r\n* b\r\n- c"


def test_questions_are_typed_as_lines_on_the_page_of_their_set(north, sunrise):
    practice, pages = north.practices[0], sign_in(north.admin)
    address = url(type(practice), "change", practice.pk)
    form = form_of(pages.get(address), id="questionset_form")
    assert pages.post(address, {**form, "new_questions": TYPED, "_save": "Save"}).status_code == 302
    first, second = questions_of(practice)
    assert [(option.text, option.is_correct) for option in options_of(first)] == [
        ("yes", True),
        ("no", False),
    ]
    assert (second.text, second.question_type) == ("Many?", "MULTIPLE_CHOICE")
    assert {first.organization_id, second.organization_id} == {north.organization.pk}
    again = form_of(pages.get(address), id="questionset_form")
    assert again["new_questions"] == [""]
    refused = pages.post(address, {**form, "title": "Other", "new_questions": "Why?\n- so", "_save": "Save"})
    assert "Line 1: " in refused.content.decode()
    assert type(practice).unscoped.get(pk=practice.pk).title == practice.title


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("* yes", "Line 1: This answer has no question above it."),
        ("One?\n* yes\n- no\nTwo?\n- a\n- b", "Line 4: Exactly one option must be correct."),
        ("One?\n* " + "x" * 1001 + "\n- no", "Line 1: A text of this question is too long."),
        ("Q?\n* a\n- b\n" * 101, "At most 100 questions at once."),
    ],
)
def test_a_line_that_makes_no_question_is_named(text, said):
    with pytest.raises(InvalidError) as refused:
        questions_in(text)
    assert str(refused.value.detail) == said


def test_who_may_not_create_questions_types_none(north, sunrise, grant):
    head = factories.make_user("head@north.test", "PRINCIPAL", at=north.organization.scope, is_staff=True)
    grant(head, "question_sets.list", "question_sets.update")
    address, pages = url(type(north.practices[0]), "change", north.practices[0].pk), sign_in(head)
    form = form_of(pages.get(address), id="questionset_form")
    assert "new_questions" not in form
    pages.post(address, {**form, "new_questions": TYPED, "_save": "Save"})
    assert questions_of(north.practices[0]) == []
