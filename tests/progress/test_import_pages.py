"""Importing progress and quiz results in the admin."""

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile

from quizzes.models import SafetyQuizResult
from tests.contracts.admin_pages import sign_in
from tests.progress.importing import LINES, PROGRESS, items, send

QUIZZES = "/admin/quizzes/safetyquizresult/"


@pytest.fixture
def staff(north, sunrise):
    return sign_in(north.admin)


def test_a_file_is_checked_without_writing_and_then_imported_once(staff, north):
    checked = send(staff, *LINES, button="check").context["report"]
    assert (checked.written, checked.created, items()) == (False, 1, [])
    assert checked.changes[0][:2] == (2, "student@north.test")
    done = send(staff, *LINES).context["report"]
    assert (done.written, done.created) == (True, 1)
    assert items() == [("student@north.test", "hello", "yes", "north")]
    again = send(staff, *LINES).context["report"]
    assert (again.created, again.updated, again.unchanged) == (0, 0, 1)


def test_a_bad_row_is_named_with_its_line_and_nothing_is_written(staff, north):
    page = send(staff, *LINES, "student@north.test,nothing,x,", "stranger@sunrise.test,sign_learned,y,")
    report = page.context["report"]
    assert [line for line, _column, _reason in report.problems] == [3, 4]
    assert [column for _line, column, _reason in report.problems] == ["progress_type", "email"]
    assert items() == []
    assert "2 rows are wrong" in page.content.decode()


def test_a_file_that_is_wrong_as_a_whole_is_called_so(staff, north):
    page = send(staff, "email,nothing", "student@north.test,x")
    assert page.context["report"].problems
    assert "Nothing was imported: the file is wrong." in page.content.decode()


def test_people_of_another_organization_are_nobody(staff, north, sunrise):
    theirs = send(staff, LINES[0], f"{sunrise.student.email},sign_learned,x,").context["report"]
    nobodys = send(staff, LINES[0], "nobody@sunrise.test,sign_learned,x,").context["report"]
    assert theirs.problems == nobodys.problems
    assert items() == []


def test_quiz_results_are_imported_too(staff, north):
    header = "email,quiz_id,quiz_title,week_of,score,total_questions,answers,completed_at"
    row = 'teacher@north.test,q1,Safety,2026-11-16,4,5,"[1,2,3]",2026-11-17T08:00:00Z'
    done = send(staff, header, row, page=QUIZZES).context["report"]
    assert done.problems == []
    result = SafetyQuizResult.unscoped.get()
    assert (result.user_id, result.answers, result.organization_id) == (
        north.teacher.pk,
        [1, 2, 3],
        north.organization.pk,
    )


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"email", b"a,b\n1", b'"', b"email\x00,x\n", b"email,email\nx,y"]
)
def test_what_is_no_such_file_is_said_and_never_fails(content, staff):
    file = SimpleUploadedFile("rows.csv", content or b"\n", content_type="text/csv")
    page = staff.post(f"{PROGRESS}import/", {"file": file, "import": "1"})
    assert page.status_code == 200
    assert page.context["report"].problems
    assert staff.post(f"{PROGRESS}import/", {"import": "1"}).context["form"].errors


def test_without_the_key_there_is_no_button_and_no_page(north, sunrise):
    assert f"{PROGRESS}import/" in sign_in(north.admin).get(PROGRESS).content.decode()
    north.admin.custom_permissions_filter.add(Permission.objects.get(codename="results.import"))
    staff = sign_in(north.admin)
    assert f"{PROGRESS}import/" not in staff.get(PROGRESS).content.decode()
    for page in (PROGRESS, QUIZZES):
        assert staff.get(f"{page}import/").status_code == 403
        assert send(staff, *LINES, page=page).status_code == 403
    assert items() == []
