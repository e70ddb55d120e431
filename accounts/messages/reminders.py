"""Every automatic message that is due, whatever it is about: each app contributes those that it knows of."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from django.utils.functional import Promise

from accounts.messages.domain.messages import Notice, not_sent_yet, notify_once

REASONS: Final[dict[str, str | Promise]] = {}
"""Why a notice of each kind is sent."""

Source = Callable[[], Iterator[list[Notice]]]
_SOURCES: Final[list[Source]] = []


def contribute(reasons: Mapping[str, str | Promise], due: Source) -> None:
    """Add messages that an app wants sent; called once, when that app starts.

    Args:
        reasons: why a notice of each of its kinds is sent.
        due: yields the notices that are due now, a few hundred at a time, those sent before among them.
    """
    REASONS.update(reasons)
    _SOURCES.append(due)


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
