"""The demo's inboxes and preferences, and the same after a second run."""

import pytest
from django.utils import timezone

from accounts.models import Message, Preferences, User
from demo.workshop_messages import LETTERS, PREFERRED
from tests.accounts.messages import INBOX
from tests.demo.seeding import seed

pytestmark = pytest.mark.django_db


def rows(model):
    return list(model.unscoped.order_by("pk").values())


def test_every_letter_is_sent(demo):
    assert f"{sum(len(letter.to) for letter in LETTERS)} messages" in demo


def test_the_learners_inbox_has_every_tag_read_and_unread_and_one_that_expired(demo, as_user):
    learner = User.unscoped.get(email="learner@demo.test")
    shown = as_user(learner).get(INBOX).json()["rows"]
    assert {row["tag"] for row in shown} == {"system", "subscription", "info"}
    assert {row["readAt"] is None for row in shown} == {True, False}
    expired = Message.unscoped.filter(user=learner, expires_at__lt=timezone.now())
    assert expired.count() == 1
    assert len(shown) == Message.unscoped.filter(user=learner).count() - 1
    preferred = as_user(learner).get("/api/v1/users/me/preferences").json()
    assert (preferred["theme"], preferred["playbackSpeed"], preferred["emailCopies"]) == ("dark", 1.25, True)


def test_messages_belong_to_who_is_named_where_they_belong(demo):
    for message in Message.unscoped.select_related("user"):
        assert message.organization_id == message.user.organization_id
        assert message.created_at < timezone.now()
        assert message.read_at is None or message.created_at < message.read_at < timezone.now()
        if message.scope:
            level, _, pk = message.scope.partition(":")
            assert str(getattr(message.user, f"{level}_id")) == pk
            assert message.sender is not None
    assert Message.unscoped.values("organization").distinct().count() == 3
    assert Preferences.unscoped.count() == len(PREFERRED)


def test_a_second_run_changes_nothing(demo, as_user):
    learner = User.unscoped.get(email="learner@demo.test")
    as_user(learner).patch("/api/v1/users/me/preferences", {"theme": "light"})
    before = rows(Message), rows(Preferences)
    assert "0 messages" in seed()
    assert (rows(Message), rows(Preferences)) == before
