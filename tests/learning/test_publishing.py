"""Publishing everything that is ready below a row, and what a row says of what is below it."""

import pytest

from learning.models import Course, SubCourse, Video
from tests import factories
from tests.learning.ordering import PAGE, sign_in


@pytest.fixture
def staff(north, sunrise):
    return sign_in(north.admin)


@pytest.fixture
def course(north):
    """A course that is a draft, with drafts that are ready and such as are not."""
    course = factories.CourseFactory(category=north.category, title="New course", status="DRAFT")
    first, empty = (factories.SubCourseFactory(course=course, status="DRAFT") for _ in range(2))
    for number in range(2):
        factories.VideoFactory(sub_course=first, status="DRAFT", display_order=number)
    factories.VideoFactory(sub_course=first, status="DRAFT", title="No link", video_url="")
    factories.VideoFactory(sub_course=first, status="ARCHIVED")
    asked = factories.PracticeFactory(sub_course=first, status="DRAFT")
    factories.QuestionFactory(question_set=asked)
    factories.PracticeFactory(sub_course=first, status="DRAFT", title="Nothing asked")
    course.first, course.empty = first, empty
    return course


def publish(staff, row, kind, **more):
    return staff.post(PAGE, {"do": f"ready:{kind}:{row.pk}", **more}, follow=True)


def test_what_is_ready_is_published_with_what_it_stands_in_and_the_rest_is_named(staff, course, north):
    page = publish(staff, north.category, "categories")
    told = page.content.decode()
    assert "5 are published now." in told
    assert "“No link” has no link yet." in told
    assert "“Nothing asked” has no questions yet" in told
    statuses = Video.unscoped.filter(sub_course=course.first).order_by("pk").values_list("status", flat=True)
    assert list(statuses) == ["PUBLISHED", "PUBLISHED", "DRAFT", "ARCHIVED"]
    assert SubCourse.unscoped.get(pk=course.first.pk).is_active
    assert not SubCourse.unscoped.get(pk=course.empty.pk).is_active, "learners would find nothing in it"
    assert Course.unscoped.get(pk=course.pk).is_active


def test_what_stands_in_something_archived_stays_as_it_is(staff, course):
    SubCourse.unscoped.filter(pk=course.first.pk).update(status="ARCHIVED")
    publish(staff, course, "courses")
    assert SubCourse.unscoped.get(pk=course.first.pk).status == "ARCHIVED"
    assert not Video.unscoped.filter(sub_course=course.first, status="PUBLISHED").exists()


def test_the_row_itself_is_left_as_it_is(staff, course):
    publish(staff, course, "courses")
    assert not Course.unscoped.get(pk=course.pk).is_active
    assert SubCourse.unscoped.get(pk=course.first.pk).is_active


def test_it_is_asked_about_where_it_moves_learners(staff, north, as_user):
    for video in north.videos:
        as_user(north.student).post(f"/api/v1/progress/videos/{video.pk}/complete")
    draft = factories.VideoFactory(sub_course=north.sub_course, status="DRAFT", title="One more")
    page = publish(staff, north.course, "courses", open=f"courses:{north.course.pk}")
    assert "1 will be asked to complete “One more”" in page.content.decode()
    assert Video.unscoped.get(pk=draft.pk).status == "DRAFT"
    publish(staff, north.course, "courses", confirmed="1")
    assert Video.unscoped.get(pk=draft.pk).status == "PUBLISHED"


def test_what_it_means_for_lists_of_every_kind_is_one_question(staff, north, as_user):
    learner = as_user(north.student)
    for kind, steps in {"videos": north.videos, "practices": north.practices}.items():
        for step in steps:
            learner.post(f"/api/v1/progress/{kind}/{step.pk}/complete")
    video = factories.VideoFactory(sub_course=north.sub_course, status="DRAFT", title="One to watch")
    practice = factories.PracticeFactory(sub_course=north.sub_course, status="DRAFT", title="One to do")
    factories.QuestionFactory(question_set=practice)
    asked = publish(staff, north.course, "courses", open=f"courses:{north.course.pk}").content.decode()
    assert "1 will be asked to complete “One to watch”" in asked
    assert "1 will be asked to complete “One to do”" in asked
    assert Video.unscoped.get(pk=video.pk).status == "DRAFT"


def test_rows_of_another_tenant_and_people_without_the_keys_publish_nothing(staff, north, sunrise):
    draft = factories.VideoFactory(sub_course=sunrise.sub_course, status="DRAFT")
    for pk in (sunrise.course.pk, 10**12, "x", ""):
        assert staff.post(PAGE, {"do": f"ready:courses:{pk}"}).status_code == 404
    assert staff.post(PAGE, {"do": "ready:nothing:1"}).status_code == 404
    head = factories.make_user("head@north.test", "PRINCIPAL", at=north.organization.scope, is_staff=True)
    assert sign_in(head).post(PAGE, {"do": f"ready:courses:{north.course.pk}"}).status_code == 403
    assert "publish-below" not in sign_in(head).get(PAGE).content.decode()
    assert Video.unscoped.get(pk=draft.pk).status == "DRAFT"


def test_a_sub_course_says_how_much_is_published_and_what_has_no_questions(staff, course, north):
    page = staff.get(PAGE, {"open": f"courses:{course.pk}"}).content.decode()
    assert "4 videos, 2 practices, 0 published, 1 without questions" in page
    assert (
        "3 videos, 2 practices, 5 published, 2 without questions"
        in staff.get(PAGE, {"open": f"courses:{north.course.pk}"}).content.decode()
    )
