"""Importing places: a file makes what is missing of them, and a second time nothing."""

import csv
import io
import unicodedata

import pytest
from django.core.management import CommandError, call_command

from accounts.imports import resource
from accounts.places.imports import PlacesResource
from tenancy.models import Campus, Classroom, School

pytestmark = pytest.mark.django_db

HEADER = ["school", "campus", "classroom"]


@pytest.fixture(autouse=True)
def room(north, sunrise):
    """Two organizations."""


@pytest.fixture
def write_csv(tmp_path):
    """``write_csv([...], [...])`` writes rows, filled up with empty cells, below the header."""

    def write(*rows, header=HEADER):
        path = tmp_path / "places.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(header)
            writer.writerows([*row, *[""] * (len(header) - len(row))] for row in rows)
        return path

    return write


def run(path, *options):
    printed = io.StringIO()
    call_command("import_places", path, "--organization", "north", *options, stdout=printed, stderr=printed)
    return printed.getvalue()


def places(organization):
    """Return the names of all places of an organization, as paths."""
    found = set()
    for school in School.unscoped.filter(organization=organization):
        found.add((school.name,))
        for campus in Campus.unscoped.filter(school=school):
            assert campus.organization_id == organization.pk
            found.add((school.name, campus.name))
            for room in Classroom.unscoped.filter(campus=campus):
                assert (room.organization_id, room.school_id) == (organization.pk, school.pk)
                found.add((school.name, campus.name, room.name))
    return found


def refusal(path):
    """Return the lines of a refusal, after which nothing is written."""
    counts = [model.unscoped.count() for model in (School, Campus, Classroom)]
    with pytest.raises(CommandError) as raised:
        run(path)
    assert [model.unscoped.count() for model in (School, Campus, Classroom)] == counts
    return [line.strip() for line in str(raised.value).splitlines()]


def test_rows_make_what_is_missing_of_a_place_and_what_it_lies_in(write_csv, north, sunrise):
    before, theirs = places(north.organization), places(sunrise.organization)
    path = write_csv(
        ["West", "Hill", "A1"],
        ["West", "Hill", "A2"],
        ["West"],
        ["South", "Lake"],
        [north.school.name, north.campus.name, "New"],
    )
    assert run(path).startswith("Created 4 and updated 0 rows; 1 are unchanged.")
    assert places(north.organization) - before == {
        ("West",),
        ("West", "Hill"),
        ("West", "Hill", "A1"),
        ("West", "Hill", "A2"),
        ("South",),
        ("South", "Lake"),
        (north.school.name, north.campus.name, "New"),
    }
    assert places(sunrise.organization) == theirs


def test_a_second_import_of_the_same_file_changes_nothing(write_csv, north):
    path = write_csv(["West", "Hill", "A1"], ["West", "Hill", "A2"])
    run(path)
    before = places(north.organization)
    assert run(path).startswith("Created 0 and updated 0 rows; 2 are unchanged.")
    assert places(north.organization) == before


def test_no_spelling_of_a_name_makes_a_second_place(write_csv, north):
    run(write_csv(["École", "İzmir", "Straße 1"]))
    decomposed = unicodedata.normalize("NFD", "ÉCOLE")
    path = write_csv(
        [decomposed, "İZMİR", "STRASSE  1"],
        [" école ", "IZMIR", "straße\u00a01"],
        ["É\u200bcole", "izmir", "Straße １"],
    )
    assert "Created 0 and updated 0 rows; 3 are unchanged." in run(path)
    assert School.unscoped.filter(organization=north.organization).count() == 2


def test_accents_tell_names_apart(write_csv, north):
    run(write_csv(["Ecole", "A"], ["École", "A"], ["Ecole", "Ä"]))
    assert School.unscoped.filter(organization=north.organization).count() == 3
    assert Campus.unscoped.filter(school__name="Ecole").count() == 2


def test_spellings_within_one_file_make_one_place(write_csv, north, monkeypatch):
    monkeypatch.setattr(resource, "CHUNK", 2)
    monkeypatch.setattr(PlacesResource._meta, "batch_size", 2)
    path = write_csv(["West", "Hill"], ["WEST", "hill", "a"], ["west", "HILL", "b"], ["West", "Hill", "A"])
    assert "Created 3 and updated 0 rows; 1 are unchanged." in run(path)
    assert School.unscoped.filter(organization=north.organization).count() == 2


def test_equal_rows_of_one_file_are_one_and_that_is_said(write_csv, north):
    path = write_csv(["West", "Hill", "A1"], ["West", "Hill"], ["WEST", "hill", "a1"], ["West", "Hill", "A1"])
    for options in (["--dry-run"], []):
        told = run(path, *options).splitlines()
        assert [line.strip() for line in told if "repeats" in line] == [
            "line 4 repeats line 2: they are one.",
            "line 5 repeats line 2: they are one.",
        ]
    assert Classroom.unscoped.filter(campus__name="Hill").count() == 1


def test_a_dry_run_says_what_would_be_made_and_writes_nothing(write_csv, north):
    before = places(north.organization)
    path = write_csv([north.school.name, "Hill", "A1"], [north.school.name])
    assert run(path, "--dry-run").splitlines() == [
        "Would create 1 and would update 0 rows; 1 are unchanged.",
        f"  line 2: create {north.school.name} › Hill › A1 campus Hill, classroom A1",
        "Dry run: nothing was written.",
    ]
    assert places(north.organization) == before


def test_a_row_that_does_not_say_where_a_place_lies_is_refused(write_csv):
    assert refusal(write_csv(["", "Hill"], ["West", "", "A1"], ["x" * 201], ["Good"])) == [
        "Nothing was imported: 3 rows are wrong.",
        "line 2: school: Must not be blank: it says where the place is.",
        "line 3: campus: Must not be blank: it says where the place is.",
        "line 4: school: Must be at most 200 characters.",
    ]


def test_everything_wrong_with_a_header_is_told_at_once(write_csv):
    told = refusal(write_csv(["x"], header=["campus", "Campus", "nothing"]))
    assert told[1:] == [
        "The header is missing: 'school'.",
        "The header has unknown columns: 'nothing'.",
        "The header repeats: 'campus'.",
    ]


@pytest.mark.parametrize("slug", ["platform", "nothing"])
def test_places_are_imported_into_an_organization(write_csv, slug):
    with pytest.raises(CommandError):
        call_command("import_places", write_csv(["West"]), "--organization", slug)
    assert not School.unscoped.filter(name="West").exists()


def test_the_name_of_an_archived_place_is_free(write_csv, north):
    path = write_csv([north.school.name, north.campus.name, "Old"])
    run(path)
    Classroom.unscoped.filter(name="Old").update(archived_at="2026-01-01T00:00:00Z")
    assert "Created 1" in run(path)
    assert "1 are unchanged" in run(path)
    assert Classroom.unscoped.filter(name="Old").count() == 2


def test_many_rows_take_as_many_statements_as_few(write_csv, statements):
    def count(rows):
        path = write_csv(*([f"S{rows}", f"C{n % 7}", f"R{n}"] for n in range(rows)))
        with statements() as sent:
            run(path)
        return len(sent)

    assert count(3) == count(300)
