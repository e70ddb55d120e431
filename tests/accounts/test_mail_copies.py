"""Copies of messages by e-mail."""

import smtplib
from collections import Counter
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from accounts.messages.domain.mail_copies import LONGEST, MAX_ATTEMPTS, deliver_copies
from accounts.models import Message, Preferences, User
from tests.accounts.messages import CONTENT, INBOX, make_message
from tests.factories import OrganizationFactory, make_user

pytestmark = pytest.mark.django_db


class FailingBackend(EmailBackend):
    """Refuses every mail."""

    def send_messages(self, messages):
        raise smtplib.SMTPRecipientsRefused({messages[0].to[0]: (550, b"no such mailbox")})


class AbsentBackend(EmailBackend):
    """A mail server that cannot be reached."""

    def open(self):
        raise ConnectionRefusedError("nobody there")


def wants_copies(user, wanted=True):
    Preferences.unscoped.update_or_create(
        user=user, defaults={"organization_id": user.organization_id, "email_copies": wanted}
    )


def queued(user, **fields):
    due = timezone.now() - timedelta(minutes=1)
    return make_message(user, **{"mail_state": "queued", "mail_due_at": due, **fields})


def state_of(message):
    return Message.unscoped.values_list("mail_state", "mail_attempts", "mail_error").get(pk=message.pk)


def make_due():
    Message.unscoped.filter(mail_state="queued").update(mail_due_at=timezone.now() - timedelta(seconds=1))


def test_who_wants_copies_gets_one_and_the_request_sends_none(as_user, north, sunrise, capsys):
    wants_copies(north.student)
    as_user(north.admin).post(INBOX, {"scope": str(north.classroom.scope), **CONTENT})
    assert mail.outbox == []
    call_command("send_mail_copies")
    assert capsys.readouterr().out.startswith("1 sent, 0 to be tried again, 0 failed")
    [copy] = mail.outbox
    assert (copy.to, copy.subject) == (["student@north.test"], "Fire drill")
    assert copy.body.startswith(CONTENT["body"])
    assert copy.content_subtype == "plain"
    message = Message.unscoped.get(user=north.student)
    assert copy.message()["Message-ID"] == f"<{message.pk}@localhost>"
    assert state_of(message) == ("sent", 1, "")
    call_command("send_mail_copies")
    assert len(mail.outbox) == 1


def test_the_statements_grow_by_two_with_each_copy(north, sunrise, statements):
    wants_copies(north.student)

    def needed(number):
        for _ in range(number):
            queued(north.student)
        with statements() as sent:
            deliver_copies(limit=100)
        return len(sent)

    assert needed(5) - needed(1) == 8


def test_a_title_of_several_lines_is_a_subject_of_one(north):
    wants_copies(north.student)
    queued(north.student, title="one\r\nBcc: all@north.test\n two")
    deliver_copies(limit=10)
    assert mail.outbox[0].subject == "one Bcc: all@north.test two"
    assert mail.outbox[0].recipients() == ["student@north.test"]


def test_the_longest_due_goes_first_and_no_more_than_the_limit(north):
    wants_copies(north.student)
    now = timezone.now()
    for minutes in (1, 3, 2):
        queued(north.student, title=f"{minutes}", mail_due_at=now - timedelta(minutes=minutes))
    queued(north.student, title="later", mail_due_at=now + timedelta(minutes=1))
    assert deliver_copies(limit=2) == {"sent": 2}
    assert [copy.subject for copy in mail.outbox] == ["3", "2"]
    assert deliver_copies(limit=10) == {"sent": 1}
    assert deliver_copies(limit=10) == {}


def test_what_is_of_no_use_any_more_is_dropped(north, sunrise):
    people = [north.student, north.student2, north.guest, north.teacher]
    for person in people:
        wants_copies(person)
    copies = [queued(person) for person in people[:3]]
    now = timezone.now()
    copies.append(
        queued(
            people[3],
            created_at=now - timedelta(days=1),
            expires_at=now - timedelta(seconds=1),
        )
    )
    wants_copies(people[0], wanted=False)
    User.unscoped.filter(pk=people[1].pk).update(is_active=False)
    User.unscoped.filter(pk=people[2].pk).update(deleted=now)
    assert deliver_copies(limit=10) == {"dropped": 4}
    assert mail.outbox == []
    assert {state_of(copy)[0] for copy in copies} == {"dropped"}


def test_a_refused_copy_is_kept_with_the_reason_and_tried_again_a_few_times(north, settings, capsys):
    settings.EMAIL_BACKEND = f"{__name__}.FailingBackend"
    wants_copies(north.student)
    copy, waits = queued(north.student), []
    for attempt in range(1, MAX_ATTEMPTS):
        assert deliver_copies(limit=10) == {"queued": 1}
        state, attempts, reason = state_of(copy)
        assert (state, attempts) == ("queued", attempt)
        assert "no such mailbox" in reason
        waits.append(Message.unscoped.get(pk=copy.pk).mail_due_at - timezone.now())
        assert deliver_copies(limit=10) == {}
        make_due()
    assert waits == sorted(waits)
    assert waits[0] > timedelta(minutes=4)
    assert deliver_copies(limit=10) == {"failed": 1}
    make_due()
    assert deliver_copies(limit=10) == {}
    state, attempts, reason = state_of(copy)
    assert (state, attempts) == ("failed", MAX_ATTEMPTS)
    assert "no such mailbox" in reason


def test_one_that_is_refused_is_not_in_the_way_of_the_next(north, settings, monkeypatch):
    for person in (north.student, north.student2):
        wants_copies(person)
        queued(person)
    send = EmailBackend.send_messages

    def refuse_one(self, messages):
        if messages[0].to == ["student@north.test"]:
            raise smtplib.SMTPServerDisconnected("gone")
        return send(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", refuse_one)
    assert deliver_copies(limit=10) == {"queued": 1, "sent": 1}
    assert [copy.to for copy in mail.outbox] == [["student2@north.test"]]


def test_a_mail_server_that_is_away_costs_no_attempt(north, settings):
    settings.EMAIL_BACKEND = f"{__name__}.AbsentBackend"
    deliver_copies(limit=10)  # nothing is due: it is not even asked
    wants_copies(north.student)
    copy = queued(north.student)
    with pytest.raises(CommandError, match="cannot be reached: nobody there"):
        call_command("send_mail_copies")
    assert state_of(copy) == ("queued", 0, "")


def test_a_copy_that_was_interrupted_is_never_sent_again(north):
    wants_copies(north.student)
    now = timezone.now()
    old = queued(north.student, mail_state="sending", mail_due_at=now - LONGEST - timedelta(minutes=1))
    fresh = queued(north.student, mail_state="sending", mail_due_at=now)
    assert deliver_copies(limit=10) == {"unknown": 1}
    assert mail.outbox == []
    assert state_of(old)[0] == "unknown"
    assert "may have arrived" in state_of(old)[2]
    assert state_of(fresh)[0] == "sending"


@pytest.mark.parametrize("limit", ["0", "-1"])
def test_a_limit_of_nothing_is_refused(db, limit):
    with pytest.raises(CommandError, match="limit"):
        call_command("send_mail_copies", "--limit", limit)


@pytest.mark.drill
@pytest.mark.django_db(transaction=True)
def test_many_machines_at_once_send_each_copy_once(run_at_once):
    organization = OrganizationFactory()
    people = [make_user(f"p{n}@north.test", "STUDENT", at=organization.scope) for n in range(40)]
    for person in people:
        wants_copies(person)
        queued(person)
    outcomes = run_at_once([lambda: deliver_copies(limit=100)] * 8)
    assert sum(outcomes, Counter()) == {"sent": 40}
    assert Counter(copy.to[0] for copy in mail.outbox) == {person.email: 1 for person in people}


@pytest.mark.drill
@pytest.mark.django_db(transaction=True)
def test_a_copy_that_another_machine_is_claiming_is_left_to_it(run_at_once):
    person = make_user("p@north.test", "STUDENT", at=OrganizationFactory().scope)
    wants_copies(person)
    copy = queued(person)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT id FROM messages WHERE id = %s FOR UPDATE", [copy.pk])
        assert run_at_once([lambda: deliver_copies(limit=10)]) == [{}]
    assert deliver_copies(limit=10) == {"sent": 1}
