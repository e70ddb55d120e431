"""``questions``: authoring questions together with their options."""

import pytest

from quizzes.models import Option, OptionEvent, Question
from tests import factories
from tests.conftest import error_of
from tests.factories import make_user
from tests.quizzes.conftest import entry_assessment_of, options_of

URL = "/api/v1/questions"


def option(text, is_correct=False, **fields):
    return {"text": text, "is_correct": is_correct, **fields}


YES_NO = [option("yes", True), option("no")]


def answer(response):
    error = error_of(response)
    return response.status_code, error["code"], error["attr"]


@pytest.fixture
def admin(as_user, north, sunrise):
    return as_user(north.admin)


@pytest.fixture
def practice(north):
    return north.practices[0]


@pytest.fixture
def question(practice):
    return factories.QuestionFactory(question_set=practice, display_order=0)


@pytest.fixture
def another(practice):
    """Without it a published practice would have none left."""
    return factories.QuestionFactory(question_set=practice, display_order=1)


def test_a_text_and_options_make_a_question_at_the_end_of_its_set(admin, north, practice, question):
    made = admin.post(URL, {"question_set_id": practice.pk, "text": "Is it?", "options": YES_NO})
    assert made.status_code == 201
    body = made.json()
    options = body.pop("options")
    assert body == {
        "id": body["id"],
        "question_set_id": practice.pk,
        "text": "Is it?",
        "question_type": "SINGLE_CHOICE",
        "points": 1,
        "explanation": "",
        "display_order": 1,
    }
    assert [(o["text"], o["is_correct"]) for o in options] == [("yes", True), ("no", False)]
    assert admin.get(f"{URL}/{body['id']}").json() == {**body, "options": options}
    rows = [Question.unscoped.get(pk=body["id"]), *Option.unscoped.filter(question_id=body["id"])]
    assert {row.organization_id for row in rows} == {north.organization.pk}


@pytest.mark.parametrize(
    ("question_type", "correct", "refused"),
    [
        ("SINGLE_CHOICE", [True, False, False], None),
        ("SINGLE_CHOICE", [True] + [False] * 19, None),
        ("SINGLE_CHOICE", [False, False], "options_correct"),
        ("SINGLE_CHOICE", [True, True], "options_correct"),
        ("TRUE_FALSE", [False, True], None),
        ("TRUE_FALSE", [False, False], "options_correct"),
        ("TRUE_FALSE", [True, True], "options_correct"),
        ("TRUE_FALSE", [True, False, False], "options_count"),
        ("MULTIPLE_CHOICE", [True, True, False], None),
        ("MULTIPLE_CHOICE", [True, False], None),
        ("MULTIPLE_CHOICE", [True, True], None),
        ("MULTIPLE_CHOICE", [False, False], "options_correct"),
        ("SINGLE_CHOICE", [], "min_length"),
        ("SINGLE_CHOICE", [True], "min_length"),
        ("MULTIPLE_CHOICE", [True] * 21, "max_length"),
    ],
)
def test_the_options_fit_the_type(question_type, correct, refused, admin, practice):
    options = [option(str(n), is_correct) for n, is_correct in enumerate(correct)]
    body = {"question_set_id": practice.pk, "text": "?", "question_type": question_type, "options": options}
    response = admin.post(URL, body)
    if refused is None:
        assert response.status_code == 201
        assert [o["is_correct"] for o in response.json()["options"]] == correct
    else:
        assert answer(response) == (400, refused, "options")
        assert not Question.unscoped.exists()


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        ({"options": None}, ("null", "options")),
        ({"options": "yes"}, ("not_a_list", "options")),
        ({"options": {"text": "yes"}}, ("not_a_list", "options")),
        ({"options": ["yes", "no"]}, None),
        ({"options": [option("yes", True), {"is_correct": False}]}, ("required", "options.1.text")),
        ({"options": [option("yes", True), option(5)]}, ("invalid", "options.1.text")),
        ({"options": [option("", True), option("no")]}, ("blank", "options.0.text")),
        (
            {"options": [option("a\x00", True), option("b")]},
            ("null_characters_not_allowed", "options.0.text"),
        ),
        ({"options": [option("t" * 1001, True), option("b")]}, ("max_length", "options.0.text")),
        ({"options": [option("yes", 1), option("no")]}, ("invalid", "options.0.is_correct")),
        ({"options": [option("yes", "true"), option("no")]}, ("invalid", "options.0.is_correct")),
        ({"options": [option("yes", True, id=True), option("no")]}, ("invalid", "options.0.id")),
        ({"options": [option("yes", True, id="1"), option("no")]}, ("invalid", "options.0.id")),
        ({"options": [option("yes", True, id=2**63), option("no")]}, ("max_value", "options.0.id")),
        ({"options": [option("yes", True, id=1), option("no")]}, ("does_not_exist", "options.0.id")),
        ({"question_set_id": "foreign"}, ("does_not_exist", "question_set_id")),
        ({"question_set_id": "shared"}, ("does_not_exist", "question_set_id")),
        ({"question_set_id": 10**9}, ("does_not_exist", "question_set_id")),
        ({"question_set_id": None}, ("null", "question_set_id")),
        ({"question_set_id": "1"}, ("incorrect_type", "question_set_id")),
        ({"question_set_id": True}, ("incorrect_type", "question_set_id")),
        ({"text": ""}, ("blank", "text")),
        ({"text": 1}, ("invalid", "text")),
        ({"text": "a\x00b"}, ("null_characters_not_allowed", "text")),
        ({"text": "t" * 5001}, ("max_length", "text")),
        ({"explanation": ["a"]}, ("invalid", "explanation")),
        ({"question_type": "ESSAY"}, ("invalid_choice", "question_type")),
        ({"points": -1}, ("min_value", "points")),
        ({"points": 0}, ("min_value", "points")),
        ({"points": 1001}, ("max_value", "points")),
        ({"points": True}, ("invalid", "points")),
        ({"points": 1.5}, ("invalid", "points")),
        ({"points": 10**30}, ("invalid", "points")),
        ({"display_order": 2**31}, ("max_value", "display_order")),
    ],
    ids=str,
)
def test_bad_input_is_refused_by_name(body, refused, admin, north, sunrise, practice, shared):
    sets = {"foreign": sunrise.practices[0].pk, "shared": shared.practice.pk}
    body = {"question_set_id": practice.pk, "text": "?", "options": YES_NO, **body}
    if isinstance(body["question_set_id"], str):
        body["question_set_id"] = sets.get(body["question_set_id"], body["question_set_id"])
    response = admin.post(URL, body)
    assert response.status_code == 400
    if refused is not None:
        assert answer(response) == (400, *refused)
    assert Question.unscoped.count() == 1  # the shared one


def test_a_question_needs_options_from_the_start(admin, practice):
    body = {"question_set_id": practice.pk, "text": "?"}
    assert answer(admin.post(URL, body)) == (400, "required", "options")


def test_a_question_belongs_to_the_own_organization_whatever_the_body_says(admin, north, sunrise, practice):
    body = {"question_set_id": practice.pk, "text": "?", "options": YES_NO}
    made = admin.post(URL, {**body, "organization_id": str(sunrise.organization.pk), "copied_from_id": 1})
    row = Question.unscoped.get(pk=made.json()["id"])
    assert (row.organization_id, row.copied_from_id) == (north.organization.pk, None)


# Changing


def test_options_that_are_sent_back_keep_their_ids(admin, question):
    first, second, third = options_of(question)
    options = [option("new", True), option("third", id=third.pk), option("first", id=first.pk)]
    changed = admin.patch(f"{URL}/{question.pk}", {"options": options})
    assert changed.status_code == 200
    new, *kept = changed.json()["options"]
    assert kept == [option("third", id=third.pk), option("first", id=first.pk)]
    assert (new["text"], new["is_correct"]) == ("new", True)
    assert new["id"] not in {first.pk, second.pk, third.pk}
    assert not Option.unscoped.filter(pk=second.pk).exists()
    assert [o.pk for o in options_of(question)] == [new["id"], third.pk, first.pk]


def test_options_that_are_not_sent_stay_as_they_are(admin, question):
    before = options_of(question)
    changed = admin.patch(f"{URL}/{question.pk}", {"text": "New text", "points": 5})
    assert (changed.json()["text"], changed.json()["points"]) == ("New text", 5)
    assert [o["id"] for o in changed.json()["options"]] == [o.pk for o in before]


def test_a_whole_question_can_be_sent_back(admin, question):
    whole = admin.get(f"{URL}/{question.pk}").json()
    assert admin.put(f"{URL}/{question.pk}", whole).json() == whole
    del whole["options"]
    assert answer(admin.put(f"{URL}/{question.pk}", whole)) == (400, "required", "options")


@pytest.mark.parametrize("incomplete", [{}, {"is_correct": True}, {"id": 1}], ids=str)
def test_an_option_has_a_text_even_where_only_the_options_are_sent(incomplete, admin, question):
    before = options_of(question)
    url = f"{URL}/{question.pk}"
    response = admin.patch(url, {"options": [option("yes", True), incomplete]})
    assert answer(response) == (400, "required", "options.1.text")
    assert options_of(question) == before
    changed = admin.patch(url, {"options": [option("yes", True), {"text": "no"}]})
    assert [o["is_correct"] for o in changed.json()["options"]] == [True, False]


def test_more_options_than_a_question_has_are_refused_before_any_is_looked_at(admin, practice, question):
    body = {"question_set_id": practice.pk, "text": "?", "options": [{}] * 100_000}
    for send, url in ((admin.post, URL), (admin.patch, f"{URL}/{question.pk}")):
        assert answer(send(url, body)) == (400, "max_length", "options")


def test_a_question_worth_nothing_from_before_can_still_be_reworded(admin, practice):
    old = factories.QuestionFactory(question_set=practice, points=0)
    url = f"{URL}/{old.pk}"
    assert admin.patch(url, {"text": "Better?"}).json()["points"] == 0
    assert answer(admin.patch(url, {"points": 0})) == (400, "min_value", "points")


def test_a_removed_option_is_recorded_with_who_removed_it(admin, north, question):
    kept, *_, removed = options_of(question)
    assert not OptionEvent.unscoped.filter(pgh_label="delete").exists()
    options = [option("kept", True, id=kept.pk), option("new")]
    response = admin.patch(f"{URL}/{question.pk}", {"options": options})
    assert response.status_code == 200
    event = OptionEvent.unscoped.get(pgh_obj_id=removed.pk, pgh_label="delete")
    assert (event.text, event.is_correct, event.question_id) == (removed.text, False, question.pk)
    assert event.organization_id == north.organization.pk
    assert event.pgh_context == {"user": str(north.admin.pk), "request": response["X-Request-ID"]}
    assert not OptionEvent.unscoped.filter(pgh_obj_id=kept.pk, pgh_label="delete").exists()


def test_an_option_of_another_question_is_unknown(admin, practice, question, sunrise):
    neighbour = factories.QuestionFactory(question_set=practice)
    foreign = factories.QuestionFactory(question_set=sunrise.practices[0])
    for other in (neighbour, foreign):
        stolen = options_of(other)[0]
        options = [option("mine", id=options_of(question)[0].pk), option("stolen", True, id=stolen.pk)]
        response = admin.patch(f"{URL}/{question.pk}", {"text": "changed", "options": options})
        assert answer(response) == (400, "does_not_exist", "options.1.id")
        assert stolen in options_of(other)
    assert Question.unscoped.get(pk=question.pk).text == question.text


def test_an_option_is_sent_once(admin, question):
    first = options_of(question)[0].pk
    options = [option("a", True, id=first), option("b", id=first)]
    response = admin.patch(f"{URL}/{question.pk}", {"options": options})
    assert answer(response) == (400, "duplicate_id", "options.1.id")


def test_a_new_type_must_fit_the_options_that_are_there(admin, question):
    url = f"{URL}/{question.pk}"
    response = admin.patch(url, {"question_type": "TRUE_FALSE"})
    assert answer(response) == (400, "options_count", "question_type")
    assert admin.patch(url, {"question_type": "MULTIPLE_CHOICE"}).status_code == 200
    both = admin.patch(url, {"question_type": "TRUE_FALSE", "options": YES_NO})
    assert both.status_code == 200
    two_right = [option("a", True), option("b", True)]
    assert answer(admin.patch(url, {"options": two_right})) == (400, "options_correct", "options")
    assert [o.text for o in options_of(question)] == ["yes", "no"]


def test_a_question_moves_to_the_end_of_another_set_of_the_tenant(admin, north, sunrise, question, another):
    target = entry_assessment_of(north.sub_course)
    factories.QuestionFactory(question_set=target, display_order=4)
    moved = admin.patch(f"{URL}/{question.pk}", {"question_set_id": target.pk})
    assert (moved.json()["question_set_id"], moved.json()["display_order"]) == (target.pk, 5)
    refused = admin.patch(f"{URL}/{question.pk}", {"question_set_id": sunrise.practices[0].pk})
    assert answer(refused) == (400, "does_not_exist", "question_set_id")


def test_a_global_user_does_not_move_a_question_between_tenants(as_user, global_admin, question, sunrise):
    body = {"question_set_id": sunrise.practices[0].pk}
    refused = as_user(global_admin).patch(f"{URL}/{question.pk}", body)
    assert answer(refused) == (400, "does_not_exist", "question_set_id")


def test_a_question_is_deleted_and_restored_with_its_options(admin, question, practice, another):
    url = f"{URL}/{question.pk}"
    options = options_of(question)
    assert admin.delete(url).status_code == 204
    assert admin.get(url).status_code == 404
    assert [row["id"] for row in admin.get(URL, {"deleted": "true"}).json()["rows"]] == [question.pk]
    restored = admin.post(f"{url}/restore")
    assert [o["id"] for o in restored.json()["options"]] == [o.pk for o in options]
    admin.delete(url)
    admin.delete(f"/api/v1/question-sets/{practice.pk}")
    assert answer(admin.post(f"{url}/restore")) == (409, "parent_deleted", None)


def test_a_list_is_narrowed_to_one_set_and_keeps_to_the_tenant(admin, north, sunrise, question, shared):
    factories.QuestionFactory(question_set=sunrise.practices[0])
    assert admin.get(URL).json()["count"] == 2
    of_set = admin.get(URL, {"question_set_id": question.question_set_id}).json()
    assert [row["id"] for row in of_set["rows"]] == [question.pk]
    foreign = {"question_set_id": sunrise.practices[0].pk}
    assert admin.get(URL, foreign).json() == {"rows": [], "count": 0}
    for bad in (
        {"question_set_id": "x"},
        {"question_set_id": ""},
        {"set": "1"},
        {"question_type": "x"},
        {"deleted": "1"},
    ):
        response = admin.get(URL, bad)
        assert (response.status_code, error_of(response)["attr"]) == (400, next(iter(bad)))


def test_learners_find_no_questions_here_whatever_keys_they_hold(as_user, grant, north, question):
    student = make_user("learner@north.test", "STUDENT", at=north.scope)
    grant(student, "questions.list", "questions.get", "questions.update", "questions.delete")
    learner = as_user(student)
    assert learner.get(URL).json() == {"rows": [], "count": 0}
    for response in (
        learner.get(f"{URL}/{question.pk}"),
        learner.patch(f"{URL}/{question.pk}", {}),
        learner.delete(f"{URL}/{question.pk}"),
    ):
        assert response.status_code == 404


def test_a_learner_who_may_restore_is_still_not_told_what_is_correct(
    as_user, grant, north, question, another
):
    student = make_user("learner@north.test", "STUDENT", at=north.scope)
    grant(student, "questions.delete", "questions.create", "questions.list")
    as_user(north.admin).delete(f"{URL}/{question.pk}")
    learner = as_user(student)
    made = learner.post(
        URL, {"question_set_id": question.question_set_id, "text": "?", "options": YES_NO}
    ).json()
    [listed] = learner.get(URL, {"deleted": "true"}).json()["rows"]
    restored = learner.post(f"{URL}/{question.pk}/restore").json()
    for shown in (made, listed, restored):
        assert "explanation" not in shown
        assert all(set(o) == {"id", "text"} for o in shown["options"])
