"""Automatic messages: none is ever sent twice."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.messages.domain.messages import not_sent_yet, notify_once
from accounts.models import LedgerEntry, Message, Preferences, User
from tests.accounts.messages import messages_of, notice

pytestmark = pytest.mark.django_db


def test_a_notice_is_sent_once_in_one_statement(north, sunrise, statements):
    due = [notice(north.student), notice(north.student2), notice(sunrise.student)]
    with statements() as sent:
        assert notify_once(notices=due) == 3
    assert len(sent) == 1
    assert notify_once(notices=due) == 0
    [message] = messages_of(north.student)
    assert (message.title, message.body, message.tag) == ("Notice", "About 1", "system")
    assert (message.sender_id, message.scope, message.pk.version) == (None, "", 7)
    assert message.organization_id == north.organization.pk
    assert Message.unscoped.count() == LedgerEntry.unscoped.count() == 3


def test_not_even_when_the_message_is_gone(north):
    assert notify_once(notices=[notice(north.student)]) == 1
    Message.unscoped.all().delete()
    assert notify_once(notices=[notice(north.student)]) == 0
    assert not Message.unscoped.exists()


def test_another_kind_and_another_occasion_are_other_notices(north):
    due = [notice(north.student), notice(north.student, "2"), notice(north.student, kind="other")]
    assert notify_once(notices=due[:1]) == 1
    assert notify_once(notices=due) == 2


def test_the_same_notice_twice_in_one_call_is_sent_once(north):
    due = [notice(north.student, title="first"), notice(north.student, title="second")]
    assert notify_once(notices=due) == 1
    assert [message.title for message in messages_of(north.student)] == ["first"]


def test_nothing_is_due(statements):
    assert notify_once(notices=[]) == 0
    assert not_sent_yet(notices=[]) == []


def test_who_may_not_log_in_gets_none_and_gets_it_later_if_they_come_back(north):
    User.unscoped.filter(pk=north.student.pk).update(is_active=False)
    User.unscoped.filter(pk=north.student2.pk).update(deleted=timezone.now())
    due = [notice(north.student), notice(north.student2)]
    assert not_sent_yet(notices=due) == []
    assert notify_once(notices=due) == 0
    assert not LedgerEntry.unscoped.exists()
    User.unscoped.filter(pk=north.student.pk).update(is_active=True)
    assert notify_once(notices=due) == 1


def test_what_would_have_expired_is_not_sent(north):
    now = timezone.now()
    late = notice(north.student, expires_at=now - timedelta(seconds=1))
    early = notice(north.student2, expires_at=now + timedelta(days=1))
    assert notify_once(notices=[late, early]) == 1
    assert messages_of(north.student2)[0].expires_at == early.expires_at


def test_what_would_be_sent_is_told_in_the_order_it_was_given(north, sunrise, statements):
    due = [notice(person) for person in (sunrise.student, north.student, north.student2)]
    notify_once(notices=due[1:2])
    with statements() as sent:
        assert not_sent_yet(notices=due) == [due[0], due[2]]
    assert len(sent) == 1
    assert Message.unscoped.count() == 1


def test_a_copy_is_queued_for_those_who_want_one(north):
    Preferences.unscoped.create(user=north.student, organization=north.organization, email_copies=True)
    notify_once(notices=[notice(north.student), notice(north.student2)])
    assert messages_of(north.student)[0].mail_state == "queued"
    assert messages_of(north.student2)[0].mail_state == ""
