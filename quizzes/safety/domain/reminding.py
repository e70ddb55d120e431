"""Reminding those who are pending, by someone who answers for them.

The messages are those that are sent automatically, and the ledger is one: who was told of a week by whomever
is told again only where that is asked for, and once a day at most.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.messages.domain.messages import Notice, notify_once
from accounts.models import User
from quizzes.safety.domain.completion import QuizStatus
from quizzes.safety.domain.pending import notice_of
from quizzes.safety.domain.people import RosterPerson, WantedPeople, list_people
from quizzes.safety.domain.weeks import Week, current_week
from tenancy.errors import ConflictError

KEY: Final = "safety_quizzes.remind"
MOST_AT_ONCE: Final = 2000
"""How many people are reminded at once: one statement, and a page that names them all."""


@dataclass(frozen=True, slots=True)
class ToRemind:
    """Who of the active scope is pending in the current week.

    Attributes:
        untold: nobody has reminded them of it yet.
        told: they were reminded on a day before.
        told_today: they have had their message.
    """

    week: Week
    untold: list[RosterPerson]
    told: list[RosterPerson]
    told_today: list[RosterPerson]

    def chosen(self, *, again: bool) -> list[RosterPerson]:
        """Return who would get a message, with or without those who were told before."""
        return [*self.untold, *self.told] if again else self.untold


def whom_to_remind(*, now: datetime) -> ToRemind:
    """Return the pending people of the active scope, by what they were told of the current week.

    Raises:
        ConflictError: ``too_many_people``.
    """
    week = current_week(now)
    number, people = list_people(WantedPeople(week, QuizStatus.PENDING), limit=MOST_AT_ONCE)
    if number > MOST_AT_ONCE:
        raise ConflictError(
            _("At most %(number)d people are reminded at once: choose a smaller place.")
            % {"number": MOST_AT_ONCE},
            code="too_many_people",
        )
    found = ToRemind(week, [], [], [])
    for person in people:
        if person.last_reminded_at is None:
            found.untold.append(person)
        elif person.last_reminded_at.astimezone(UTC).date() < now.astimezone(UTC).date():
            found.told.append(person)
        else:
            found.told_today.append(person)
    return found


def remind(*, by: User, again: bool = False) -> int:
    """Send a message to each who is pending in the active scope; return how many got one now.

    Of several who press the button at once, one reminds each person.

    Args:
        again: whether those are told as well whom a message reached on a day before.

    Raises:
        ConflictError: ``too_many_people``.
    """
    now = timezone.now()
    found = whom_to_remind(now=now)
    today = now.astimezone(UTC).date()
    notices: list[Notice] = [
        notice_of(found.week, person.id, person.organization_id, sender_id=by.pk) for person in found.untold
    ]
    if again:
        notices += [
            notice_of(found.week, person.id, person.organization_id, sender_id=by.pk, again_on=today)
            for person in found.told
        ]
    return notify_once(notices=notices) if notices else 0
