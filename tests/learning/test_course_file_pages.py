"""Courses as files in the admin and by command: looked at first, and then imported."""

import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from accounts.models import ImportJob
from learning.models import Course, Video
from tests import factories
from tests.contracts.admin_pages import messages_of, sign_in, url
from tests.learning.course_files import document, exported
from tests.progress.learners import learner

PAGE = "/admin/learning/course/file/"


@pytest.fixture
def staff(north, sunrise):
    return sign_in(north.admin)


def send(browser, said, **more):
    content = said if isinstance(said, bytes) else json.dumps(said).encode()
    return browser.post(PAGE, {"file": SimpleUploadedFile("course.json", content), **more})


def agree(browser, page):
    return browser.post(page["Location"], {"import": "1"})


def text_of(browser, page):
    return browser.get(page["Location"]).content.decode()


def test_a_course_is_taken_out_and_its_changes_are_shown_before_they_are_made(staff, north, course):
    taken = staff.get(url(Course, "take_out", course.pk))
    assert "attachment" in taken["Content-Disposition"]
    said = json.loads(taken.content)
    assert "nothing changes" in text_of(staff, send(staff, said))
    said["course"]["sub_courses"][0]["videos"][0]["title"] = "Renamed"
    looked = send(staff, said)
    shown = text_of(staff, looked)
    assert "1 added, 0 changed" in shown
    assert "What is missing in the file stays." in shown
    assert not Video.unscoped.filter(title="Renamed").exists()
    done = agree(staff, looked)
    assert "Imported." in text_of(staff, done)
    assert Video.unscoped.get(title="Renamed").organization_id == north.organization.pk
    # There is nothing left to do with either file.
    assert 'name="import"' not in text_of(staff, done)
    assert "changed meanwhile" in text_of(staff, agree(staff, looked))


def test_the_tables_of_a_course_are_taken_in_as_well(staff, north, course):
    packed = staff.get(f"{url(Course, 'take_out', course.pk)}?as=zip")
    assert packed["Content-Type"] == "application/zip"
    assert "nothing changes" in text_of(staff, send(staff, packed.content, delete_missing="on"))


def test_learners_are_asked_about_with_the_changes(staff, north, course):
    learner(north, "mia", north.videos[0])
    said = document(north, course)
    del said["course"]["sub_courses"][0]["videos"][0]
    looked = send(staff, said, delete_missing="on")
    shown = text_of(staff, looked)
    assert "1 learner is in this sub-course" in shown
    assert "Yes, import it" in shown
    assert "What is missing in the file is deleted." in shown
    assert Video.unscoped.get(pk=north.videos[0].pk).deleted is None
    assert "Imported." in text_of(staff, agree(staff, looked))
    assert Video.unscoped.get(pk=north.videos[0].pk).deleted is not None


def test_a_question_that_came_up_after_the_file_was_looked_at_is_asked(staff, north, course):
    said = document(north, course)
    said["course"]["sub_courses"][0]["videos"].reverse()
    looked = send(staff, said)
    assert "Yes, import it" not in text_of(staff, looked)
    learner(north, "mia", north.videos[0])
    asked = agree(staff, looked)
    assert "Nothing was written yet." in text_of(staff, asked)
    assert "1 will be asked to complete" in text_of(staff, asked)
    assert "Imported." in text_of(staff, agree(staff, asked))


def test_what_is_wrong_is_shown_and_there_is_nothing_to_import(staff, north, course):
    said = document(north, course)
    said["course"]["sub_courses"][0]["sub_level"] = "C3"
    looked = send(staff, said)
    shown = text_of(staff, looked)
    assert "course.sub_courses[0]" in shown
    assert "does not belong to" in shown
    assert 'name="import"' not in shown
    assert bytes(ImportJob.unscoped.get().content) == b""


def test_names_that_no_database_keeps_are_shown(staff, north, course):
    assert "There is nothing with this name." in text_of(
        staff, send(staff, {**document(north, course), "a\0": 1})
    )


def test_one_file_waits_to_be_imported_at_a_time(staff, north, course):
    said = document(north, course)
    first = send(staff, {**said, "course": {**said["course"], "description": "First"}})
    second = send(staff, {**said, "course": {**said["course"], "description": "Second"}})
    assert 'name="import"' not in text_of(staff, first)
    agree(staff, first)
    assert Course.unscoped.get(pk=course.pk).description == ""
    agree(staff, second)
    assert Course.unscoped.get(pk=course.pk).description == "Second"


def test_tables_that_are_large_once_they_are_unpacked_wait_for_their_turn(staff, north, course, settings):
    for video in north.videos:
        Video.unscoped.filter(pk=video.pk).update(description="long " * 1000)
    packed = staff.get(f"{url(Course, 'take_out', course.pk)}?as=zip").content
    settings.IMPORT_AT_ONCE_BYTES = len(packed)
    assert "waits for its turn" in text_of(staff, send(staff, packed))


def test_one_sees_ones_own_files_and_imports_them_where_they_were_looked_at(
    staff,
    north,
    sunrise,
    course,
    global_admin,
):
    said = document(north, course)
    said["course"]["description"] = "New"
    looked = send(staff, said)
    assert sign_in(sunrise.admin).get(looked["Location"]).status_code == 404
    assert sign_in(north.instructor).get(looked["Location"]).status_code == 403
    ImportJob.unscoped.update(scope=str(sunrise.scope))
    agree(staff, looked)
    assert "another organization" in " ".join(messages_of(staff.get("/admin/")))
    assert Course.unscoped.get(pk=course.pk).description == ""
    assert "Choose an organization first" in sign_in(global_admin).get(PAGE).content.decode()


def test_who_may_not_edit_all_of_it_neither_takes_it_out_nor_brings_it_in(north, sunrise, course, grant):
    clerk = factories.make_user("clerk@north.test", "GUEST", at=north.scope, is_staff=True)
    grant(clerk, "courses.list", "courses.update", "courses.create", "videos.update", "videos.create")
    browser = sign_in(clerk)
    assert browser.get(url(Course, "take_out", course.pk)).status_code == 403
    assert browser.get(PAGE).status_code == 403
    opened = browser.get(url(Course, "change", course.pk)).content.decode()
    assert "Export as JSON" not in opened
    staff = sign_in(north.admin)
    foreign, none = (staff.get(url(Course, "take_out", pk)) for pk in (sunrise.course.pk, 10**12))
    assert (foreign.status_code, foreign.content) == (404, none.content)
    assert staff.get(f"{url(Course, 'take_out', course.pk)}?as=xml").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_large_course_waits_for_its_turn_both_times(north, sunrise, course, settings):
    settings.IMPORT_AT_ONCE_BYTES = 0
    browser = sign_in(north.admin)
    said = document(north, course)
    said["course"]["description"] = "New"
    looked = send(browser, said)
    assert "waits for its turn" in text_of(browser, looked)
    call_command("run_jobs", "--until-empty", verbosity=0)
    assert "0 added, 1 changed" in text_of(browser, looked)
    done = agree(browser, looked)
    assert Course.unscoped.get(pk=course.pk).description == ""
    call_command("run_jobs", "--until-empty", verbosity=0)
    assert "Imported." in text_of(browser, done)
    assert Course.unscoped.get(pk=course.pk).description == "New"
    rows = ImportJob.unscoped.order_by("created_at").values_list("state", "dry_run", "rows")
    assert [row[:2] for row in rows] == [("done", True), ("done", False)]


def command(*arguments):
    printed = io.StringIO()
    call_command(*arguments, stdout=printed)
    return printed.getvalue()


def test_the_commands_take_a_course_from_one_organization_to_another(north, sunrise, course, tmp_path):
    for name in ("course.json", "course.zip"):
        file = tmp_path / name
        command("export_course", course.title, "--organization", "north", "--output", file)
        assert "nothing was written" in command(
            "import_course", file, "--organization", "sunrise", "--dry-run"
        )
    assert "1 missing" not in command("import_course", file, "--organization", "sunrise")
    made = Course.unscoped.get(organization=sunrise.organization, title=course.title)
    assert document(sunrise, made) == document(north, course)
    assert "0 added, 0 changed, 0 moved, 0 missing" in command(
        "import_course", file, "--organization", "sunrise"
    )
    assert (
        command("export_course", course.title, "--organization", "sunrise")
        == exported(north, course).decode()
    )


def test_the_commands_say_what_is_wrong_and_whom_they_would_move(north, sunrise, course, tmp_path):
    learner(north, "mia", north.videos[0])
    said, file = document(north, course), tmp_path / "course.json"
    said["course"]["sub_courses"][0]["videos"].reverse()
    file.write_text(json.dumps(said))
    with pytest.raises(CommandError, match=r"1 will be asked .* --move-learners"):
        command("import_course", file, "--organization", "north")
    assert "2 moved" in command("import_course", file, "--organization", "north", "--move-learners")
    file.write_text("{}")
    with pytest.raises(CommandError, match="no file of a course"):
        command("import_course", file, "--organization", "north")
    with pytest.raises(CommandError, match="no such course"):
        command("export_course", sunrise.course.title, "--organization", "north")
    factories.CourseFactory(category=north.category, title=course.title)
    with pytest.raises(CommandError, match="Several"):
        command("export_course", course.title, "--organization", "north")
