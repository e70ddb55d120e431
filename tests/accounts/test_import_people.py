"""Importing people, by command and in the admin: all rows or none, and a second time nothing."""

import csv
import io
import re
import unicodedata

import pytest
from django.contrib.auth.models import Permission
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client as Browser

from accounts.imports import resource
from accounts.imports.tables import FileRows
from accounts.models import Membership, User
from accounts.people.imports import PeopleResource
from tenancy.scope import organization_scope
from tests.factories import CampusFactory, ClassroomFactory, OrganizationFactory, SchoolFactory, make_user
from tests.memory import peak_of

pytestmark = pytest.mark.django_db

HEADER = ["email", "name", "role", "school", "campus", "classroom"]
LIST = "/admin/accounts/user/"


@pytest.fixture(autouse=True)
def room(north, sunrise):
    """Two organizations."""


@pytest.fixture
def write_csv(tmp_path):
    """``write_csv([...], [...])`` writes rows, filled up with empty cells, below the header."""

    def write(*rows, header=HEADER):
        path = tmp_path / "people.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(header)
            writer.writerows([*row, *[""] * (len(header) - len(row))] for row in rows)
        return path

    return write


def run(path, *options):
    printed = io.StringIO()
    call_command("import_people", path, "--organization", "north", *options, stdout=printed, stderr=printed)
    return printed.getvalue()


def everyone():
    """Return every column of every person, and of every membership."""
    return [list(model.unscoped.order_by("pk").values()) for model in (User, Membership)]


def refusal(path, *options):
    """Return the lines of a refusal, after which nothing is written."""
    before = everyone()
    with pytest.raises(CommandError) as raised:
        run(path, *options)
    assert everyone() == before
    return [line.strip() for line in str(raised.value).splitlines()]


def person(email):
    return User.unscoped.select_related("role").get(email=email, deleted=None)


def place_of(user):
    return user.organization_id, user.school_id, user.campus_id, user.classroom_id


# --- What is written ------------------------------------------------------------------------------


def test_rows_become_people_in_their_places_and_roles(write_csv, north):
    path = write_csv(
        [" Ada@North.test ", " Ada ", "teacher", north.school.name, north.campus.name, north.classroom.name],
        ["b@north.test", "", "STUDENT", "", "", north.classroom.name.upper()],
        ["c@north.test", "Zoë", "", north.school.name],
        ["d@north.test", "=1+1", "PRINCIPAL"],
    )
    assert run(path).startswith("Created 4 and updated 0 rows; 0 are unchanged.")
    whole = (north.organization.pk, north.school.pk, north.campus.pk, north.classroom.pk)
    expected = {
        "ada@north.test": ("Ada", "TEACHER", whole),
        "b@north.test": ("", "STUDENT", whole),
        "c@north.test": ("Zoë", None, (*whole[:2], None, None)),
        "d@north.test": ("=1+1", "PRINCIPAL", (whole[0], None, None, None)),
    }
    for email, (name, role, place) in expected.items():
        made = person(email)
        assert (made.name, made.role and made.role.name, place_of(made)) == (name, role, place)
        assert not made.has_usable_password()
        membership = Membership.unscoped.get(user=made)
        assert (place_of(membership), membership.role) == (place, made.role)
        assert membership.valid_until is None
    assert mail.outbox == []


def test_a_second_import_of_the_same_file_changes_nothing(write_csv, north):
    path = write_csv(
        ["new@north.test", "New", "TEACHER", north.school.name],
        ["STUDENT@north.test", "Other", "GUEST", "", north.campus.name],
    )
    assert "Created 1 and updated 1" in run(path)
    before = everyone()
    assert run(path).startswith("Created 0 and updated 0 rows; 2 are unchanged.")
    assert everyone() == before


def test_who_is_there_is_moved_and_changed_where_the_file_says_otherwise(write_csv, north):
    other = ClassroomFactory(campus=north.campus, name="Other")
    run(write_csv(["student@north.test", "Renamed", "GUEST", "", "", "other"]))
    moved = person("student@north.test")
    assert (moved.name, moved.role.name, moved.classroom_id) == ("Renamed", "GUEST", other.pk)
    first, second = Membership.unscoped.filter(user=moved).order_by("valid_from")
    assert (first.classroom_id, first.role.name) == (north.classroom.pk, "STUDENT")
    assert (second.classroom_id, second.role.name) == (other.pk, "GUEST")
    assert first.valid_until == second.valid_from
    assert moved.has_usable_password()


def test_an_empty_cell_and_a_missing_column_say_nothing(write_csv, north):
    before = everyone()
    assert "1 are unchanged" in run(write_csv(["student@north.test"]))
    assert "1 are unchanged" in run(write_csv(["student@north.test"], header=HEADER[:3]))
    assert everyone() == before


def test_class_is_another_name_of_classroom(write_csv, north):
    run(write_csv(["new@north.test", "", "STUDENT", north.classroom.name], header=[*HEADER[:3], "class"]))
    assert person("new@north.test").classroom_id == north.classroom.pk
    twice = write_csv(["new@north.test"], header=[*HEADER, "class"])
    assert refusal(twice)[1] == "The header repeats: 'classroom'."


def test_a_header_of_very_many_columns_is_not_compared_each_with_each(north):
    compared = 0

    class Name(str):
        __hash__ = str.__hash__

        def __eq__(self, other):
            nonlocal compared
            compared += 1
            return str.__eq__(self, other)

    names = [Name(f"column {number % 900}") for number in range(1_000)]
    with organization_scope(north.organization):
        told = PeopleResource().import_data(FileRows(headers=names, lines=[]), user=north.admin)
    refused = [str(error.error) for error in told.base_errors]
    assert any(text.startswith("The header repeats: 'column 0', 'column 1', ") for text in refused), refused
    assert any(re.fullmatch(r"The header has unknown columns: .* and 890 more\.", text) for text in refused)
    assert compared < 10 * len(names)


def test_a_column_with_a_long_name_is_told_by_its_beginning(write_csv):
    told = refusal(write_csv(["new@north.test"], header=[*HEADER, "x" * 100_000]))[1]
    assert told.startswith("The header has unknown columns: 'xxx") and len(told) < 200


def test_spellings_of_an_address_a_name_a_role_and_a_place_are_one(write_csv, north):
    school = SchoolFactory(organization=north.organization, name="École İzmir")
    user = make_user("izmir@north.test", "INSTRUCTOR", at=school.scope, name="Zoë")
    decomposed = unicodedata.normalize("NFD", "ÉCOLE İZMİR")
    path = write_csv(["İZMİR@NORTH.TEST", unicodedata.normalize("NFD", "Zoë"), "İNSTRUCTOR", decomposed])
    before = everyone()
    assert "1 are unchanged" in run(path)
    twice = write_csv(["ızmır@north.test"], ["ｉｚｍｉｒ@north.test"])
    assert refusal(twice)[1] == "line 3: email: Repeats line 2."
    assert everyone() == before
    assert person("izmir@north.test") == user


def test_namesakes_are_told_apart_by_what_they_stand_in(write_csv, north):
    south = SchoolFactory(organization=north.organization, name="South")
    room = ClassroomFactory(campus=CampusFactory(school=south, name="East"), name="E1")
    ClassroomFactory(campus=CampusFactory(school=north.school, name="East"), name="E1")
    assert "more than one classroom" in refusal(write_csv(["a@north.test", "", "STUDENT", "", "", "E1"]))[1]
    assert "more than one" in refusal(write_csv(["a@north.test", "", "STUDENT", "", "East", "E1"]))[1]
    run(write_csv(["a@north.test", "", "STUDENT", "South", "", "E1"]))
    assert person("a@north.test").classroom_id == room.pk


def test_a_dry_run_says_what_would_change_and_writes_nothing(write_csv, north):
    before = everyone()
    path = write_csv(
        ["new@north.test", "New", "TEACHER", north.school.name],
        ["student@north.test", "Renamed", "GUEST", north.school.name],
        ["teacher@north.test"],
    )
    lines = run(path, "--dry-run", "--invite").splitlines()
    home = f"{north.school.name} › {north.campus.name} › {north.classroom.name}"
    assert lines == [
        "Would create 1 and would update 1 rows; 1 are unchanged.",
        f"  line 2: create new@north.test New, TEACHER, {north.school.name}",
        f"  line 3: update student@north.test north student → Renamed, STUDENT → GUEST, "
        f"{home} → {north.school.name} (name, role, place)",
        "Dry run: nothing was written.",
    ]
    assert everyone() == before
    assert mail.outbox == []


def test_those_who_are_new_are_invited_if_asked_for(write_csv):
    path = write_csv(["new@north.test", "New", "TEACHER"], ["student@north.test", "Renamed"])
    assert "Invited 1 people." in run(path, "--invite")
    assert [sent.to for sent in mail.outbox] == [["new@north.test"]]
    run(path, "--invite")
    assert len(mail.outbox) == 1


# --- What is refused ------------------------------------------------------------------------------


def test_bad_rows_are_named_by_line_and_column_and_nothing_is_written(write_csv, north):
    path = write_csv(
        ["good@north.test", "Good", "TEACHER"],
        ["", "Nobody", "TEACHER"],
        ["no address", "x", "TEACHER"],
        ["x" * 250 + "@north.test", "x", "TEACHER"],
        ["role@north.test", "x", "NOTHING"],
        ["global@north.test", "x", "GLOBAL_ADMIN"],
        ["place@north.test", "x", "TEACHER", "Nowhere"],
        ["line@north.test", "x", "TEACHER", north.school.name, "", "Nowhere"],
        ["GOOD@north.test", "Again", "TEACHER"],
        ["long@north.test", "x" * 201, "TEACHER"],
        ["nul@north.test", "a\0b", "TEACHER"],
    )
    told = refusal(path)
    assert told[0] == "Nothing was imported: 10 rows are wrong."
    assert [line.split(":")[:2] for line in told[1:]] == [
        [f"line {number}", f" {name}"]
        for number, name in enumerate(
            ["email", "email", "email", "role", "role", "school", "classroom", "email", "name", "name"], 3
        )
    ]
    assert "Repeats line 2." in told[8]


def test_places_that_do_not_stand_in_each_other_are_no_place(write_csv, north):
    other = SchoolFactory(organization=north.organization, name="South")
    told = refusal(write_csv(["a@north.test", "", "STUDENT", other.name, north.campus.name]))
    assert told[1] == "line 2: campus: There is no campus with this name there."


def test_another_tenants_places_and_people_are_not_told_of(write_csv, north, sunrise, independent):
    theirs = refusal(write_csv(["a@north.test", "", "STUDENT", sunrise.school.name]))
    assert theirs == refusal(write_csv(["a@north.test", "", "STUDENT", "Nowhere"]))
    answers = [refusal(write_csv([email])) for email in (sunrise.student.email, independent.email.upper())]
    assert answers[0] == answers[1]
    assert answers[0][1].startswith("line 2: email: This e-mail address is already in use")
    assert "Leave the row out" in answers[0][1]
    sunrise.student.delete()
    run(write_csv([sunrise.student.email, "", "STUDENT"]))
    assert person(sunrise.student.email).organization_id == north.organization.pk


def test_a_header_without_a_needed_column_is_refused(write_csv):
    assert refusal(write_csv(["x"], header=["email"]))[1] == "The header is missing: 'name', 'role'."


@pytest.mark.parametrize("slug", ["platform", "nothing"])
def test_people_are_imported_into_an_organization(write_csv, slug):
    before = everyone()
    with pytest.raises(CommandError):
        call_command("import_people", write_csv(["a@north.test"]), "--organization", slug)
    assert everyone() == before


def test_a_global_administrator_is_changed_by_no_file(write_csv, north):
    make_user("boss@north.test", "GLOBAL_ADMIN", at=north.scope)
    assert "You may not change this person" in refusal(write_csv(["boss@north.test", "Boss", "GUEST"]))[1]
    assert "1 are unchanged" in run(write_csv(["boss@north.test"]))


def test_an_address_that_is_taken_while_it_is_imported_is_refused_in_words(write_csv, monkeypatch):
    add = PeopleResource.add

    def add_late(self, people):
        make_user("new@north.test")
        add(self, people)

    monkeypatch.setattr(PeopleResource, "add", add_late)
    with pytest.raises(CommandError, match="Someone else recorded one of these rows at the same time"):
        run(write_csv(["new@north.test", "", "STUDENT"], ["student@north.test", "Renamed"]))
    assert person("student@north.test").name == "north student"


# --- How much it takes ----------------------------------------------------------------------------


@pytest.mark.parametrize("again", [False, True])
def test_many_rows_take_as_many_statements_as_few(again, write_csv, north, statements):
    def count(rows):
        people = [[f"p{rows}.{n}@north.test", "A", "STUDENT", north.school.name] for n in range(rows)]
        path = write_csv(*people)
        if again:
            run(path)
            path = write_csv(*([row[0], "B", "TEACHER", "", north.campus.name] for row in people))
        with statements() as sent:
            run(path)
        return len(sent)

    assert count(3) == count(300)
    assert Membership.unscoped.filter(user__email__startswith="p300").count() == 300 * (1 + again)


def test_chunks_change_nothing_about_the_outcome(write_csv, monkeypatch):
    monkeypatch.setattr(resource, "CHUNK", 3)
    monkeypatch.setattr(PeopleResource._meta, "batch_size", 3)
    path = write_csv(*([f"p{n}@north.test", "", "STUDENT"] for n in range(10)))
    assert "Created 10" in run(path, "--invite")
    assert len(mail.outbox) == 10
    assert "10 are unchanged" in run(path)
    repeated = write_csv(*([f"p{n % 9}@north.test", "", "STUDENT"] for n in range(10)))
    assert refusal(repeated)[1] == "line 11: email: Repeats line 2."


@pytest.mark.no_cover
@pytest.mark.parametrize("number", [300, pytest.param(10_000, marks=pytest.mark.drill)])
def test_ten_thousand_people_fit_into_memory_and_fewer_take_a_share(write_csv, north, number):
    path = write_csv(*([f"p{n}@north.test", f"Person {n}", "STUDENT"] for n in range(number)))
    said = []
    assert peak_of(lambda: said.append(run(path))) < 200 * 2**20 * number / 10_000
    assert f"Created {number}" in said[0]
    assert Membership.unscoped.filter(organization=north.organization).count() >= number


# --- In the admin ---------------------------------------------------------------------------------


def sign_in(user):
    browser = Browser()
    browser.force_login(User.unscoped.get(pk=user.pk), backend="accounts.sign_in.authentication.EmailBackend")
    return browser


def send(browser, *rows, button="import", header=HEADER):
    written = io.StringIO()
    csv.writer(written).writerows([header, *([*row, *[""] * (len(header) - len(row))] for row in rows)])
    file = SimpleUploadedFile("people.csv", written.getvalue().encode(), content_type="text/csv")
    return browser.post(f"{LIST}import/", {"file": file, button: "1"})


def test_a_file_is_checked_in_the_admin_and_then_imported_once(north):
    browser = sign_in(north.admin)
    assert f"{LIST}import/" in browser.get(LIST).content.decode()
    row = ["new@north.test", "New", "TEACHER", north.school.name]
    before = everyone()
    checked = send(browser, row, button="check").context["report"]
    assert checked.changes == [(2, "new@north.test", f"New, TEACHER, {north.school.name}")]
    assert (checked.written, everyone()) == (False, before)
    page = send(browser, row)
    assert (page.context["report"].written, page.context["report"].created) == (True, 1)
    assert "No invitations were sent" in page.content.decode()
    assert send(browser, row).context["report"].unchanged == 1
    assert mail.outbox == []


def test_who_imports_gives_no_role_beyond_their_own_and_changes_nobody_stronger(north, grant):
    clerk = make_user("clerk@north.test", "GUEST", at=north.scope, is_staff=True)
    grant(clerk, "users.list", "users.create", "users.update")
    browser, before = sign_in(clerk), everyone()
    page = send(
        browser,
        ["a@north.test", "", "TEACHER"],
        # Someone without a role holds what a student does.
        ["b@north.test", "", ""],
        ["student@north.test", "Renamed"],
        ["guest@north.test", "", "ADMIN"],
        ["clerk@north.test", "", "GUARDIAN"],
        ["GUARDIAN@north.test", "Renamed"],
    )
    problems = page.context["report"].problems
    assert [(line, name) for line, name, _reason in problems] == [
        (2, "role"),
        (3, "role"),
        (4, "email"),
        (5, "role"),
        (6, "email"),
    ]
    assert everyone() == before
    assert send(browser, ["guardian@north.test", "Renamed"]).context["report"].updated == 1


def test_an_import_stays_within_the_place_of_whoever_imports(north):
    elsewhere = SchoolFactory(organization=north.organization, name="South")
    outside = make_user("outside@north.test", "STUDENT", at=elsewhere.scope)
    head = make_user("head@north.test", "ADMIN", at=north.campus.scope, is_staff=True)
    browser, before = sign_in(head), everyone()
    page = send(
        browser,
        ["a@north.test", "", "STUDENT", "South"],
        ["b@north.test", "", "STUDENT", north.school.name],
        [outside.email, "Mine", "STUDENT"],
    )
    reasons = [reason for _line, _name, reason in page.context["report"].problems]
    assert reasons[:2] == [
        "There is no school with this name.",
        "This is not at or below your own place.",
    ]
    assert reasons[2].startswith("This e-mail address is already in use")
    assert everyone() == before
    send(browser, ["c@north.test", "", "STUDENT"])
    assert person("c@north.test").campus_id == north.campus.pk


def test_a_global_user_imports_where_they_act(north, global_admin):
    browser = sign_in(global_admin)
    page = send(browser, ["a@north.test", "", "STUDENT"])
    assert "act in one first" in page.content.decode()
    browser.post("/admin/acting-organization/", {"organization": str(north.organization.pk)})
    assert send(browser, ["a@north.test", "", "STUDENT"]).context["report"].created == 1
    assert person("a@north.test").organization_id == north.organization.pk


def test_without_both_keys_there_is_no_import(north):
    north.admin.custom_permissions_filter.add(Permission.objects.get(codename="users.create"))
    browser = sign_in(north.admin)
    assert f"{LIST}import/" not in browser.get(LIST).content.decode()
    assert browser.get(f"{LIST}import/").status_code == 403


def test_an_organization_without_places_takes_people_all_the_same(write_csv):
    OrganizationFactory(slug="empty", name="Empty")
    path = write_csv(["a@empty.test", "A", "STUDENT"])
    printed = io.StringIO()
    call_command("import_people", path, "--organization", "empty", "--dry-run", stdout=printed)
    assert "A, STUDENT, Empty" in printed.getvalue()
