"""Duplicating: a copy with everything below it, as drafts, under a name that nothing beside it has."""

import pytest

from learning.models import Course, SubCourse, Video
from learning.tree.levels import levels
from quizzes.models import Option, Question, QuestionSet
from tenancy.models import Organization
from tenancy.scope import PLATFORM_ID
from tests import factories
from tests.conftest import error_of
from tests.contracts.admin_pages import sign_in
from tests.learning.ordering import MODELS, PAGE, ask, row_of


@pytest.fixture
def staff(north, sunrise):
    return sign_in(north.admin)


def copy_of(staff, kind, row):
    answer = ask(staff, f"{kind}/duplicate", {"id": row.pk})
    assert answer.status_code == 200, answer.content
    return MODELS[kind].unscoped.get(pk=answer.json()["id"])


@pytest.mark.parametrize("kind", MODELS)
def test_a_copy_is_a_draft_at_the_end_of_its_list(kind, staff, north):
    row = row_of(north, kind)
    copy = copy_of(staff, kind, row)
    assert (copy.title, copy.status, copy.organization_id) == (
        f"{row.title} (copy)",
        "DRAFT",
        row.organization_id,
    )
    assert copy.display_order > max(row.display_order, 0) - 1
    assert copy_of(staff, kind, row).title == f"{row.title} (copy 2)"
    assert copy_of(staff, kind, copy).title == f"{row.title} (copy 3)"
    unchanged = type(row).unscoped.get(pk=row.pk)
    assert (unchanged.title, unchanged.status) == (row.title, "PUBLISHED")


def test_everything_below_is_copied_in_its_order_and_nothing_is_shown(staff, north, as_user):
    factories.StandaloneAssessmentFactory(organization=north.organization)
    for question_set in QuestionSet.unscoped.filter(sub_course=north.sub_course):
        factories.QuestionFactory(question_set=question_set, text=f"Of {question_set.pk}?")
    Video.unscoped.filter(pk=north.videos[2].pk).update(status="ARCHIVED")
    assessment = QuestionSet.unscoped.filter(sub_course=north.sub_course, set_type="INITIAL_ASSESSMENT")
    assessment.update(title="Our own", pass_mark=33, status="PUBLISHED")
    gone = factories.VideoFactory(sub_course=north.sub_course, title="Gone")
    as_user(north.admin).delete(f"/api/v1/course-management/videos/{gone.pk}")
    before = as_user(north.student).get("/api/v1/me/courses").json()

    copy = copy_of(staff, "courses", north.course)

    [sub_course] = SubCourse.unscoped.filter(course=copy)
    assert (sub_course.title, sub_course.status) == (north.sub_course.title, "DRAFT")
    videos = Video.unscoped.filter(sub_course=sub_course).order_by("display_order", "pk")
    assert [video.title for video in videos] == [video.title for video in north.videos]
    assert [video.status for video in videos] == ["DRAFT", "DRAFT", "ARCHIVED"]
    assert [video.video_url for video in videos] == [video.video_url for video in north.videos]
    sets = QuestionSet.unscoped.filter(sub_course=sub_course, deleted=None)
    assert sets.filter(set_type="PRACTICE", status="DRAFT").count() == 2
    own = sets.get(set_type="INITIAL_ASSESSMENT")
    assert (own.title, own.pass_mark, own.status) == ("Our own", 33, "PUBLISHED")
    for original in QuestionSet.unscoped.filter(sub_course=north.sub_course):
        [question] = Question.unscoped.filter(text=f"Of {original.pk}?").exclude(question_set=original)
        assert question.question_set_id in sets.values_list("pk", flat=True)
        texts = Option.unscoped.filter(question__question_set=original).values_list("text", "is_correct")
        copied = Option.unscoped.filter(question=question).values_list("text", "is_correct")
        assert sorted(copied) == sorted(texts)
        assert copied
    assert as_user(north.student).get("/api/v1/me/courses").json() == before


def test_the_number_of_statements_does_not_grow_with_what_is_copied(staff, north, statements):
    def look():
        with statements() as sent:
            copy_of(staff, "courses", north.course)
        return len(sent)

    look()
    few = look()
    for _ in range(3):
        sub_course = factories.SubCourseFactory(course=north.course)
        factories.QuestionFactory(question_set=factories.PracticeFactory(sub_course=sub_course))
        factories.VideoFactory.create_batch(5, sub_course=sub_course)
    # The first question brings the statements for questions and their options.
    factories.QuestionFactory(question_set=north.practices[0])
    look()
    assert look() <= few + 4


def test_a_long_title_keeps_its_end_free_for_the_mark(staff, north):
    Video.unscoped.filter(pk=north.videos[0].pk).update(title="x" * 200)
    copy = copy_of(staff, "videos", north.videos[0])
    assert len(copy.title) == 200
    assert copy.title.endswith("x (copy)")


def test_rows_of_others_are_not_there_and_each_key_is_needed(staff, north, sunrise, grant):
    for level in levels():
        foreign = ask(staff, f"{level.name}/duplicate", {"id": row_of(sunrise, level.name).pk})
        nobodys = ask(staff, f"{level.name}/duplicate", {"id": 10**12})
        assert (foreign.status_code, foreign.content) == (404, nobodys.content)
    clerk = factories.make_user("clerk@north.test", "GUEST", at=north.organization.scope, is_staff=True)
    grant(clerk, "learning_tree.get", "courses.create", "subcourses.create", "videos.create")
    browser = sign_in(clerk)
    assert ask(browser, "courses/duplicate", {"id": north.course.pk}).status_code == 403
    assert ask(browser, "videos/duplicate", {"id": north.videos[0].pk}).status_code == 200
    page = browser.get(PAGE, {"open": f"sub-courses:{north.sub_course.pk}"}).content.decode()
    assert f'value="duplicate:videos:{north.videos[0].pk}"' in page
    assert 'value="duplicate:courses' not in page


def test_shared_content_is_not_duplicated_by_those_who_only_read_it(staff):
    platform = Organization.unscoped.get(pk=PLATFORM_ID)
    shared = factories.CourseFactory(category=factories.CategoryFactory(organization=platform))
    refused = ask(staff, "courses/duplicate", {"id": shared.pk})
    assert (refused.status_code, error_of(refused)["code"]) == (403, "shared_content")


def test_too_much_at_once_is_refused(staff, north, monkeypatch):
    monkeypatch.setattr("learning.tree.domain.duplicating.MOST_AT_ONCE", 3)
    refused = ask(staff, "courses/duplicate", {"id": north.course.pk})
    assert (refused.status_code, error_of(refused)["code"]) == (409, "too_many_rows")
    assert Course.unscoped.filter(category=north.category).count() == 1


def test_without_a_script_the_button_leads_to_the_copy(staff, north, sunrise):
    done = staff.post(PAGE, {"do": f"duplicate:videos:{north.videos[0].pk}"})
    copy = Video.unscoped.get(title__endswith="(copy)")
    assert done["Location"].endswith(f"#videos-{copy.pk}")
    for wrong in (f"videos:{sunrise.videos[0].pk}", "nothing:1", "videos:x", "videos"):
        assert staff.post(PAGE, {"do": f"duplicate:{wrong}"}).status_code == 404
