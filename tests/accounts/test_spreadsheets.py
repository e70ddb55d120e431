"""Files that a spreadsheet saved, and files that the admin exported, are imported as they are."""

import io
import unicodedata
import zipfile
from datetime import date, datetime, time
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from accounts.imports import workbooks
from accounts.imports.files import read_file
from accounts.imports.tables import UnreadableFileError
from accounts.models import Membership, User
from tenancy.models import Campus, Classroom, School
from tests.contracts.admin_pages import sign_in
from tests.factories import SchoolFactory, make_user

pytestmark = pytest.mark.django_db

FILES = Path(__file__).parent / "spreadsheets"
PEOPLE = "/admin/accounts/user/"
PLACES = "/admin/tenancy/school/"
CSV, XLSX = "0", "1"
KINDS = ["csv", "xlsx"]


@pytest.fixture
def browser(north, sunrise):
    return sign_in(north.admin)


def send(browser, page, content, button="import"):
    file = SimpleUploadedFile("file", content)
    report = browser.post(f"{page}import/", {"file": file, button: "1"}).context["report"]
    assert report.problems == []
    return report.created, report.updated, report.unchanged


def saved(name):
    return (FILES / name).read_bytes()


def everyone():
    """Return every column of every person, and of every membership."""
    return [list(model.unscoped.order_by("pk").values()) for model in (User, Membership)]


# --- What LibreOffice saved -----------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_an_administrator_imports_places_and_people_and_sees_who_is_pending(kind, browser, as_user, north):
    places, people = saved(f"places.{kind}"), saved(f"people.{kind}")
    assert send(browser, PLACES, places, "check") == (4, 0, 1)
    assert send(browser, PLACES, places) == (4, 0, 1)
    assert send(browser, PLACES, places) == (0, 0, 5)
    assert send(browser, PEOPLE, people, "check") == (4, 0, 0)
    assert send(browser, PEOPLE, people) == (4, 0, 0)
    before = everyone()
    assert send(browser, PEOPLE, people) == (0, 0, 4)
    assert everyone() == before
    zoe = User.unscoped.select_related("school", "campus", "classroom").get(email="zoe@north.test")
    assert [zoe.name, *map(str, (zoe.school, zoe.campus, zoe.classroom))] == [
        "Zoë Ångström",
        "École Émile Zola",
        "İzmir",
        "102",
    ]
    assert User.unscoped.get(email="formula@north.test").name == "=1+1"
    pending = {"status": "pending", "week_of": "2100-W01"}
    report = as_user(north.admin).get("/api/safety_quiz_results/completion", pending).json()
    names = [row["user_name"] for row in report["rows"]]
    assert [name for name in names if "north" not in name] == ["Émile Zola", "Özlem O’Brien", "Zoë Ångström"]


@pytest.mark.parametrize("kind", KINDS)
def test_no_spelling_in_a_file_makes_a_second_place(kind, browser, north):
    send(browser, PLACES, saved(f"places.{kind}"))
    made = School.unscoped.filter(organization=north.organization).exclude(pk=north.school.pk)
    assert [school.name for school in made.order_by("sort_name")] == ["École Émile Zola", "Straße 5"]
    assert Campus.unscoped.filter(school__in=made).count() == 2
    rooms = Classroom.unscoped.filter(school__in=made).order_by("sort_name")
    assert [room.name for room in rooms] == ["101", "102", "A1", "A2"]


# --- What the admin exported ----------------------------------------------------------------------


@pytest.mark.parametrize("kind", [CSV, XLSX])
def test_an_exported_file_of_people_is_imported_as_it_is_and_changes_nothing(kind, browser, north):
    school = SchoolFactory(organization=north.organization, name=unicodedata.normalize("NFD", "École"))
    for number, name in enumerate(
        ["=1+1", "'=1", " ＝1", "Zoë", unicodedata.normalize("NFD", "Zoë"), "", "007"]
    ):
        make_user(f"p{number}@north.test", "TEACHER", at=school.scope, name=name)
    make_user("nothing@north.test", at=north.scope)
    User.unscoped.filter(email="p1@north.test").update(is_active=False)
    exported = browser.post(f"{PEOPLE}export/", {"format": kind, "resource": "0"}).content
    before = everyone()
    assert send(browser, PEOPLE, exported) == (
        0,
        0,
        User.unscoped.filter(organization=north.organization).count(),
    )
    assert everyone() == before


# --- Workbooks ------------------------------------------------------------------------------------


def workbook(*rows):
    book, file = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(file)
    return file.getvalue()


def test_cells_of_a_workbook_are_what_someone_typed():
    values = [1, 1.0, 2.5, True, None, date(2026, 11, 16), datetime(2026, 11, 16, 8, 30), time(8, 30), " x "]
    rows = read_file(workbook([f"c{n}" for n in range(len(values))], values))
    assert rows[0] == ("1", "1", "2.5", "true", "", "2026-11-16", "2026-11-16T08:30:00", "08:30:00", " x ")


def test_rows_of_a_workbook_keep_their_numbers():
    rows = read_file(workbook([], ["a", "b"], ["1"], [], [None, "2"]))
    assert (rows.dict, rows.lines) == ([{"a": "1", "b": ""}, {"a": "", "b": "2"}], [3, 5])


def test_a_small_file_that_unpacks_to_much_is_not_unpacked():
    packed = io.BytesIO(workbook(["a"], ["1"]))
    with zipfile.ZipFile(packed, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/more.xml", " " * 2 * 2**20)
    assert len(packed.getvalue()) < 16_384
    with pytest.raises(UnreadableFileError, match="holds more than 1 MB"):
        read_file(packed.getvalue())


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04", b"PK\x03\x04" + b"x" * 100, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", workbook()]
)
def test_what_is_no_workbook_says_so(content):
    with pytest.raises(UnreadableFileError):
        read_file(content)


def test_a_workbook_that_unpacks_to_too_much_is_not_unpacked(monkeypatch):
    monkeypatch.setattr(workbooks, "MAX_UNPACKED", 1000)
    with pytest.raises(UnreadableFileError, match="holds more than"):
        read_file(workbook(["a"], ["1"]))


def test_a_workbook_that_lies_about_its_size_is_read_as_far_as_it_goes():
    packed = zipfile.ZipFile(io.BytesIO(saved("places.xlsx")))
    changed = io.BytesIO()
    with zipfile.ZipFile(changed, "w") as archive:
        for name in packed.namelist():
            part = packed.read(name)
            if name.endswith("sheet1.xml"):
                assert b'<dimension ref="A1:E7"/>' in part
                part = part.replace(b'<dimension ref="A1:E7"/>', b'<dimension ref="A1:A2"/>')
            archive.writestr(name, part)
    assert read_file(changed.getvalue()).dict == read_file(saved("places.xlsx")).dict


with zipfile.ZipFile(io.BytesIO(saved("people.xlsx"))) as _packed:
    PARTS = {name: _packed.read(name) for name in _packed.namelist()}


# The library warns of what it leaves out.
@pytest.mark.filterwarnings("ignore::UserWarning")
@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_damaged_workbook_is_refused_and_never_fails(data):
    name = data.draw(st.sampled_from([*PARTS]))
    changed = io.BytesIO()
    with zipfile.ZipFile(changed, "w") as archive:
        for one, content in PARTS.items():
            part = bytearray(content)
            if one == name:
                place = data.draw(st.integers(0, len(part) - 1))
                part[place : place + data.draw(st.integers(0, 20))] = data.draw(st.binary(max_size=6))
            archive.writestr(one, bytes(part))
    try:
        read_file(changed.getvalue())
    except UnreadableFileError as error:
        assert error.problems
