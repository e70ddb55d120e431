"""Deleting, restoring and moving rows of the tree, and what stays true meanwhile."""

from learning.models import Course, Video
from quizzes.models import QuestionSet
from tests import factories
from tests.conftest import error_of

BASE = "/api/v1/course-management"


def test_deleting_a_course_hides_what_is_below_and_restoring_brings_back_just_that(
    north, sunrise, as_user, statements
):
    client = as_user(north.admin)
    earlier = north.videos[0]
    client.delete(f"{BASE}/videos/{earlier.pk}")
    with statements() as sent:
        client.delete(f"{BASE}/courses/{north.course.pk}")
    assert len(sent) == 1 + 1 + 5
    assert not Video.unscoped.filter(sub_course=north.sub_course, deleted=None).exists()
    assert not QuestionSet.unscoped.filter(sub_course=north.sub_course, deleted=None).exists()
    assert client.get(f"{BASE}/videos").json()["count"] == 0
    assert as_user(sunrise.admin).get(f"{BASE}/videos").json()["count"] == 3
    client.post(f"{BASE}/courses/{north.course.pk}/restore")
    alive = Video.unscoped.filter(sub_course=north.sub_course, deleted=None)
    assert [video.pk for video in alive] == [video.pk for video in north.videos[1:]]
    sets = QuestionSet.unscoped.filter(sub_course=north.sub_course, deleted=None)
    assert sets.filter(set_type="INITIAL_ASSESSMENT").count() == 1
    assert sets.filter(set_type="PRACTICE").count() == 2


def test_what_stands_in_something_deleted_is_restored_after_it(north, sunrise, as_user):
    client = as_user(north.admin)
    client.delete(f"{BASE}/courses/{north.course.pk}")
    response = client.post(f"{BASE}/sub-courses/{north.sub_course.pk}/restore")
    assert response.status_code == 409
    assert error_of(response)["code"] == "parent_deleted"


def test_nothing_is_added_under_a_deleted_parent(rows, north, as_user):
    client = as_user(north.admin)
    client.delete(f"{BASE}/sub-courses/{north.sub_course.pk}")
    response = client.post(f"{BASE}/videos", rows["videos"][2])
    assert (error_of(response)["code"], error_of(response)["attr"]) == ("does_not_exist", "sub_course_id")


def test_deleting_and_creating_fifty_times_never_fails(rows, north, as_user):
    client = as_user(north.admin)
    for _ in range(50):
        made = client.post(f"{BASE}/videos", rows["videos"][2])
        assert made.status_code == 201
        assert client.delete(f"{BASE}/videos/{made.json()['id']}").status_code == 204


def test_an_item_moves_to_the_end_of_another_parent(north, sunrise, as_user):
    other = factories.SubCourseFactory(course=north.course)
    factories.VideoFactory(sub_course=other, display_order=7)
    moved = as_user(north.admin).patch(f"{BASE}/videos/{north.videos[0].pk}", {"sub_course_id": other.pk})
    assert moved.status_code == 200
    assert (moved.json()["sub_course_id"], moved.json()["display_order"]) == (other.pk, 8)


def test_an_item_does_not_move_into_another_organization(north, sunrise, global_admin, as_user):
    response = as_user(global_admin).patch(
        f"{BASE}/videos/{north.videos[0].pk}", {"sub_course_id": sunrise.sub_course.pk}
    )
    assert (error_of(response)["code"], error_of(response)["attr"]) == ("does_not_exist", "sub_course_id")


def test_a_child_has_its_parents_organization_however_it_is_written(north, sunrise):
    [course] = Course.unscoped.bulk_create(
        [Course(category=north.category, organization=sunrise.organization, title="Astray")]
    )
    assert Course.unscoped.get(pk=course.pk).organization_id == north.organization.pk
    Course.unscoped.filter(pk=course.pk).update(organization=sunrise.organization)
    assert Course.unscoped.get(pk=course.pk).organization_id == north.organization.pk


def test_a_stale_instance_does_not_bring_a_deleted_row_back(north, sunrise, as_user):
    stale = Video.unscoped.get(pk=north.videos[0].pk)
    as_user(north.admin).delete(f"{BASE}/videos/{stale.pk}")
    stale.title = "Back?"
    stale.save(update_fields=["title"])
    assert Video.unscoped.get(pk=stale.pk).deleted is not None


def test_content_is_organization_wide_and_written_from_the_organization_by_key(
    north, sunrise, grant, as_user
):
    """A place narrower than the organization narrows people, not the tree (``docs/decisions/0011``)."""
    for person in (north.teacher, north.instructor):
        grant(person, "videos.update")
    own, foreign = north.videos[0].pk, sunrise.videos[0].pk
    refused = as_user(north.teacher).patch(f"{BASE}/videos/{own}", {"title": "Better"})
    assert (refused.status_code, error_of(refused)["code"]) == (403, "organization_scope_required")
    client = as_user(north.instructor)
    assert client.patch(f"{BASE}/videos/{own}", {"title": "Better"}).status_code == 200
    assert client.patch(f"{BASE}/videos/{foreign}", {"title": "Mine"}).status_code == 404


def test_changes_are_recorded_with_who_made_them(north, sunrise, as_user):
    as_user(north.admin).patch(f"{BASE}/courses/{north.course.pk}", {"title": "Renamed"})
    events = Course._meta.apps.get_model("learning", "CourseEvent").unscoped
    event = events.filter(pgh_obj_id=north.course.pk).latest("pgh_id")
    assert (event.title, event.organization_id) == ("Renamed", north.organization.pk)
    assert event.pgh_context["user"] == str(north.admin.pk)
    assert event.pgh_context["request"]
