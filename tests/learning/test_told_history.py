"""The history of content: who, in words that say who it was to the reader; moves; and putting values back."""

from itertools import combinations, permutations

import pghistory
import pytest

from learning.models import Course, SubCourse, Video
from learning.tree.domain import arranging, levels
from learning.tree.domain.moves import Move, moves_of
from progress.models import VideoCompletion
from quizzes.models import Question
from tenancy.scope import scope_entered
from tests import factories
from tests.contracts.admin_pages import messages_of, sign_in, url

pytestmark = pytest.mark.django_db


def entries(user, row):
    page = sign_in(user).get(url(type(row), "history", row.pk))
    assert page.status_code == 200
    return page.context["entries"]


def change(row, by, **values):
    with pghistory.context(user=str(by.pk)):
        type(row).unscoped.filter(pk=row.pk).update(**values)


def reorder(tenant, level, rows, by=None):
    with scope_entered(tenant.scope):
        positions = [(row.pk, position) for position, row in enumerate(rows)]
        arranging.reorder(level=level, positions=positions, by=by or tenant.admin, confirmed=True)


# --- Who ----------------------------------------------------------------------------------------------


def test_what_one_did_oneself_was_done_by_you(north, sunrise):
    change(north.course, north.admin, title="Renamed")
    assert entries(north.admin, north.course)[0].who == "You"


def test_a_colleague_is_named_wherever_in_the_organization_they_are(north, sunrise, grant):
    north.principal.is_staff = True
    north.principal.save()
    grant(north.principal, "courses.list")
    change(north.course, north.admin, title="Renamed")
    assert entries(north.principal, north.course)[0].who == "north admin"


def test_who_runs_the_platform_is_named_as_such_and_never_by_address(north, global_admin):
    change(north.course, global_admin, title="Renamed")
    type(global_admin).unscoped.filter(pk=global_admin.pk).update(name="Ada")
    assert entries(north.admin, north.course)[0].who == "Ada (platform)"
    type(global_admin).unscoped.filter(pk=global_admin.pk).update(name="")
    assert entries(north.admin, north.course)[0].who == "the platform"


def test_who_one_may_not_know_is_someone_else(north, sunrise, global_admin):
    change(north.course, sunrise.admin, title="Renamed")
    assert entries(north.admin, north.course)[0].who == "someone else"
    assert entries(north.admin, north.course)[-1].who == "the system"
    assert entries(global_admin, north.course)[0].who == "sunrise admin"


# --- Moves ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("after", "moves"),
    [
        ([1, 2, 3, 4], []),
        ([3, 1, 2, 4], [Move(3, 3, 1)]),
        ([2, 3, 4, 1], [Move(1, 1, 4)]),
        ([4, 1, 2, 3, 9], [Move(4, 4, 1)]),
        ([4, 3, 2, 1], [Move(4, 4, 1), Move(3, 3, 2), Move(2, 2, 3)]),
    ],
)
def test_the_fewest_rows_are_said_to_have_moved(after, moves):
    assert moves_of([1, 2, 3, 4], after) == moves


def test_the_rows_that_did_not_move_kept_their_order():
    for after in permutations(range(6)):
        moved = {move.pk for move in moves_of(range(6), after)}
        stayed = [pk for pk in after if pk not in moved]
        assert stayed == sorted(stayed)
        more = combinations(after, len(stayed) + 1)
        assert not any(list(some) == sorted(some) for some in more), "fewer would have been enough"


def test_a_reordering_is_one_line_in_the_history_of_what_was_moved_and_of_its_parent(north, sunrise):
    first, second, third = north.videos
    reorder(north, levels.VIDEOS, [third, first, second])
    [moved] = [entry for entry in entries(north.admin, third) if "from" in entry.what]
    assert (moved.what, moved.who) == ("Moved from 3 to 1", "You")
    [line] = [entry.what for entry in entries(north.admin, north.sub_course) if "moved" in entry.what]
    assert line == f"Videos: moved “{third.title}” from 3 to 1"
    assert not [entry for entry in entries(north.admin, first) if "from" in entry.what]


def test_a_reordering_of_categories_is_in_the_history_of_the_category(north, sunrise):
    other = factories.CategoryFactory(organization=north.organization, display_order=1)
    third = factories.CategoryFactory(organization=north.organization, display_order=2)
    reorder(north, levels.CATEGORIES, [third, north.category, other])
    assert entries(north.admin, third)[0].what == "Moved from 3 to 1"


def test_moves_of_other_organizations_and_lists_are_not_told(north, sunrise):
    foreign = sunrise.videos
    reorder(sunrise, levels.VIDEOS, foreign[::-1])
    assert not [entry for entry in entries(north.admin, north.sub_course) if "moved" in entry.what]


def test_moving_elsewhere_and_publishing_are_told_as_such(north, sunrise):
    video = north.videos[0]
    other = factories.SubCourseFactory(course=north.course, title="Another place")
    change(video, north.admin, sub_course=other)
    change(video, north.admin, status="DRAFT")
    change(video, north.admin, status="PUBLISHED")
    change(north.course, north.admin, status="DRAFT")
    assert [entry.what for entry in entries(north.admin, video)][:3] == [
        "Published",
        "Made a draft",
        f"Moved from “{north.sub_course}” to “Another place”",
    ]
    assert entries(north.admin, north.course)[0].what == "Made a draft"


# --- Putting back ------------------------------------------------------------------------------------------


def test_the_values_before_a_change_are_put_back_and_what_came_since_stays(north, sunrise):
    change(north.course, north.admin, title="Renamed")
    change(north.course, north.admin, description="Longer")
    entry = entries(north.admin, north.course)[1]
    before = entry.changes[0].before
    browser = sign_in(north.admin)
    asked = browser.get(entry.put_back)
    assert [row[1:] for row in asked.context["question"].rows] == [("Renamed", before)]
    assert Course.unscoped.get(pk=north.course.pk).title == "Renamed"
    done = browser.post(entry.put_back, {"post": "yes"})
    assert done.status_code == 302
    course = Course.unscoped.get(pk=north.course.pk)
    assert (course.title, course.description) == (before, "Longer")
    newest = entries(north.admin, north.course)[0]
    assert (newest.who, newest.changes[0].after) == ("You", before)


def test_putting_back_what_learners_would_notice_is_asked_about_first(north, sunrise):
    video = north.videos[1]
    change(video, north.admin, status="DRAFT")
    VideoCompletion.unscoped.create(
        user=north.student, organization=north.organization, video=north.videos[0]
    )
    entry = entries(north.admin, video)[0]
    browser = sign_in(north.admin)
    asked = browser.post(entry.put_back, {"post": "yes"})
    assert asked.status_code == 200
    assert "1 learner" in str(asked.context["question"].note)
    assert Video.unscoped.get(pk=video.pk).status == "DRAFT"
    answer = dict(asked.context["question"].hidden)
    assert browser.post(entry.put_back, answer).status_code == 302
    assert Video.unscoped.get(pk=video.pk).status == "PUBLISHED"


def test_a_value_that_no_longer_fits_is_refused(north, sunrise):
    sub_course = north.sub_course
    change(sub_course, north.admin, sub_level="A2")
    entry = entries(north.admin, sub_course)[0]
    change(sub_course, north.admin, level="ADVANCED", sub_level="C1")
    browser = sign_in(north.admin)
    assert browser.post(entry.put_back, {"post": "yes"}).status_code == 302
    assert any("does not belong" in said for said in messages_of(browser.get("/admin/")))
    assert SubCourse.unscoped.get(pk=sub_course.pk).sub_level == "C1"


def test_a_question_is_put_back_by_its_own_rules(north, sunrise):
    question = factories.QuestionFactory(question_set=north.practices[0], text="What?")
    change(question, north.admin, text="Why?")
    entry = entries(north.admin, question)[0]
    assert sign_in(north.admin).post(entry.put_back, {"post": "yes"}).status_code == 302
    assert Question.unscoped.get(pk=question.pk).text == "What?"


def test_a_move_is_not_put_back_by_values(north, sunrise):
    other = factories.CategoryFactory(organization=north.organization)
    change(north.course, north.admin, category=other)
    entry = entries(north.admin, north.course)[0]
    assert entry.put_back == ""
    path = f"{url(Course, 'history', north.course.pk)}{entry.event}/put-back/"
    assert sign_in(north.admin).post(path, {"post": "yes"}).status_code == 404


def test_only_who_may_change_a_row_puts_its_values_back(north, sunrise, grant):
    change(north.course, north.admin, title="Renamed")
    path = entries(north.admin, north.course)[0].put_back
    north.support.is_staff = True
    north.support.save()
    grant(north.support, "courses.list")
    assert entries(north.support, north.course)[0].put_back == ""
    for user, address, status in (
        (north.support, path, 403),
        (sunrise.admin, path, 404),
        (north.admin, path.replace("/put-back", "9/put-back"), 404),
        (north.admin, path.replace("/put-back", "9" * 30 + "/put-back"), 404),
    ):
        assert sign_in(user).post(address, {"post": "yes"}).status_code == status
    assert Course.unscoped.get(pk=north.course.pk).title == "Renamed"
