"""The file of a long list is made by a process of its own: with progress, the file, an end, and limits."""

import csv
import io
import re
import tempfile
from datetime import timedelta
from tempfile import TemporaryFile

import pytest
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.db import OperationalError
from django.utils import timezone
from openpyxl import load_workbook

from accounts.imports.jobs import domain, exports
from accounts.imports.jobs.watch import CancelledError, Watch
from accounts.models import ImportJob
from accounts.people.domain.membership import place
from tenancy.admin import formats
from tenancy.scope import scope_entered
from tests import factories
from tests.contracts.admin_pages import sign_in
from tests.memory import peak_of

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = "/admin/accounts/user/"


@pytest.fixture(autouse=True)
def any_list_is_long(settings, monkeypatch):
    settings.EXPORT_AT_ONCE_ROWS = 1
    # A file of a few rows has several pieces.
    monkeypatch.setattr(exports, "PIECE", 100)


@pytest.fixture
def staff(north, sunrise):
    return sign_in(north.admin)


def ask(browser, query="", file_format="0"):
    return browser.post(f"{PEOPLE}export/{query}", {"format": file_format, "resource": "0"})


def run_all():
    call_command("run_jobs", "--until-empty", verbosity=0)


def job_of(page):
    return ImportJob.unscoped.get(pk=page.split("/")[-2])


def file_of(browser, page):
    answer = browser.get(f"{page}file/")
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


@pytest.mark.parametrize("query", ["", "?q=student&o=-1"])
@pytest.mark.parametrize("file_format", ["0", "2"])
def test_a_long_list_waits_and_its_file_is_the_one_that_would_have_been_made_at_once(
    query, file_format, staff, settings
):
    settings.EXPORT_AT_ONCE_ROWS = 5_000
    at_once = ask(staff, query, file_format)
    settings.EXPORT_AT_ONCE_ROWS = 1
    page = ask(staff, query, file_format)["Location"]
    waiting = staff.get(page)
    assert "waits for its turn" in waiting.content.decode()
    assert waiting["Refresh"]
    assert staff.get(f"{page}file/")["Location"] == page
    run_all()
    done = staff.get(page)
    assert "The file is ready" in done.content.decode()
    assert "Refresh" not in done
    fetched = staff.get(f"{page}file/")
    assert fetched["Content-Disposition"].startswith('attachment; filename="')
    content = b"".join(fetched.streaming_content)
    assert content == at_once.content
    assert int(fetched["Content-Length"]) == len(content) > 300
    assert b"student@north.test" in content
    assert b"sunrise" not in content


def test_a_short_list_is_a_file_at_once(staff, settings):
    assert ask(staff, "?q=student2").status_code == 200
    settings.IMPORT_JOBS = False
    assert ask(staff).status_code == 200
    assert not ImportJob.unscoped.exists()


def test_a_global_user_has_a_file_where_they_asked_for_it_and_nowhere_else(global_admin, north, sunrise):
    browser = sign_in(global_admin)

    def act_in(organization):
        browser.post("/admin/acting-organization/", {"organization": organization})

    act_in(str(sunrise.organization.pk))
    page = ask(browser)["Location"]
    run_all()
    for elsewhere in (str(north.organization.pk), ""):
        act_in(elsewhere)
        assert browser.get(page).status_code == browser.get(f"{page}file/").status_code == 404
        assert browser.post(page).status_code == 404
    act_in(str(sunrise.organization.pk))
    content = file_of(browser, page)
    assert b"student@sunrise.test" in content
    assert b"north" not in content


def test_who_acts_in_all_organizations_has_a_file_of_all(global_admin, north, sunrise):
    browser = sign_in(global_admin)
    page = ask(browser)["Location"]
    run_all()
    content = file_of(browser, page)
    assert b"student@sunrise.test" in content
    assert b"student@north.test" in content


def test_nobody_else_has_the_file(staff, north, sunrise):
    page = ask(staff)["Location"]
    run_all()
    colleague = factories.make_user("second@north.test", "ADMIN", at=north.scope)
    for other in (colleague, sunrise.admin):
        browser = sign_in(other)
        assert browser.get(page).status_code == browser.get(f"{page}file/").status_code == 404
        assert browser.post(page).status_code == 404
    assert file_of(staff, page)


def test_a_school_has_a_file_of_its_own_people(north, sunrise):
    elsewhere = factories.SchoolFactory(organization=north.organization)
    factories.make_user("outside@north.test", "STUDENT", at=elsewhere.scope)
    head = sign_in(factories.make_user("head@north.test", "ADMIN", at=north.school.scope, is_staff=True))
    page = ask(head)["Location"]
    run_all()
    content = file_of(head, page)
    assert b"student@north.test" in content
    assert b"outside@north.test" not in content


def test_who_may_not_see_the_list_any_more_has_no_file_of_it(staff, north, sunrise):
    page, second = (ask(staff)["Location"] for _ in range(2))
    domain.run_next()
    north.admin.custom_permissions_filter.add(Permission.objects.get(codename="users.list"))
    assert staff.get(page).status_code == staff.get(f"{page}file/").status_code == 403
    domain.run_next()
    assert "no longer has permission" in job_of(second).reason
    assert job_of(second).size is None


def test_who_has_gone_elsewhere_has_no_file_of_where_they_were(staff, north, sunrise):
    page, second = (ask(staff)["Location"] for _ in range(2))
    domain.run_next()
    place(user=north.admin, at=sunrise.scope, role=north.admin.role)
    browser = sign_in(north.admin)
    assert browser.get(page).status_code == browser.get(f"{page}file/").status_code == 404
    domain.run_next()
    assert job_of(second).state == "failed"
    assert bytes(job_of(second).content) == b""


def test_a_page_of_an_import_neither_shows_a_file_of_a_list_nor_drops_it(staff, north, sunrise):
    page = ask(staff)["Location"]
    run_all()
    pk = job_of(page).pk
    assert staff.get(f"{PEOPLE}import/{pk}/").status_code == 404
    for kind in domain.KINDS:
        domain.forget_checked(kind=kind, by=north.admin)
    assert file_of(staff, page)


def test_a_file_that_waits_is_cancelled_at_once_and_one_in_hand_soon(staff, monkeypatch):
    waits = ask(staff)["Location"]
    staff.post(waits)
    assert "This was cancelled." in staff.get(waits).content.decode()
    in_hand = ask(staff)["Location"]
    heard = Watch.progress

    def cancelled(self, done, rows):
        assert rows > 1
        self._cancelled.set()
        heard(self, done, rows)

    monkeypatch.setattr(Watch, "progress", cancelled)
    run_all()
    assert "This was cancelled." in staff.get(in_hand).content.decode()
    assert bytes(job_of(in_hand).content) == b""


def test_its_page_says_how_far_it_is(staff):
    page = ask(staff)["Location"]
    ImportJob.unscoped.update(state="running", rows=4_000, rows_done=1_000, seen_at=timezone.now())
    text = staff.get(page).content.decode()
    assert re.search(r'<progress id="done" max="4000" value="1000">', text)
    assert "1000 of 4000 rows" in text


def test_an_organization_waits_for_so_many_files_at_most_and_others_do_not_wait_for_it(
    staff, sunrise, monkeypatch
):
    monkeypatch.setattr(domain, "MAX_OPEN", 2)
    ask(staff)
    ask(staff)
    refused = staff.post(f"{PEOPLE}export/", {"format": "0", "resource": "0"}, follow=True)
    assert "Your organization has 2 files waiting or in progress." in refused.content.decode()
    assert "/exports/" in ask(sign_in(sunrise.admin))["Location"]


def test_a_file_that_is_too_large_says_so(staff, monkeypatch):
    monkeypatch.setattr(exports, "MAX_BYTES", 200)
    for file_format in "012":
        page = ask(staff, file_format=file_format)["Location"]
        run_all()
        text = staff.get(page).content.decode()
        assert "The file could not be made. The file would be larger than 0 MB." in text
        assert bytes(job_of(page).content) == b""


def test_a_workbook_that_is_not_finished_leaves_nothing_on_the_disk(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def rows():
        yield [1]
        assert [*tmp_path.iterdir()]
        raise CancelledError

    with pytest.raises(CancelledError):
        formats.XLSX().file(["a"], rows())
    assert not [*tmp_path.iterdir()]


def test_one_that_was_interrupted_is_made_from_its_beginning(staff, monkeypatch):
    page = ask(staff)["Location"]
    keep = exports._keep

    def interrupted(job, attempt, file):
        keep(job, attempt, file)
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr(exports, "_keep", interrupted)
    domain.run_next()
    assert job_of(page).state == "waiting"
    assert staff.get(f"{page}file/")["Location"] == page
    monkeypatch.setattr(exports, "_keep", keep)
    run_all()
    assert len(file_of(staff, page)) == job_of(page).size


def test_formulae_stay_text_in_a_file_that_was_waited_for(staff, north, sunrise):
    for number, title in enumerate(["=1+1", "@SUM(A1)", " =1+1"]):
        factories.make_user(f"formula{number}@north.test", "STUDENT", at=north.scope, name=title)
    pages = [ask(staff, file_format=file_format)["Location"] for file_format in "01"]
    run_all()
    text, workbook = (file_of(staff, page) for page in pages)
    names = {row["name"] for row in csv.DictReader(io.StringIO(text.decode("utf-8-sig")))}
    cells = [cell for row in load_workbook(io.BytesIO(workbook)).active.iter_rows() for cell in row]
    for title in ["'=1+1", "'@SUM(A1)", "' =1+1"]:
        assert title in names
        assert title in {cell.value for cell in cells}
    assert not [cell for cell in cells if cell.data_type == "f"]


def test_a_file_is_kept_for_a_week_with_what_was_asked(staff):
    page = ask(staff)["Location"]
    run_all()
    ImportJob.unscoped.update(ended_at=timezone.now() - timedelta(days=8))
    call_command("prune_expired", verbosity=0)
    assert staff.get(page).status_code == 404


@pytest.mark.no_cover
@pytest.mark.parametrize("made", [formats.CSV, formats.XLSX, formats.JSON])
def test_no_format_holds_its_rows_in_memory(made):
    def rows():
        for number in range(300):
            # Few rows that are long: of each cell as well, a library makes objects.
            yield [number, f"name {number} " * 600, timezone.now(), None, "=1+1", {"a": number}]

    with TemporaryFile() as file:
        assert peak_of(lambda: made().save(list("abcdef"), rows(), file)) < 2**20
        assert file.tell() > 10_000


def test_a_large_file_to_import_is_kept_as_it_is_and_is_not_in_memory_several_times(north, monkeypatch):
    monkeypatch.setattr(domain, "PIECE", domain.PIECE // 8)
    content = bytes(range(256)) * 4 * 4096
    kept = []

    def start():
        with scope_entered(north.organization.scope):
            kept.append(
                domain.start_import(kind="x", content=content, file_name="x", by=north.admin, dry_run=True)
            )

    assert peak_of(start) < 2 * len(content)
    assert bytes(ImportJob.unscoped.get(pk=kept[0].pk).content) == content
