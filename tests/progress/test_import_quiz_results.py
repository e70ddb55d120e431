"""``manage.py import_results --kind quiz-results``: appended, once, and never changed."""

import hashlib
import io
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import Membership, Role, User
from accounts.people.domain.membership import place
from quizzes.models import SafetyQuizResult
from quizzes.safety.domain.weeks import Week
from tenancy.scope import every_organization
from tests import factories

HEADER = ["email", "quiz_id", "quiz_title", "week_of", "score", "total_questions", "answers"]
HEADER += ["completed_at", "import_hash"]
ROW = {
    "email": "teacher@north.test",
    "quiz_id": "q-46",
    "quiz_title": "De-escalation",
    "week_of": " 2026-W46 ",
    "score": "8",
    "total_questions": "10",
    "answers": "[0, 2, -1]",
    "completed_at": "2026-11-10T08:30:00Z",
}


@pytest.fixture(autouse=True)
def room(north, sunrise):
    """Two organizations."""


@pytest.fixture
def write_csv(csv_file):
    """``write_csv({...}, {...})`` writes rows that differ so from the one above."""

    def write(*rows, header=HEADER):
        full = ({**ROW, **row} for row in rows)
        return csv_file(*([row.get(name, "") for name in header] for row in full), header=header)

    return write


def run(path, *options):
    printed = io.StringIO()
    call_command("import_results", path, "--kind", "quiz-results", *options, stdout=printed)
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
    return list(SafetyQuizResult.unscoped.order_by("user", "completed_at").values())


def test_rows_become_results_of_the_people_they_name(write_csv, as_user, north):
    assert run(write_csv({})).startswith("Created 1 ")
    (row,) = as_user(north.teacher).get("/api/safety_quiz_results").json()["rows"]
    told = {name: row[name] for name in ("quiz_id", "quiz_title", "week_of", "score", "total_questions")}
    assert told == {
        "quiz_id": "q-46",
        "quiz_title": "De-escalation",
        "week_of": "2026-W46",
        "score": 8,
        "total_questions": 10,
    }
    assert row["answers"] == [0, 2, -1]
    assert row["completed_at"] == "2026-11-10T08:30:00Z"
    assert (row["user_name"], row["user_role"]) == ("north teacher", "TEACHER")
    assert row["organizationId"] == str(north.organization.pk)
    assert row["campusId"] == str(north.campus.pk)
    assert row["userId"] == str(north.teacher.pk)


def test_a_second_import_of_the_same_file_changes_nothing(write_csv):
    path = write_csv({}, {"week_of": "2026-W45"}, {"completed_at": "2026-11-10T09:30:00Z"})
    run(path)
    before = stored()
    assert "Created 0 and updated 0 rows; 3 are unchanged" in run(path)
    assert stored() == before


def test_a_derived_hash_is_made_as_documented(write_csv, north):
    run(write_csv({}))
    lines = [str(north.organization.pk), str(north.teacher.pk), "safety quiz result", "q-46", "2026-W46"]
    expected = hashlib.sha256("\n".join([*lines, "2026-11-10T08:30:00+00:00"]).encode()).hexdigest()
    assert SafetyQuizResult.unscoped.get().import_hash == expected


def test_one_moment_may_be_written_in_several_ways(write_csv):
    run(write_csv({}))
    assert "1 are unchanged" in run(write_csv({"completed_at": "2026-11-10T09:30:00+01:00"}))
    assert "1 are unchanged" in run(write_csv({"completed_at": "2026-11-10 08:30"}))


@pytest.mark.parametrize("given", ["", "h1"])
@pytest.mark.parametrize("first", ["2026-W46", "2026-11-09", "2026-11-13"])
def test_a_week_is_one_week_whichever_way_the_files_name_it(write_csv, given, first):
    run(write_csv({"week_of": first, "import_hash": given}))
    before = stored()
    for week_of in Week.named(first).names:
        path = write_csv({"week_of": week_of, "import_hash": given})
        assert "Created 0 and updated 0 rows; 1 are unchanged" in run(path)
    assert stored() == before
    other = {"week_of": "2026-W45", "import_hash": given, "score": "9"}
    if given:
        assert "different week_of, score" in "".join(refusal(write_csv(other)))
    else:
        assert run(write_csv(other)).startswith("Created 1 ")


def test_one_result_twice_in_a_file_is_refused_also_when_its_week_is_named_in_two_ways(write_csv):
    told = refusal(write_csv({}, {"week_of": "2026-11-12"}))
    assert told[0] == "Nothing was imported: 1 row is wrong."
    assert told[1].startswith("line 3: completed_at: ")


@pytest.mark.parametrize("week_of", ["2026-W60", "2026-11-31", "2026W46", "10.11.2026"])
def test_a_slip_in_the_name_of_a_week_is_refused(write_csv, week_of):
    assert refusal(write_csv({"week_of": week_of}))[1:] == [
        "line 2: week_of: This looks like a week but is not one. Write 2026-W47 or 2026-11-16."
    ]


def test_a_new_score_above_the_number_of_questions_is_refused(write_csv):
    assert refusal(write_csv({"score": "11"}))[1:] == [
        "line 2: score: A score is at most the number of questions."
    ]
    assert run(write_csv({"score": "10"})).startswith("Created 1 ")


def test_what_was_recorded_before_it_was_refused_is_unchanged_when_its_file_comes_again(write_csv):
    run(write_csv({}))
    old = {"week_of": "2026-W60", "score": 11, "import_hash": "old"}
    row = SafetyQuizResult.unscoped.values().get()
    SafetyQuizResult.unscoped.create(**{**row, **old, "id": uuid4()})
    path = write_csv({"week_of": "2026-W60", "score": "11", "import_hash": "old"})
    assert "1 are unchanged" in run(path)


@pytest.mark.parametrize("given", ["", "h1"])
def test_a_result_that_is_recorded_is_never_changed(write_csv, given):
    run(write_csv({"import_hash": given}))
    changed = {"import_hash": given, "score": "9", "answers": "[1]"}
    assert refusal(write_csv({"week_of": "2026-W40"}, changed)) == [
        "Nothing was imported: 1 row is wrong.",
        "line 3: import_hash: This result is already recorded with a different score, answers, and results "
        "never change.",
    ]


def test_a_result_that_was_deleted_since_stays_deleted(write_csv):
    run(write_csv({}))
    SafetyQuizResult.unscoped.update(deleted=timezone.now())
    before = stored()
    assert "1 were deleted after they were imported and stay deleted" in run(write_csv({}))
    assert stored() == before


def test_role_and_place_are_those_of_that_moment(write_csv, north):
    """As memberships tell; the name is that of now."""
    elsewhere = factories.CampusFactory(school=north.school)
    teacher, now = north.teacher, timezone.now()
    Membership.unscoped.filter(user=teacher).update(valid_from=now - timedelta(days=30))
    principal = Role.objects.get(name="PRINCIPAL")
    with every_organization():
        place(user=teacher, at=elsewhere.scope, role=principal, since=now - timedelta(days=10))
    moments = [(now - timedelta(days=days)).isoformat() for days in (40, 20, 5)]
    run(write_csv(*({"completed_at": moment} for moment in moments)))
    told = [
        (result.user_role, result.campus_id, result.classroom_id)
        for result in SafetyQuizResult.unscoped.order_by("completed_at")
    ]
    now_there = ("PRINCIPAL", elsewhere.pk, None)
    assert told == [now_there, ("TEACHER", north.campus.pk, north.classroom.pk), now_there]


def test_the_place_is_one_of_the_organization_that_the_person_is_in(write_csv, north, sunrise):
    teacher, now = north.teacher, timezone.now()
    Membership.unscoped.filter(user=teacher).update(valid_from=now - timedelta(days=30))
    role = Role.objects.get(name="TEACHER")
    with every_organization():
        place(user=teacher, at=sunrise.campus.scope, role=role, since=now - timedelta(days=1))
    moment = (now - timedelta(days=20)).isoformat()
    run(write_csv({"completed_at": moment}), "--organization", "sunrise")
    result = SafetyQuizResult.unscoped.get()
    assert (result.organization_id, result.campus_id) == (sunrise.organization.pk, sunrise.campus.pk)


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"email": "teacher@sunrise.test"}, "email: There is no such person in this organization."),
        ({"quiz_id": " "}, "quiz_id: May not be blank."),
        ({"quiz_id": "x" * 201}, "quiz_id: Must be at most 200 characters."),
        ({"quiz_title": "a\0"}, "quiz_title: Null characters are not allowed."),
        ({"week_of": ""}, "week_of: May not be blank."),
        ({"score": "-1"}, "score: Must be a whole number from 0."),
        ({"score": "1.0"}, "score: Must be a whole number from 0."),
        ({"score": "٣"}, "score: Must be a whole number from 0."),
        ({"total_questions": "2147483648"}, "total_questions: Must be a whole number from 0."),
        ({"answers": ""}, "answers: Must be JSON."),
        ({"answers": "1"}, "answers: Must be a JSON list of integers."),
        ({"answers": "[true]"}, "answers: Must be a JSON list of integers."),
        ({"answers": "[1.0]"}, "answers: Must be a JSON list of integers."),
        ({"answers": "[2147483648]"}, "answers: Must be at most 1000 integers of 32 bits."),
        ({"answers": str([0] * 1001)}, "answers: Must be at most 1000 integers of 32 bits."),
        ({"completed_at": ""}, "completed_at: Must be a date and time such as 2026-11-16T08:30:00Z."),
        ({"completed_at": "2999-01-01"}, "completed_at: Must not be in the future."),
    ],
)
def test_a_bad_row_is_named_with_its_line_and_reason_and_nothing_is_written(cells, reason, write_csv):
    told = refusal(write_csv({"week_of": "other"}, cells), "--organization", "north")
    assert told == ["Nothing was imported: 1 row is wrong.", f"line 3: {reason}"]


def test_a_row_that_repeats_another_is_refused(write_csv):
    assert refusal(write_csv({}, {"score": "9"}))[1] == "line 3: completed_at: Repeats line 2."
    given = ({"import_hash": "h", "week_of": "a"}, {"import_hash": "h", "week_of": "b"})
    assert refusal(write_csv(*given))[1] == "line 3: import_hash: Repeats line 2."


def test_a_dry_run_says_what_would_change_and_writes_nothing(write_csv):
    printed = run(write_csv({}), "--dry-run").splitlines()
    assert printed[0].startswith("Would create 1 and would update 0 rows")
    assert printed[1] == "  line 2: create teacher@north.test north teacher: 8/10"
    assert not SafetyQuizResult.unscoped.exists()


def test_many_rows_take_as_many_statements_as_few(write_csv, statements):
    def count(weeks):
        people = User.unscoped.filter(email__endswith="@north.test").values_list("email", flat=True)[:weeks]
        path = write_csv(*({"week_of": f"{weeks} {n}", "email": e} for n in range(weeks) for e in people))
        with statements() as sent:
            run(path)
        return len(sent)

    assert count(2) == count(9)


def test_a_hash_of_another_organization_is_not_in_the_way(write_csv, sunrise, north):
    path = write_csv({"import_hash": "1"}, {"import_hash": "1", "email": "student@north.test"})
    run(path)
    role = Role.objects.get(name="TEACHER")
    with every_organization():
        place(user=north.teacher, at=sunrise.campus.scope, role=role)
    assert "Created 1 " in run(write_csv({"import_hash": "1"}), "--organization", "sunrise")
