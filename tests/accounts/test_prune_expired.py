"""What is kept for a limited time only."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from accounts.messages.domain.messages import notify_once
from accounts.models import IdempotentRequest, LedgerEntry, Message
from accounts.sign_in.tokens import RefreshToken, issue_tokens, spend
from tests.accounts.messages import make_message, notice

pytestmark = pytest.mark.django_db


def keep_answer(user, key, age):
    return IdempotentRequest.unscoped.create(
        user=user, organization_id=user.organization_id, key=key, created_at=timezone.now() - age
    )


def test_old_answers_and_expired_tokens_go_and_younger_ones_stay(north, sunrise, capsys):
    for user in (north.teacher, sunrise.teacher):
        keep_answer(user, "old", timedelta(hours=24, minutes=1))
        keep_answer(user, "young", timedelta(hours=23, minutes=59))
        for _ in range(2):
            spend(RefreshToken(issue_tokens(user=user).refresh))
    expired, late = OutstandingToken.objects.order_by("id")[:2]
    # One that may still be late must be known as spent, or it could be used again.
    for token, seconds in ((expired, 11), (late, 1)):
        OutstandingToken.objects.filter(pk=token.pk).update(
            expires_at=timezone.now() - timedelta(seconds=seconds)
        )
    for expected in ("2 answers, 1 tokens deleted", "0 answers, 0 tokens deleted"):
        call_command("prune_expired")
        assert expected in capsys.readouterr().out
    assert set(IdempotentRequest.unscoped.values_list("key", flat=True)) == {"young"}
    assert OutstandingToken.objects.count() == BlacklistedToken.objects.count() == 3


def test_messages_and_the_ledger_outlive_what_they_are_about_by_a_month(north, sunrise, capsys):
    now = timezone.now()
    for user in (north.student, sunrise.student):
        for days in (31, 29):
            sent, until = now - timedelta(days=60), now - timedelta(days=days)
            make_message(user, title=f"{days}", created_at=sent, expires_at=until)
            due_until = now - timedelta(days=days)
            notify_once(notices=[notice(user, f"{days}", due_until=due_until, title="notice")])
        notify_once(notices=[notice(user, "for ever", title="notice")])
    for expected in ("2 messages, 2 entries of the ledger", "0 messages, 0 entries of the ledger"):
        call_command("prune_expired")
        assert expected in capsys.readouterr().out
    assert set(Message.unscoped.values_list("title", flat=True)) == {"29", "notice"}
    assert set(LedgerEntry.unscoped.values_list("about", flat=True)) == {"29", "for ever"}
