"""Safety quizzes that are scheduled for weeks, answered, and graded here."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from quizzes.models import Retakes, SafetyQuizResult, SafetyQuizSchedule
from quizzes.safety.domain.weeks import Week
from tenancy.models import Organization
from tenancy.scope import PLATFORM_ID
from tests import factories
from tests.conftest import error_of
from tests.quizzes.safety import COMPLETION, LONG_AGO, ME, URL, members_since, quiz, record, results
from tests.quizzes.scheduled import (
    CURRENT,
    QUIZZES,
    answers,
    make_quiz,
    monday,
    scheduled,
    submissions,
    submit,
    this_week,
)

pytestmark = pytest.mark.django_db


def code_of(answer):
    return answer.status_code, error_of(answer)["code"]


# --- Which quiz a week has ------------------------------------------------------------------------


def test_the_quiz_of_the_week_is_read_without_what_is_correct(as_user, north, sunrise):
    schedule = scheduled(north.organization, pass_mark=80, retakes=Retakes.NEVER)
    scheduled(sunrise.organization)
    answer = as_user(north.teacher).get(CURRENT)
    assert answer.status_code == 200
    shown = answer.json()
    assert (shown["id"], shown["question_set_id"]) == (schedule.pk, schedule.question_set_id)
    assert (shown["week_of"], shown["pass_mark"], shown["retakes"]) == (str(monday()), 80, "NEVER")
    assert (shown["attempts"], shown["may_submit"], shown["result"]) == (0, True, None)
    assert len(shown["questions"]) == 4
    assert all(question.keys().isdisjoint({"explanation"}) for question in shown["questions"])
    options = [option for question in shown["questions"] for option in question["options"]]
    assert options
    assert {name for option in options for name in option} == {"id", "text"}


def test_nobody_is_told_what_is_correct_in_the_current_quiz_not_even_who_wrote_it(as_user, north):
    scheduled(north.organization)
    assert "is_correct" not in as_user(north.admin).get(CURRENT).content.decode()


def test_a_week_has_the_quiz_that_began_last_of_those_that_reach_it(as_user, north):
    rule = scheduled(north.organization, first_week=monday(-8))
    meanwhile = scheduled(north.organization, first_week=monday(-3), last_week=monday(-2))
    teacher = as_user(north.teacher)

    def of(weeks):
        return teacher.get(CURRENT, {"week_of": str(monday(weeks))}).json()["id"]

    assert [of(weeks) for weeks in (-4, -3, -2, -1)] == [rule.pk, meanwhile.pk, meanwhile.pk, rule.pk]
    assert teacher.get(CURRENT).json()["id"] == rule.pk


@pytest.mark.parametrize("change", [{"status": "DRAFT"}, {"deleted": timezone.now()}])
def test_a_week_whose_set_is_not_published_has_no_quiz(change, as_user, north):
    schedule = scheduled(north.organization)
    type(schedule.question_set).unscoped.filter(pk=schedule.question_set_id).update(**change)
    assert code_of(as_user(north.teacher).get(CURRENT)) == (404, "no_safety_quiz")


def test_a_shared_quiz_may_be_scheduled_and_another_organizations_may_not(as_user, north, sunrise):
    shared = make_quiz(Organization.unscoped.get(pk=PLATFORM_ID))
    foreign = make_quiz(sunrise.organization)
    admin = as_user(north.admin)
    made = admin.post(QUIZZES, {"question_set_id": shared.pk})
    assert made.status_code == 201
    assert (made.json()["first_week"], made.json()["last_week"]) == (str(monday()), None)
    assert as_user(north.teacher).get(CURRENT).json()["question_set_id"] == shared.pk
    refused = admin.post(QUIZZES, {"question_set_id": foreign.pk, "first_week": str(monday(1))})
    assert (*code_of(refused), error_of(refused)["attr"]) == (400, "does_not_exist", "question_set_id")


def test_only_a_safety_quiz_can_be_scheduled(as_user, north):
    refused = as_user(north.admin).post(QUIZZES, {"question_set_id": north.practices[0].pk})
    assert code_of(refused) == (400, "does_not_exist")
    assert not SafetyQuizSchedule.unscoped.exists()


def test_weeks_are_named_by_any_day_or_number_and_kept_as_mondays(as_user, north):
    quiz_set = make_quiz(north.organization)
    wednesday, numbered = monday(1) + timedelta(days=2), Week(monday(3), by_number=True)
    body = {"question_set_id": quiz_set.pk, "first_week": str(wednesday), "last_week": str(numbered)}
    made = as_user(north.admin).post(QUIZZES, body).json()
    assert (made["first_week"], made["last_week"]) == (str(monday(1)), str(monday(3)))
    changed = as_user(north.admin).patch(f"{QUIZZES}/{made['id']}", {"last_week": None, "graded_only": True})
    assert (changed.json()["last_week"], changed.json()["graded_only"]) == (None, True)


@pytest.mark.parametrize(
    ("body", "code", "attr"),
    [
        ({"first_week": "2026-W99"}, "invalid_week", "first_week"),
        ({"first_week": "some week"}, "invalid_week", "first_week"),
        ({"first_week": 47}, "invalid", "first_week"),
        ({"first_week": "2026-11-23", "last_week": "2026-11-16"}, "ends_before_it_begins", "last_week"),
        ({"pass_mark": 101}, "max_value", "pass_mark"),
        ({"retakes": "SOMETIMES"}, "invalid_choice", "retakes"),
    ],
)
def test_a_schedule_that_makes_no_sense_is_refused(body, code, attr, as_user, north):
    quiz_set = make_quiz(north.organization)
    refused = as_user(north.admin).post(QUIZZES, {"question_set_id": quiz_set.pk, **body})
    assert (*code_of(refused), error_of(refused)["attr"]) == (400, code, attr)


def test_two_schedules_do_not_begin_in_one_week(as_user, north, sunrise):
    schedule = scheduled(north.organization)
    scheduled(sunrise.organization)
    body = {"question_set_id": schedule.question_set_id}
    assert code_of(as_user(north.admin).post(QUIZZES, body)) == (409, "schedule_exists")
    later = as_user(north.admin).post(QUIZZES, {**body, "first_week": str(monday(1))}).json()
    moved = as_user(north.admin).patch(f"{QUIZZES}/{later['id']}", {"first_week": str(monday())})
    assert code_of(moved) == (409, "schedule_exists")


def test_nobody_schedules_from_a_part_of_the_organization(as_user, grant, north):
    schedule = scheduled(north.organization)
    grant(north.principal, "safety_quizzes.create", "safety_quizzes.update", "safety_quizzes.delete")
    principal, path = as_user(north.principal), f"{QUIZZES}/{schedule.pk}"
    tried = [
        principal.post(QUIZZES, {"question_set_id": schedule.question_set_id}),
        principal.patch(path, {"pass_mark": 1}),
        principal.delete(path),
    ]
    assert [code_of(answer) for answer in tried] == [(403, "organization_scope_required")] * 3


def test_a_deleted_schedule_gives_its_week_no_quiz_and_leaves_the_results(as_user, north):
    schedule = scheduled(north.organization)
    assert submit(as_user(north.teacher), schedule).status_code == 201
    assert as_user(north.admin).delete(f"{QUIZZES}/{schedule.pk}").status_code == 204
    assert code_of(as_user(north.teacher).get(CURRENT)) == (404, "no_safety_quiz")
    assert len(results(north.teacher)) == 1


def test_a_week_to_come_is_not_shown_yet(as_user, north):
    schedule = scheduled(north.organization)
    refused = as_user(north.teacher).get(CURRENT, {"week_of": str(monday(1))})
    assert (*code_of(refused), error_of(refused)["attr"]) == (400, "future_week", "week_of")
    assert code_of(submit(as_user(north.teacher), schedule, week_of=str(monday(1)))) == (400, "future_week")


def test_who_acts_in_no_organization_is_asked_for_one(as_user, north, global_admin):
    scheduled(north.organization)
    assert code_of(as_user(global_admin).get(CURRENT)) == (400, "organization_required")
    assert as_user(global_admin, north.scope).get(CURRENT).status_code == 200


# --- Answering it -----------------------------------------------------------------------------------


def test_answers_are_graded_here_and_recorded_as_a_result(as_user, north, sunrise):
    schedule = scheduled(north.organization, pass_mark=75)
    answer = submit(as_user(north.teacher), schedule, right=3)
    assert answer.status_code == 201
    [result] = results(north.teacher)
    assert (result.score, result.total_questions, result.passed, result.attempt) == (3, 4, True, 1)
    assert (result.quiz_id, result.quiz_title) == (str(schedule.question_set_id), schedule.question_set.title)
    assert (result.week_of, result.organization_id) == (str(monday()), north.organization.pk)
    assert (result.classroom_id, result.user_role) == (north.classroom.pk, "TEACHER")
    assert all(type(option) is int for option in result.answers)
    body = answer.json()
    assert (body["id"], body["score"], body["passed"], body["attempt"]) == (str(result.pk), 3, True, 1)


def test_questions_count_alike_whatever_their_points(as_user, north):
    schedule = scheduled(north.organization, pass_mark=75)
    type(schedule.question_set.questions(manager="unscoped").first()).unscoped.update(points=1)
    last = schedule.question_set.questions(manager="unscoped").last()
    type(last).unscoped.filter(pk=last.pk).update(points=100)
    assert submit(as_user(north.teacher), schedule, right=3).json()["passed"] is True


def test_what_a_client_says_of_its_score_is_ignored(as_user, north):
    schedule = scheduled(north.organization)
    told = submit(as_user(north.teacher), schedule, right=0, score=4, passed=True, userId=str(north.admin.pk))
    assert (told.json()["score"], told.json()["passed"]) == (0, False)
    assert told.json()["userId"] == str(north.teacher.pk)


def test_what_is_correct_is_told_after_submitting(as_user, north):
    schedule = scheduled(north.organization, retakes=Retakes.NEVER)
    first = submit(as_user(north.teacher), schedule, right=1).json()["results"]
    assert [row["correct"] for row in first] == [True, False, False, False]
    right = [row["option_id"] for row in answers(schedule.question_set, right=4)]
    assert [row["correct_option_ids"] for row in first] == [[option] for option in right]
    assert {row["explanation"] for row in first} == {"Because it is so."}
    shown = as_user(north.teacher).get(CURRENT).json()
    assert (shown["may_submit"], shown["result"]["results"]) == (False, first)


def test_who_still_has_to_pass_is_told_what_was_wrong_and_not_what_is_right(as_user, north):
    schedule = scheduled(north.organization, retakes=Retakes.UNTIL_PASSED)
    teacher = as_user(north.teacher)
    failed = submit(teacher, schedule, right=1).json()
    assert all(row.keys() == {"question_id", "correct"} for row in failed["results"])
    passed = submit(teacher, schedule, right=4).json()
    assert all("correct_option_ids" in row for row in passed["results"])


@pytest.mark.parametrize(
    ("retakes", "scores", "refused"),
    [
        (Retakes.NEVER, [0], "already_taken"),
        (Retakes.UNTIL_PASSED, [0, 1, 4], "already_passed"),
        (Retakes.ALWAYS, [0, 4, 1], None),
    ],
)
def test_a_quiz_is_taken_again_as_its_schedule_says(retakes, scores, refused, as_user, north):
    schedule = scheduled(north.organization, retakes=retakes)
    teacher = as_user(north.teacher)
    for right in scores:
        assert submit(teacher, schedule, right=right).status_code == 201
    assert [result.attempt for result in results(north.teacher)] == list(range(1, len(scores) + 1))
    again = submit(teacher, schedule)
    if refused:
        assert code_of(again) == (409, refused)
        assert len(results(north.teacher)) == len(scores)
    else:
        assert again.status_code == 201


def test_attempts_of_other_people_weeks_and_quizzes_do_not_count(as_user, north):
    schedule = scheduled(north.organization, first_week=monday(-3), retakes=Retakes.NEVER)
    assert submit(as_user(north.admin), schedule).status_code == 201
    assert submit(as_user(north.teacher), schedule, week_of=str(monday(-1))).status_code == 201
    assert submit(as_user(north.teacher), schedule).status_code == 201


def test_a_quiz_of_a_week_that_is_over_is_answered_late(as_user, north):
    schedule = scheduled(north.organization, first_week=monday(-1))
    numbered = str(Week(monday(-1), by_number=True))
    assert submit(as_user(north.teacher), schedule, week_of=numbered).status_code == 201
    [result] = results(north.teacher)
    assert result.week_of == str(monday(-1))
    rows = as_user(north.admin).get(COMPLETION, {"week_of": numbered}).json()["rows"]
    # The week's roster is that of its end, when nobody belonged here yet.
    assert rows == []


def test_a_week_that_has_another_quiz_is_not_answered_with_this_one(as_user, north):
    before = scheduled(north.organization, first_week=monday(-2))
    scheduled(north.organization)
    assert code_of(submit(as_user(north.teacher), before)) == (409, "not_scheduled")
    assert submit(as_user(north.teacher), before, week_of=str(monday(-1))).status_code == 201


def test_a_quiz_without_questions_is_not_answered(as_user, north):
    schedule = scheduled(north.organization, question_set=make_quiz(north.organization, questions=0))
    refused = as_user(north.teacher).post(submissions(schedule), {"answers": []})
    assert code_of(refused) == (409, "no_questions")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"option_id": 10**12}, "does_not_exist"),
        ({"question_id": 10**12}, "does_not_exist"),
        ({"option_id": "1"}, "invalid"),
    ],
)
def test_an_answer_that_the_quiz_does_not_have_is_refused(change, code, as_user, north):
    schedule = scheduled(north.organization)
    [first, *rest] = answers(schedule.question_set, right=4)
    body = {"answers": [{**first, **change}, *rest]}
    refused = as_user(north.teacher).post(submissions(schedule), body)
    assert (*code_of(refused), error_of(refused)["attr"]) == (400, code, f"answers.0.{next(iter(change))}")
    assert not SafetyQuizResult.unscoped.exists()


def test_below_ones_own_scope_nothing_is_recorded(as_user, north):
    schedule = scheduled(north.organization)
    body = {"answers": answers(schedule.question_set, right=4)}
    answer = as_user(north.admin, north.campus.scope).post(submissions(schedule), body)
    assert (answer.status_code, answer.content) == (201, b"null")
    assert not SafetyQuizResult.unscoped.exists()


def test_one_key_is_one_attempt(as_user, north):
    schedule = scheduled(north.organization, retakes=Retakes.NEVER)
    teacher, body = as_user(north.teacher), {"answers": answers(schedule.question_set, right=2)}
    first = teacher.post(submissions(schedule), body, HTTP_IDEMPOTENCY_KEY="monday")
    again = teacher.post(submissions(schedule), body, HTTP_IDEMPOTENCY_KEY="monday")
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    assert len(results(north.teacher)) == 1


def test_another_organizations_quiz_is_one_that_does_not_exist(as_user, north, sunrise):
    foreign = scheduled(sunrise.organization)
    teacher, admin = as_user(north.teacher), as_user(north.admin)
    bodies = []
    for pk in (foreign.pk, 10**12):
        path = f"{QUIZZES}/{pk}"
        tried = [
            teacher.post(f"{path}/submissions", {"answers": []}),
            admin.get(path),
            admin.patch(path, {"pass_mark": 1}),
            admin.delete(path),
        ]
        assert [answer.status_code for answer in tried] == [404] * 4
        bodies.append([answer.content for answer in tried])
    assert bodies[0] == bodies[1]
    assert admin.get(QUIZZES).json() == {"rows": [], "count": 0}


def test_independent_learners_have_no_safety_quiz(as_user, independent, north):
    schedule = scheduled(north.organization)
    learner = as_user(independent)
    tried = [learner.get(CURRENT), learner.post(submissions(schedule), {"answers": []}), learner.get(QUIZZES)]
    assert [code_of(answer) for answer in tried] == [(403, "tenant_required")] * 3


def test_schedules_are_for_those_who_hold_their_keys(as_user, grant, north):
    schedule = scheduled(north.organization)
    assert as_user(north.teacher).get(QUIZZES).status_code == 403
    grant(north.teacher, "safety_quizzes.list")
    rows = as_user(north.teacher).get(QUIZZES).json()["rows"]
    assert [row["id"] for row in rows] == [schedule.pk]
    assert as_user(north.teacher).get(f"{QUIZZES}/{schedule.pk}").status_code == 403


def test_two_attempts_at_once_are_one_where_one_is_allowed(as_user, north):
    # The second waits for the first: the person's row is locked before attempts are counted.
    schedule = scheduled(north.organization, retakes=Retakes.NEVER)
    with CaptureQueriesContext(connection) as sent:
        assert submit(as_user(north.teacher), schedule).status_code == 201
    statements = [query["sql"] for query in sent]
    [locked] = [n for n, sql in enumerate(statements) if 'FROM "users"' in sql and "NO KEY UPDATE" in sql]
    counted = [n for n, sql in enumerate(statements) if "COUNT(" in sql and "safety_quiz_results" in sql]
    assert locked < min(counted)


# --- What reports say of it ---------------------------------------------------------------------------


def row_of(answer, user: User):
    [row] = [row for row in answer.json()["rows"] if row["userId"] == str(user.pk)]
    return row


def test_reports_say_what_was_failed_retaken_and_self_reported(as_user, north):
    schedule = scheduled(north.organization, retakes=Retakes.ALWAYS)
    as_user(north.instructor).post(URL, quiz(week_of=str(monday())))
    for right in (0, 1):
        submit(as_user(north.teacher), schedule, right=right)
    submit(as_user(north.support), schedule)
    report = as_user(north.admin).get(COMPLETION, {"week_of": str(this_week())})
    told = ("status", "failed", "retaken", "self_reported", "late")
    found = {
        name: [row_of(report, north.people[name])[one] for one in told]
        for name in ("instructor", "teacher", "support", "principal")
    }
    assert found == {
        "instructor": ["complete", False, False, True, False],
        "teacher": ["complete", True, True, False, False],
        "support": ["complete", False, False, False, False],
        "principal": ["pending", False, False, False, False],
    }


def test_the_best_result_of_a_week_counts(as_user, north):
    schedule = scheduled(north.organization, retakes=Retakes.ALWAYS)
    teacher = as_user(north.teacher)
    submit(teacher, schedule, right=4)
    submit(teacher, schedule, right=0)
    teacher.post(URL, quiz(week_of=str(monday()), score=1))
    report = as_user(north.admin).get(COMPLETION, {"week_of": str(monday())})
    paged = as_user(north.admin).get(COMPLETION, {"week_of": str(monday()), "limit": 50})
    below = as_user(north.admin, north.campus.scope).get(COMPLETION, {"week_of": str(monday())})
    for answer in (report, paged, below):
        row = row_of(answer, north.teacher)
        assert (row["result"]["score"], row["failed"], row["self_reported"]) == (4, False, False)
    assert teacher.get(ME, {"week_of": str(monday())}).json()["result"]["score"] == 4


@pytest.mark.parametrize("week_of", ["this week", None])
@pytest.mark.parametrize("place", ["organization", "campus"])
def test_where_graded_results_are_asked_for_a_clients_word_leaves_its_sender_pending(
    place, week_of, as_user, north, sunrise, global_admin
):
    schedule = scheduled(north.organization, graded_only=True)
    query = {} if week_of is None else {"week_of": str(monday())}
    as_user(north.teacher).post(URL, quiz(week_of=str(monday())))
    as_user(sunrise.teacher).post(URL, quiz(week_of=str(monday())))
    admin = as_user(north.admin, getattr(north, place).scope)

    def statuses():
        everyone = as_user(global_admin).get(COMPLETION, query)
        return [
            row_of(admin.get(COMPLETION, query), north.teacher)["status"],
            row_of(admin.get(COMPLETION, {**query, "limit": 50}), north.teacher)["status"],
            row_of(everyone, north.teacher)["status"],
        ]

    assert statuses() == ["pending"] * 3
    assert as_user(north.teacher).get(ME, query).json() == {"completed": False, "result": None}
    # Another organization's rule is its own.
    assert row_of(as_user(global_admin).get(COMPLETION, query), sunrise.teacher)["status"] == "complete"
    submit(as_user(north.teacher), schedule)
    assert statuses() == ["complete"] * 3
    assert as_user(north.teacher).get(ME, query).json()["completed"] is True


def test_the_rule_of_a_week_is_that_of_its_own_schedule(as_user, north):
    scheduled(north.organization, first_week=monday(-5))
    scheduled(north.organization, graded_only=True)
    for weeks in (0, -1):
        as_user(north.teacher).post(URL, quiz(week_of=str(monday(weeks))))
    teacher = as_user(north.teacher)
    done = [teacher.get(ME, {"week_of": str(monday(weeks))}).json()["completed"] for weeks in (0, -1)]
    assert done == [False, True]


def test_the_trend_says_how_many_failed_and_how_many_reported_themselves(as_user, north, global_admin):
    schedule = scheduled(north.organization, retakes=Retakes.ALWAYS)
    as_user(north.instructor).post(URL, quiz(week_of=str(monday())))
    submit(as_user(north.teacher), schedule, right=0)
    submit(as_user(north.support), schedule, right=4)

    def figures(**query):
        told = as_user(north.admin).get(f"{COMPLETION}/trend", {"weeks": "1", **query}).json()
        [campus] = (
            as_user(north.admin, north.school.scope).get(f"{COMPLETION}/trend?weeks=1").json()["children"]
        )
        return told["weeks"][0], campus["weeks"][0]

    whole, campus = figures()
    assert (whole["complete"], whole["failed"], whole["self_reported"]) == (3, 1, 1)
    assert (campus["complete"], campus["failed"], campus["self_reported"]) == (2, 1, 0)
    SafetyQuizSchedule.unscoped.update(graded_only=True)
    whole, campus = figures()
    assert (whole["complete"], whole["failed"], whole["self_reported"]) == (2, 1, 0)
    everyone = as_user(global_admin).get(f"{COMPLETION}/trend?weeks=1").json()["weeks"][0]
    assert (everyone["complete"], everyone["self_reported"]) == (2, 0)


def test_a_result_that_counts_only_late_is_failed_or_passed_by_itself(as_user, north):
    members_since(LONG_AGO)
    week = Week(monday(-1))
    graded = {"attempt": 1, "grading": []}
    record(north.teacher, str(week), passed=False, **graded)
    record(north.teacher, str(week), at=week.ends + timedelta(hours=1), passed=True, **graded)
    record(north.support, str(week), at=week.ends + timedelta(hours=1), passed=False, **graded)
    admin = as_user(north.admin)
    rows = admin.get(COMPLETION, {"week_of": str(week)})
    told = [
        (row_of(rows, user)["late"], row_of(rows, user)["failed"]) for user in (north.teacher, north.support)
    ]
    assert told == [(False, True), (True, True)]
    for include, failed in (("false", 1), ("true", 2)):
        query = {"weeks": "1", "week_of": str(week), "include_late": include}
        [shown] = admin.get(f"{COMPLETION}/trend", query).json()["weeks"]
        assert (shown["failed"], shown["late"]) == (failed, 1)


def test_half_a_grading_is_no_row(north):
    with pytest.raises(IntegrityError, match="safety_quiz_result_is_graded_or_not"), transaction.atomic():
        record(north.teacher, passed=True)


def test_a_file_says_who_failed_and_who_reported_themselves(as_user, north):
    scheduled(north.organization)
    as_user(north.teacher).post(URL, quiz(week_of=str(monday())))
    answer = as_user(north.admin).get(COMPLETION, {"week_of": str(monday()), "format": "csv"})
    head, *lines = b"".join(answer.streaming_content).decode().splitlines()
    assert head.split(",")[6:10] == ["late", "failed", "retaken", "self_reported"]
    told = {line.split(",")[0]: line.split(",")[5:10] for line in lines}
    assert told[str(north.teacher.pk)] == ["complete", "False", "False", "False", "True"]


# --- The set itself -----------------------------------------------------------------------------------


def test_a_safety_quiz_is_a_set_of_the_organization_and_of_no_sub_course(as_user, north):
    sets = "/api/v1/question-sets"
    body = {"title": "Weekly", "set_type": "SAFETY_QUIZ"}
    refused = as_user(north.admin).post(sets, {**body, "owner_id": north.sub_course.pk})
    assert (*code_of(refused), error_of(refused)["attr"]) == (400, "owner_mismatch", "owner_type")
    made = as_user(north.admin).post(sets, {**body, "owner_type": "STANDALONE"})
    assert (made.status_code, made.json()["set_type"]) == (201, "SAFETY_QUIZ")
    moved = as_user(north.admin).patch(
        f"{sets}/{made.json()['id']}", {"owner_type": "SUB_COURSE", "owner_id": north.sub_course.pk}
    )
    assert code_of(moved) == (400, "owner_mismatch")


def test_a_safety_quiz_stays_one_and_no_practice_becomes_one(as_user, north):
    sets = "/api/v1/question-sets"
    weekly, practice = make_quiz(north.organization), north.practices[0]
    tried = [
        as_user(north.admin).patch(f"{sets}/{weekly.pk}", {"set_type": "PRACTICE"}),
        as_user(north.admin).patch(
            f"{sets}/{practice.pk}",
            {"set_type": "SAFETY_QUIZ", "owner_type": "STANDALONE", "owner_id": None},
        ),
    ]
    assert [code_of(answer) for answer in tried] == [(409, "safety_quiz_stays")] * 2


def test_learners_and_staff_do_not_answer_it_as_a_practice(as_user, north):
    weekly = make_quiz(north.organization)
    path = f"/api/v1/question-sets/{weekly.pk}"
    assert as_user(north.student).get(path).status_code == 404
    attempt = as_user(north.teacher).post(f"{path}/attempts", {"answers": answers(weekly, right=4)})
    assert code_of(attempt) == (409, "standalone_set")
    assert "is_correct" not in as_user(north.teacher).get(f"{path}/questions").content.decode()
    assert factories.QuestionFactory(question_set=weekly).organization_id == north.organization.pk
