"""The weekly figures by e-mail: to managers who asked for them, of their own place, once a week."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from accounts.messages.models import MAX_BODY
from accounts.models import Message, Preferences, User
from quizzes.safety.domain.digest import DIGEST, due_digests
from quizzes.safety.domain.weeks import Week, current_week
from tests.accounts.messages import messages_of
from tests.factories import make_user
from tests.quizzes.safety import members_since, record

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _from_monday_on(settings, north, sunrise):
    settings.SAFETY_QUIZ_REMINDER_WEEKDAY = 0
    settings.PUBLIC_URL = "https://stepwise.example"
    members_since()


def ask_for(*people, **preferences):
    for person in people:
        Preferences.unscoped.create(
            user=person, organization_id=person.organization_id, **{"weekly_digest": True, **preferences}
        )


def digests_of(user):
    return [message for message in messages_of(user) if message.title.startswith("Safety quiz, W")]


def send():
    call_command("send_reminders")
    call_command("send_mail_copies")


def test_a_manager_who_asked_gets_figures_and_names_of_their_own_place(north, sunrise, global_admin):
    ask_for(north.principal, sunrise.admin)
    record(north.teacher, str(Week(current_week(timezone.now()).monday, by_number=True)))
    send()
    [message] = digests_of(north.principal)
    assert message.body.splitlines() == [
        "Together: 2 of 3 pending",
        f"{north.campus.name}: 1 of 2 pending",
        "",
        "Pending:",
        f"- north principal (PRINCIPAL, {north.school.name})",
        f"- north support (SUPPORT, {north.campus.name})",
        "",
        "https://stepwise.example/admin/safety-completion/",
    ]
    [theirs] = digests_of(sunrise.admin)
    assert "Together: 5 of 5 pending" in theirs.body
    assert "north" not in theirs.body
    assert {address for one in mail.outbox for address in one.to} == {
        "principal@north.test",
        "admin@sunrise.test",
    }


def test_it_is_mailed_once_a_week_whatever_is_preferred_for_other_messages(north):
    ask_for(north.principal, email_copies=False)
    send()
    send()
    assert [one.to for one in mail.outbox] == [["principal@north.test"]]
    assert "Together: 3 of 3 pending" in mail.outbox[0].body
    Message.unscoped.all().delete()
    send()
    assert len(mail.outbox) == 1


def test_nobody_gets_it_unasked_or_without_the_key(north, independent):
    ask_for(north.teacher, north.student, independent)
    Preferences.unscoped.create(user=north.admin, organization=north.organization)
    send()
    assert not Message.unscoped.filter(title__startswith="Safety quiz, W").exists()


def test_someone_deactivated_gets_none(north):
    ask_for(north.principal)
    User.unscoped.filter(pk=north.principal.pk).update(is_active=False)
    assert list(due_digests(timezone.now())) == []


def test_it_comes_from_the_day_of_reminders_on(north, settings):
    ask_for(north.principal)
    week = Week(current_week(timezone.now()).monday, by_number=True).back(1)
    monday = datetime.combine(week.monday, time(), UTC)
    settings.SAFETY_QUIZ_REMINDER_WEEKDAY = 3
    assert list(due_digests(monday + timedelta(days=2, hours=23))) == []
    [[notice]] = due_digests(monday + timedelta(days=3))
    assert (notice.kind, notice.about) == (DIGEST, str(week))
    settings.SAFETY_QUIZ_REMINDER_WEEKDAY = None
    assert list(due_digests(monday + timedelta(days=6))) == []


def test_a_dry_run_tells_who_would_get_it_and_sends_nothing(north, capsys):
    ask_for(north.principal)
    call_command("send_reminders", "--dry-run")
    told = capsys.readouterr().out
    assert "principal@north.test: Safety quiz, W" in told
    assert "the weekly figures that they asked for" in told
    assert "1 messages would be sent" in told
    assert not Message.unscoped.exists()


def test_with_nobody_pending_it_says_so(north):
    ask_for(north.principal)
    for person in (north.principal, north.teacher, north.support):
        record(person, str(Week(current_week(timezone.now()).monday, by_number=True)))
    send()
    [message] = digests_of(north.principal)
    assert "Together: 0 of 3 pending" in message.body
    assert "Everyone has done it." in message.body


def test_many_names_leave_room_for_how_many_more_there_are(north):
    ask_for(north.principal)
    for number in range(60):
        name = f"{number:03} " + "long name " * 18
        make_user(f"more{number}@north.test", "TEACHER", at=north.classroom.scope, name=name[:200])
    send()
    [message] = digests_of(north.principal)
    assert len(message.body) <= MAX_BODY
    named = message.body.count("\n- ")
    assert f"and {63 - named} more" in message.body


def test_managers_of_one_place_are_told_by_one_look_at_it(north, statements):
    others = [make_user(f"head{n}@north.test", "PRINCIPAL", at=north.school.scope) for n in range(5)]
    ask_for(north.principal)
    list(due_digests(timezone.now()))
    with statements() as one:
        assert sum(map(len, due_digests(timezone.now()))) == 1
    ask_for(*others)
    with statements() as many:
        assert sum(map(len, due_digests(timezone.now()))) == 6
    assert len(many) == len(one) == 5
