"""Write how far the demo's people are with tcodes, and the log of what they did to get there.

Follows from their subscriptions: every few days, from the beginning of one on, they go on for some slides.
Each row has an id of its own, so that a later run adds those of the days that have passed since.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from typing import Any, Final

from django.utils import timezone

from accounts.models import User
from demo.ids import demo_id
from demo.people import PEOPLE
from learning.models import Subscription, Tcode
from progress.models import Interaction, TcodeProgress

SLIDES: Final = 4
"""How many slides are seen in one go."""

WEEKS: Final = 8
BEGINS_WITH_NOTHING: Final = "student@north.test"
_SEARCHES: Final = ("fractions", "greetings", "first aid", "evacuation", "small talk", "percent")
_MINUTE: Final = timedelta(minutes=1)
_QUESTIONS: Final = (
    "Why is this the first step?",
    "Is there a worksheet for this slide?",
    "Does this also hold for younger children?",
)


@dataclass(frozen=True, slots=True)
class Learning:
    """Someone and a tcode that they may use, or could.

    Attributes:
        days: on which days they went on with it, up to yesterday.
    """

    user: User
    tcode: Tcode
    days: list[datetime]

    @property
    def slides(self) -> int:
        """How many slides there are; some of a tcode that does not say."""
        return self.tcode.slide_count or 5 * SLIDES

    @property
    def reached(self) -> int:
        """The last slide they have seen."""
        return min(self.slides, SLIDES * len(self.days))


def load_workshop_records() -> int:
    """Write what is missing of progress with tcodes and of the log; return how many rows that is.

    Who has left since is left out.
    """
    emails = {person.email for person in PEOPLE} - {BEGINS_WITH_NOTHING}
    people = list(User.objects.filter(email__in=emails, is_active=True))
    learned = [learning for learning in _learned(people) if learning.days]
    log = [row for learning in learned for row in _log_of(learning)]
    log += [row for user in people for row in _searches_of(user)]
    known = set(Interaction.unscoped.filter(user__in=people).values_list("pk", flat=True))
    missing = [row for row in log if row.pk not in known]
    begun = set(TcodeProgress.unscoped.filter(user__in=people).values_list("user_id", "tcode_id"))
    progress = [_progress_of(one) for one in learned if (one.user.pk, one.tcode.pk) not in begun]
    Interaction.objects.bulk_create(sorted(missing, key=lambda row: row.created_at))
    TcodeProgress.objects.bulk_create(progress)
    return len(missing) + len(progress)


def _learned(people: Any) -> Iterator[Learning]:
    """Yield what each has begun, over all subscriptions they have had of a tcode."""
    subscriptions = Subscription.objects.filter(user__in=people, tcode__isnull=False)
    begun: dict[tuple[Any, Any], Learning] = {}
    for row in subscriptions.select_related("user", "tcode").order_by("start_date", "id"):
        learning = begun.setdefault((row.user_id, row.tcode_id), Learning(row.user, row.tcode, []))
        learning.days.extend(_days(row, learning))
    yield from begun.values()


def _days(subscription: Subscription, learning: Learning) -> list[datetime]:
    """Return when someone goes on: at an hour of their own, every two to four days."""
    turn = _turn(learning.user, learning.tcode.code)
    pause = timedelta(days=2 + turn % 3)
    midnight = datetime.combine(timezone.now().astimezone(UTC), time(), UTC)
    begins = datetime.combine(subscription.start_date.astimezone(UTC), time(7 + turn % 12, turn % 60), UTC)
    at = begins + timedelta(days=1)
    if learning.days:
        at = max(at, learning.days[-1] + pause)
    found = []
    while at < min(midnight, subscription.revoked_at or subscription.ends_at):
        found.append(at)
        at += pause
    return found


def _turn(user: User, name: str) -> int:
    """Return a number that tells people and what they do apart, and is always the same."""
    return sum(f"{user.email} {name}".encode())


def _log_of(learning: Learning) -> Iterator[Interaction]:
    """Yield what someone did on each day until they were through."""
    user, tcode = learning.user, {"tcodeId": learning.tcode.pk}
    ends = [min(learning.slides, SLIDES * number) for number in range(len(learning.days) + 1)]
    for number, (day, (seen, last)) in enumerate(zip(learning.days, pairwise(ends), strict=True)):
        if seen == last:
            return
        turn = _turn(user, f"{learning.tcode.code} {number}")
        done: list[tuple[str, dict[str, Any]]] = [("opened-tcode", {})]
        done += [
            ("viewed-slide", {"slide": slide, "seconds": 20 + (turn * slide) % 90})
            for slide in range(seen + 1, last + 1)
        ]
        if turn % 4 == 0:
            done.append(("asked-question", {"slide": last, "question": _QUESTIONS[turn % len(_QUESTIONS)]}))
        if turn % 5 == 0:
            done.append(("bookmarked-slide", {"slide": last}))
        if last == learning.slides:
            done += [("completed-tcode", {}), ("rated-tcode", {"rating": 3 + turn % 3})]
        for step, (kind, payload) in enumerate(done):
            yield _row(
                user, f"{learning.tcode.code} {number} {step}", kind, tcode | payload, day + step * _MINUTE
            )


def _searches_of(user: User) -> Iterator[Interaction]:
    """Yield a search a week, of the weeks before this one."""
    now = timezone.now().astimezone(UTC)
    monday = datetime.combine(now - timedelta(days=now.weekday()), time(), UTC)
    for weeks in range(1, WEEKS + 1):
        week = monday - timedelta(weeks=weeks)
        # By the calendar, so that a week is the same whenever it is written.
        turn = _turn(user, str(week.toordinal() // 7))
        at = week + timedelta(days=turn % 5, hours=8 + turn % 9, minutes=turn % 60)
        payload = {"query": _SEARCHES[turn % len(_SEARCHES)], "results": turn % 4}
        yield _row(user, f"search {week.date()}", "searched", payload, at)


def _row(user: User, name: str, kind: str, payload: dict[str, Any], at: datetime) -> Interaction:
    return Interaction(
        id=demo_id("interactions", user.email, name),
        **_whose(user),
        type=kind,
        payload=payload,
        created_at=at,
    )


def _whose(user: User) -> dict[str, Any]:
    return {"user": user, "organization_id": user.organization_id}


def _progress_of(learning: Learning) -> TcodeProgress:
    steps = min(len(learning.days), -(-learning.slides // SLIDES))
    return TcodeProgress(
        id=demo_id("tcode progress", learning.user.email, learning.tcode.code),
        **_whose(learning.user),
        tcode=learning.tcode,
        last_slide_seen=learning.reached,
        percent_complete=round(100 * learning.reached / learning.slides),
        last_active=learning.days[steps - 1],
    )
