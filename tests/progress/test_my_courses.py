"""``GET /api/v1/me/courses``: what a learner finds to do, without knowing an id."""

from datetime import datetime

import pytest

from learning.models import Video
from learning.tree import levels
from progress.models import VideoCompletion
from progress.steps.domain.courses import CourseStatus, list_courses
from tenancy.models import Organization
from tenancy.scope import organization_scope
from tests import factories
from tests.conftest import error_of

URL = "/api/v1/me/courses"


@pytest.fixture
def platform(db):
    return Organization.unscoped.get(slug="platform")


def course_of(category, *, videos=1, practices=0, **values):
    course = factories.CourseFactory(category=category, **values)
    sub_course = factories.SubCourseFactory(course=course)
    for number in range(videos):
        factories.VideoFactory(sub_course=sub_course, display_order=number)
    for number in range(practices):
        factories.PracticeFactory(sub_course=sub_course, display_order=number)
    return course


def complete(client, course):
    """Complete everything of a course, as its ``continue_at`` leads; return the ids in that order."""
    done = []
    while step := row_of(client, course)["continue_at"]:
        done.append((step["type"], step["id"]))
        answer = client.post(f"/api/v1/progress/{step['type']}s/{step['id']}/complete")
        assert answer.status_code == 200, answer.json()
    return done


def row_of(client, course):
    [row] = [row for row in client.get(URL).json()["rows"] if row["id"] == course.pk]
    return row


def ids_of(client, query=""):
    answer = client.get(f"{URL}{query}")
    assert answer.status_code == 200, answer.json()
    return [row["id"] for row in answer.json()["rows"]]


def test_a_learner_finds_a_course_and_where_to_begin(north, sunrise, as_user):
    answer = as_user(north.student).get(URL)
    assert answer.status_code == 200
    first = north.videos[0]
    assert answer.json() == {
        "rows": [
            {
                "id": north.course.pk,
                "title": north.course.title,
                "category": {"id": north.category.pk, "title": north.category.title},
                "is_shared": False,
                "completed": 0,
                "waived": 0,
                "total": 5,
                "last_activity_at": None,
                "continue_at": {
                    "type": "video",
                    "id": first.pk,
                    "title": first.title,
                    "sub_course_id": north.sub_course.pk,
                },
            }
        ],
        "count": 1,
    }


def test_following_continue_at_leads_through_a_course_without_a_locked_step(north, sunrise, as_user):
    second = factories.SubCourseFactory(course=north.course, display_order=0)
    last = factories.SubCourseFactory(course=north.course, display_order=5)
    video = factories.VideoFactory(sub_course=second)
    practice = factories.PracticeFactory(sub_course=last)
    client = as_user(north.student)
    # All in position 0 of the course: the one made first comes first.
    expected = [("video", one.pk) for one in north.videos] + [("practice", one.pk) for one in north.practices]
    assert complete(client, north.course) == [*expected, ("video", video.pk), ("practice", practice.pk)]
    done = row_of(client, north.course)
    assert (done["completed"], done["total"], done["continue_at"]) == (7, 7, None)


def test_the_last_activity_is_the_latest_completion_of_this_learner_in_this_course(north, sunrise, as_user):
    other = course_of(north.category)
    client = as_user(north.student)
    first, second = north.videos[:2]
    for video in (first, second):
        client.post(f"/api/v1/progress/videos/{video.pk}/complete")
    as_user(north.student2).post(f"/api/v1/progress/videos/{first.pk}/complete")
    VideoCompletion.unscoped.filter(user=north.student, video=second).update(
        completed_at="2025-03-01T10:00:00Z"
    )
    row = row_of(client, north.course)
    mine = VideoCompletion.unscoped.get(user=north.student, video=first)
    assert datetime.fromisoformat(row["last_activity_at"]) == mine.completed_at
    assert row["completed"] == 2
    assert row_of(client, other)["last_activity_at"] is None
    assert row_of(as_user(north.student2), north.course)["completed"] == 1


def test_a_course_is_listed_when_it_is_published_and_there_is_something_to_do(north, sunrise, as_user):
    here = north.category
    course_of(here, status="DRAFT")
    course_of(factories.CategoryFactory(organization=north.organization, status="DRAFT"))
    factories.CourseFactory(category=here)
    factories.SubCourseFactory(course=factories.CourseFactory(category=here))
    drafts = course_of(here, videos=0)
    factories.VideoFactory(sub_course=drafts.sub_courses(manager="unscoped").get(), status="DRAFT")
    hidden = course_of(here)
    hidden.sub_courses(manager="unscoped").update(status="DRAFT")
    gone = course_of(here)
    assert as_user(north.admin).delete(f"/api/v1/course-management/courses/{gone.pk}").status_code == 204
    practices_only = course_of(here, videos=0, practices=2, display_order=3)
    assert ids_of(as_user(north.student)) == [north.course.pk, practices_only.pk]


def test_only_published_steps_of_active_sub_courses_count(north, sunrise, as_user):
    client = as_user(north.student)
    client.post(f"/api/v1/progress/videos/{north.videos[0].pk}/complete")
    Video.unscoped.filter(pk=north.videos[0].pk).update(status="ARCHIVED")
    factories.VideoFactory(sub_course=factories.SubCourseFactory(course=north.course, status="DRAFT"))
    row = row_of(client, north.course)
    assert (row["completed"], row["total"], row["last_activity_at"]) == (0, 4, None)
    assert ids_of(client, "?status=not_started") == [north.course.pk]


def test_shared_courses_come_after_ones_own_and_those_of_others_never(
    north, sunrise, platform, independent, as_user
):
    shared = course_of(factories.CategoryFactory(organization=platform, display_order=0), display_order=0)
    first = course_of(factories.CategoryFactory(organization=north.organization, display_order=0))
    own = [first.pk, north.course.pk]
    factories.CategoryFactory(organization=north.organization, display_order=0)
    type(north.category).unscoped.filter(pk=north.category.pk).update(display_order=9)
    rows = as_user(north.student).get(URL).json()["rows"]
    assert [(row["id"], row["is_shared"]) for row in rows] == [
        *((pk, False) for pk in own),
        (shared.pk, True),
    ]
    assert ids_of(as_user(sunrise.student)) == [sunrise.course.pk, shared.pk]
    assert ids_of(as_user(independent)) == [shared.pk]


def test_staff_see_what_learners_meet_with_their_own_progress(north, sunrise, global_admin, as_user):
    draft = factories.VideoFactory(sub_course=north.sub_course, status="DRAFT")
    course_of(north.category, status="DRAFT")
    as_user(north.student).post(f"/api/v1/progress/videos/{north.videos[0].pk}/complete")
    for person in (north.admin, north.teacher):
        [row] = as_user(person).get(URL).json()["rows"]
        assert (row["id"], row["completed"], row["total"]) == (north.course.pk, 0, 5)
        assert row["continue_at"]["id"] != draft.pk
    assert ids_of(as_user(global_admin, sunrise.scope)) == [sunrise.course.pk]
    assert ids_of(as_user(global_admin)) == sorted([north.course.pk, sunrise.course.pk])


@pytest.mark.parametrize(("person", "status"), [("student", 200), ("guardian", 403), ("guest", 403)])
def test_who_may_read_a_path_may_list_courses(person, status, north, sunrise, as_user):
    client = as_user(getattr(north, person))
    path = f"/api/v1/course-management/courses/{north.course.pk}/learning-path"
    assert client.get(URL).status_code == client.get(path).status_code == status


def test_courses_are_narrowed_by_how_far_one_is(north, sunrise, as_user):
    client = as_user(north.student)
    begun, done = course_of(north.category, videos=2), course_of(north.category, practices=1)
    fresh = north.course
    client.post(f"/api/v1/progress/videos/{row_of(client, begun)['continue_at']['id']}/complete")
    complete(client, done)
    told = {status: ids_of(client, f"?status={status}") for status in CourseStatus}
    assert told == {"not_started": [fresh.pk], "in_progress": [begun.pk], "completed": [done.pk]}
    assert sorted(ids_of(client)) == sorted([fresh.pk, begun.pk, done.pk])
    untouched = as_user(north.student2)
    assert ids_of(untouched, "?status=not_started") == ids_of(untouched)
    # A finished course that gets one more step is in progress again.
    factories.VideoFactory(sub_course=done.sub_courses(manager="unscoped").get(), display_order=9)
    assert sorted(ids_of(client, "?status=in_progress")) == sorted([begun.pk, done.pk])


def test_courses_are_found_by_a_part_of_their_title_in_any_case(north, sunrise, as_user):
    titles = ["Élan vital", "Speaking 100%", "speaking_softly"]
    vital, percent, softly = (course_of(north.category, title=title).pk for title in titles)
    client = as_user(north.student)
    assert ids_of(client, "?search=SPEAK") == [percent, softly]
    assert ids_of(client, "?search=%C3%A9LAN") == ids_of(client, "?search=elan") == [vital]
    # Signs that stand for others elsewhere are themselves.
    assert ids_of(client, "?search=100%25") == [percent]
    assert ids_of(client, "?search=g_s") == [softly]
    assert ids_of(client, "?search=g%25s") == []
    assert ids_of(client, "?search=") == ids_of(client, "?search=%20") == ids_of(client)
    assert ids_of(client, "?search=speak&status=completed") == []


def test_pages_are_parts_of_the_whole_and_count_all(north, sunrise, as_user):
    for number in range(4):
        course_of(north.category, display_order=number)
    client = as_user(north.student)
    whole = ids_of(client)
    pages = [client.get(f"{URL}?limit=2&page={page}").json() for page in (1, 2, 3, 4)]
    assert [row["id"] for page in pages for row in page["rows"]] == whole
    assert [page["count"] for page in pages] == [5] * 4
    assert client.get(f"{URL}?status=completed").json() == {"rows": [], "count": 0}


@pytest.mark.parametrize(
    ("query", "attr", "code"),
    [
        ("?status=begun", "status", "invalid_choice"),
        ("?status=", "status", "empty_parameter"),
        (f"?search={'x' * 201}", "search", "max_length"),
        ("?search=%00", "search", "null_characters_not_allowed"),
        ("?stauts=completed", "stauts", "unknown_parameter"),
        ("?page=0", "page", "invalid_page"),
        ("?limit=201", "limit", "invalid_limit"),
    ],
)
def test_a_bad_parameter_is_refused_by_name(query, attr, code, north, sunrise, as_user):
    answer = as_user(north.student).get(f"{URL}{query}")
    assert answer.status_code == 400
    assert (error_of(answer)["attr"], error_of(answer)["code"]) == (attr, code)


@pytest.mark.parametrize("query", ["", *(f"?status={status}" for status in CourseStatus)])
def test_the_list_takes_one_statement_whatever_there_is(query, north, sunrise, as_user, statements):
    client = as_user(north.student)
    for number in (0, 3):
        for _ in range(number):
            complete(client, course_of(north.category, videos=2, practices=1))
            course_of(north.category)
        with statements() as sent:
            assert client.get(f"{URL}{query}").status_code == 200
        assert len(sent) == 1 + 1


def test_every_registered_level_of_steps_counts(north, sunrise):
    """The statement goes through what is registered; each level's rows are in the totals."""
    with organization_scope(north.organization):
        expected = sum(len(level.ids_below(north.sub_course.pk)) for level in levels.steps())
        [row] = list_courses(user=north.student, limit=50, offset=0)["rows"]
    assert row["total"] == expected == 5
