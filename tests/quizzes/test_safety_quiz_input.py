"""What a safety quiz may be submitted with (document 001, "Data Contract")."""

import json

import pytest
from django.utils import timezone

from quizzes.models import SafetyQuizResult
from tests.conftest import error_of
from tests.quizzes.safety import URL, quiz, record, results

pytestmark = pytest.mark.django_db

STRINGS = {"quiz_id": 200, "quiz_title": 500, "week_of": 100}
INTEGERS = ["score", "total_questions"]
NO_STRINGS = [None, 1, True, 1.5, [], {}, "", "   ", "\t\n"]
NO_INTEGERS = [None, True, False, "1", "", 1.5, [], {}, -1, 2**31, 10**30]


def refused(answer, attr):
    assert answer.status_code == 400
    assert error_of(answer)["attr"] == attr
    return True


@pytest.mark.parametrize("name", STRINGS)
def test_strings_are_required_and_not_empty(name, as_user, north, sunrise):
    client = as_user(north.teacher)
    for value in NO_STRINGS:
        assert refused(client.post(URL, quiz(**{name: value})), f"data.{name}"), value
    without = quiz()
    del without["data"][name]
    assert refused(client.post(URL, without), f"data.{name}")
    assert not results(north.teacher)


@pytest.mark.parametrize("name", STRINGS)
def test_trimmed_string_fields_are_persisted(name, as_user, north):
    made = as_user(north.teacher).post(URL, quiz(**{name: " \n  two  words\t"})).json()
    (row,) = results(north.teacher)
    assert made[name] == getattr(row, name) == "two  words"


@pytest.mark.parametrize(("name", "most"), STRINGS.items())
def test_strings_have_a_bound_and_take_any_letters(name, most, as_user, north):
    client = as_user(north.teacher)
    assert client.post(URL, quiz(**{name: "ü" * most})).status_code == 201
    assert refused(client.post(URL, quiz(**{name: "ü" * (most + 1)})), f"data.{name}")
    assert refused(client.post(URL, quiz(**{name: "a\x00b"})), f"data.{name}")
    assert client.post(URL, quiz(**{name: "=1+1 🦊 <b>"})).json()[name] == "=1+1 🦊 <b>"


@pytest.mark.parametrize("name", INTEGERS)
def test_score_and_total_questions_are_integers_from_zero(name, as_user, north):
    client = as_user(north.teacher)
    for value in NO_INTEGERS:
        body = json.dumps(quiz(**{name: value}))
        answer = client.post(URL, data=body, content_type="application/json")
        assert answer.status_code == 400, value
        assert error_of(answer)["attr"] == f"data.{name}", value
    for value in (0, 2**31 - 1):
        fitting = {"score": 0, "total_questions": 2**31 - 1, name: value}
        assert client.post(URL, quiz(**fitting)).json()[name] == value
    without = quiz()
    del without["data"][name]
    assert refused(client.post(URL, without), f"data.{name}")
    assert len(results(north.teacher)) == 2


@pytest.mark.parametrize("value", [None, 1, "1", {}, {"0": 1}, "[]", True])
def test_answers_are_an_array(value, as_user, north):
    assert refused(as_user(north.teacher).post(URL, quiz(answers=value)), "data.answers")


@pytest.mark.parametrize("item", [True, False, None, "1", 1.5, [], [1], {}, 2**31, -(2**31) - 1])
def test_answers_hold_integers_only(item, as_user, north):
    answer = as_user(north.teacher).post(URL, quiz(answers=[1, item, 2]))
    assert refused(answer, "data.answers.1")
    assert not results(north.teacher)


@pytest.mark.parametrize("answers", [[], [0], [-1, 2**31 - 1, -(2**31)], [3] * 1000])
def test_answers_are_kept_in_order(answers, as_user, north):
    made = as_user(north.teacher).post(URL, quiz(answers=answers)).json()
    assert made["answers"] == results(north.teacher)[0].answers == answers


def test_too_many_answers_are_refused_before_they_are_looked_at(as_user, north):
    answer = as_user(north.teacher).post(URL, quiz(answers=["x"] * 1001))
    assert refused(answer, "data.answers")


def test_every_wrong_field_is_named(as_user, north):
    errors = as_user(north.teacher).post(URL, {"data": {"score": "7"}}).json()["errors"]
    named = {error["attr"] for error in errors}
    assert named == {f"data.{name}" for name in (*STRINGS, *INTEGERS, "answers")}


def test_week_of_is_kept_as_sent(as_user, north):
    client = as_user(north.teacher)
    for text in ("2026-11-16", "2026-11-19", "2026-W47", "Week 47", "KW 47/26", "2026", "2026-11", "autumn"):
        assert client.post(URL, quiz(week_of=text)).json()["week_of"] == text


def test_a_score_above_the_number_of_questions_is_refused(as_user, north, sunrise):
    client = as_user(north.teacher)
    answer = client.post(URL, quiz(score=11, total_questions=10))
    assert refused(answer, "data.score")
    assert error_of(answer)["code"] == "score_above_total"
    for score, total in ((10, 10), (0, 0)):
        assert client.post(URL, quiz(score=score, total_questions=total)).status_code == 201


def test_a_score_above_the_number_of_questions_that_is_recorded_stays(as_user, north):
    row = record(north.teacher, score=11, total_questions=10)
    (shown,) = as_user(north.teacher).get(URL).json()["rows"]
    assert (shown["id"], shown["score"], shown["total_questions"]) == (str(row.pk), 11, 10)
    SafetyQuizResult.unscoped.filter(pk=row.pk).update(deleted=timezone.now())
