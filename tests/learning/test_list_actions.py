"""Publishing, taking back, archiving and moving the chosen rows of a list, whatever level it is of."""

import pytest
from django.contrib.admin.models import LogEntry

from learning.models import Course, SubCourse, Video
from learning.tree.levels import levels
from quizzes.models import Question, QuestionSet
from tests import factories
from tests.contracts.admin_pages import left_by, sign_in, url
from tests.contracts.levels import FILLED, every, make, parent_in
from tests.forms import form_of
from tests.progress.learners import learner

LEVELS = levels()
BELOW = [level for level in LEVELS if level.above]


@pytest.fixture
def staff(north, sunrise):
    return sign_in(north.admin)


def act(browser, model, action, rows, **more):
    chosen = {"action": action, "_selected_action": [row.pk for row in rows], "index": "0"}
    return browser.post(url(model, "changelist"), {**chosen, **more})


def said_by(page):
    """Return what is said on the list that one is led back to, without opening it."""
    assert page.status_code == 302, page.content.decode()[-2000:]
    return [message.partition(": ")[2] for message in left_by(page.client, page)]


def stored(level, rows):
    return [level.model.unscoped.get(pk=row.pk) for row in rows]


@every(LEVELS)
def test_chosen_rows_are_taken_back_and_published_and_those_of_others_stay(level, staff, north, sunrise):
    rows = make(level, parent_in(level, north))
    [foreign] = make(level, parent_in(level, sunrise), 1)
    for row in rows:
        FILLED.get(level.name, str)(row)
    chosen = [*rows[:2], foreign]
    assert "Unpublished: 2." in said_by(act(staff, level.model, "unpublish_selected", chosen))
    assert [level.is_published(row) for row in stored(level, [*rows, foreign])] == [False, False, True, True]
    assert "Published: 2." in said_by(act(staff, level.model, "publish_selected", [*rows, foreign]))
    assert all(level.is_published(row) for row in stored(level, rows))
    assert "Nothing had to be changed." in said_by(act(staff, level.model, "publish_selected", rows))


@every(LEVELS)
def test_chosen_rows_are_archived(level, staff, north):
    rows = make(level, parent_in(level, north))
    assert "Archived: 2." in said_by(act(staff, level.model, "archive_selected", rows[1:]))
    assert [row.status for row in stored(level, rows)] == ["PUBLISHED", "ARCHIVED", "ARCHIVED"]


@every(BELOW)
def test_chosen_rows_move_to_the_end_of_another_list_of_their_organization(level, staff, north, sunrise):
    here, there, foreign = (parent_in(level, tenant) for tenant in (north, north, sunrise))
    rows, [first] = make(level, here), make(level, there, 1)
    asked = act(staff, level.model, "move_selected", rows[1:])
    assert [row[0] for row in asked.context["question"].rows] == [row.title for row in rows[1:]]
    assert "Nothing was chosen." not in asked.content.decode()
    refused = act(staff, level.model, "move_selected", rows[1:], post="Move", parent=foreign.pk)
    assert "Select a valid choice" in refused.content.decode()
    # In the order of their list, not in that of a request.
    moved = act(staff, level.model, "move_selected", [rows[2], rows[1]], post="Move", parent=there.pk)
    assert f"Moved to “{there}”: 2." in said_by(moved)
    inside = level.model.unscoped.filter(**{level.parent: there}, **level.narrowing)
    assert list(inside.order_by("display_order")) == [first, *rows[1:]]
    assert [level.parent_of(row) for row in stored(level, rows[:1])] == [here.pk]


def test_what_learners_could_not_use_is_named_and_the_rest_is_published(staff, north):
    ready = factories.VideoFactory(sub_course=north.sub_course, status="DRAFT")
    empty = factories.VideoFactory(sub_course=north.sub_course, status="DRAFT", title="Empty", video_url="")
    told = said_by(act(staff, Video, "publish_selected", [ready, empty]))
    assert told == ["Published: 1.", "“Empty” has no link yet."]
    assert Video.unscoped.get(pk=empty.pk).status == "DRAFT"


@pytest.mark.parametrize("action", ["unpublish_selected", "archive_selected", "move_selected"])
def test_learners_are_asked_about_once_for_all_rows_before_anything_is_done(action, staff, north):
    learner(north, "mia", north.videos[0])
    there = factories.SubCourseFactory(course=north.course)
    rows = north.videos[:2]
    more = {"post": "Move", "parent": there.pk} if action == "move_selected" else {}
    asked = act(staff, Video, action, rows, **more)
    assert "1 learner is in this sub-course" in asked.content.decode()
    assert asked.context["title"].startswith(action.partition("_")[0].title() + " selected videos")
    assert asked.context["question"].rows == [(row.title,) for row in rows]
    assert {row.status for row in Video.unscoped.filter(pk__in=[row.pk for row in rows])} == {"PUBLISHED"}
    answer = {**form_of(asked, id="content-main"), "confirmed_by": "Yes"}
    done = staff.post(url(Video, "changelist"), answer)
    assert any(told.endswith(": 2.") for told in said_by(done))
    assert not Video.unscoped.filter(
        pk__in=[row.pk for row in rows], status="PUBLISHED", sub_course=north.sub_course
    ).exists()


def test_what_learners_have_begun_is_asked_about_wherever_it_is_hidden_or_moved(staff, north):
    learner(north, "mia", north.videos[0])
    hidden = act(staff, SubCourse, "unpublish_selected", [north.sub_course])
    assert "will not see it until it is brought back" in hidden.content.decode()
    there = factories.CourseFactory(category=north.category)
    moved = act(staff, SubCourse, "move_selected", [north.sub_course], post="Move", parent=there.pk)
    assert "moves elsewhere. 1 learner has begun it" in moved.content.decode()
    row = SubCourse.unscoped.get(pk=north.sub_course.pk)
    assert (row.is_active, row.course_id) == (True, north.course.pk)


def test_sets_that_are_no_practices_stay_where_they_are(staff, north):
    template = factories.StandaloneAssessmentFactory(organization=north.organization)
    there = factories.SubCourseFactory(course=north.course)
    rows = [template, north.practices[0]]
    told = said_by(act(staff, QuestionSet, "move_selected", rows, post="Move", parent=there.pk))
    assert told == ["“Default entry assessment” stays where it is: only practices are moved."]
    assert QuestionSet.unscoped.get(pk=north.practices[0].pk).sub_course_id == north.sub_course.pk


def test_who_may_only_change_rows_is_not_offered_to_move_them(north, sunrise, grant):
    editor = factories.make_user("editor@north.test", "GUEST", at=north.scope, is_staff=True)
    grant(editor, "videos.list", "videos.update")
    browser = sign_in(editor)
    listed = browser.get(url(Video, "changelist")).content.decode()
    assert "publish_selected" in listed
    assert "move_selected" not in listed
    there = factories.SubCourseFactory(course=north.course)
    act(browser, Video, "move_selected", north.videos, post="Move", parent=there.pk)
    assert not Video.unscoped.filter(sub_course=there).exists()


def test_who_may_only_read_changes_nothing(north, sunrise):
    act(sign_in(north.instructor), Video, "archive_selected", north.videos)
    assert not Video.unscoped.filter(status="ARCHIVED").exists()


def test_a_list_of_questions_has_none_of_these_actions(staff, north):
    question = factories.QuestionFactory(question_set=north.practices[0])
    listed = staff.get(url(Question, "changelist")).content.decode()
    assert question.text in listed
    assert "delete_selected" in listed
    assert "publish_selected" not in listed


def test_each_row_that_was_changed_is_logged_under_who_did_it(staff, north):
    there = factories.CategoryFactory(organization=north.organization, title="100 %(s)")
    moved = act(staff, Course, "move_selected", [north.course], post="Move", parent=there.pk)
    assert "Moved to “100 %(s)”: 1." in said_by(moved)
    entry = LogEntry.objects.get(object_id=str(north.course.pk))
    assert (entry.user_id, entry.change_message) == (north.admin.pk, "Moved to “100 %(s)”.")
