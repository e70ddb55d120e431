"""Every automatic message that is due, whatever it is about. One entry in ``_SOURCES`` is a further kind."""

from collections.abc import Callable, Iterator
from typing import Final

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.messages.domain.messages import Notice, not_sent_yet, notify_once
from learning.workshop.domain import subscription_notices
from quizzes.safety.domain import pending

REASONS: Final[dict[str, str | Promise]] = {
    subscription_notices.ENDING: _("a subscription ends soon"),
    subscription_notices.ENDED: _("a subscription has ended"),
    pending.PENDING: _("no result of this week's safety quiz"),
}
"""Why a notice of each kind is sent."""

_SOURCES: Final[tuple[Callable[[], Iterator[list[Notice]]], ...]] = (
    subscription_notices.due_notices,
    lambda: pending.due_notices(timezone.now()),
)


def unsent_reminders() -> Iterator[list[Notice]]:
    """Yield what ``send_reminders`` would send now, a few hundred at a time. Writes nothing."""
    for source in _SOURCES:
        for notices in source():
            yield not_sent_yet(notices=notices)


def send_reminders() -> int:
    """Send what is due and was never sent, by whomever; return how many those are.

    A statement for a few hundred people. Interrupted, it can be run again: it goes on where it ended.
    """
    return sum(notify_once(notices=notices) for source in _SOURCES for notices in source())
