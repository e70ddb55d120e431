"""Much at once, in a browser: what staff do to many rows of the tree, or bring in and out as a file."""

import json

import pytest
from playwright.sync_api import expect

from learning.models import Video
from quizzes.models import Question
from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def choose(page, action, *rows):
    for row in rows:
        page.get_by_role("row", name=row.title).get_by_role("checkbox").check()
    page.get_by_label("Action:").select_option(label=action)
    page.get_by_role("button", name="Run", exact=True).or_(page.get_by_role("button", name="Go")).click()


def test_chosen_videos_are_archived_once_it_is_said_whom_that_moves(open_as, north, sunrise, learner):
    page = open_as(north.admin, "/admin/learning/video/")
    choose(page, "Archive selected videos", *north.videos[1:])
    expect(page.get_by_text("1 learner is in this sub-course")).to_be_visible()
    page.get_by_role("button", name="Yes, I’m sure").click()
    expect(page.get_by_text("Archived: 2.")).to_be_visible()
    assert Video.unscoped.filter(sub_course=north.sub_course, status="ARCHIVED").count() == 2


def test_chosen_videos_are_moved_to_a_sub_course_that_is_looked_for(open_as, north, sunrise):
    there = factories.SubCourseFactory(course=north.course, title="Second steps")
    page = open_as(north.admin, "/admin/learning/video/")
    choose(page, "Move selected videos to…", *north.videos[:2])
    # The select itself is hidden as soon as the script has put its own box in its place.
    page.locator(".select2-selection").click()
    page.locator(".select2-search__field").fill("Second")
    page.get_by_role("option", name="Second steps").click()
    page.get_by_role("button", name="Move", exact=True).click()
    expect(page.get_by_text("Moved to “Second steps”: 2.")).to_be_visible()
    assert Video.unscoped.filter(sub_course=there).count() == 2


def test_questions_of_moodle_are_looked_at_and_added_to_a_set(open_as, north, sunrise):
    practice = north.practices[0]
    page = open_as(north.admin, f"/admin/quizzes/questionset/{practice.pk}/change/")
    page.get_by_role("link", name="Import from GIFT").click()
    content = b"Is water wet? {TRUE}\n\nWhich is even? {=2 ~3 ####Halve it.}"
    file = {"name": "questions.txt", "mimeType": "text/plain", "buffer": content}
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("cell", name="Which is even?")).to_be_visible()
    page.get_by_role("button", name="Add 2 questions").click()
    expect(page.get_by_text("Added 2 questions.")).to_be_visible()
    assert Question.unscoped.filter(question_set=practice, deleted=None).count() == 2


def test_videos_are_pasted_looked_at_and_added(open_as, north, sunrise):
    page = open_as(north.admin, f"/admin/learning/video/lines/?sub_course={north.sub_course.pk}")
    lines = page.get_by_label("Videos:")
    lines.fill("One\thttps://videos.example/a.mp4\t75\nTwo\tno link")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("Line 2: Write a title, a link")).to_be_visible()
    lines.fill("One\thttps://videos.example/a.mp4\t75\nTwo; https://videos.example/b.mp4")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("cell", name="a new draft")).to_have_count(2)
    page.get_by_role("button", name="Add 2 videos").click()
    expect(page.get_by_text("Added 2 videos.")).to_be_visible()
    assert Video.unscoped.filter(sub_course=north.sub_course, status="DRAFT").count() == 2


def test_a_course_is_taken_out_changed_looked_at_and_imported(open_as, north, sunrise, learner):
    page = open_as(north.admin, f"/admin/learning/course/{north.course.pk}/change/")
    with page.expect_download() as download:
        page.get_by_role("link", name="Export as JSON").click()
    said = json.loads(download.value.path().read_bytes())
    said["course"]["sub_courses"][0]["videos"].reverse()
    page.goto("/admin/learning/course/")
    page.get_by_role("link", name="Import a course").click()
    content = json.dumps(said).encode()
    file = {"name": "course.json", "mimeType": "application/json", "buffer": content}
    page.get_by_label("File:").set_input_files(file)
    page.get_by_role("button", name="See what it changes").click()
    expect(page.get_by_text("Nothing was written yet.")).to_be_visible()
    expect(page.get_by_text("1 will be asked to complete")).to_be_visible()
    expect(page.get_by_role("cell", name="moved", exact=True)).to_have_count(2)
    page.get_by_role("button", name="Yes, import it").click()
    expect(page.get_by_text("Imported.")).to_be_visible()
    rows = Video.unscoped.filter(sub_course=north.sub_course).order_by("display_order")
    assert list(rows) == north.videos[::-1]
