"""A course as a learner sees it, for staff: what is published and what is locked, and nothing else."""

import re

import pytest

from learning.models import Course, SubCourse, Video
from quizzes.models import QuestionSet
from tests import factories
from tests.contracts.admin_pages import sign_in
from tests.learning.ordering import PAGE


def preview(browser, course):
    return browser.get(f"{PAGE}as-learner/{course.pk}/")


def steps(page):
    """Return the titles on the page, each with what is said of it."""
    found = re.findall(
        r"<li[^>]*>([^<]*) <span class=\"status[^>]*>(.*?)</span>", page.content.decode(), re.S
    )
    return [(title.strip(), said) for title, said in found]


def test_staff_see_what_a_learner_would_be_told(north, sunrise, as_user):
    Video.unscoped.filter(pk=north.videos[1].pk).update(status="DRAFT")
    factories.SubCourseFactory(course=north.course, title="Hidden part", status="ARCHIVED")
    page = preview(sign_in(north.admin), north.course)
    first, draft, last = north.videos
    assert steps(page) == [
        (first.title, "open"),
        (last.title, f"locked until “{first.title}” is complete"),
        (north.practices[0].title, "open"),
        (north.practices[1].title, f"locked until “{north.practices[0].title}” is complete"),
    ]
    text = page.content.decode()
    assert draft.title not in text
    assert "Hidden part" not in text
    # The same as the API tells a learner who has just begun.
    path = f"/api/v1/course-management/courses/{north.course.pk}/learning-path"
    [told] = as_user(north.student2).get(path).json()["sub_courses"]
    locked = [step["is_locked"] for step in [*told["videos"], *told["practices"]]]
    assert locked == [said != "open" for _title, said in steps(page)]


def test_what_a_real_learner_has_completed_changes_nothing_on_it(north, sunrise, as_user):
    browser = sign_in(north.admin)
    before = steps(preview(browser, north.course))
    as_user(north.student).post(f"/api/v1/progress/videos/{north.videos[0].pk}/complete")
    assert steps(preview(browser, north.course)) == before


def test_a_course_that_learners_do_not_see_says_so(north, sunrise):
    browser = sign_in(north.admin)
    assert "Learners do not see this course" not in preview(browser, north.course).content.decode()
    Course.unscoped.filter(pk=north.course.pk).update(status="DRAFT")
    assert "Learners do not see this course" in preview(browser, north.course).content.decode()
    SubCourse.unscoped.filter(pk=north.sub_course.pk).update(status="DRAFT")
    assert "There is nothing in it for learners yet." in preview(browser, north.course).content.decode()


def test_it_is_looked_at_by_those_who_read_the_tree_of_their_own_organization(north, sunrise, grant):
    browser = sign_in(north.admin)
    assert preview(browser, sunrise.course).status_code == 404
    assert browser.post(f"{PAGE}as-learner/{north.course.pk}/").status_code == 405
    assert preview(sign_in(sunrise.admin), north.course).status_code == 404
    clerk = factories.make_user("clerk@north.test", "GUEST", at=north.organization.scope, is_staff=True)
    grant(clerk, "videos.list")
    assert preview(sign_in(clerk), north.course).status_code == 403
    page = browser.get(PAGE, {"open": f"courses:{north.course.pk}"}).content.decode()
    assert f'href="{PAGE}as-learner/{north.course.pk}/"' in page
    assert f'href="{PAGE}as-learner/{north.course.pk}/#sub-course-{north.sub_course.pk}"' in page


def test_a_long_course_is_shown_in_the_same_number_of_statements(north, sunrise, statements):
    browser = sign_in(north.admin)

    def look():
        with statements() as sent:
            assert preview(browser, north.course).status_code == 200
        return len(sent)

    look()
    factories.VideoFactory(sub_course=north.sub_course)
    few = look()
    for _ in range(3):
        factories.VideoFactory.create_batch(4, sub_course=factories.SubCourseFactory(course=north.course))
    assert look() == few


@pytest.mark.parametrize("address", ["{page}?open=sub-courses:{pk}", "{page}branch/sub-courses/{pk}/"])
def test_the_entry_assessment_stands_in_the_branch_of_its_sub_course(address, north, sunrise, grant):
    own = QuestionSet.unscoped.get(sub_course=north.sub_course, set_type="INITIAL_ASSESSMENT")
    factories.QuestionFactory(question_set=own)
    shown = address.format(page=PAGE, pk=north.sub_course.pk)
    page = sign_in(north.admin).get(shown).content.decode()
    [line] = re.findall(r'<p class="beside row".*?</p>', page, re.S)
    assert "Entry assessment" in line
    assert f"/questionset/{own.pk}/change/?open=sub-courses%3A{north.sub_course.pk}" in line
    assert "1 question" in line
    clerk = factories.make_user("clerk@north.test", "GUEST", at=north.organization.scope, is_staff=True)
    grant(clerk, "learning_tree.get")
    assert "beside row" not in sign_in(clerk).get(shown).content.decode()
