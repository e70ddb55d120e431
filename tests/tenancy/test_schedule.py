"""Periodic commands run by themselves: in time, once in each period, and again when they failed."""

import io
import os
import signal
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command, get_commands
from django.db import DEFAULT_DB_ALIAS, OperationalError, connections
from django.utils import timezone

from tenancy import schedule
from tenancy.management.commands import run_schedule
from tenancy.schedule import DAY, Scheduled, domain
from tenancy.schedule.models import ScheduledRun

pytestmark = pytest.mark.django_db(transaction=True)

MINUTE = timedelta(minutes=1)
NOW = datetime(2031, 5, 14, 9, 30, 20, tzinfo=UTC)
EACH_MINUTE = Scheduled("clearsessions", every=MINUTE)
AT_SIX = Scheduled("clearsessions", every=DAY, after=timedelta(hours=6))
AT_TEN = Scheduled("clearsessions", every=DAY, after=timedelta(hours=10))


@pytest.fixture(autouse=True)
def handlers():
    """The command has those of its process."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def calls(monkeypatch):
    """What was run, instead of running it."""
    made = []
    monkeypatch.setattr(domain, "call_command", lambda command, **_options: made.append(command))
    return made


def ran(*, started=None, succeeded=None):
    ScheduledRun.objects.all().delete()
    return ScheduledRun.objects.create(command="clearsessions", started_at=started, succeeded_at=succeeded)


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (EACH_MINUTE, NOW.replace(second=0)),
        (AT_SIX, NOW.replace(hour=6, minute=0, second=0)),
        (AT_TEN, NOW.replace(day=13, hour=10, minute=0, second=0)),
    ],
)
def test_a_period_begins_at_its_time_of_the_day(one, expected):
    assert one.due_since(NOW) == expected


def is_due(one, **run):
    ran(**run)
    return domain.due(schedule=[one], now=NOW) == [one]


def test_what_never_ran_is_due():
    assert domain.due(schedule=[EACH_MINUTE, AT_TEN], now=NOW) == [EACH_MINUTE, AT_TEN]


def test_what_succeeded_is_due_in_the_next_period():
    at = NOW.replace(hour=6, minute=1)
    assert not is_due(AT_SIX, started=at, succeeded=at + MINUTE)
    assert is_due(AT_SIX, started=at - DAY, succeeded=at - DAY + MINUTE)


def test_what_failed_or_was_interrupted_is_due_again_after_five_minutes():
    assert not is_due(AT_SIX, started=NOW - 4 * MINUTE, succeeded=NOW - DAY)
    assert is_due(AT_SIX, started=NOW - 5 * MINUTE, succeeded=NOW - DAY)


def test_what_ran_before_the_clock_was_set_back_does_not_wait_until_that_time():
    assert is_due(EACH_MINUTE, started=NOW + DAY, succeeded=NOW + DAY)
    assert is_due(AT_SIX, started=NOW + DAY)
    # Clocks of two machines are never quite the same.
    assert not is_due(EACH_MINUTE, started=NOW + MINUTE, succeeded=NOW + MINUTE)


def test_what_is_looked_at_takes_one_statement(django_assert_num_queries):
    with django_assert_num_queries(1):
        domain.due(schedule=schedule.scheduled(), now=NOW)


def test_a_run_is_noted_and_not_repeated_in_its_period(calls):
    assert domain.run_if_due(one=AT_SIX)
    assert not domain.run_if_due(one=AT_SIX)
    assert calls == ["clearsessions"]
    run = ScheduledRun.objects.get()
    assert run.started_at <= run.succeeded_at <= timezone.now()


def test_a_failure_is_noted_until_it_succeeds(calls, monkeypatch):
    def fail(command, **options):
        raise CommandError("The mail server cannot be reached.\nat all")

    with monkeypatch.context() as patch:
        patch.setattr(domain, "call_command", fail)
        assert domain.run_if_due(one=AT_SIX)
    run = ScheduledRun.objects.get()
    assert (run.failure, run.succeeded_at) == ("CommandError", None)
    ScheduledRun.objects.update(started_at=timezone.now() - 6 * MINUTE)
    assert domain.run_if_due(one=AT_SIX)
    assert ScheduledRun.objects.get().failure == ""


def test_what_someone_else_is_running_is_left_to_them(calls):
    with domain._alone("clearsessions") as alone:
        assert alone
        assert not domain.run_if_due(one=EACH_MINUTE)
        assert domain.run_if_due(one=Scheduled("prune_expired", every=DAY))
    assert domain.run_if_due(one=EACH_MINUTE)


def test_nothing_is_left_locked_by_a_session_that_died(calls):
    ended = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s"
    with (
        pytest.raises(OperationalError),
        domain._alone("clearsessions"),
        connections[DEFAULT_DB_ALIAS].cursor() as cursor,
    ):
        cursor.execute(ended, [domain.LOCKS])
    assert domain.run_if_due(one=EACH_MINUTE)


def test_of_many_at_once_one_runs(monkeypatch):
    made, together = [], threading.Barrier(4)

    def slow(command, **options):
        made.append(command)
        threading.Event().wait(0.3)

    monkeypatch.setattr(domain, "call_command", slow)

    def run():
        together.wait()
        run_schedule._run(AT_SIX)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert made == ["clearsessions"]


def test_every_command_of_the_schedule_exists_and_runs(north, sunrise):
    known = get_commands()
    assert {one.command for one in schedule.scheduled()} <= set(known)
    call_command("run_schedule", once=True)
    for run in ScheduledRun.objects.all():
        assert run.failure == ""
        assert run.succeeded_at
    assert ScheduledRun.objects.count() == len(schedule.scheduled()) == 5


def test_a_list_says_what_runs_when_and_what_became_of_it():
    ScheduledRun.objects.create(
        command="clearsessions", started_at=NOW, succeeded_at=NOW - DAY, failure="CommandError"
    )
    told = io.StringIO()
    call_command("run_schedule", list=True, stdout=told)
    lines = told.getvalue().splitlines()
    failed = "last succeeded: 2031-05-13 09:30 UTC, then CommandError, as the log says"
    assert f"clearsessions: daily at 03:15 UTC; {failed}" in lines
    assert "send_mail_copies: every 0:01:00; last succeeded: never" in lines


def test_told_to_end_it_ends_with_what_it_has_in_hand(monkeypatch):
    ended = []

    def end_while_it_runs(command, **options):
        os.kill(os.getpid(), signal.SIGTERM)
        threading.Event().wait(0.2)
        ended.append(command)

    monkeypatch.setattr(domain, "call_command", end_while_it_runs)
    monkeypatch.setattr(run_schedule, "scheduled", lambda: [AT_SIX])
    call_command("run_schedule")
    assert ended == ["clearsessions"]


def test_a_database_that_is_away_is_waited_for(monkeypatch, caplog):
    def away(**kwargs):
        raise OperationalError("no answer\nfrom 10.0.0.7")

    monkeypatch.setattr(run_schedule, "due", away)
    call_command("run_schedule", once=True)
    assert "looking for what is due: no answer" in caplog.text
    assert "10.0.0.7" not in caplog.text


def test_the_operator_says_when(settings):
    settings.SCHEDULE = ["send_reminders=14:30", "send_mail_copies=30s", "clearsessions=never"]
    chosen = {one.command: str(one) for one in schedule.scheduled()}
    assert chosen["send_reminders"] == "daily at 14:30 UTC"
    assert chosen["send_mail_copies"] == "every 0:00:30"
    assert "clearsessions" not in chosen
    assert chosen["prune_expired"] == "daily at 03:00 UTC"


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("sendreminders=14:30", "What runs by itself: clearsessions"),
        ("send_reminders", "Say when"),
        ("send_reminders=24:00", "Say when"),
        ("send_reminders=0m", "Say when"),
        ("send_reminders=weekly", "Say when"),
    ],
)
def test_a_slip_in_the_schedule_stops_the_start_with_a_sentence(entry, told, settings):
    settings.SCHEDULE = [entry]
    with pytest.raises(ImproperlyConfigured, match=told):
        call_command("run_schedule", once=True)
