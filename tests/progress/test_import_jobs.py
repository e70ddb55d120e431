"""Large files are imported by a process of their own: with progress, a result, an end, and limits."""

import re
import time
from datetime import timedelta
from threading import Thread

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.utils import timezone

from accounts.imports.jobs import domain, watch
from accounts.imports.report import Report
from accounts.models import ImportJob, RoleKeptOut, User
from tenancy.scope import scope_entered
from tests import factories
from tests.contracts.admin_pages import sign_in
from tests.progress.importing import LINES, PROGRESS, items, send

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def any_file_is_large(settings, monkeypatch):
    settings.IMPORT_AT_ONCE_BYTES = 0
    monkeypatch.setattr(watch, "EACH", 0.02)


@pytest.fixture
def staff(north, sunrise):
    return sign_in(north.admin)


def job_of(user):
    return ImportJob.unscoped.filter(user=user).latest("created_at")


def queue(tenant):
    content = f"{LINES[0]}\n{tenant.student.email},sign_learned,x,".encode()
    asked = {"kind": "progress.ItemProgress", "file_name": "rows.csv", "dry_run": False}
    with scope_entered(tenant.scope):
        return domain.start_import(content=content, by=tenant.admin, **asked)


def run_by(monkeypatch, imported):
    kind = domain.KINDS["progress.ItemProgress"]
    monkeypatch.setitem(domain.KINDS, "progress.ItemProgress", kind._replace(run=imported))


def run_all():
    call_command("run_jobs", "--until-empty", verbosity=0)


def state_of(job):
    return ImportJob.unscoped.get(pk=job.pk).state


def test_a_large_file_waits_is_imported_and_its_page_says_what_became_of_it(staff, north):
    page = send(staff, *LINES)
    assert page.status_code == 302
    waiting = staff.get(page["Location"])
    assert "waits for its turn" in waiting.content.decode()
    assert waiting["Refresh"]
    assert items() == []
    run_all()
    done = staff.get(page["Location"])
    assert "Imported: 1 created, 0 updated, 0 unchanged." in done.content.decode()
    assert "Refresh" not in done
    assert items() == [("student@north.test", "hello", "yes", "north")]
    assert bytes(job_of(north.admin).content) == b""
    again = send(staff, *LINES)
    run_all()
    assert "Imported: 0 created, 0 updated, 1 unchanged." in staff.get(again["Location"]).content.decode()


def test_a_check_writes_nothing_and_names_what_is_wrong(staff, north, sunrise):
    lines = [*LINES, "student@north.test,nothing,x,", f"{sunrise.student.email},sign_learned,y,"]
    good, bad = send(staff, *LINES, button="check"), send(staff, *lines, button="check")
    run_all()
    assert "It would create 1" in staff.get(good["Location"]).content.decode()
    wrong = staff.get(bad["Location"])
    assert "2 rows are wrong" in wrong.content.decode()
    assert [line for line, _column, _reason in wrong.context["report"].problems] == [3, 4]
    assert items() == []


def test_small_files_and_those_of_an_installation_without_jobs_are_imported_at_once(staff, settings):
    settings.IMPORT_AT_ONCE_BYTES = 1000
    assert send(staff, *LINES).context["report"].created == 1
    settings.IMPORT_AT_ONCE_BYTES, settings.IMPORT_JOBS = 0, False
    assert send(staff, *LINES).context["report"].unchanged == 1


def test_the_page_shows_how_far_an_import_is(staff, north):
    page = send(staff, *LINES)
    domain._claim()
    ImportJob.unscoped.update(rows=4000, rows_done=2000)
    text = staff.get(page["Location"]).content.decode()
    assert "2000 of 4000 rows" in text
    assert re.search(r'<progress[^>]* max="4000" value="2000"', text)


def test_whoever_runs_a_job_says_how_far_it_is(north, sunrise, monkeypatch):
    job = queue(north)

    def slow(*, progress, **kwargs):
        progress(2000, 5000)
        deadline = time.monotonic() + 20
        while ImportJob.unscoped.get(pk=job.pk).rows_done != 2000:
            assert time.monotonic() < deadline
        return Report(created=1)

    run_by(monkeypatch, slow)
    assert domain.run_next()
    found = ImportJob.unscoped.get(pk=job.pk)
    assert (found.state, found.rows, found.report["created"]) == ("done", 5000, 1)


def test_one_that_waits_is_cancelled_at_once(staff, north):
    page = send(staff, *LINES)
    assert staff.post(page["Location"]).status_code == 302
    run_all()
    assert "This was cancelled." in staff.get(page["Location"]).content.decode()
    assert items() == []


def test_one_that_runs_is_cancelled_and_has_written_nothing(staff, north, monkeypatch):
    send(staff, *LINES)
    original = watch.Watch.progress

    def progress(self, done, rows):
        # As a request would do it: on a connection of its own, while the import's transaction is open.
        def cancel():
            domain.cancel(job_of(north.admin))
            connection.close()

        thread = Thread(target=cancel)
        thread.start()
        thread.join()
        assert self._cancelled.wait(20)
        original(self, done, rows)

    monkeypatch.setattr(watch.Watch, "progress", progress)
    run_all()
    assert job_of(north.admin).state == "cancelled"
    assert items() == []


def test_an_organization_has_only_so_many_and_others_do_not_notice(staff, north, sunrise, monkeypatch):
    monkeypatch.setattr(domain, "MAX_OPEN", 2)
    for _ in range(2):
        assert "/import/" in send(staff, *LINES)["Location"].removesuffix("import/")
    refused = staff.get(send(staff, *LINES)["Location"])
    assert "Your organization has 2 files waiting or in progress." in refused.content.decode()
    assert queue(sunrise).pk
    run_all()
    assert "waits for its turn" in staff.get(send(staff, *LINES)["Location"]).content.decode()


def test_an_organization_runs_one_at_a_time(north, sunrise):
    first, second, theirs = queue(north), queue(north), queue(sunrise)
    assert domain._claim().id == first.pk
    assert domain._claim().id == theirs.pk
    assert domain._claim() is None
    ImportJob.unscoped.filter(pk=first.pk).update(state="done")
    assert domain._claim().id == second.pk


def test_one_that_was_interrupted_is_taken_up_again_and_given_up_in_the_end(north, sunrise):
    job = queue(north)
    for attempt in range(1, domain.MAX_ATTEMPTS + 1):
        assert domain._claim() == (job.pk, attempt)
        assert domain._claim() is None
        silent = timezone.now() - domain.SILENT - timedelta(seconds=1)
        ImportJob.unscoped.filter(pk=job.pk).update(seen_at=silent)
    assert domain._claim() is None
    found = ImportJob.unscoped.get(pk=job.pk)
    assert (found.state, found.reason) == ("failed", "It was interrupted several times.")


def test_who_comes_back_too_late_changes_nothing_about_what_another_has_in_hand(north, sunrise):
    job = queue(north)
    late = domain._claim()
    ImportJob.unscoped.filter(pk=job.pk).update(attempts=2)
    domain._end(late, {"state": "done", "report": {}})
    assert state_of(job) == "running"


@pytest.mark.parametrize("how", ["kept out", "is_active", "moved"])
def test_who_may_not_import_any_more_has_nothing_imported(how, north, sunrise):
    job = queue(north)
    if how == "kept out":
        RoleKeptOut.unscoped.create(organization=north.organization, role=north.admin.role)
    else:
        change = {"organization": sunrise.organization} if how == "moved" else {how: False}
        User.unscoped.filter(pk=north.admin.pk).update(**change)
    run_all()
    assert state_of(job) == "failed"
    assert items() == []


def test_a_job_is_its_owners(staff, north, sunrise):
    page = send(staff, *LINES)["Location"]
    other = factories.make_user("other@north.test", "ADMIN", at=north.scope, is_staff=True)
    for browser in (sign_in(other), sign_in(sunrise.admin)):
        assert browser.get(page).status_code == 404
        assert browser.post(page).status_code == 404
    assert staff.get(page.replace(PROGRESS, "/admin/quizzes/safetyquizresult/")).status_code == 404
    assert job_of(north.admin).state == "waiting"


def test_what_the_database_breaks_off_is_tried_again_and_a_fault_of_ours_is_not(
    north, sunrise, monkeypatch, caplog
):
    job, theirs = queue(north), queue(sunrise)

    def broken(*, by, **kwargs):
        raise OperationalError("gone") if by == north.admin else RuntimeError("SELECT secret")

    run_by(monkeypatch, broken)
    run_all()
    found, other = (ImportJob.unscoped.get(pk=one.pk) for one in (job, theirs))
    assert (found.state, found.attempts) == ("failed", domain.MAX_ATTEMPTS)
    assert (other.state, other.attempts) == ("failed", 1)
    assert "secret" not in other.reason


def test_what_has_ended_is_forgotten_after_a_week(north, sunrise):
    jobs = [queue(north) for _ in range(3)]
    now = timezone.now()
    for job, ended in zip(jobs, (now - timedelta(days=8), now - timedelta(days=6), None), strict=True):
        ImportJob.unscoped.filter(pk=job.pk).update(ended_at=ended, state="waiting" if not ended else "done")
    call_command("prune_expired", verbosity=0)
    assert {job.pk for job in ImportJob.unscoped.all()} == {job.pk for job in jobs[1:]}
