"""A week is one week for everyone who asks, whichever way it was named; late is what came after it."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from quizzes.models import SafetyQuizResult
from quizzes.safety.domain.filling import fill
from quizzes.safety.domain.results import in_week, results_of_scope
from quizzes.safety.domain.weeks import Week, current_week
from tenancy.scope import scope_entered
from tests.conftest import error_of
from tests.contracts.admin_pages import shown_ids, sign_in, url
from tests.quizzes.safety import COMPLETION, ME, TREND, URL, WEEK, ids, members_since, quiz, record

pytestmark = pytest.mark.django_db

SLIPS = [
    *("2021-W60", "2021-W00", "2021-02-30", "2021-13-01", "2021W09", "2021-w09", "2021-W9", "2021-W09-1"),
    *("20210301", "01.03.2021", "3/1/2021", "1/3/21", "2021/03/01", "2021-3-1", "2021-03-01T00:00:00.000Z"),
    *("W09-2021", "w9/2021"),
    # As word processors, copying and typing hand them over.
    *("2021\u2013W09", "2021\u201303\u201301", "2021_W09", "2021-W09\u200b", "2021-W09."),
    *('"2021-W09"', "-2021-W09"),
]


def test_lists_and_me_find_a_week_by_every_name_of_it_and_other_texts_as_they_are(as_user, north, sunrise):
    named = [record(north.teacher, text) for text in (WEEK, "2021-W09", "2021-03-07")]
    others = {text: record(north.teacher, text) for text in ("Week 9", "week 9", "2021-W10")}
    record(sunrise.teacher)
    newest_first = [str(row.pk) for row in reversed(named)]
    for person in (north.teacher, north.admin):
        for text in Week.named(WEEK).names:
            answer = as_user(person).get(URL, {"week_of": f" {text} "})
            assert (ids(answer), answer.json()["count"]) == (newest_first, 3)
            pages = [as_user(person).get(URL, {"week_of": text, "limit": 2, "page": page}) for page in (1, 2)]
            assert [pk for page in pages for pk in ids(page)] == newest_first
        for text, row in others.items():
            assert ids(as_user(person).get(URL, {"week_of": text})) == [str(row.pk)]
        assert as_user(person).get(URL, {"week_of": "2021"}).json() == {"rows": [], "count": 0}
        assert as_user(person).get(URL).json()["count"] == 6
    for text in Week.named(WEEK).names:
        answer = as_user(north.teacher).get(ME, {"week_of": text}).json()
        assert (answer["completed"], answer["result"]["id"]) == (True, newest_first[0])
    for text, row in others.items():
        assert as_user(north.teacher).get(ME, {"week_of": text}).json()["result"]["id"] == str(row.pk)
    nothing = {"completed": False, "result": None}
    for text in ("2021-W11", "2021-03-15", "WEEK 9"):
        assert as_user(north.teacher).get(ME, {"week_of": text}).json() == nothing


@pytest.mark.parametrize("text", SLIPS)
def test_a_slip_in_the_name_of_a_week_is_refused_and_not_answered_with_nobody(text, as_user, north, sunrise):
    """Of a week that there is not, nobody has done the quiz: that would be an answer, and a wrong one."""
    record(north.teacher, text)
    client = as_user(north.admin)
    for address in (URL, ME, COMPLETION, TREND):
        answer = client.get(address, {"week_of": text})
        assert answer.status_code == 400, address
        assert (error_of(answer)["attr"], error_of(answer)["code"]) == ("week_of", "invalid_week")
    answer = client.post(URL, quiz(week_of=text))
    assert (error_of(answer)["attr"], error_of(answer)["code"]) == ("data.week_of", "invalid_week")


def test_me_and_completion_show_the_latest_result_that_was_on_time_and_else_the_latest(as_user, north):
    members_since()
    ends = Week.named(WEEK).ends
    late = record(north.teacher, "2021-W09", at=ends, score=1)
    later = record(north.teacher, at=ends + timedelta(days=9), score=2)

    def shown():
        own = as_user(north.teacher).get(ME, {"week_of": WEEK}).json()["result"]["id"]
        for scope in (north.scope, north.classroom.scope):
            for more in ({}, {"limit": 50}):
                answer = as_user(north.admin, scope).get(COMPLETION, {"week_of": "2021-W09", **more})
                [row] = [row for row in answer.json()["rows"] if row["status"] == "complete"]
                assert row["result"]["id"] == own
                yield own, row["late"]

    assert set(shown()) == {(str(later.pk), True)}
    first = record(north.teacher, at=ends - timedelta(microseconds=2))
    assert set(shown()) == {(str(first.pk), False)}
    second = record(north.teacher, at=ends - timedelta(microseconds=1))
    assert set(shown()) == {(str(second.pk), False)}
    assert as_user(north.teacher).get(ME).json()["result"]["id"] == str(later.pk)
    rows = as_user(north.admin, north.classroom.scope).get(COMPLETION).json()["rows"]
    assert [(row["result"]["id"], row["late"]) for row in rows] == [(str(later.pk), True)]
    assert late.pk != later.pk


def test_the_dto_of_a_result_keeps_its_fields_when_it_is_late(as_user, north):
    on_time = as_user(north.teacher).post(URL, quiz(week_of=str(current_week(timezone.now())))).json()
    late = as_user(north.teacher).post(URL, quiz()).json()
    assert late.keys() == on_time.keys()
    assert "late" not in late
    rows = as_user(north.teacher).get(URL).json()["rows"]
    assert all(row.keys() == late.keys() for row in rows)


def test_a_result_of_a_text_that_names_no_week_is_never_late(as_user, north):
    record(north.teacher, "Week 9")
    for parameters in ({"week_of": "Week 9"}, {}):
        rows = as_user(north.admin, north.classroom.scope).get(COMPLETION, parameters).json()["rows"]
        assert [(row["status"], row["late"]) for row in rows] == [("complete", False)]


def test_the_admin_finds_a_week_by_every_name_of_it(north, sunrise):
    rows = {record(north.teacher, text).pk for text in (WEEK, "2021-W09", "2021-03-07")}
    other = record(north.teacher, "2021-W10")
    record(sunrise.teacher)
    north.admin.refresh_from_db()
    for text in Week.named(WEEK).names:
        page = sign_in(north.admin).get(url(SafetyQuizResult, "changelist"), {"q": f" {text} "})
        assert shown_ids(page) == rows
    page = sign_in(north.admin).get(url(SafetyQuizResult, "changelist"), {"q": "2021-W10"})
    assert shown_ids(page) == {other.pk}


def test_old_results_of_a_week_are_found_without_reading_all_later_ones(north, sunrise):
    organization = fill(staff=300, results=4000)
    week = str(current_week(timezone.now()).back(12))
    with connection.cursor() as cursor:
        # The table is too small here for an index to be worth it.
        cursor.execute("ANALYZE safety_quiz_results")
        cursor.execute("SET LOCAL enable_seqscan = off")
    with scope_entered(organization.scope):
        found = in_week(results_of_scope(), week)[:50]
        assert len(found) == 50
        plan = found.explain()
    assert re.search(r"Index Cond: .*week_of = ANY", plan)
    assert "quiz_results_of_organization" not in plan
