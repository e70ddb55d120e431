"""``question-sets/{id}/attempts``: submitting answers, and reading back one's own."""

import pytest

from accounts.people.domain.membership import place
from quizzes.models import Attempt, Question
from tenancy.models import Organization
from tenancy.scope import PLATFORM_ID, Scope, organization_scope
from tests import factories
from tests.conftest import error_of
from tests.quizzes.conftest import entry_assessment_of, options_of, right_answers, wrong_answers


def url_of(question_set):
    return f"/api/v1/question-sets/{question_set.pk}/attempts"


def answer(response):
    error = error_of(response)
    return response.status_code, error["code"], error["attr"]


@pytest.fixture
def practice(north, sunrise):
    """A practice with three questions of one point each."""
    factories.QuestionFactory.create_batch(3, question_set=north.practices[0])
    return north.practices[0]


@pytest.fixture
def assessment(north, sunrise):
    """An entry assessment with three questions and the usual pass mark of 70 percent."""
    assessment = entry_assessment_of(north.sub_course)
    factories.QuestionFactory.create_batch(3, question_set=assessment)
    return assessment


@pytest.fixture
def learner(as_user, north):
    return as_user(north.student)


def test_an_attempt_is_graded_and_kept(learner, north, practice):
    sent = [*right_answers(practice)[:2], wrong_answers(practice)[2]]
    response = learner.post(url_of(practice), {"answers": sent})
    assert response.status_code == 201
    body = response.json()
    attempt = Attempt.unscoped.get()
    assert body == {
        "id": str(attempt.pk),
        "question_set_id": practice.pk,
        "score": 2,
        "total": 3,
        "ready": None,
        "results": [
            {
                "question_id": given["question_id"],
                "correct": right,
                "points": int(right),
                "correct_option_ids": [best["option_id"]],
                "explanation": "Because it is so.",
            }
            for given, best, right in zip(sent, right_answers(practice), [True, True, False], strict=True)
        ],
        "created_at": attempt.created_at.isoformat().replace("+00:00", "Z"),
    }
    assert (attempt.user_id, attempt.organization_id) == (north.student.pk, north.organization.pk)
    assert attempt.answers == sent


def test_questions_left_out_are_wrong(learner, practice):
    body = learner.post(url_of(practice), {"answers": right_answers(practice)[:1]}).json()
    assert (body["score"], body["total"]) == (1, 3)
    assert [result["correct"] for result in body["results"]] == [True, False, False]


def test_nothing_ticked_at_all_is_an_attempt_with_no_points(learner, practice, assessment, north):
    for question_set, ready in ((assessment, False), (practice, None)):
        response = learner.post(url_of(question_set), {"answers": []})
        assert response.status_code == 201
        body = response.json()
        assert (body["score"], body["total"], body["ready"]) == (0, 3, ready)
        assert [result["correct"] for result in body["results"]] == [False] * 3
        assert learner.get(url_of(question_set)).json() == {"rows": [body], "count": 1}
        assert Attempt.unscoped.get(question_set=question_set).answers == []


def test_null_says_that_one_does_not_know(learner, practice, assessment):
    """As an app sends it that lists every question, ticked or not."""
    for question_set, ready in ((assessment, False), (practice, None)):
        known, *others = right_answers(question_set)
        answers = [known, *({**answer, "option_id": None} for answer in others)]
        response = learner.post(url_of(question_set), {"answers": answers})
        assert response.status_code == 201, response.json()
        body = response.json()
        assert (body["score"], body["total"], body["ready"]) == (1, 3, ready)
        assert [result["correct"] for result in body["results"]] == [True, False, False]
        assert Attempt.unscoped.get(question_set=question_set).answers == answers


def test_several_options_of_a_multiple_choice_come_as_several_entries(learner, north):
    practice = north.practices[0]
    question = factories.QuestionFactory(
        question_set=practice, question_type="MULTIPLE_CHOICE", points=5, options=[True, False, True]
    )
    first, _, third = (option.pk for option in options_of(question))
    for chosen, score in (([first, third], 5), ([third, first], 5), ([first], 0)):
        answers = [{"question_id": question.pk, "option_id": option} for option in chosen]
        body = learner.post(url_of(practice), {"answers": answers}).json()
        assert (body["score"], body["results"][0]["correct_option_ids"]) == (score, [first, third])


@pytest.mark.parametrize(("pass_mark", "ready"), [(66, True), (67, False), (0, True), (100, False)])
def test_an_entry_assessment_says_whether_its_pass_mark_is_reached(pass_mark, ready, learner, assessment):
    type(assessment).unscoped.filter(pk=assessment.pk).update(pass_mark=pass_mark)
    body = learner.post(url_of(assessment), {"answers": right_answers(assessment)[:2]}).json()
    assert body["ready"] is ready


def test_ownership_in_the_body_is_ignored(learner, north, sunrise, practice):
    body = {
        "answers": right_answers(practice),
        "user": str(north.student2.pk),
        "user_id": str(north.student2.pk),
        "organization_id": str(sunrise.organization.pk),
        "score": 100,
        "ready": True,
        "created_at": "2020-01-01T00:00:00Z",
    }
    assert learner.post(url_of(practice), body).json()["score"] == 3
    attempt = Attempt.unscoped.get()
    assert (attempt.user_id, attempt.organization_id) == (north.student.pk, north.organization.pk)
    assert attempt.created_at.year > 2020


@pytest.mark.parametrize(
    ("body", "code", "attr"),
    [
        ({}, "required", "answers"),
        ({"answers": None}, "null", "answers"),
        ({"answers": "x"}, "not_a_list", "answers"),
        ({"answers": {"question_id": 1}}, "not_a_list", "answers"),
        ({"answers": [{"question_id": 1}]}, "required", "answers.0.option_id"),
        ({"answers": [{"option_id": 1}]}, "required", "answers.0.question_id"),
        ({"answers": [{"question_id": "1", "option_id": 1}]}, "invalid", "answers.0.question_id"),
        ({"answers": [{"question_id": True, "option_id": 1}]}, "invalid", "answers.0.question_id"),
        ({"answers": [{"question_id": 1, "option_id": 1.5}]}, "invalid", "answers.0.option_id"),
        ({"answers": [{"question_id": 1, "option_id": [1]}]}, "invalid", "answers.0.option_id"),
        ({"answers": [{"question_id": 0, "option_id": 1}]}, "min_value", "answers.0.question_id"),
        ({"answers": [{"question_id": 2**63, "option_id": 1}]}, "max_value", "answers.0.question_id"),
        ({"answers": [{"question_id": 10**30, "option_id": 1}]}, "invalid", "answers.0.question_id"),
        ({"answers": [{"question_id": 10**9, "option_id": 1}]}, "does_not_exist", "answers.0.question_id"),
    ],
    ids=str,
)
def test_bad_answers_are_refused_by_name(body, code, attr, learner, practice):
    assert answer(learner.post(url_of(practice), body)) == (400, code, attr)
    assert not Attempt.unscoped.exists()


@pytest.mark.parametrize(
    "body", [[], "x", 5, [{"question_id": 1, "option_id": 1}], {"answers": [5]}, {"answers": [[]]}]
)
def test_what_is_no_object_is_refused(body, learner, practice):
    assert learner.post(url_of(practice), body).status_code == 400
    assert not Attempt.unscoped.exists()


def test_more_answers_than_any_set_takes_are_refused(learner, practice):
    answers = [{"question_id": 1, "option_id": 1}] * 5001
    assert answer(learner.post(url_of(practice), {"answers": answers})) == (400, "max_length", "answers")


def test_too_many_answers_are_refused_before_any_is_looked_at(learner, practice):
    body = {"answers": [{}] * 100_000}
    assert answer(learner.post(url_of(practice), body)) == (400, "max_length", "answers")


def test_nobody_is_ready_by_an_assessment_worth_nothing(learner, assessment):
    Question.unscoped.filter(question_set=assessment).update(points=0)
    for sent in (wrong_answers(assessment), right_answers(assessment)):
        body = learner.post(url_of(assessment), {"answers": sent}).json()
        assert (body["score"], body["total"], body["ready"]) == (0, 0, False)


def test_answers_must_be_to_this_set_with_its_own_options(learner, north, sunrise, practice):
    elsewhere = factories.QuestionFactory(question_set=entry_assessment_of(north.sub_course))
    foreign = factories.QuestionFactory(question_set=sunrise.practices[0])
    gone = factories.QuestionFactory(question_set=practice, deleted="2026-01-01T00:00Z")
    first, second = right_answers(practice)[:2]
    for question in (elsewhere, foreign, gone):
        other = {"question_id": question.pk, "option_id": options_of(question)[0].pk}
        response = learner.post(url_of(practice), {"answers": [first, other]})
        assert answer(response) == (400, "does_not_exist", "answers.1.question_id")
        mixed = {**first, "option_id": other["option_id"]}
        response = learner.post(url_of(practice), {"answers": [mixed]})
        assert answer(response) == (400, "does_not_exist", "answers.0.option_id")
    swapped = {**first, "option_id": second["option_id"]}
    response = learner.post(url_of(practice), {"answers": [swapped]})
    assert answer(response) == (400, "does_not_exist", "answers.0.option_id")
    assert not Attempt.unscoped.exists()


def test_an_answer_is_given_once_and_a_single_choice_takes_one(learner, practice):
    right, wrong = right_answers(practice)[0], wrong_answers(practice)[0]
    twice = learner.post(url_of(practice), {"answers": [right, right]})
    assert answer(twice) == (400, "duplicate_answer", "answers.1.option_id")
    both = learner.post(url_of(practice), {"answers": [right, wrong]})
    assert answer(both) == (400, "one_option_only", "answers.1.option_id")


def test_a_set_without_questions_takes_no_attempt(learner, north):
    body = {"answers": [{"question_id": 1, "option_id": 1}]}
    assert answer(learner.post(url_of(north.practices[0]), body)) == (409, "no_questions", None)


def test_a_template_takes_no_attempt(as_user, learner, north):
    template = factories.StandaloneAssessmentFactory(organization=north.organization)
    factories.QuestionFactory(question_set=template)
    body = {"answers": right_answers(template)}
    assert learner.post(url_of(template), body).status_code == 404
    assert answer(as_user(north.teacher).post(url_of(template), body)) == (409, "standalone_set", None)


def test_staff_may_try_a_draft_and_learners_may_not(as_user, learner, north):
    draft = factories.PracticeFactory(sub_course=north.sub_course, status="DRAFT")
    factories.QuestionFactory(question_set=draft)
    body = {"answers": right_answers(draft)}
    assert learner.post(url_of(draft), body).status_code == 404
    assert as_user(north.teacher).post(url_of(draft), body).status_code == 201


# Reading back


def test_attempts_are_listed_newest_first_and_only_ones_own(as_user, learner, north, practice, assessment):
    bodies = [
        learner.post(url_of(practice), {"answers": sent}).json()
        for sent in (wrong_answers(practice), right_answers(practice), right_answers(practice)[:1])
    ]
    learner.post(url_of(assessment), {"answers": right_answers(assessment)})
    as_user(north.student2).post(url_of(practice), {"answers": right_answers(practice)})
    listed = learner.get(url_of(practice)).json()
    assert listed == {"rows": bodies[::-1], "count": 3}
    page = learner.get(url_of(practice), {"limit": 2, "page": 2}).json()
    assert page == {"rows": bodies[:1], "count": 3}
    for other in (north.admin, north.teacher):
        assert as_user(other).get(url_of(practice)).json() == {"rows": [], "count": 0}
    assert as_user(north.student2).get(url_of(practice)).json()["count"] == 1
    for bad in ({"limit": "0"}, {"user": str(north.student2.pk)}):
        response = learner.get(url_of(practice), bad)
        assert (response.status_code, error_of(response)["attr"]) == (400, next(iter(bad)))


def test_the_other_tenant_has_neither_the_set_nor_the_attempts(as_user, learner, north, sunrise, practice):
    learner.post(url_of(practice), {"answers": right_answers(practice)})
    stranger = as_user(sunrise.student)
    assert stranger.get(url_of(practice)).status_code == 404
    body = {"answers": right_answers(practice)}
    assert stranger.post(url_of(practice), body).content == stranger.get(url_of(practice)).content
    with organization_scope(sunrise.organization):
        assert not Attempt.objects.exists()


def test_attempts_at_shared_content_stay_in_the_learners_own_organization(
    as_user, north, sunrise, shared, independent
):
    body = {"answers": right_answers(shared.practice)}
    for user in (north.student, sunrise.student, independent):
        assert as_user(user).post(url_of(shared.practice), body).status_code == 201
        assert as_user(user).get(url_of(shared.practice)).json()["count"] == 1
    kept = dict(Attempt.unscoped.values_list("user_id", "organization_id"))
    assert kept == {
        north.student.pk: north.organization.pk,
        sunrise.student.pk: sunrise.organization.pk,
        independent.pk: PLATFORM_ID,
    }


def test_learners_keep_their_attempts_when_they_move_to_another_organization(
    as_user, north, sunrise, independent, shared
):
    before = {}
    for user in (north.student, independent):
        body = {"answers": right_answers(shared.practice)}
        before[user] = as_user(user).post(url_of(shared.practice), body).json()
        place(user=user, at=sunrise.classroom.scope, role=sunrise.student.role)
    place(user=sunrise.student, at=None, role=None)
    for user, told in before.items():
        assert as_user(user).get(url_of(shared.practice)).json() == {"rows": [told], "count": 1}
        questions = as_user(user).get(url_of(shared.practice).replace("attempts", "questions"))
        assert b"is_correct" in questions.content
    assert as_user(sunrise.student).get(url_of(shared.practice)).json()["count"] == 0
    kept = dict(Attempt.unscoped.values_list("user_id", "organization_id"))
    assert kept == {north.student.pk: north.organization.pk, independent.pk: PLATFORM_ID}


def test_independent_learners_do_not_see_each_others_attempts(as_user, independent, shared):
    other = factories.make_user("other@demo.test")
    as_user(independent).post(url_of(shared.practice), {"answers": right_answers(shared.practice)})
    assert as_user(other).get(url_of(shared.practice)).json()["count"] == 0
    questions = as_user(other).get(url_of(shared.practice).replace("attempts", "questions"))
    assert b"is_correct" not in questions.content
    platform = Organization.unscoped.get(pk=PLATFORM_ID)
    assert as_user(other, platform.scope).get(url_of(shared.practice)).status_code == 404


def test_a_global_user_finds_their_own_attempts_in_whatever_scope_they_act(
    as_user, global_admin, north, practice
):
    within = as_user(global_admin, north.scope)
    assert within.post(url_of(practice), {"answers": right_answers(practice)}).status_code == 201
    assert Attempt.unscoped.get().organization_id == global_admin.organization_id
    for scope in (None, north.scope, Scope(north.organization.pk, north.school.pk)):
        assert as_user(global_admin, scope).get(url_of(practice)).json()["count"] == 1


def test_later_changes_do_not_change_what_was_recorded(as_user, learner, north, practice):
    told = learner.post(url_of(practice), {"answers": right_answers(practice)}).json()
    question = told["results"][0]["question_id"]
    options = [{"text": "a"}, {"text": "b", "is_correct": True}]
    url = f"/api/v1/questions/{question}"
    assert as_user(north.admin).patch(url, {"options": options, "points": 9}).status_code == 200
    assert learner.get(url_of(practice)).json()["rows"] == [told]


# Repeating


def test_a_repeated_submission_with_a_key_adds_nothing(as_user, learner, north, practice):
    key = {"HTTP_IDEMPOTENCY_KEY": "attempt-1"}
    body = {"answers": right_answers(practice)}
    first = learner.post(url_of(practice), body, **key)
    again = learner.post(url_of(practice), body, **key)
    assert (again.status_code, again.content) == (201, first.content)
    assert Attempt.unscoped.count() == 1
    changed = learner.post(url_of(practice), {"answers": wrong_answers(practice)}, **key)
    assert answer(changed)[:2] == (409, "idempotency_key_reused")
    assert as_user(north.student2).post(url_of(practice), body, **key).json()["id"] != first.json()["id"]
    assert learner.post(url_of(practice), body).json()["id"] != first.json()["id"]


def test_a_refused_submission_does_not_use_its_key_up(learner, practice):
    key = {"HTTP_IDEMPOTENCY_KEY": "attempt-2"}
    assert learner.post(url_of(practice), {"answers": None}, **key).status_code == 400
    assert learner.post(url_of(practice), {"answers": right_answers(practice)}, **key).status_code == 201
