"""Reading the sets of a sub-course, its entry assessment, and the questions of a set."""

import pytest

from learning.tree.domain import structure
from tenancy.scope import organization_scope
from tests import factories
from tests.conftest import error_of
from tests.quizzes.conftest import entry_assessment_of, options_of, right_answers

BY_OWNER = "/api/v1/question-sets/by-owner"


def entry_url(sub_course_id):
    return f"/api/v1/question-sets/sub-courses/{sub_course_id}/entry-assessment"


def questions_url(question_set_id):
    return f"/api/v1/question-sets/{question_set_id}/questions"


@pytest.fixture
def teacher(as_user, north, sunrise):
    return as_user(north.teacher)


def of(sub_course):
    return {"owner_type": "SUB_COURSE", "owner_id": sub_course.pk}


# By owner


def test_the_sets_of_a_sub_course_are_listed_in_order_with_every_status(teacher, north):
    draft = factories.PracticeFactory(sub_course=north.sub_course, status="DRAFT", display_order=9)
    listed = teacher.get(BY_OWNER, of(north.sub_course)).json()
    assert listed["count"] == 4
    ids = [row["id"] for row in listed["rows"]]
    assert set(ids[:2]) == {entry_assessment_of(north.sub_course).pk, north.practices[0].pk}
    assert ids[2:] == [north.practices[1].pk, draft.pk]
    assert {row["owner_id"] for row in listed["rows"]} == {north.sub_course.pk}
    page = teacher.get(BY_OWNER, {**of(north.sub_course), "limit": 1, "page": 4}).json()
    assert ([row["id"] for row in page["rows"]], page["count"]) == ([draft.pk], 4)


def test_standalone_sets_are_listed_without_an_owner(teacher, north, sunrise):
    mine = factories.StandaloneAssessmentFactory(organization=north.organization)
    factories.StandaloneAssessmentFactory(organization=sunrise.organization)
    listed = teacher.get(BY_OWNER, {"owner_type": "STANDALONE"}).json()
    assert [row["id"] for row in listed["rows"]] == [mine.pk]


def test_an_owner_of_another_tenant_answers_like_one_that_does_not_exist(teacher, north, sunrise):
    foreign = teacher.get(BY_OWNER, of(sunrise.sub_course))
    unknown = teacher.get(BY_OWNER, {"owner_type": "SUB_COURSE", "owner_id": 10**9})
    assert foreign.status_code == unknown.status_code == 200
    assert foreign.content == unknown.content == b'{"rows":[],"count":0}'
    with organization_scope(north.organization):
        structure.delete(item=north.sub_course)
    assert teacher.get(BY_OWNER, of(north.sub_course)).json()["count"] == 0


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ({}, "owner_type"),
        ({"owner_id": 1}, "owner_type"),
        ({"owner_type": "SUB_COURSE"}, "owner_id"),
        ({"owner_type": "SUB_COURSE", "owner_id": ""}, "owner_id"),
        ({"owner_type": "SUB_COURSE", "owner_id": "x"}, "owner_id"),
        ({"owner_type": "SUB_COURSE", "owner_id": "1\x00"}, "owner_id"),
        ({"owner_type": "SUB_COURSE", "owner_id": "1.5"}, "owner_id"),
        ({"owner_type": "SUB_COURSE", "owner_id": "-1"}, "owner_id"),
        ({"owner_type": "SUB_COURSE", "owner_id": str(2**63)}, "owner_id"),
        ({"owner_type": "STANDALONE", "owner_id": 1}, "owner_id"),
        ({"owner_type": "COURSE", "owner_id": 1}, "owner_type"),
        ({"owner_type": "sub_course", "owner_id": 1}, "owner_type"),
        ({"owner_type": "SUB_COURSE", "owner_id": 1, "limit": 0}, "limit"),
    ],
    ids=str,
)
def test_a_bad_owner_is_refused_by_name(query, named, teacher):
    response = teacher.get(BY_OWNER, query)
    assert (response.status_code, error_of(response)["attr"]) == (400, named)


def test_learners_who_may_list_see_published_sets_only(as_user, grant, north):
    factories.PracticeFactory(sub_course=north.sub_course, status="DRAFT")
    factories.StandaloneAssessmentFactory(organization=north.organization)
    grant(north.student, "question_sets.list_by_owner")
    learner = as_user(north.student)
    assert learner.get(BY_OWNER, of(north.sub_course)).json()["count"] == 3
    assert learner.get(BY_OWNER, {"owner_type": "STANDALONE"}).json()["count"] == 0


# Entry assessment


def test_the_entry_assessment_of_a_sub_course(as_user, north, sunrise, shared):
    for user in (north.student, north.teacher, north.admin):
        for sub_course in (north.sub_course, shared.sub_course):
            shown = as_user(user).get(entry_url(sub_course.pk))
            assert shown.status_code == 200
            assert shown.json()["id"] == entry_assessment_of(sub_course).pk
            assert shown.json()["set_type"] == "INITIAL_ASSESSMENT"


def test_a_sub_course_that_is_foreign_deleted_or_unknown_has_none(teacher, north, sunrise):
    gone = factories.SubCourseFactory(course=north.course)
    with organization_scope(north.organization):
        structure.delete(item=gone)
    bodies = {teacher.get(entry_url(pk)).content for pk in (sunrise.sub_course.pk, gone.pk, 10**9, 0)}
    assert len(bodies) == 1
    assert teacher.get(entry_url(gone.pk)).status_code == 404
    assert teacher.get(entry_url("9" * 18)).status_code == 404
    assert teacher.get(entry_url("9" * 19)).status_code == 404


@pytest.mark.parametrize("status", ["DRAFT", "ARCHIVED"])
def test_learners_do_not_see_an_entry_assessment_that_is_not_published(status, as_user, north):
    assessment = entry_assessment_of(north.sub_course)
    type(assessment).unscoped.filter(pk=assessment.pk).update(status=status)
    assert as_user(north.student).get(entry_url(north.sub_course.pk)).status_code == 404
    assert as_user(north.teacher).get(entry_url(north.sub_course.pk)).status_code == 200


def test_learners_do_not_see_the_entry_assessment_of_an_inactive_sub_course(as_user, north):
    inactive = factories.SubCourseFactory(course=north.course, status="DRAFT")
    assert as_user(north.student).get(entry_url(inactive.pk)).status_code == 404
    assert as_user(north.teacher).get(entry_url(inactive.pk)).status_code == 200


# Questions of a set


def test_questions_come_in_order_with_their_options(as_user, teacher, north):
    practice = north.practices[0]
    last = factories.QuestionFactory(question_set=practice, display_order=2)
    first = factories.QuestionFactory(question_set=practice, display_order=1)
    factories.QuestionFactory(question_set=practice, deleted="2026-01-01T00:00Z")
    listed = as_user(north.admin).get(questions_url(practice.pk)).json()
    assert listed["count"] == 2
    assert [row["id"] for row in listed["rows"]] == [first.pk, last.pk]
    assert listed["rows"][0]["options"] == [
        {"id": o.pk, "text": o.text, "is_correct": o.is_correct} for o in options_of(first)
    ]
    assert listed["rows"][0]["explanation"] == "Because it is so."
    page = teacher.get(questions_url(practice.pk), {"limit": 1, "page": 2}).json()
    assert ([row["id"] for row in page["rows"]], page["count"]) == ([last.pk], 2)
    assert teacher.get(questions_url(practice.pk), {"page": 9}).json() == {"rows": [], "count": 2}
    for bad in ({"limit": "x"}, {"page": "0"}):
        response = teacher.get(questions_url(practice.pk), bad)
        assert (response.status_code, error_of(response)["attr"]) == (400, next(iter(bad)))


def test_the_questions_of_a_foreign_unknown_or_hidden_set_are_a_404(as_user, north, sunrise):
    factories.QuestionFactory(question_set=sunrise.practices[0])
    draft = factories.PracticeFactory(sub_course=north.sub_course, status="DRAFT")
    learner = as_user(north.student)
    answers = [learner.get(questions_url(pk)) for pk in (sunrise.practices[0].pk, 10**9, draft.pk)]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert as_user(north.teacher).get(questions_url(draft.pk)).json() == {"rows": [], "count": 0}


@pytest.mark.parametrize("which", ["practice", "entry assessment"])
def test_correct_answers_are_hidden_until_the_learner_has_submitted_an_attempt(
    which, as_user, north, statements
):
    chosen = north.practices[0] if which == "practice" else entry_assessment_of(north.sub_course)
    factories.QuestionFactory.create_batch(2, question_set=chosen)
    learner, other = as_user(north.student), as_user(north.student2)

    def shown_to(client):
        return client.get(questions_url(chosen.pk))

    for client in (learner, other):
        response = shown_to(client)
        assert b"is_correct" not in response.content
        assert b"explanation" not in response.content
        assert b"Because" not in response.content
        assert [set(o) for o in response.json()["rows"][0]["options"]] == [{"id", "text"}] * 3
    url = f"/api/v1/question-sets/{chosen.pk}/attempts"
    refused = learner.post(url, {"answers": [{"question_id": 1}]})
    assert refused.status_code == 400
    assert b"is_correct" not in shown_to(learner).content
    assert learner.post(url, {"answers": right_answers(chosen)}).status_code == 201
    seen = shown_to(learner).json()["rows"][0]
    assert [o["is_correct"] for o in seen["options"]] == [True, False, False]
    assert seen["explanation"] == "Because it is so."
    assert b"is_correct" not in shown_to(other).content


def test_an_attempt_at_one_set_shows_nothing_of_another(as_user, north):
    one, other = entry_assessment_of(north.sub_course), north.practices[0]
    for practice in (one, other):
        factories.QuestionFactory(question_set=practice)
    learner = as_user(north.student)
    learner.post(f"/api/v1/question-sets/{one.pk}/attempts", {"answers": right_answers(one)})
    assert b"is_correct" in learner.get(questions_url(one.pk)).content
    assert b"is_correct" not in learner.get(questions_url(other.pk)).content


def test_everyone_who_is_not_staff_is_kept_from_the_answers(as_user, grant, north, independent, shared):
    practice = north.practices[0]
    factories.QuestionFactory(question_set=practice)
    for user in (north.guardian, north.guest):
        grant(user, "question_set_items.list")
        assert b"is_correct" not in as_user(user).get(questions_url(practice.pk)).content
    shown = as_user(independent).get(questions_url(shared.practice.pk))
    assert shown.status_code == 200
    assert b"is_correct" not in shown.content
