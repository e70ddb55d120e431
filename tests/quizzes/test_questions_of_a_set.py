"""The page of a question set holds its questions, and adding one leads there and back."""

import pytest

from learning.models import Reordering
from learning.tree.domain.ordering import version_of
from quizzes.models import Question
from quizzes.sets.domain.lines import questions_in
from tenancy.errors import InvalidError
from tests import factories
from tests.conftest import error_of
from tests.contracts.admin_pages import sign_in, url
from tests.forms import form_of
from tests.learning.ordering import ask, items
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
    assert "Nothing here yet." in page
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


def test_questions_are_put_in_order_and_deleted_by_those_who_write_them(north, sunrise, grant):
    practice = north.practices[0]
    rows = [
        factories.QuestionFactory(question_set=practice, text=text, display_order=n)
        for n, text in enumerate(("One?", "Two?", "Three?"))
    ]
    ids = [row.pk for row in rows]
    pages, order = sign_in(north.admin), [ids[2], ids[0], ids[1]]
    version = version_of(ids)
    done = ask(pages, "questions/reorder", {"items": items(order), "version": version})
    assert done.json() == {"items": items(order), "version": version_of(order)}
    stale = ask(pages, "questions/reorder", {"items": items(ids), "version": version})
    assert (stale.status_code, error_of(stale)["meta"]["changed_by"]) == (409, north.admin.name)
    # Without a script.
    back = pages.post("/admin/ordering/", {"do": f"down:questions:{ids[2]}:{version_of(order)}"})
    assert back["Location"] == f"{url(type(practice), 'change', practice.pk)}#questions-{ids[2]}"
    assert [row.pk for row in questions_of(practice)] == [ids[0], ids[2], ids[1]]
    record = Reordering.unscoped.filter(kind="questions").latest("created_at")
    assert practice.title in pages.get(url(Reordering, "changelist")).content.decode()
    assert "Three?" in pages.get(url(Reordering, "change", record.pk)).content.decode()
    asked = ask(pages, "questions/remove", {"id": ids[1]})
    assert (asked.status_code, error_of(asked)["code"]) == (409, "confirmation_required")
    assert ask(pages, "questions/remove", {"id": ids[1], "confirmed": True}).status_code == 200
    assert Question.unscoped.get(pk=ids[1]).deleted
    for act, body in (
        ("move", {"id": ids[0], "parent_id": 1}),
        ("status", {"id": ids[0], "published": True}),
    ):
        assert ask(pages, f"questions/{act}", body).status_code == 404
    reader = factories.make_user("reader@north.test", "GUEST", at=north.organization.scope, is_staff=True)
    grant(reader, "learning_tree.get", "question_sets.list", "questions.list")
    assert ask(sign_in(reader), "questions/reorder", {"items": items(ids[:1])}).status_code == 403
    assert ask(sign_in(reader), "questions/remove", {"id": ids[0]}).status_code == 403
    foreign = factories.QuestionFactory(question_set=sunrise.practices[0])
    assert ask(pages, "questions/remove", {"id": foreign.pk, "confirmed": True}).status_code == 404
    refused = ask(pages, "questions/reorder", {"items": items([foreign.pk])})
    assert (refused.status_code, error_of(refused)["code"]) == (400, "not_siblings")


def test_a_question_deleted_from_its_set_leads_back_to_it(north, sunrise):
    question, pages = factories.QuestionFactory(question_set=north.practices[0]), sign_in(north.admin)
    factories.QuestionFactory(question_set=north.practices[0])
    address = f"{url(Question, 'delete', question.pk)}?of_set={north.practices[0].pk}"
    done = pages.post(address, {"post": "yes"})
    assert done["Location"] == url(type(north.practices[0]), "change", north.practices[0].pk)


def test_a_set_of_many_questions_is_shown_in_the_same_number_of_statements(north, sunrise, statements):
    practice, pages = north.practices[0], sign_in(north.admin)
    address = url(type(practice), "change", practice.pk)

    def look():
        with statements() as sent:
            assert pages.get(address).status_code == 200
        return len(sent)

    look()
    few = look()
    factories.QuestionFactory.create_batch(8, question_set=practice)
    assert look() == few
