"""Exported files: the list to the row, nothing of another tenant, nothing that a spreadsheet would run."""

import csv
import io
import json
import zipfile
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import User
from accounts.rights.rbac import keys_in_database
from learning.models import Video
from progress.models import VideoCompletion
from tenancy.admin import formats
from tenancy.models import Organization
from tests import factories
from tests.contracts.admin_pages import (
    Glance,
    rows_of,
    shown_ids,
    sign_in,
    soft_deleted,
    tenant_admins,
    url,
)
from tests.contracts.world import NOBODY
from tests.memory import peak_of

CSV, XLSX, JSON = "0", "1", "2"


@pytest.fixture
def browser(world):
    return sign_in(world.north.admin)


def export(browser, model, query="", file_format=CSV):
    return browser.post(f"{url(model, 'export')}{query}", {"format": file_format, "resource": "0"})


def rows_in(answer):
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_a_file_holds_exactly_what_the_list_shows_and_nothing_of_another_organization(browser, world):
    for model in tenant_admins():
        for query in ("", "?q=o", "?o=-1", *(["?deleted=yes"] if model in soft_deleted() else [])):
            listed = Glance(browser).get(f"{url(model, 'changelist')}{query}")
            file = export(browser, model, query)
            in_order = [str(row.pk) for row in listed.context["cl"].result_list]
            assert [row["id"] for row in rows_in(file)] == in_order, (model, query)
            assert query or in_order, model
            theirs = rows_of(model, world.sunrise.organization).values_list("pk", flat=True)
            assert not {str(pk) for pk in theirs} & set(in_order), model
            assert b"sunrise" not in file.content.lower(), model


def test_a_file_is_called_what_its_list_is_called_with_the_day(browser, world):
    # A day ends in the organization's own zone.
    Organization.unscoped.filter(pk=world.north.organization.pk).update(time_zone="Pacific/Kiritimati")
    today = timezone.localdate(timezone=ZoneInfo("Pacific/Kiritimati"))
    for model, name in ((User, "people"), (VideoCompletion, "video-completions")):
        sent = export(browser, model, file_format=XLSX)["Content-Disposition"]
        assert sent == f'attachment; filename="{name}-{today}.xlsx"'


def test_a_school_exports_its_own_people(world):
    elsewhere = factories.SchoolFactory(organization=world.north.organization)
    factories.make_user("outside@north.test", "STUDENT", at=elsewhere.scope)
    head = factories.make_user("head@north.test", "ADMIN", at=world.north.school.scope, is_staff=True)
    emails = {row["email"] for row in rows_in(export(sign_in(head), User))}
    assert "student@north.test" in emails
    assert not {"outside@north.test", "admin@north.test"} & emails


def test_someone_who_has_left_is_not_named(browser, world):
    # A row is on the machine of its person: it is made anew, not changed.
    done = VideoCompletion.unscoped.get(user=world.north.student)
    VideoCompletion.unscoped.filter(user=world.north.student).delete()
    done.user = world.sunrise.student2
    done.save(force_insert=True)
    [row] = rows_in(export(browser, VideoCompletion))
    assert (row["user_email"], row["user_name"]) == ("", "")
    page = browser.get(url(VideoCompletion, "changelist")).content.decode()
    assert "someone else" in page
    assert not shown_ids(browser.get(url(VideoCompletion, "changelist"), {"q": "student2@sunrise"}))


def test_no_file_holds_a_secret(browser, world):
    columns = {name for made in tenant_admins().values() for name in made.export_fields}
    assert not {name for name in columns if "password" in name or "token" in name}
    for file_format in (CSV, XLSX, JSON):
        content = export(browser, User, file_format=file_format).content
        if file_format == XLSX:
            archive = zipfile.ZipFile(io.BytesIO(content))
            content = b"".join(archive.read(name) for name in archive.namelist())
        assert b"student@north.test" in content
        assert b"bcrypt" not in content


def test_formulae_stay_text(browser, world):
    titles = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1+1", "＝1+1", "ordinary"]
    for title in titles:
        factories.VideoFactory(sub_course=world.north.sub_course, title=title)
    wanted = {f"'{title}" for title in titles[:-1]} | {"ordinary"}
    assert wanted <= {row["title"] for row in rows_in(export(browser, Video))}
    sheet = load_workbook(io.BytesIO(export(browser, Video, file_format=XLSX).content)).active
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert wanted <= {cell.value for cell in cells}
    assert not [cell for cell in cells if cell.data_type == "f"]
    in_json = {row["title"] for row in json.loads(export(browser, Video, file_format=JSON).content)}
    assert set(titles) <= in_json


def test_a_csv_file_says_its_encoding(browser, world):
    answer = export(browser, Video)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.content.startswith("\ufeffid,".encode())


def test_a_workbook_holds_numbers_and_times_and_leaves_empty_what_is_empty(browser, world):
    Video.unscoped.filter(pk=world.north.videos[0].pk).update(duration_seconds=None, title="bell \x07")
    sheet = load_workbook(io.BytesIO(export(browser, Video, file_format=XLSX).content)).active
    heads, *rows = sheet.iter_rows(values_only=True)
    by_id = {row[0]: dict(zip(heads, row, strict=True)) for row in rows}
    changed, other = by_id[world.north.videos[0].pk], by_id[world.north.videos[1].pk]
    assert (changed["duration_seconds"], changed["title"]) == (None, "bell \N{REPLACEMENT CHARACTER}")
    assert other["duration_seconds"] == 60
    assert other["created_at"].year >= 2025


def test_a_filter_that_makes_no_sense_exports_nothing(browser, world):
    for query in ("?id__in=x", "?sub_course=x", "?course=x"):
        answer = export(browser, Video, query)
        assert (answer.status_code, answer["Location"]) == (302, ".."), query
    assert rows_in(export(browser, Video, f"?sub_course={world.sunrise.sub_course.pk}")) == rows_in(
        export(browser, Video, f"?sub_course={NOBODY}")
    )


def test_whoever_may_not_see_a_list_has_no_file_of_it(world):
    staff = factories.make_user("clerk@north.test", "GUEST", at=world.north.scope, is_staff=True)
    staff.custom_permissions.set(keys_in_database().filter(codename="users.list"))
    browser = sign_in(staff)
    for model, made in tenant_admins().items():
        may = made.permission_keys["view"] == "users.list"
        assert export(browser, model).status_code == (200 if may else 403), model
        assert browser.get(url(model, "export")).status_code == (200 if may else 403), model
    assert browser.get(url(Organization, "export")).status_code == 403


def test_the_page_says_what_the_file_will_hold(browser, world):
    page = browser.get(f"{url(Video, 'export')}?status__exact=PUBLISHED").content.decode()
    assert "The file will hold 4 videos" in page
    assert "sub_course_title" in page
    assert "<script>" not in page
    assert "style=" not in page
    listed = browser.get(f"{url(Video, 'changelist')}?status__exact=PUBLISHED").content.decode()
    assert f'{url(Video, "export")}?status__exact=PUBLISHED"' in listed


def test_a_list_that_is_too_long_for_a_file_says_what_to_do(browser, world, monkeypatch):
    monkeypatch.setattr(formats.XLSX, "max_rows", 2)
    answer = browser.post(url(Video, "export"), {"format": XLSX, "resource": "0"}, follow=True)
    assert "Excel (XLSX): at most 2 rows." in answer.content.decode()
    Video.unscoped.filter(pk=world.north.videos[0].pk).update(title="unmistakable")
    assert export(browser, Video, "?q=unmistakable", XLSX).status_code == 200
    assert len(rows_in(export(browser, Video))) > 2


def test_a_workbook_is_written_as_the_rows_come():
    def rows():
        for number in range(1_000):
            yield [number, f"name {number}", timezone.now(), None, "=1+1", {"a": number}]

    written = []
    # Cell by cell in memory, these rows take more than twice that.
    assert peak_of(lambda: written.append(formats.XLSX().file(list("abcdef"), rows()))) < 2**20
    [content] = written
    [*_, last] = load_workbook(io.BytesIO(content), read_only=True).active.iter_rows(values_only=True)
    assert (last[0], last[4]) == (999, "'=1+1")
