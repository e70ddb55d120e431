"""What was accepted once is accepted when it is sent again, whatever staff have done to the content since.

A phone that lost the answer in a tunnel sends again in the evening; by then a video may be a draft.
"""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.people.domain.membership import place
from learning.models import Course, CourseCategory, SubCourse, Subscription, Tcode, Video
from progress.models import PracticeCompletion, TcodeProgress, VideoCompletion
from quizzes.models import Attempt, Question, QuestionSet
from tests import factories
from tests.conftest import error_of
from tests.quizzes.conftest import right_answers, wrong_answers

pytestmark = pytest.mark.django_db


@pytest.fixture
def student(as_user, north, sunrise):
    return as_user(north.student)


def change(model, row, **values):
    model.unscoped.filter(pk=row.pk).update(**values)


def move_down(model, tenant, row):
    """Let another step come first."""
    change(model, row, display_order=99)


TO_STEPS = {
    "makes it a draft": lambda model, t, step: change(model, step, status="DRAFT"),
    "archives it": lambda model, t, step: change(model, step, status="ARCHIVED"),
    "deletes it": lambda model, t, step: change(model, step, deleted=timezone.now()),
    "puts others before it": move_down,
    "closes the sub-course": lambda model, t, step: change(SubCourse, t.sub_course, status="DRAFT"),
    "closes the course": lambda model, t, step: change(Course, t.course, status="DRAFT"),
    "deletes the category": lambda model, t, step: change(CourseCategory, t.category, deleted=timezone.now()),
}
KINDS = {
    "video": (Video, VideoCompletion, lambda tenant: tenant.videos[0], "videos"),
    "practice": (QuestionSet, PracticeCompletion, lambda tenant: tenant.practices[0], "practices"),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("what", TO_STEPS)
def test_a_completion_is_accepted_again_when_staff(what, kind, student, as_user, north, statements):
    model, completions, step_of, path = KINDS[kind]
    step = step_of(north)
    url = f"/api/v1/progress/{path}/{step.pk}/complete"
    first = student.post(url).json()
    TO_STEPS[what](model, north, step)
    with statements() as sent:
        again = student.post(url)
    assert again.status_code == 200, again.content
    assert (again.json()["completed"], again.json()["completed_at"]) == (True, first["completed_at"])
    assert len(sent) == 1
    assert completions.unscoped.filter(user=north.student).count() == 1
    # Who has not completed it meets what there is now.
    others = as_user(north.student2).post(url)
    assert others.status_code == (403 if what == "puts others before it" else 404)
    nobodys = as_user(north.student2).post(f"/api/v1/progress/{path}/{10**9}/complete")
    if others.status_code == 404:
        assert others.content == nobodys.content


def test_a_practice_that_belongs_to_no_sub_course_any_more_is_completed_again(student, north):
    practice = north.practices[0]
    url = f"/api/v1/progress/practices/{practice.pk}/complete"
    first = student.post(url).json()
    change(QuestionSet, practice, owner_type="STANDALONE", sub_course=None)
    assert student.post(url).json() == {**first, "next": None}


@pytest.mark.parametrize("what", ["closes the course", "deletes the category"])
def test_what_cannot_be_opened_is_not_named_as_next(what, student, north):
    url = f"/api/v1/progress/videos/{north.videos[0].pk}/complete"
    assert student.post(url).json()["next"]["id"] == north.videos[1].pk
    TO_STEPS[what](Video, north, north.videos[0])
    assert student.post(url).json()["next"] is None


def test_a_completed_step_that_is_a_draft_by_now_is_completed_again_and_not_shown(student, north):
    video = north.videos[0]
    student.post(f"/api/v1/progress/videos/{video.pk}/complete")
    change(Video, video, status="DRAFT")
    assert student.get(f"/api/v1/course-management/videos/{video.pk}").status_code == 404


def test_what_was_completed_in_another_organization_is_not_found_there(student, north, sunrise):
    url = f"/api/v1/progress/videos/{north.videos[0].pk}/complete"
    assert student.post(url).status_code == 200
    place(user=north.student, at=sunrise.classroom.scope, role=north.student.role)
    assert student.post(url).status_code == 404


# --- Progress with tcodes ---------------------------------------------------------------------------

TO_TCODES = {
    "shortens it": lambda tcode: change(Tcode, tcode, slide_count=5),
    "unpublishes it": lambda tcode: change(Tcode, tcode, is_published=False),
    "deletes it": lambda tcode: change(Tcode, tcode, deleted=timezone.now()),
    "ends the subscription": lambda tcode: Subscription.unscoped.all().delete(),
}


@pytest.mark.parametrize("what", TO_TCODES)
def test_progress_with_a_tcode_is_accepted_again_when_staff(what, student, north, sunrise):
    tcode = factories.TcodeFactory()
    factories.make_subscription(north.student, tcode)
    url, sent = f"/api/v1/tcodes/{tcode.pk}/progress", {"lastSlideSeen": 12, "percentComplete": 60}
    first = student.put(url, sent).json()
    TO_TCODES[what](tcode)
    again = student.put(url, sent)
    assert (again.status_code, {**again.json(), "lastActive": None}) == (200, {**first, "lastActive": None})
    # Anything further is a write of its own.
    for further in ({"lastSlideSeen": 13}, {"percentComplete": 61}, {"reset": True, "percentComplete": 59}):
        assert student.put(url, {**sent, **further}).status_code in (400, 403, 404), further
    row = TcodeProgress.unscoped.get()
    assert (row.last_slide_seen, row.percent_complete) == (12, 60)


def test_a_beginning_anew_is_accepted_again(student, north, sunrise):
    tcode = factories.TcodeFactory()
    factories.make_subscription(north.student, tcode)
    url = f"/api/v1/tcodes/{tcode.pk}/progress"
    student.put(url, {"lastSlideSeen": 12, "percentComplete": 60})
    assert student.put(url, {"reset": True}).status_code == 200
    change(Tcode, tcode, is_published=False)
    assert student.put(url, {"reset": True}).json()["percentComplete"] == 0


def test_a_tcode_of_another_organization_is_not_found_whatever_was_saved(student, north, sunrise):
    tcode = factories.TcodeFactory(organization=north.organization)
    factories.make_subscription(north.student, tcode)
    url, sent = f"/api/v1/tcodes/{tcode.pk}/progress", {"lastSlideSeen": 1, "percentComplete": 1}
    assert student.put(url, sent).status_code == 200
    place(user=north.student, at=sunrise.classroom.scope, role=north.student.role)
    assert student.put(url, sent).status_code == 404


# --- Attempts ---------------------------------------------------------------------------------------


def delete_questions(practice, number):
    gone = Question.unscoped.filter(question_set=practice).order_by("id")[:number]
    Question.unscoped.filter(pk__in=[question.pk for question in gone]).update(deleted=timezone.now())


TO_SETS = {
    "deletes a question": lambda t: delete_questions(t.practices[0], 1),
    "deletes all questions": lambda t: delete_questions(t.practices[0], 2),
    "makes it a draft": lambda t: change(QuestionSet, t.practices[0], status="DRAFT"),
    "deletes it": lambda t: change(QuestionSet, t.practices[0], deleted=timezone.now()),
    "puts others before it": lambda t: move_down(QuestionSet, t, t.practices[0]),
}


@pytest.fixture
def practice(north):
    factories.QuestionFactory.create_batch(2, question_set=north.practices[0])
    return north.practices[0]


@pytest.mark.parametrize("with_key", [True, False])
@pytest.mark.parametrize("what", TO_SETS)
def test_an_attempt_is_accepted_again_when_staff(what, with_key, student, as_user, practice, north):
    url, sent = f"/api/v1/question-sets/{practice.pk}/attempts", {"answers": right_answers(practice)}
    headers = {"HTTP_IDEMPOTENCY_KEY": "evening"} if with_key else {}
    first = student.post(url, sent, **headers)
    assert first.status_code == 201
    TO_SETS[what](north)
    again = student.post(url, sent, **headers)
    assert (again.status_code, again.json()) == (201, first.json())
    assert Attempt.unscoped.count() == 1
    # Other answers, and those of others, meet what there is now.
    wrong = {"answers": wrong_answers(practice)[:1]} if "all" not in what else {"answers": []}
    if what != "deletes a question":
        assert student.post(url, wrong).status_code in (403, 404, 409)
    assert as_user(north.student2).post(url, sent).status_code in (400, 403, 404, 409)
    assert Attempt.unscoped.count() == 1


def test_an_attempt_that_can_still_be_graded_is_another_one(student, practice):
    url, sent = f"/api/v1/question-sets/{practice.pk}/attempts", {"answers": right_answers(practice)}
    assert student.post(url, sent).json()["id"] != student.post(url, sent).json()["id"]


def test_a_refusal_names_what_is_wrong_where_nothing_was_accepted_before(student, practice, north):
    url, sent = f"/api/v1/question-sets/{practice.pk}/attempts", {"answers": right_answers(practice)}
    delete_questions(practice, 1)
    refused = student.post(url, sent)
    assert (refused.status_code, error_of(refused)["attr"]) == (400, "answers.0.question_id")
    change(QuestionSet, practice, status="DRAFT")
    assert student.post(url, {"answers": "x"}).status_code == 404


# --- Subscriptions ----------------------------------------------------------------------------------


def test_a_trial_is_answered_again_by_its_key_when_its_tcode_is_gone(student, north, sunrise):
    tcode = factories.TcodeFactory()
    body = {"tcodeId": tcode.pk, "subscriptionType": "trial"}
    first = student.post("/api/v1/subscriptions", body, HTTP_IDEMPOTENCY_KEY="trial")
    assert first.status_code == 201
    change(Tcode, tcode, is_published=False, deleted=timezone.now())
    Subscription.unscoped.update(start_date=timezone.now() - timedelta(days=90))
    again = student.post("/api/v1/subscriptions", body, HTTP_IDEMPOTENCY_KEY="trial")
    assert (again.status_code, again.content) == (201, first.content)
    assert Subscription.unscoped.count() == 1
