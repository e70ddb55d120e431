"""Scheduling safety quizzes in the admin, and what its front page says of weeks without one."""

from datetime import timedelta

import pytest

from quizzes.models import QuestionSet, SafetyQuizResult, SafetyQuizSchedule
from tenancy.models import Organization
from tenancy.scope import PLATFORM_ID
from tests.contracts.admin_pages import messages_of, offered_in, shown_ids, sign_in, url
from tests.quizzes.safety import record
from tests.quizzes.scheduled import make_quiz, monday, scheduled

pytestmark = pytest.mark.django_db

NONE_SCHEDULED = "No safety quiz is scheduled for the coming week"


@pytest.fixture
def browser(north, sunrise):
    return sign_in(north.admin)


def form(question_set, **values):
    return {
        "question_set": question_set.pk,
        "first_week": str(monday(1) + timedelta(days=3)),
        "last_week": "",
        "pass_mark": "80",
        "retakes": "NEVER",
        **values,
    }


def test_a_quiz_is_scheduled_from_any_day_of_its_first_week(browser, north):
    added = browser.post(
        url(SafetyQuizSchedule, "add"), form(make_quiz(north.organization), graded_only="on")
    )
    assert added.status_code == 302, added.context["adminform"].form.errors
    schedule = SafetyQuizSchedule.unscoped.get()
    assert (schedule.first_week, schedule.last_week) == (monday(1), None)
    assert (schedule.organization_id, schedule.pass_mark) == (north.organization.pk, 80)
    assert (schedule.retakes, schedule.graded_only) == ("NEVER", True)
    path = url(SafetyQuizSchedule, "change", schedule.pk)
    ended = browser.post(path, form(schedule.question_set, last_week=str(monday(2) + timedelta(days=6))))
    assert ended.status_code == 302
    assert SafetyQuizSchedule.unscoped.get().last_week == monday(2)
    history = browser.get(url(SafetyQuizSchedule, "history", schedule.pk))
    assert [change.label for change in history.context["entries"][0].changes] == [
        "Last week",
        "Graded results only",
    ]


def test_what_is_offered_are_safety_quizzes_of_ones_own_and_shared_ones(browser, north, sunrise):
    own, foreign = make_quiz(north.organization), make_quiz(sunrise.organization)
    shared = make_quiz(Organization.unscoped.get(pk=PLATFORM_ID))
    page = browser.get(url(SafetyQuizSchedule, "add"))
    assert offered_in(browser, page)["question_set"] - {""} == {str(own.pk), str(shared.pk)}
    for refused in (foreign, north.practices[0]):
        assert browser.post(url(SafetyQuizSchedule, "add"), form(refused)).status_code == 200
    assert browser.post(url(SafetyQuizSchedule, "add"), form(shared)).status_code == 302


def test_a_second_schedule_of_a_week_and_one_that_ends_before_it_begins_are_refused(browser, north):
    schedule = scheduled(north.organization, first_week=monday(1))
    again = browser.post(url(SafetyQuizSchedule, "add"), form(schedule.question_set))
    assert any("Another schedule begins in this week" in said for said in messages_of(browser.get("/admin/")))
    assert again.status_code == 302
    early = form(schedule.question_set, first_week=str(monday(4)), last_week=str(monday(3)))
    refused = browser.post(url(SafetyQuizSchedule, "add"), early)
    assert "The last week is before the first." in refused.content.decode()
    assert SafetyQuizSchedule.unscoped.count() == 1


def test_nobody_schedules_from_a_part_of_the_organization(north, sunrise, grant):
    schedule = scheduled(north.organization)
    north.principal.is_staff = True
    north.principal.save()
    grant(north.principal, *(f"safety_quizzes.{verb}" for verb in ("list", "create", "update", "delete")))
    browser = sign_in(north.principal)
    assert shown_ids(browser.get(url(SafetyQuizSchedule, "changelist"))) == {schedule.pk}
    assert browser.get(url(SafetyQuizSchedule, "add")).status_code == 403
    path = url(SafetyQuizSchedule, "change", schedule.pk)
    assert browser.post(path, form(schedule.question_set)).status_code == 403
    assert browser.post(url(SafetyQuizSchedule, "delete", schedule.pk), {"post": "yes"}).status_code == 403


def test_a_deleted_schedule_is_restored_unless_its_week_has_another(browser, north):
    schedule = scheduled(north.organization)
    browser.post(url(SafetyQuizSchedule, "delete", schedule.pk), {"post": "yes"})
    assert SafetyQuizSchedule.unscoped.get(pk=schedule.pk).deleted is not None
    deleted = f"{url(SafetyQuizSchedule, 'changelist')}?deleted=yes"
    body = {"action": "restore_selected", "_selected_action": [schedule.pk]}
    other = scheduled(north.organization)
    browser.post(deleted, body)
    assert SafetyQuizSchedule.unscoped.get(pk=schedule.pk).deleted is not None
    SafetyQuizSchedule.unscoped.filter(pk=other.pk).update(first_week=monday(5))
    browser.post(deleted, body)
    assert SafetyQuizSchedule.unscoped.get(pk=schedule.pk).deleted is None


def test_the_front_page_says_when_the_coming_week_has_no_quiz(browser, north, sunrise):
    def said():
        return NONE_SCHEDULED in browser.get("/admin/").content.decode()

    scheduled(sunrise.organization)
    assert not said(), "an organization that asks no quizzes of its own is not told to"
    schedule = scheduled(north.organization, last_week=monday())
    assert said()
    SafetyQuizSchedule.unscoped.filter(pk=schedule.pk).update(last_week=None)
    assert not said()
    QuestionSet.unscoped.filter(pk=schedule.question_set_id).update(status="DRAFT")
    assert said(), "a draft is no quiz that staff could answer"


def test_a_result_says_whether_it_was_graded_or_only_reported(browser, north):
    graded = {"attempt": 1, "grading": []}
    passed = record(north.teacher, passed=True, **graded)
    failed = record(north.teacher, passed=False, **graded)
    reported = record(north.teacher)
    changelist = url(SafetyQuizResult, "changelist")
    chosen = {"passed": passed, "failed": failed, "self-reported": reported}
    for name, row in chosen.items():
        assert shown_ids(browser.get(changelist, {"outcome": name})) == {row.pk}
        assert name in browser.get(url(SafetyQuizResult, "change", row.pk)).content.decode()
    assert browser.get(changelist, {"outcome": "excellent"}).status_code == 302
