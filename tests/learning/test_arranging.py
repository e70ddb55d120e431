"""What staff do to the tree: nothing that touches learners in progress happens unconfirmed."""

import pytest

from learning.models import Reordering, SubCourse, Video
from learning.tree.domain import arranging, levels, ordering, structure
from learning.tree.domain.learner_guard import ConfirmationRequired
from progress.models import VideoCompletion
from quizzes.models import QuestionSet
from quizzes.sets.domain.siblings import PRACTICES
from tenancy.errors import ConflictError, InvalidError, NotFoundError, RefusedError
from tenancy.models import Organization
from tenancy.scope import every_organization, organization_scope
from tests import factories


@pytest.fixture(autouse=True)
def inside(north, sunrise):
    with organization_scope(north.organization):
        yield


@pytest.fixture
def in_progress(north):
    """Someone who has completed the first of three videos."""
    VideoCompletion.unscoped.create(
        user=north.student, organization=north.organization, video=north.videos[0]
    )


def reorder(north, *videos, **options):
    positions = ordering.positions_of(video.pk for video in videos)
    return arranging.reorder(level=levels.VIDEOS, positions=positions, by=north.admin, **options)


def orders(videos):
    rows = Video.unscoped.filter(pk__in=[video.pk for video in videos])
    return dict(rows.values_list("pk", "display_order"))


def test_an_order_that_touches_learners_waits_for_a_word(north, in_progress):
    one, two, three = north.videos
    before = orders(north.videos)
    with pytest.raises(ConfirmationRequired) as refused:
        reorder(north, one, three, two)
    assert orders(north.videos) == before
    message = (
        f"1 learner is in this sub-course; 1 will be asked to complete “{three.title}” before they continue."
    )
    assert refused.value.meta["message"] == str(refused.value.detail) == message
    assert refused.value.meta["impact"]["learners"] == 1
    done = reorder(north, one, three, two, confirmed=True)
    assert done.ids == [one.pk, three.pk, two.pk]
    assert orders(north.videos)[three.pk] == 1


def test_an_order_that_touches_nobody_is_saved_at_once(north, in_progress):
    one, two, three = north.videos
    assert reorder(north, two, one, three).ids == [two.pk, one.pk, three.pk]


def test_several_steps_are_named_and_many_are_counted(north):
    steps = [
        *north.videos,
        *(factories.VideoFactory(sub_course=north.sub_course, display_order=n + 3) for n in range(5)),
    ]
    one, *rest = steps
    for number, missing in enumerate(rest):
        person = factories.make_user(f"p{number}@north.test", "STUDENT", at=north.classroom.scope)
        done = [step for step in steps[: number + 1] if step != missing]
        VideoCompletion.unscoped.bulk_create(
            VideoCompletion(user=person, organization=north.organization, video=step) for step in done
        )
    with pytest.raises(ConfirmationRequired) as refused:
        reorder(north, one, *rest[::-1])
    text = str(refused.value.detail)
    assert text.startswith("7 learners are in this sub-course; ")
    assert text.endswith(" before they continue.")
    assert "6 will be asked to complete" in text


def test_those_who_had_finished_are_spoken_of_as_such(north):
    draft = factories.VideoFactory(sub_course=north.sub_course, status="DRAFT")
    for video in north.videos:
        VideoCompletion.unscoped.create(user=north.student, organization=north.organization, video=video)
    with pytest.raises(ConfirmationRequired) as refused:
        arranging.publish(level=levels.VIDEOS, pk=draft.pk, published=True)
    asked = f"1 will be asked to complete “{draft.title}”."
    assert str(refused.value.detail) == f"Of the learners who have finished this sub-course, {asked}"
    VideoCompletion.unscoped.create(
        user=north.student2, organization=north.organization, video=north.videos[0]
    )
    Video.unscoped.filter(pk=draft.pk).update(display_order=0)
    Video.unscoped.filter(pk=north.videos[0].pk).update(display_order=0)
    with pytest.raises(ConfirmationRequired) as refused:
        arranging.publish(level=levels.VIDEOS, pk=draft.pk, published=True)
    assert str(refused.value.detail).startswith("1 learner is in this sub-course. Of them and of those who")


def test_taking_a_video_back_and_publishing_it_again(north, in_progress):
    _one, two, three = north.videos
    with pytest.raises(ConfirmationRequired) as refused:
        arranging.publish(level=levels.VIDEOS, pk=two.pk, published=False)
    assert f"asked to complete “{three.title}”" in str(refused.value.detail)
    taken = arranging.publish(level=levels.VIDEOS, pk=two.pk, published=False, confirmed=True)
    assert taken.status == "DRAFT"
    with pytest.raises(ConfirmationRequired):
        arranging.publish(level=levels.VIDEOS, pk=two.pk, published=True)
    again = arranging.publish(level=levels.VIDEOS, pk=two.pk, published=True, confirmed=True)
    assert again.status == "PUBLISHED"


def test_taking_back_a_step_behind_everyone_still_asks_because_people_are_in_the_list(north, in_progress):
    with pytest.raises(ConfirmationRequired) as refused:
        arranging.publish(level=levels.VIDEOS, pk=north.videos[0].pk, published=False)
    assert (
        str(refused.value.detail) == "1 learner is in this sub-course; all of them continue where they are."
    )


@pytest.mark.parametrize(
    "level", [levels.CATEGORIES, levels.COURSES, levels.SUB_COURSES], ids=lambda x: x.name
)
def test_switching_off_what_learners_have_begun_asks_and_switching_on_does_not(level, north, in_progress):
    row = {"categories": north.category, "courses": north.course, "sub-courses": north.sub_course}[level.name]
    with pytest.raises(ConfirmationRequired) as refused:
        arranging.publish(level=level, pk=row.pk, published=False)
    assert str(refused.value.detail).startswith(f"1 learner has begun “{row.title}”")
    assert arranging.publish(level=level, pk=row.pk, published=False, confirmed=True).is_active is False
    assert arranging.publish(level=level, pk=row.pk, published=True).is_active is True


def test_nothing_is_asked_where_no_learner_is(north):
    taken = arranging.publish(level=levels.VIDEOS, pk=north.videos[0].pk, published=False)
    assert taken.status == "DRAFT"
    assert not arranging.publish(level=levels.COURSES, pk=north.course.pk, published=False).is_active


def test_publishing_what_is_published_changes_nothing(north, in_progress):
    revision = Video.unscoped.get(pk=north.videos[1].pk).revision
    arranging.publish(level=levels.VIDEOS, pk=north.videos[1].pk, published=True)
    assert Video.unscoped.get(pk=north.videos[1].pk).revision == revision


def test_a_video_moves_to_a_place_in_another_sub_course(north, in_progress):
    one, two, three = north.videos
    target = factories.SubCourseFactory(course=north.course)
    there = [factories.VideoFactory(sub_course=target) for _ in range(2)]
    wanted = {"level": levels.VIDEOS, "pk": two.pk, "parent_id": target.pk, "position": 1, "by": north.admin}
    with pytest.raises(ConfirmationRequired) as refused:
        arranging.move(**wanted)
    text = str(refused.value.detail)
    assert f"“{two.title}” moves from “{north.sub_course.title}” to “{target.title}”." in text
    assert f"asked to complete “{three.title}”" in text
    assert Video.unscoped.get(pk=two.pk).sub_course_id == north.sub_course.pk
    arranging.move(**wanted, confirmed=True)
    listed = Video.unscoped.filter(sub_course=target).order_by("display_order", "pk")
    assert [video.pk for video in listed] == [there[0].pk, two.pk, there[1].pk]
    assert levels.VIDEOS.ids_below(north.sub_course.pk) == [one.pk, three.pk]
    record = Reordering.objects.get(parent_id=target.pk)
    assert (record.user_id, record.after) == (north.admin.pk, [there[0].pk, two.pk, there[1].pk])


def test_a_practice_moves_and_an_entry_assessment_does_not(north):
    target = factories.SubCourseFactory(course=north.course)
    practice = north.practices[0]
    arranging.move(level=PRACTICES, pk=practice.pk, parent_id=target.pk, by=north.admin, confirmed=True)
    assert QuestionSet.unscoped.get(pk=practice.pk).sub_course_id == target.pk
    assessment = QuestionSet.unscoped.get(sub_course=north.sub_course, set_type="INITIAL_ASSESSMENT")
    with pytest.raises(NotFoundError):
        arranging.move(level=PRACTICES, pk=assessment.pk, parent_id=target.pk, by=north.admin)


def test_a_sub_course_moves_to_another_course_with_all_it_holds(north, in_progress):
    target = factories.CourseFactory(category=north.category)
    wanted = {"level": levels.SUB_COURSES, "pk": north.sub_course.pk, "parent_id": target.pk}
    with pytest.raises(ConfirmationRequired) as refused:
        arranging.move(**wanted, by=north.admin)
    assert "1 learner has begun it and will find it there." in str(refused.value.detail)
    arranging.move(**wanted, by=north.admin, confirmed=True)
    moved = SubCourse.unscoped.get(pk=north.sub_course.pk)
    assert moved.course_id == target.pk
    assert Video.unscoped.filter(sub_course=moved, deleted=None).count() == 3


def test_nothing_moves_out_of_its_organization_or_under_what_is_not_there(north, sunrise):
    with every_organization():
        platform = Organization.unscoped.get(slug="platform")
        shared = factories.CourseFactory(category=factories.CategoryFactory(organization=platform))
        home = factories.SubCourseFactory(course=shared)
    deleted = factories.SubCourseFactory(course=north.course)
    structure.delete(item=deleted)
    for target in (sunrise.sub_course.pk, home.pk, deleted.pk, 10**15):
        with pytest.raises(InvalidError) as refused:
            arranging.move(
                level=levels.VIDEOS, pk=north.videos[0].pk, parent_id=target, by=north.admin, confirmed=True
            )
        assert refused.value.error_code == "does_not_exist"
    with pytest.raises(InvalidError) as refused:
        arranging.move(
            level=levels.VIDEOS, pk=north.videos[0].pk, parent_id=north.sub_course.pk, by=north.admin
        )
    assert refused.value.error_code == "same_parent"
    with pytest.raises(InvalidError):
        arranging.move(level=levels.CATEGORIES, pk=north.category.pk, parent_id=1, by=north.admin)


def test_rows_of_others_are_not_there_and_shared_ones_are_not_ours_to_change(north, sunrise):
    with every_organization():
        platform = Organization.unscoped.get(slug="platform")
        course = factories.CourseFactory(category=factories.CategoryFactory(organization=platform))
        shared = factories.VideoFactory(sub_course=factories.SubCourseFactory(course=course))
    for pk, error in ((sunrise.videos[0].pk, NotFoundError), (shared.pk, RefusedError)):
        with pytest.raises(error):
            arranging.publish(level=levels.VIDEOS, pk=pk, published=False, confirmed=True)
        with pytest.raises(error):
            arranging.move(
                level=levels.VIDEOS, pk=pk, parent_id=north.sub_course.pk, by=north.admin, confirmed=True
            )
    with every_organization():
        assert Video.unscoped.get(pk=sunrise.videos[0].pk).status == "PUBLISHED"


def test_a_move_into_a_list_that_has_changed_is_refused_whole(north):
    target = factories.SubCourseFactory(course=north.course)
    seen = ordering.version_of(levels.VIDEOS.ids_below(target.pk))
    factories.VideoFactory(sub_course=target)
    with pytest.raises(ConflictError) as refused:
        arranging.move(
            level=levels.VIDEOS,
            pk=north.videos[0].pk,
            parent_id=target.pk,
            position=0,
            version=seen,
            by=north.admin,
            confirmed=True,
        )
    assert refused.value.error_code == "stale_order"
    assert Video.unscoped.get(pk=north.videos[0].pk).sub_course_id == north.sub_course.pk


@pytest.mark.parametrize("level", [levels.VIDEOS, PRACTICES], ids=lambda level: level.name)
def test_a_row_that_someone_else_moved_elsewhere_meanwhile_stays_there(level, north):
    row = level.rows().first()
    elsewhere, wanted = (factories.SubCourseFactory(course=north.course) for _ in range(2))
    level.model.unscoped.filter(pk=row.pk).update(sub_course=elsewhere)
    with pytest.raises(ConflictError) as refused:
        arranging.change_row(level, row, {"sub_course": wanted})
    assert refused.value.error_code == "moved_meanwhile"
    assert level.model.unscoped.get(pk=row.pk).sub_course_id == elsewhere.pk
    # Who wanted the same has what they wanted.
    assert arranging.change_row(level, row, {"sub_course": elsewhere}).sub_course_id == elsewhere.pk
