"""Sequential unlock: document 004, sections 8 and 9; ``API.md`` "Sequential unlock"."""

import pytest

from learning.models import Course, CourseCategory, SubCourse, Video
from progress.models import PracticeCompletion, VideoCompletion
from quizzes.models import QuestionSet
from tests import factories
from tests.conftest import error_of

VIDEOS = "/api/v1/course-management/videos"
SETS = "/api/v1/question-sets"
PROGRESS = "/api/v1/progress"


def reference(item, kind):
    return {"type": kind, "id": item.pk, "title": item.title}


class Steps:
    """The same questions asked of videos and of practices."""

    def __init__(self, kind, tenant, client):
        self.kind = kind
        self.client = client
        self.items = tenant.videos if kind == "video" else tenant.practices
        self.sub_course = tenant.sub_course

    def url(self, item):
        return f"{VIDEOS}/{item.pk}" if self.kind == "video" else f"{SETS}/{item.pk}"

    def open(self, item):
        return self.client.get(self.url(item))

    def complete(self, item):
        return self.client.post(f"{PROGRESS}/{self.kind}s/{item.pk}/complete")

    def make(self, **fields):
        factory = factories.VideoFactory if self.kind == "video" else factories.PracticeFactory
        return factory(sub_course=self.sub_course, **fields)

    def change(self, item, **fields):
        type(item).unscoped.filter(pk=item.pk).update(**fields)

    def reference(self, item):
        return reference(item, self.kind)


@pytest.fixture(params=["video", "practice"])
def steps(request, north, sunrise, as_user):
    return Steps(request.param, north, as_user(north.student))


def blocking(response):
    assert response.status_code == 403
    error = error_of(response)
    assert error["code"] == "locked"
    return error["meta"]["blocking"]


def test_the_first_step_is_open_and_the_second_names_the_first(steps):
    first, second, *_ = steps.items
    assert steps.open(first).status_code == 200
    assert blocking(steps.open(second)) == [steps.reference(first)]
    assert blocking(steps.complete(second)) == [steps.reference(first)]


def test_completing_a_step_opens_the_next(steps):
    first, second, *_ = steps.items
    done = steps.complete(first)
    assert done.status_code == 200
    assert done.json()["completed"] is True
    assert done.json()["next"] == steps.reference(second)
    assert steps.open(second).status_code == 200


def test_every_earlier_step_still_to_complete_is_named_in_order(steps):
    last = steps.make(display_order=50)
    also = steps.make(display_order=49)
    expected = [steps.reference(item) for item in (*steps.items, also)]
    assert blocking(steps.open(last)) == expected


def test_a_repeat_keeps_the_first_time_and_writes_nothing(steps):
    first = steps.items[0]
    once, twice = steps.complete(first), steps.complete(first)
    assert once.status_code == twice.status_code == 200
    assert once.json() == twice.json()
    model = VideoCompletion if steps.kind == "video" else PracticeCompletion
    assert model.unscoped.count() == 1


def test_ties_in_position_break_by_id(steps):
    for item in steps.items:
        steps.change(item, display_order=4)
    first, second, *_ = steps.items
    assert steps.open(first).status_code == 200
    assert blocking(steps.open(second)) == [steps.reference(first)]


@pytest.mark.parametrize("status", ["DRAFT", "ARCHIVED"])
def test_an_unpublished_step_is_not_in_the_sequence_and_not_there(steps, status):
    first, second, *_ = steps.items
    steps.change(first, status=status)
    assert steps.open(first).status_code == 404
    assert steps.complete(first).status_code == 404
    assert steps.open(second).status_code == 200


def test_a_deleted_step_is_not_in_the_sequence_and_not_there(steps, north, as_user):
    first, second, *_ = steps.items
    assert as_user(north.admin).delete(steps.url(first)).status_code == 204
    assert steps.open(first).status_code == 404
    assert steps.open(second).status_code == 200
    assert as_user(north.admin).post(f"{steps.url(first)}/restore").status_code == 200
    assert blocking(steps.open(second)) == [steps.reference(first)]


def test_a_reorder_asks_for_the_new_first_step_and_keeps_completions(steps, north, as_user):
    first, second, *rest = steps.items
    assert steps.complete(first).status_code == 200
    ids = [second.pk, first.pk, *(item.pk for item in rest)]
    third = rest[0] if rest else None
    reordered = as_user(north.admin).put(
        f"/api/v1/course-management/{steps.kind}s/reorder",
        {"items": [{"id": pk, "position": position} for position, pk in enumerate(ids)]},
    )
    assert reordered.status_code == 200
    assert steps.open(first).status_code == 200
    assert steps.open(second).status_code == 200
    if third is not None:
        assert blocking(steps.open(third)) == [steps.reference(second)]


def test_a_completed_step_stays_open_when_something_is_put_before_it(steps):
    first = steps.items[0]
    steps.complete(first)
    before = steps.make(display_order=0)
    steps.change(first, display_order=1)
    assert steps.open(first).status_code == 200
    assert steps.complete(first).status_code == 200
    assert steps.complete(first).json()["next"] == steps.reference(before)


def test_a_completion_survives_unpublishing_and_publishing_again(steps):
    first, second, *_ = steps.items
    at = steps.complete(first).json()["completed_at"]
    steps.change(first, status="DRAFT")
    steps.change(first, status="PUBLISHED")
    assert steps.open(second).status_code == 200
    assert steps.complete(first).json()["completed_at"] == at


def test_the_sequence_is_each_learners_own(steps, north, as_user):
    first, second, *_ = steps.items
    steps.complete(first)
    steps.client = as_user(north.student2)
    assert blocking(steps.open(second)) == [steps.reference(first)]


def test_sub_courses_do_not_block_each_other(steps, north):
    elsewhere = factories.SubCourseFactory(course=north.course)
    steps.sub_course = elsewhere
    assert steps.open(steps.make()).status_code == 200


@pytest.mark.parametrize("model", [SubCourse, Course, CourseCategory])
def test_learners_do_not_reach_into_what_is_switched_off(steps, north, model):
    row = {SubCourse: north.sub_course, Course: north.course, CourseCategory: north.category}[model]
    model.unscoped.filter(pk=row.pk).update(status="DRAFT")
    assert steps.open(steps.items[0]).status_code == 404
    assert steps.complete(steps.items[0]).status_code == 404


def test_another_tenants_step_is_answered_like_one_that_does_not_exist(steps, sunrise):
    theirs = sunrise.videos[0] if steps.kind == "video" else sunrise.practices[0]
    nobody = type(theirs)(pk=10**12)
    assert steps.open(theirs).status_code == steps.complete(theirs).status_code == 404
    assert steps.open(theirs).content == steps.open(nobody).content
    assert steps.complete(theirs).content == steps.complete(nobody).content
    assert not VideoCompletion.unscoped.exists()
    assert not PracticeCompletion.unscoped.exists()


@pytest.mark.parametrize("role", ["admin", "instructor", "support", "teacher"])
def test_staff_are_never_sequence_blocked_and_see_drafts(steps, north, as_user, role):
    steps.client = as_user(getattr(north, role))
    assert steps.open(steps.items[-1]).status_code == 200
    steps.change(steps.items[0], status="DRAFT")
    assert steps.open(steps.items[0]).status_code == 200


@pytest.mark.parametrize("role", ["principal", "guardian", "guest"])
def test_who_has_no_key_is_refused_whatever_the_id(steps, north, sunrise, as_user, role):
    steps.client = as_user(getattr(north, role))
    theirs = sunrise.videos[0] if steps.kind == "video" else sunrise.practices[0]
    answers = [steps.open(item) for item in (steps.items[0], theirs, type(theirs)(pk=10**12))]
    answers += [steps.complete(item) for item in (steps.items[0], theirs)]
    assert {answer.status_code for answer in answers} == {403}
    assert len({answer.content for answer in answers}) == 1


def test_a_user_without_a_role_follows_the_sequence_of_shared_content(independent, global_admin, as_user):
    from tenancy.models import Organization

    platform = Organization.unscoped.get(slug="platform")
    course = factories.CourseFactory(category=factories.CategoryFactory(organization=platform))
    sub_course = factories.SubCourseFactory(course=course)
    first, second = (factories.VideoFactory(sub_course=sub_course, display_order=n) for n in range(2))
    client = as_user(independent)
    assert blocking(client.get(f"{VIDEOS}/{second.pk}")) == [reference(first, "video")]
    assert client.post(f"{PROGRESS}/videos/{first.pk}/complete").status_code == 200
    assert client.get(f"{VIDEOS}/{second.pk}").status_code == 200
    assert VideoCompletion.unscoped.get().organization_id == platform.pk


def test_next_goes_on_with_practices_and_ends_with_null(north, sunrise, as_user):
    steps = Steps("video", north, as_user(north.student))
    *_, last = [steps.complete(video) for video in north.videos]
    assert last.json()["next"] == reference(north.practices[0], "practice")
    steps = Steps("practice", north, steps.client)
    *_, last = [steps.complete(practice) for practice in north.practices]
    assert last.json()["next"] is None


def test_an_entry_assessment_is_no_practice_to_complete(north, sunrise, as_user):
    assessment = QuestionSet.unscoped.get(sub_course=north.sub_course, set_type="INITIAL_ASSESSMENT")
    client = as_user(north.student)
    assert client.post(f"{PROGRESS}/practices/{assessment.pk}/complete").status_code == 404
    assert client.get(f"{SETS}/{assessment.pk}").status_code == 200


def test_no_path_leads_round_the_lock_of_a_practice(north, sunrise, grant, as_user):
    _first, second = north.practices
    question = factories.QuestionFactory(question_set=second)
    client = as_user(north.student)
    answers = {"answers": [{"question_id": question.pk, "option_id": 1}]}
    for response in (
        client.get(f"{SETS}/{second.pk}"),
        client.get(f"{SETS}/{second.pk}/questions"),
        client.post(f"{SETS}/{second.pk}/attempts", answers),
    ):
        assert [item["id"] for item in blocking(response)] == [north.practices[0].pk]
    # Keys that learners do not hold by role open no way round either.
    grant(north.student, "questions.get", "questions.list", "question_sets.list", "videos.list")
    listed = client.get("/api/v1/questions")
    assert question.pk not in [row["id"] for row in listed.json().get("rows", [])]
    assert client.get(f"/api/v1/questions/{question.pk}").status_code in (403, 404)


def test_one_video_takes_one_statement_and_completing_it_one(north, sunrise, as_user, statements):
    client = as_user(north.student)
    client.get(f"{VIDEOS}/{north.videos[0].pk}")  # from now on it is known who they are
    for number in (0, 30):
        for _ in range(number):
            factories.VideoFactory(sub_course=north.sub_course, display_order=90)
        with statements() as opened:
            assert client.get(f"{VIDEOS}/{north.videos[0].pk}").status_code == 200
        with statements() as refused:
            assert client.get(f"{VIDEOS}/{north.videos[2].pk}").status_code == 403
        with statements() as completed:
            client.post(f"{PROGRESS}/videos/{north.videos[0].pk}/complete")
        with statements() as repeated:
            client.post(f"{PROGRESS}/videos/{north.videos[0].pk}/complete")
        assert [len(sent) for sent in (opened, refused, completed, repeated)] == [1] * 4


def test_an_open_video_has_the_fields_of_the_contract(north, sunrise, as_user):
    video = north.videos[0]
    assert as_user(north.student).get(f"{VIDEOS}/{video.pk}").json() == {
        "id": video.pk,
        "sub_course_id": north.sub_course.pk,
        "title": video.title,
        "description": "",
        "video_url": video.video_url,
        "duration_seconds": 60,
        "display_order": 0,
        "status": "PUBLISHED",
        "is_shared": False,
    }


def test_a_completion_records_who_and_where_from_the_token_alone(north, sunrise, as_user):
    sent = {
        "user": str(sunrise.student.pk),
        "organizationId": str(sunrise.organization.pk),
        "completed_at": "2001-01-01",
    }
    as_user(north.student).post(f"{PROGRESS}/videos/{north.videos[0].pk}/complete", sent)
    row = VideoCompletion.unscoped.get()
    assert (row.user_id, row.organization_id) == (north.student.pk, north.organization.pk)
    assert row.completed_at.year > 2001
    assert Video.unscoped.get(pk=row.video_id).organization_id == north.organization.pk
