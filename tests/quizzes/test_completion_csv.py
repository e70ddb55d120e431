"""``completion?format=csv``: streamed, and safe to open in a spreadsheet."""

import csv
import io

import pytest
from django.http import StreamingHttpResponse
from psycopg import RawCursor

from accounts.models import User
from tenancy import sql
from tenancy.sql import PreparedCursor
from tests.conftest import error_of
from tests.factories import make_user
from tests.quizzes.safety import COMPLETION, WEEK, members_since, record

pytestmark = pytest.mark.django_db

HEADER = [
    *("userId", "user_name", "user_role", "campusId", "campus_name", "status", "late"),
    *("failed", "retaken", "self_reported"),
    *("quiz_id", "quiz_title", "week_of", "score", "total_questions", "completed_at"),
]


def cells(answer):
    return list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"), newline="")))


@pytest.fixture
def table(as_user, north):
    def ask(scope=None, **parameters):
        return cells(as_user(north.admin, scope).get(COMPLETION, {"format": "csv", **parameters}))

    return ask


def test_csv_is_streamed(as_user, north, sunrise):
    answer = as_user(north.admin).get(COMPLETION, {"format": "csv"})
    assert isinstance(answer, StreamingHttpResponse)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="safety-quiz-completion.csv"'
    lines = answer.getvalue().splitlines(keepends=True)
    assert len(lines) == 1 + 5
    assert lines[0] == (",".join(HEADER) + "\r\n").encode("utf-8-sig")


def test_no_more_than_a_page_of_the_rows_is_read_at_once(as_user, north, sunrise, monkeypatch):
    monkeypatch.setattr(sql, "ROWS_AT_ONCE", 2)
    read = []

    def fetchall(cursor):
        rows = RawCursor.fetchall(cursor)
        read.append(len(rows))
        return rows

    monkeypatch.setattr(PreparedCursor, "fetchall", fetchall)
    reader = as_user(north.admin)
    lines = cells(reader.get(COMPLETION, {"format": "csv"}))
    assert read == [2, 2, 1]
    assert len(lines) == 1 + sum(read)
    # Each name once, in the one order, wherever a page ends.
    assert lines[1:] == cells(reader.get(COMPLETION, {"format": "csv", "limit": 50}))[1:]


def test_csv_has_the_rows_of_the_report(as_user, table, north, sunrise):
    members_since()
    record(north.teacher)
    record(sunrise.teacher)
    for parameters in ({}, {"status": "pending"}, {"limit": 2, "page": 2}, {"week_of": WEEK}):
        for scope in (None, north.campus.scope):
            rows = as_user(north.admin, scope).get(COMPLETION, parameters).json()["rows"]
            rows = [{**row, "campus_name": row["campusId"] and north.campus.name} for row in rows]
            header, *lines = table(scope, **parameters)
            assert header == HEADER
            assert lines == [
                [
                    *("" if row[name] is None else str(row[name]) for name in HEADER[:10]),
                    *(str((row["result"] or {}).get(name, "")) for name in HEADER[10:]),
                ]
                for row in rows
            ]


@pytest.mark.parametrize(
    "text",
    [
        '=HYPERLINK("http://evil.example")',
        *("+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", " =1+1", "\n=1", "＝1+1", "＠x", "－1", "＋1"),
    ],
)
def test_no_cell_is_taken_for_a_formula(text, table, north, sunrise):
    User.unscoped.filter(pk=north.teacher.pk).update(name=text)
    record(north.teacher, quiz_title=text, quiz_id=text, week_of=text)
    header, line = table(north.classroom.scope)
    for name in ("user_name", "quiz_title", "quiz_id", "week_of"):
        assert line[header.index(name)] == f"'{text}"


@pytest.mark.parametrize("text", ['O\'Brien, "Bo"\nJr.', "Åsa Ωmega 🦊", "a=b", "1-1", "e@north.test"])
def test_other_text_comes_as_it_is(text, table, north, sunrise):
    User.unscoped.filter(pk=north.teacher.pk).update(name=text)
    header, line = table(north.classroom.scope)
    assert line[header.index("user_name")] == text


def test_who_accepts_nothing_but_csv_gets_it_and_errors_are_json(as_user, north, sunrise):
    client = as_user(north.admin)
    assert cells(client.get(COMPLETION, {"format": "csv"}, HTTP_ACCEPT="text/csv"))[0] == HEADER
    refused = client.get(COMPLETION, {"format": "csv", "status": "x"}, HTTP_ACCEPT="text/csv")
    assert (refused.status_code, refused["Content-Type"]) == (400, "application/json")
    teacher = as_user(north.teacher).get(COMPLETION, {"format": "csv"}, HTTP_ACCEPT="text/csv")
    assert (teacher.status_code, error_of(teacher)["code"]) == (403, "permission_denied")


def test_json_is_what_comes_without_a_format_and_others_are_refused(as_user, north):
    client = as_user(north.admin)
    assert client.get(COMPLETION, {"format": "json"}).json() == client.get(COMPLETION).json()
    for wrong in ("xlsx", "CSV", "api"):
        answer = client.get(COMPLETION, {"format": wrong})
        assert (answer.status_code, error_of(answer)["attr"]) == (400, "format")


def test_another_organizations_people_are_in_no_file(as_user, north, sunrise):
    make_user("more@sunrise.test", "TEACHER", at=sunrise.scope)
    own = cells(as_user(north.admin).get(COMPLETION, {"format": "csv"}))
    theirs = cells(as_user(sunrise.admin).get(COMPLETION, {"format": "csv"}))
    assert (len(own), len(theirs)) == (1 + 5, 1 + 6)
    assert not {row[0] for row in own[1:]} & {row[0] for row in theirs[1:]}
