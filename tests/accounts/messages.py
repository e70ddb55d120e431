"""Messages to test with."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.messages.domain.messages import Notice
from accounts.models import Message, User

INBOX = "/api/v1/messages"
CONTENT = {"tag": "info", "title": "Fire drill", "body": "On Friday at ten.\nNo <b>markup</b>."}


def make_message(user: User, **fields: Any) -> Message:
    values = {"tag": "info", "title": "Hello", "body": "There", **fields}
    return Message.unscoped.create(user=user, organization_id=user.organization_id, **values)


def expired(user: User, **fields: Any) -> Message:
    now = timezone.now()
    sent, until = now - timedelta(days=2), now - timedelta(seconds=1)
    return make_message(user, created_at=sent, expires_at=until, **fields)


def notice(user: User, about: str = "1", **fields: Any) -> Notice:
    values = {"kind": "test", "tag": "system", "title": "Notice", "body": f"About {about}", **fields}
    return Notice(user_id=user.pk, organization_id=user.organization_id, about=about, **values)


def messages_of(user: User) -> list[Message]:
    return list(Message.unscoped.filter(user=user).order_by("created_at", "id"))
