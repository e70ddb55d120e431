"""Another attempt at a safety quiz, allowed to one person whatever the schedule says."""

import pytest
from django.db import ProgrammingError, transaction

from quizzes.models import AllowedAttempt
from tests import factories
from tests.accounts.person_page import do, page_url, text_of
from tests.conftest import error_of
from tests.contracts.admin_pages import sign_in
from tests.quizzes.scheduled import scheduled, submit, this_week

REASON = "The server was down."


def allow(client, person, **more):
    body = {"reason": REASON, **more}
    return client.post(f"/api/v1/users/{person.pk}/exceptions/attempt", body)


def allowed(client, person, **more):
    answer = allow(client, person, **more)
    assert answer.status_code == 200, answer.json()
    return answer.json()["changed"]


def may_submit(client):
    return client.get("/api/safety_quizzes/current").json()["may_submit"]


@pytest.mark.parametrize(
    ("retakes", "right", "code"), [("NEVER", 1, "already_taken"), ("UNTIL_PASSED", 4, "already_passed")]
)
def test_it_opens_one_more_attempt_and_is_used_up_by_it(north, sunrise, as_user, retakes, right, code):
    schedule = scheduled(north.organization, retakes=retakes)
    teacher, support = as_user(north.teacher), as_user(north.support)
    assert submit(teacher, schedule, right=right).status_code == 201
    assert not may_submit(teacher)
    assert error_of(submit(teacher, schedule, right=right))["code"] == code
    assert allowed(support, north.teacher) == 1
    assert allowed(support, north.teacher) == 0, "it is allowed already"
    assert may_submit(teacher)
    again = submit(teacher, schedule, right=4)
    assert (again.status_code, again.json()["attempt"]) == (201, 2)
    assert not may_submit(teacher)
    assert submit(teacher, schedule).status_code == 409
    row = AllowedAttempt.unscoped.get()
    assert (row.user, row.given_by, row.reason) == (north.teacher, north.support, REASON)


def test_who_may_take_it_anyway_needs_no_leave(north, sunrise, as_user):
    scheduled(north.organization, retakes="NEVER")
    assert allowed(as_user(north.support), north.teacher) == 0
    assert not AllowedAttempt.unscoped.exists()


def test_it_is_for_one_person_and_one_week(north, sunrise, as_user):
    schedule = scheduled(north.organization, retakes="NEVER")
    other = factories.make_user("other@north.test", "TEACHER", at=north.classroom.scope)
    for person in (north.teacher, other):
        submit(as_user(person), schedule)
    assert allowed(as_user(north.support), north.teacher, week_of=str(this_week())) == 1
    assert may_submit(as_user(north.teacher))
    assert not may_submit(as_user(other))


def test_people_out_of_reach_are_not_there_and_a_week_without_a_quiz_says_so(north, sunrise, as_user):
    support = as_user(north.support)
    assert allow(support, sunrise.teacher).status_code == 404
    answer = allow(support, north.teacher)
    assert (answer.status_code, error_of(answer)["code"]) == (404, "no_safety_quiz")
    assert allow(as_user(north.teacher), north.teacher).status_code == 403
    wrong = allow(support, north.teacher, week_of="soon")
    assert (wrong.status_code, error_of(wrong)["attr"]) == (400, "week_of")
    assert (
        error_of(support.post(f"/api/v1/users/{north.teacher.pk}/exceptions/attempt", {}))["attr"] == "reason"
    )


def test_it_is_done_from_the_page_of_a_person_and_stays_on_record(north, sunrise, as_user):
    schedule = scheduled(north.organization, retakes="NEVER")
    teacher = as_user(north.teacher)
    submit(teacher, schedule, right=1)
    # Support, who may not read what people reached.
    desk = sign_in(north.support)
    page = text_of(desk.get(page_url(north.teacher)))
    assert "Allow another attempt" in page
    assert "Score" not in page
    told = do(desk, north.teacher, "allow-attempt", str(this_week()))
    assert told == ["They may take it once more."]
    assert may_submit(teacher)
    assert "She called." in text_of(desk.get(page_url(north.teacher)))
    assert do(desk, north.teacher, "allow-attempt", "soon") == ["Not found."]
    for change in (lambda rows: rows.update(reason=""), lambda rows: rows.delete()):
        with pytest.raises(ProgrammingError, match="Cannot"), transaction.atomic():
            change(AllowedAttempt.unscoped.all())
