"""What is kept of a path is what the database says now, whoever has changed it and in which way."""

import pytest
from django.db import connection

from learning.models import Course, CourseCategory, SubCourse, Video
from progress.models import VideoCompletion
from progress.steps.domain import path_content
from quizzes.models import QuestionSet
from tests import factories
from tests.progress.paths import path_url

pytestmark = pytest.mark.django_db


def by_sql(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def rename_by_sql(tenant):
    by_sql("UPDATE sub_course_videos SET title = 'By SQL' WHERE id = %s", tenant.videos[1].pk)


def remove_by_sql(tenant):
    by_sql("DELETE FROM sub_course_videos WHERE id = %s", tenant.videos[2].pk)


def turn_round(tenant):
    for order, video in enumerate(reversed(tenant.videos)):
        Video.unscoped.filter(pk=video.pk).update(display_order=order)


CHANGES = {
    "a video is renamed by SQL": rename_by_sql,
    "a video is removed by SQL": remove_by_sql,
    "a video is added": lambda t: factories.VideoFactory(sub_course=t.sub_course),
    "a video becomes a draft": lambda t: Video.unscoped.filter(pk=t.videos[0].pk).update(status="DRAFT"),
    "a video is deleted": lambda t: t.videos[0].delete(),
    "videos change places": turn_round,
    "a practice is renamed": lambda t: QuestionSet.unscoped.filter(pk=t.practices[0].pk).update(title="X"),
    "the entry assessment is a draft": lambda t: QuestionSet.unscoped.filter(
        set_type="INITIAL_ASSESSMENT", sub_course=t.sub_course
    ).update(status="DRAFT"),
    "a sub-course is added": lambda t: factories.SubCourseFactory(course=t.course),
    "a sub-course is closed": lambda t: SubCourse.unscoped.filter(pk=t.sub_course.pk).update(status="DRAFT"),
    "the course is renamed": lambda t: Course.unscoped.filter(pk=t.course.pk).update(title="Renamed"),
    "a video moves to another sub-course": lambda t: Video.unscoped.filter(pk=t.videos[0].pk).update(
        sub_course=factories.SubCourseFactory(course=t.course)
    ),
}


@pytest.mark.parametrize("role", ["student", "admin"])
@pytest.mark.parametrize("what", CHANGES)
def test_a_path_is_as_if_nothing_had_been_kept_when(what, role, north, sunrise, as_user):
    client = as_user(north.people[role])
    before = client.get(path_url(north.course))
    CHANGES[what](north)
    kept = client.get(path_url(north.course))
    path_content._kept.clear()
    anew = client.get(path_url(north.course))
    assert kept.json() == anew.json()
    assert kept["ETag"] == anew["ETag"] != before["ETag"]


def test_the_states_of_learners_are_their_own(north, sunrise, as_user):
    VideoCompletion.unscoped.create(
        user=north.student, organization=north.organization, video=north.videos[0]
    )
    for _time in range(2):
        states = {
            who: [
                (video["is_completed"], video["is_locked"])
                for video in as_user(north.people[who])
                .get(path_url(north.course))
                .json()["sub_courses"][0]["videos"]
            ]
            for who in ("student", "student2", "teacher")
        }
        assert states == {
            "student": [(True, False), (False, False), (False, True)],
            "student2": [(False, False), (False, True), (False, True)],
            "teacher": [(False, False)] * 3,
        }


def test_staff_and_learners_are_not_shown_each_others_content(north, sunrise, as_user):
    Video.unscoped.filter(pk=north.videos[1].pk).update(status="DRAFT")
    for _time in range(2):
        seen = {
            role: [
                video["id"]
                for video in as_user(north.people[role])
                .get(path_url(north.course))
                .json()["sub_courses"][0]["videos"]
            ]
            for role in ("admin", "student")
        }
        assert len(seen["admin"]) == 3
        assert len(seen["student"]) == 2


def test_another_organization_gets_nothing_of_what_is_kept(north, sunrise, as_user):
    assert as_user(north.student).get(path_url(north.course)).status_code == 200
    assert as_user(sunrise.student).get(path_url(north.course)).status_code == 404
    CourseCategory.unscoped.filter(pk=north.category.pk).update(status="DRAFT")
    assert as_user(north.student).get(path_url(north.course)).status_code == 404


def test_only_so_much_is_kept(north, sunrise, as_user, monkeypatch):
    monkeypatch.setattr(path_content, "HELD", 4000)
    for _number in range(5):
        course = factories.CourseFactory(category=north.category)
        factories.VideoFactory.create_batch(3, sub_course=factories.SubCourseFactory(course=course))
        assert as_user(north.student).get(path_url(course)).status_code == 200
        assert sum(one.size for one in path_content._kept.values()) <= 4000
