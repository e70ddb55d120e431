"""``manage.py send_reminders``: who is told what, and nobody twice."""

import os
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.conf import settings as django_settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from accounts.messages.reminders import send_reminders
from accounts.models import LedgerEntry, Message, Preferences, User
from accounts.people.domain.membership import place
from config.settings import _weekday
from quizzes.safety.domain.pending import PENDING, due_notices
from quizzes.safety.domain.weeks import Week, current_week
from tests.accounts.messages import messages_of
from tests.factories import OrganizationFactory, make_user
from tests.quizzes.safety import record

pytestmark = pytest.mark.django_db

STAFF = {"admin", "principal", "teacher", "instructor", "support"}
WEEK = Week.named("2026-11-16")
MONDAY = datetime(2026, 11, 16, tzinfo=UTC)
THURSDAY = MONDAY + timedelta(days=3)


@pytest.fixture(autouse=True)
def _from_monday_on(settings):
    """Whatever the clock says, the day to remind on has come."""
    settings.SAFETY_QUIZ_REMINDER_WEEKDAY = 0


@pytest.fixture
def used(north, sunrise):
    """North does safety quizzes, sunrise never did one."""
    record(north.student, "2021-03-01", at=timezone.now() - timedelta(days=700))
    return north


def told(now=None):
    """Return who is to be reminded of the quiz, by the name in their address."""
    found = [notice for batch in due_notices(now or timezone.now()) for notice in batch]
    emails = User.unscoped.in_bulk([notice.user_id for notice in found])
    return {emails[notice.user_id].email.split("@")[0] for notice in found}


def run(capsys, *arguments):
    call_command("send_reminders", *arguments)
    return capsys.readouterr().out.splitlines()


def test_staff_without_a_result_of_this_week_are_told_once(used, capsys, statements):
    week = current_week(timezone.now())
    record(used.teacher, str(week))
    assert run(capsys) == ["4 messages sent"]
    assert messages_of(used.teacher) == []
    assert messages_of(used.student) == []
    [message] = messages_of(used.principal)
    assert (message.tag, message.sender_id) == ("system", None)
    assert message.title == "Your safety quiz for this week is still pending"
    assert f"{week.monday:%B %Y}" in message.body
    assert message.expires_at == week.ends
    assert run(capsys) == ["0 messages sent"]
    Message.unscoped.all().delete()
    assert run(capsys) == ["0 messages sent"]


def test_who_is_told_is_who_the_report_calls_pending(used, as_user):
    week = current_week(timezone.now())
    for person in (used.support, used.instructor):
        record(person, str(week))
    report = as_user(used.admin).get(
        "/api/safety_quiz_results/completion", {"week_of": str(week), "status": "pending"}
    )
    pending = {row["userId"] for row in report.json()["rows"]}
    assert pending == {str(notice.user_id) for batch in due_notices(timezone.now()) for notice in batch}
    assert len(pending) == 3


def test_a_dry_run_lists_who_would_get_what_and_why_and_writes_nothing(used, capsys):
    lines = run(capsys, "--dry-run")
    assert lines[-1] == "5 messages would be sent"
    number = str(Week(current_week(timezone.now()).monday, by_number=True))
    assert (
        "teacher@north.test: Your safety quiz for this week is still pending; "
        f"no result of this week's safety quiz (safety_quiz_pending, {number})"
    ) in lines
    assert not Message.unscoped.exists()
    assert not LedgerEntry.unscoped.exists()
    send_reminders()
    assert run(capsys, "--dry-run") == ["0 messages would be sent"]


def test_every_name_of_the_week_is_its_name(used):
    for n, name in enumerate(WEEK.names):
        person = make_user(f"p{n}@north.test", "TEACHER", at=used.classroom.scope)
        assert f"p{n}" in told(THURSDAY)
        record(person, name, at=THURSDAY)
        assert f"p{n}" not in told(THURSDAY)
    assert len(WEEK.names) == 8


def test_a_result_of_another_week_does_not_count_even_when_it_was_sent_in_this_one(used):
    for person, name in (
        (used.teacher, "2026-11-09"),
        (used.support, "2026-W46"),
        (used.admin, "2026-11-23"),
    ):
        record(person, name, at=THURSDAY)
    assert told(THURSDAY) == STAFF


def test_a_result_that_names_no_week_counts_for_the_one_it_was_completed_in(used):
    record(used.teacher, "the week of the fair", at=MONDAY)
    record(used.support, "the week of the fair", at=MONDAY - timedelta(microseconds=1))
    record(used.admin, "the week of the fair", at=MONDAY + timedelta(days=7))
    assert told(THURSDAY) == STAFF - {"teacher"}


def test_a_deleted_result_does_not_count(used):
    result = record(used.teacher, "2026-11-16", at=THURSDAY)
    assert told(THURSDAY) == STAFF - {"teacher"}
    type(result).unscoped.filter(pk=result.pk).update(deleted=timezone.now())
    assert told(THURSDAY) == STAFF


def test_an_organization_that_never_did_a_safety_quiz_is_left_alone(used, sunrise):
    assert told(THURSDAY) == STAFF
    assert {n.organization_id for batch in due_notices(THURSDAY) for n in batch} == {used.organization.pk}
    record(sunrise.student, "2026-11-16", at=THURSDAY)
    assert len([n for batch in due_notices(THURSDAY) for n in batch]) == 10


def test_who_left_or_may_not_log_in_is_not_told(used):
    person = make_user("gone@north.test", "TEACHER", at=used.classroom.scope)
    assert "gone" in told(THURSDAY)
    User.unscoped.filter(pk=person.pk).update(is_active=False)
    assert told(THURSDAY) == STAFF
    place(user=used.support, at=None, role=None)
    assert told(THURSDAY) == STAFF - {"support"}


@pytest.mark.parametrize("first", range(7))
def test_the_day_to_remind_on_is_the_first_of_several(used, settings, first):
    settings.SAFETY_QUIZ_REMINDER_WEEKDAY = first
    for day in range(7):
        last_moment = MONDAY + timedelta(days=day, hours=23, minutes=59)
        assert bool(told(last_moment)) == (day >= first)


def test_never_is_never(used, settings):
    settings.SAFETY_QUIZ_REMINDER_WEEKDAY = None
    assert [told(MONDAY + timedelta(days=day)) for day in range(7)] == [set()] * 7


def test_the_next_week_is_another_occasion(used):
    abouts = [
        {notice.about for batch in due_notices(moment) for notice in batch}
        for moment in (THURSDAY, THURSDAY + timedelta(days=1), THURSDAY + timedelta(days=7))
    ]
    assert abouts == [{"2026-W47"}, {"2026-W47"}, {"2026-W48"}]


@pytest.mark.parametrize(
    ("text", "number"), [("monday", 0), (" Thursday ", 3), ("SUNDAY", 6), ("never", None)]
)
def test_the_day_is_named_in_the_environment(text, number):
    assert _weekday("SAFETY_QUIZ_REMINDER_WEEKDAY", text) == number


@pytest.mark.parametrize("text", ["", "4", "thu", "Donnerstag"])
def test_another_name_stops_the_process_with_a_sentence(text):
    with pytest.raises(ImproperlyConfigured, match="SAFETY_QUIZ_REMINDER_WEEKDAY"):
        _weekday("SAFETY_QUIZ_REMINDER_WEEKDAY", text)


def test_a_reminder_is_queued_for_mail_where_its_reader_wants_copies(used):
    Preferences.unscoped.create(user=used.teacher, organization=used.organization, email_copies=True)
    send_reminders()
    assert messages_of(used.teacher)[0].mail_state == "queued"
    assert messages_of(used.support)[0].mail_state == ""


def test_the_statements_do_not_grow_with_people(used, statements, capsys):
    def needed(*arguments):
        with statements() as sent:
            run(capsys, *arguments)
        return len(sent)

    before = needed("--dry-run"), needed()
    for n in range(20):
        make_user(f"more{n}@north.test", "TEACHER", at=used.classroom.scope)
    assert (needed("--dry-run"), needed()) == before
    assert Message.unscoped.count() == 25


def test_more_people_than_a_batch_are_told_each_once(used, monkeypatch):
    sql = "quizzes.safety.domain.pending._PENDING"
    from quizzes.safety.domain import pending

    monkeypatch.setattr(pending, "_BATCH", 2)
    monkeypatch.setattr(sql, pending._PENDING.replace("LIMIT 1000", "LIMIT 2"))
    monkeypatch.setattr(pending, "_PEOPLE", pending._PEOPLE.replace("LIMIT 1000", "LIMIT 2"))
    sizes = [len(batch) for batch in due_notices(THURSDAY)]
    # Where results are distributed, a batch is one of people, and not all of those are pending.
    assert sum(sizes) == 5 and max(sizes) == 2 if settings.DISTRIBUTED else sizes == [2, 2, 1]
    assert told(THURSDAY) == STAFF


@pytest.mark.drill
@pytest.mark.django_db(transaction=True)
def test_several_machines_at_once_tell_each_person_once():
    organization = OrganizationFactory()
    people = [make_user(f"p{n}@north.test", "TEACHER", at=organization.scope) for n in range(30)]
    record(people[0], "2021-03-01")
    environment = {
        **os.environ,
        "DATABASE_URL": _url_of_this_database(),
        "SAFETY_QUIZ_REMINDER_WEEKDAY": "monday",
    }
    command = [sys.executable, str(Path(django_settings.BASE_DIR) / "manage.py"), "send_reminders"]
    machines = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]
    said = [machine.communicate(timeout=120)[0] for machine in machines]
    assert [machine.returncode for machine in machines] == [0, 0, 0]
    assert sum(int(text.split()[0]) for text in said) == 30
    told_of = Message.unscoped.values_list("user_id", flat=True)
    assert Counter(told_of) == {person.pk: 1 for person in people}
    assert LedgerEntry.unscoped.filter(kind=PENDING).count() == 30


def _url_of_this_database():
    known = connection.settings_dict
    host = known["HOST"] or known["OPTIONS"].get("host", "")
    return f"postgresql://{known['USER']}:{known['PASSWORD']}@/{known['NAME']}?host={host}"
