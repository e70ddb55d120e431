"""``manage.py import_results --kind progress``: all rows or none, and a second time nothing."""

import hashlib
import io
from functools import partial

import pytest
import tablib
from django.core.management import CommandError, call_command

from accounts.imports import resource
from accounts.models import User
from progress.items.imports import ItemProgressResource
from progress.models import ItemProgress
from tenancy.scope import every_organization, scope_entered
from tests import factories
from tests.progress.items import deleted, listed, saved

HEADER = ["email", "progress_type", "item_id", "value", "score", "metadata", "created_at", "import_hash"]
STUDENT = "student@north.test"


@pytest.fixture(autouse=True)
def room(north, sunrise):
    """Two organizations."""


@pytest.fixture
def write_csv(csv_file):
    """``write_csv([...], [...])`` writes rows of progress."""
    return partial(csv_file, header=HEADER)


def run(path, *options):
    printed = io.StringIO()
    call_command("import_results", path, "--kind", "progress", *options, stdout=printed)
    return printed.getvalue()


def refusal(path, *options):
    """Return the lines of a refusal, after which nothing is written."""
    before = stored()
    with pytest.raises(CommandError) as raised:
        run(path, *options)
    assert stored() == before
    return [line.strip() for line in str(raised.value).splitlines()]


def stored():
    """Return every column of every row."""
    return list(ItemProgress.unscoped.order_by("user", "progress_type", "item_id", "created_at").values())


def row_of(item_id="hello", email=STUDENT, *more):
    return [email, "sign_learned", item_id, *more]


# --- What is written ------------------------------------------------------------------------------


def test_rows_become_progress_of_the_people_they_name(write_csv, as_user, north):
    path = write_csv(
        [STUDENT, "sign_learned", " hello ", "seen", "3", '{"tries": [1, 2]}', "2026-10-05T10:30:00+02:00"],
        ["teacher@north.test", "zone_checkin", "2026-10-05", " ", "-1", "null"],
        ["admin@north.test", "zone_checkin", "2026-10-05"],
    )
    assert run(path).startswith("Created 3 and updated 0 rows; 0 are unchanged")
    (row,) = listed(as_user(north.student))["rows"]
    assert (row["item_id"], row["value"], row["score"]) == ("hello", "seen", 3)
    assert row["metadata"] == {"tries": [1, 2]}
    assert row["createdAt"] == row["updatedAt"] == "2026-10-05T08:30:00.000000Z"
    assert row["organizationId"] == str(north.organization.pk)
    assert row["campusId"] == str(north.campus.pk)
    (row,) = listed(as_user(north.teacher), "zone_checkin")["rows"]
    assert (row["value"], row["score"], row["metadata"]) == (" ", -1, None)
    (row,) = listed(as_user(north.admin), "zone_checkin")["rows"]
    assert (row["value"], row["score"], row["metadata"], row["campusId"]) == (None, None, None, None)
    for row in ItemProgress.unscoped.all():
        assert row.created_by_id == row.updated_by_id == row.user_id
        assert len(row.import_hash) == 64


def test_only_person_type_and_item_must_be_in_the_file(write_csv):
    run(write_csv(row_of(), header=HEADER[:3]))
    assert ItemProgress.unscoped.get().value is None


def test_a_person_is_named_in_any_spelling_of_the_address(write_csv, north):
    run(write_csv(row_of(email=" Student@NORTH.test ")))
    assert ItemProgress.unscoped.get().user_id == north.student.pk


def test_cells_that_look_like_formulas_are_data(write_csv):
    cells = ["=1+1", "+1", "-1", "@SUM(A1)", "'1", "=cmd|' /C calc'!A0"]
    run(write_csv(*(row_of(cell, STUDENT, cell) for cell in cells), row_of("'=2", STUDENT, "'=2")))
    # An export puts an apostrophe in front of them, which is no part of what it quotes.
    cells.append("=2")
    assert {(row.item_id, row.value) for row in ItemProgress.unscoped.all()} == {(c, c) for c in cells}


def test_who_imports_is_recorded_as_who_wrote(write_csv, north):
    rows = tablib.Dataset(row_of(), headers=HEADER[:3])
    with scope_entered(north.scope):
        ItemProgressResource().import_data(rows, user=north.admin)
    row = ItemProgress.unscoped.get()
    assert (row.user_id, row.created_by_id, row.updated_by_id) == (
        north.student.pk,
        north.admin.pk,
        north.admin.pk,
    )


# --- A second time --------------------------------------------------------------------------------


@pytest.mark.parametrize("given", ["", "hash of the file's own"])
def test_a_second_import_of_the_same_file_changes_nothing(write_csv, given):
    path = write_csv(
        [STUDENT, "sign_learned", "hello", "seen", "3", '{"n": [1e300, 0.1, -0.0]}', "", given],
        row_of("thanks", STUDENT, "", "", "null"),
    )
    run(path)
    before = stored()
    assert "Created 0 and updated 0 rows; 2 are unchanged" in run(path)
    assert stored() == before


def test_what_a_file_says_anew_is_changed_and_nothing_else(write_csv, as_user, north):
    run(write_csv(row_of("a", STUDENT, "old", "1"), row_of("b", STUDENT, "old", "1")))
    before = {row["item_id"]: row for row in listed(as_user(north.student))["rows"]}
    path = write_csv(row_of("a", STUDENT, "old", "1"), row_of("b", STUDENT, "new", "1"))
    assert "updated 1 rows; 1 are unchanged" in run(path)
    after = {row["item_id"]: row for row in listed(as_user(north.student))["rows"]}
    assert after["a"] == before["a"]
    changed = {name for name in after["b"] if after["b"][name] != before["b"][name]}
    assert changed == {"value", "updatedAt"}


def test_columns_that_a_later_file_lacks_keep_what_they_hold(write_csv):
    run(write_csv(row_of("a", STUDENT, "old", "1", "[1]", "2026-10-05T08:30:00Z")))
    run(write_csv(row_of("a", STUDENT, "new"), header=HEADER[:4]))
    row = ItemProgress.unscoped.get()
    assert (row.value, row.score, row.metadata) == ("new", 1, [1])
    assert row.created_at.isoformat() == "2026-10-05T08:30:00+00:00"


def test_what_its_user_has_saved_since_stays_until_the_file_says_something_new(write_csv, as_user, north):
    path = write_csv(row_of("hello", STUDENT, "from the file"))
    run(path)
    mine = saved(as_user(north.student), value="mine")
    assert "updated 0 rows; 1 are unchanged" in run(path)
    assert listed(as_user(north.student))["rows"] == [mine]
    run(write_csv(row_of("hello", STUDENT, "from a later file")))
    assert ItemProgress.unscoped.get().value == "from a later file"


def test_what_its_user_has_deleted_stays_deleted(write_csv, as_user, north):
    run(write_csv(row_of("hello", STUDENT, "a")))
    deleted(as_user(north.student))
    for value in ("a", "b"):
        printed = run(write_csv(row_of("hello", STUDENT, value)))
        assert "0 are unchanged, 1 were deleted after they were imported and stay deleted" in printed
    assert listed(as_user(north.student))["count"] == 0
    mine = saved(as_user(north.student), value="mine")
    run(write_csv(row_of("hello", STUDENT, "c")))
    assert listed(as_user(north.student))["rows"] == [mine]


def test_what_its_user_has_recorded_already_becomes_the_files_row(write_csv, as_user, north):
    mine = saved(as_user(north.student), value="mine", score=1)
    path = write_csv(row_of("hello", STUDENT, "the file's", "1", "", "", "their hash"))
    assert "Created 0 and updated 1" in run(path)
    row = ItemProgress.unscoped.get()
    assert (str(row.pk), row.value, row.import_hash) == (mine["id"], "the file's", "their hash")
    assert "updated 0 rows; 1 are unchanged" in run(path)


def test_a_row_that_says_what_is_recorded_is_known_from_then_on(write_csv, as_user, north):
    saved(as_user(north.student), value="same")
    path = write_csv(row_of("hello", STUDENT, "same"))
    assert "updated 1" in run(path)
    saved(as_user(north.student), value="newer")
    assert "updated 0" in run(path)
    assert ItemProgress.unscoped.get().value == "newer"


def test_a_derived_hash_outlives_a_change_of_the_address(write_csv, north):
    run(write_csv(row_of("hello", STUDENT, "a")))
    User.unscoped.filter(pk=north.student.pk).update(email="married@north.test")
    before = stored()
    run(write_csv(row_of("hello", "married@north.test", "a")))
    assert stored() == before


def test_a_derived_hash_is_made_as_documented(write_csv, north):
    run(write_csv(row_of(" hello ")))
    lines = [str(north.organization.pk), str(north.student.pk), "typed progress", "sign_learned", "hello"]
    expected = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    assert ItemProgress.unscoped.get().import_hash == expected


# --- import_hash ----------------------------------------------------------------------------------


def test_a_given_hash_is_kept_and_tells_rows_apart(write_csv):
    run(write_csv(row_of("a", STUDENT, "", "", "", "", " h1 "), row_of("b", STUDENT, "", "", "", "", "")))
    kept = dict(ItemProgress.unscoped.values_list("item_id", "import_hash"))
    assert kept["a"] == "h1"
    assert len(kept["b"]) == 64


def test_a_hash_that_is_another_row_already_is_refused(write_csv):
    run(write_csv(row_of("a", STUDENT, "", "", "", "", "h1")))
    assert refusal(write_csv(row_of("b", STUDENT, "", "", "", "", "h1"))) == [
        "Nothing was imported: 1 row is wrong.",
        "line 2: import_hash: Another row already has this hash: sign_learned a.",
    ]


def test_one_hash_may_be_that_of_rows_of_two_people_and_of_two_organizations(write_csv):
    people = (STUDENT, "student2@north.test", "student@sunrise.test")
    path = write_csv(*(row_of("a", email, "", "", "", "", "1") for email in people))
    assert "Created 3" in run(path)
    assert "3 are unchanged" in run(path)


def test_who_has_moved_to_another_organization_starts_anew_there(write_csv, north, sunrise):
    path = write_csv(row_of("a", STUDENT, "", "", "", "", "1"), row_of("b"))
    run(path)
    places = {"organization": sunrise.organization, "school": None, "campus": None, "classroom": None}
    User.unscoped.filter(pk=north.student.pk).update(**places)
    assert "Created 2" in run(path, "--organization", "sunrise")
    assert ItemProgress.unscoped.count() == 4


def test_a_row_that_repeats_another_is_refused(write_csv):
    path = write_csv(
        row_of("a", STUDENT, "1"),
        row_of("b", STUDENT, "", "", "", "", "h"),
        row_of(" a", " STUDENT@north.test", "2"),
        row_of("c", STUDENT, "", "", "", "", "h"),
    )
    assert refusal(path) == [
        "Nothing was imported: 2 rows are wrong.",
        "line 4: item_id: Repeats line 2.",
        "line 5: import_hash: Repeats line 3.",
    ]


# --- What is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"email": ""}, "email: Must name a person."),
        ({"email": "nobody@north.test"}, "email: There is no such person in this organization."),
        ({"email": "not an address"}, "email: There is no such person in this organization."),
        ({"progress_type": "other"}, "progress_type: Must be one of: sign_learned, zone_checkin."),
        ({"progress_type": ""}, "progress_type: Must be one of: sign_learned, zone_checkin."),
        ({"item_id": "  "}, "item_id: This field may not be blank."),
        ({"item_id": "x" * 501}, "item_id: Must be at most 500 characters."),
        ({"item_id": "a\0"}, "item_id: Null characters are not allowed."),
        ({"value": "x" * 10_001}, "value: Must be at most 10000 characters."),
        ({"score": "1.5"}, "score: Must be a whole number."),
        ({"score": "many"}, "score: Must be a whole number."),
        ({"score": "2147483648"}, "score: Must be at most 2147483647."),
        ({"score": "-" + "9" * 30}, "score: Must be a whole number."),
        ({"metadata": "{"}, "metadata: Must be JSON."),
        ({"metadata": "NaN"}, "metadata: Must be JSON."),
        ({"metadata": '"' + "x" * 20_000 + '"'}, "metadata: Must be at most 16 KiB of JSON."),
        ({"metadata": '"\\u0000"'}, "metadata: Null characters are not allowed."),
        ({"metadata": "[" * 900 + "]" * 900}, "metadata: Is nested too deeply."),
        ({"created_at": "yesterday"}, "created_at: Must be a date and time such as 2026-11-16T08:30:00Z."),
        ({"created_at": "0001-01-01T00:00+14:00"}, "created_at: Must be a date and time such as"),
        ({"created_at": "2999-01-01T00:00:00Z"}, "created_at: Must not be in the future."),
        ({"import_hash": "x" * 256}, "import_hash: Must be at most 255 characters."),
    ],
)
def test_a_bad_row_is_named_with_its_line_and_reason_and_nothing_is_written(cells, reason, write_csv):
    good = row_of("good")
    values = {"email": STUDENT, "progress_type": "sign_learned", "item_id": "bad", **cells}
    bad = [values.get(name, "") for name in HEADER]
    summary, told = refusal(write_csv(good, bad))
    assert summary == "Nothing was imported: 1 row is wrong."
    assert told.startswith(f"line 3: {reason}")
    assert refusal(write_csv(good, bad), "--dry-run")[1] == told


def test_everything_that_is_wrong_is_named_at_once(write_csv):
    path = write_csv(row_of("a"), row_of("", "x@y.test", "", "z"), row_of("b", "x@y.test"), row_of("c"))
    assert refusal(path) == [
        "Nothing was imported: 2 rows are wrong.",
        "line 3: item_id: This field may not be blank.",
        "line 3: score: Must be a whole number.",
        "line 3: email: There is no such person in this organization.",
        "line 4: email: There is no such person in this organization.",
    ]


def test_lines_are_those_of_the_file_whatever_cells_hold(write_csv):
    path = write_csv(row_of("a", STUDENT, "one\ntwo\nthree"), row_of("b", STUDENT, "x"), row_of("", STUDENT))
    assert refusal(path)[1].startswith("line 6: item_id")


def test_only_so_many_lines_are_told(write_csv):
    told = refusal(write_csv(*(row_of("", STUDENT) for _ in range(1500))))
    assert told[0] == "Nothing was imported: 1500 rows are wrong."
    assert len(told) == 102
    assert told[-1] == "... and 1400 more."


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (HEADER[1:], "The header is missing: 'email'."),
        (["email"], "The header is missing: 'item_id', 'progress_type'."),
        ([*HEADER, "userId"], "The header has unknown columns: 'userId'."),
        ([*HEADER, "value"], "The header repeats: 'value'."),
    ],
)
def test_a_header_of_other_columns_is_refused(header, reason, write_csv):
    assert refusal(write_csv(header=header)) == ["Nothing was imported: the file is wrong.", reason]


def test_a_file_that_is_no_csv_is_refused(tmp_path):
    path = tmp_path / "file.csv"
    path.write_bytes(b"email,progress_type,item_id\nx\n\xff\n")
    told = "line 3: This is not UTF-8. Save the file as CSV in UTF-8, or as XLSX."
    assert refusal(path) == ["Nothing was imported: the file is wrong.", told]
    with pytest.raises(CommandError, match="No such file"):
        run(tmp_path / "missing.csv")
    with pytest.raises(CommandError, match="invalid choice"):
        call_command("import_results", path, "--kind", "other")


# --- Who can be named -----------------------------------------------------------------------------


def test_only_people_of_the_organization_can_be_named(write_csv, independent, global_admin, north):
    User.unscoped.filter(pk=north.guest.pk).update(deleted="2026-11-01T00:00:00Z")
    strangers = ["student@sunrise.test", independent.email, global_admin.email, north.guest.email, "x@y.test"]
    told = refusal(write_csv(*(row_of("a", email) for email in strangers)), "--organization", "north")
    reasons = {line.split(": ", 1)[1] for line in told[1:]}
    assert reasons == {"email: There is no such person in this organization."}
    assert len(told) == 6


def test_without_an_organization_each_row_goes_to_its_persons(write_csv, north, sunrise, independent):
    run(write_csv(row_of("a", STUDENT), row_of("a", "student@sunrise.test")))
    assert {row.organization_id for row in ItemProgress.unscoped.all()} == {
        north.organization.pk,
        sunrise.organization.pk,
    }
    assert "line 2: email" in refusal(write_csv(row_of("b", independent.email)))[1]


def test_an_organization_that_does_not_exist_is_refused(write_csv):
    assert refusal(write_csv(row_of()), "--organization", "nowhere") == [
        "There is no organization with the slug 'nowhere'."
    ]


def test_people_who_are_deactivated_keep_their_past(write_csv, north):
    User.unscoped.filter(pk=north.student.pk).update(is_active=False)
    assert "Created 1" in run(write_csv(row_of()))


def test_in_the_scope_of_a_school_only_its_people_can_be_named(north):
    other = factories.SchoolFactory(organization=north.organization)
    factories.make_user("outside@north.test", "STUDENT", at=other.scope)
    rows = tablib.Dataset(row_of(), row_of("a", "outside@north.test"), headers=HEADER[:3])
    with scope_entered(north.school.scope):
        outcome = ItemProgressResource().import_data(rows)
    (wrong,) = outcome.invalid_rows
    assert (wrong.number, list(wrong.error_dict)) == (3, ["email"])
    assert not ItemProgress.unscoped.exists()


# --- A dry run ------------------------------------------------------------------------------------


def test_a_dry_run_says_what_would_change_and_writes_nothing(write_csv, as_user, north):
    run(write_csv(row_of("a", STUDENT, "1"), row_of("b", STUDENT, "1"), row_of("c", STUDENT, "1")))
    deleted(as_user(north.student), "c")
    before = stored()
    path = write_csv(
        row_of("a", STUDENT, "1"), row_of("b", STUDENT, "2"), row_of("c", STUDENT, "1"), row_of("d")
    )
    assert run(path, "--dry-run").splitlines() == [
        "Would create 1 and would update 1 rows; 1 are unchanged, "
        "1 were deleted after they were imported and stay deleted.",
        f"  line 3: update {STUDENT} sign_learned b (value)",
        f"  line 5: create {STUDENT} sign_learned d",
        "Dry run: nothing was written.",
    ]
    assert stored() == before


def test_a_long_dry_run_shows_its_first_lines(write_csv):
    printed = run(write_csv(*(row_of(f"{n}") for n in range(1200))), "--dry-run").splitlines()
    assert printed[0].startswith("Would create 1200 ")
    assert printed[-2:] == ["  ... and 1100 more.", "Dry run: nothing was written."]
    assert len(printed) == 103


# --- Whoever imports ------------------------------------------------------------------------------


def test_an_import_is_all_or_nothing_even_for_a_caller_who_does_not_ask_for_it(north):
    rows = tablib.Dataset(row_of("a"), row_of(""), headers=HEADER[:3])
    with scope_entered(north.scope):
        outcome = ItemProgressResource().import_data(rows, use_transactions=False)
    assert not outcome.is_good
    assert [wrong.number for wrong in outcome.invalid_rows] == [3]
    assert not ItemProgress.unscoped.exists()


def test_chunks_change_nothing_about_the_outcome(write_csv, monkeypatch):
    monkeypatch.setattr(resource, "CHUNK", 3)
    monkeypatch.setattr(ItemProgressResource._meta, "batch_size", 3)
    path = write_csv(*(row_of(f"{n}", STUDENT, "1") for n in range(10)))
    assert "Created 10" in run(path)
    assert "10 are unchanged" in run(path)
    bad = write_csv(*(row_of(f"new {n}" if n < 9 else "") for n in range(10)))
    assert refusal(bad)[1].startswith("line 11: item_id")
    repeated = write_csv(*(row_of(f"new {n % 9}") for n in range(10)))
    assert refusal(repeated)[1] == "line 11: item_id: Repeats line 2."


@pytest.mark.parametrize("again", [False, True])
def test_many_rows_take_as_many_statements_as_few(again, write_csv, statements):
    def count(rows):
        path = write_csv(*(row_of(f"{rows} {n}", STUDENT, "1") for n in range(rows)))
        if again:
            run(path)
            path = write_csv(*(row_of(f"{rows} {n}", STUDENT, "2") for n in range(rows)))
        with statements() as sent, every_organization():
            run(path)
        return len(sent)

    assert count(3) == count(300)


def test_a_row_that_is_deleted_while_it_is_imported_is_refused_in_words(write_csv, monkeypatch):
    run(write_csv(row_of("a", STUDENT, "1")))
    path = write_csv(row_of("a", STUDENT, "2"), row_of("b"))
    write = ItemProgressResource.write

    def write_late(resource, instances):
        ItemProgress.unscoped.update(deleted="2026-11-01T00:00:00Z")
        write(resource, instances)

    monkeypatch.setattr(ItemProgressResource, "write", write_late)
    assert refusal(path) == [
        "Nothing was imported: the file is wrong.",
        "Someone else recorded one of these rows at the same time. Try again.",
    ]
