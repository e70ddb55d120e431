"""Write the demo's typed progress of the last eight weeks.

Each row has an id of its own: what was written once is left as it is, and a later run adds no more than the
check-ins of the days that have passed since.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from django.utils import timezone

from accounts.models import User
from demo.ids import demo_id
from demo.typed import CHECKINS, NOTES, SIGNS, SIGNS_LEARNED, UNITS, ZONES
from progress.models import ItemProgress, ProgressType
from tenancy.scope import PLATFORM_ID

WEEKS: Final = 8


def load_typed_progress() -> int:
    """Write what is missing of the last weeks' progress; return how many rows that is.

    Who has left since is left out, and so is what someone has recorded or deleted since.
    """
    people = User.objects.filter(email__in={*SIGNS_LEARNED, *CHECKINS}, is_active=True)
    today = timezone.now().astimezone(UTC).date()
    first = today - timedelta(days=today.weekday(), weeks=WEEKS)
    wanted = [
        row
        for user in people.exclude(organization=PLATFORM_ID)
        for row in (*_signs_of(user, first), *_checkins_of(user, first, today))
    ]
    known = ItemProgress.unscoped.filter(user__in=list(people))
    ids = set(known.values_list("pk", flat=True))
    recorded = set(known.filter(deleted=None).values_list("user_id", "progress_type", "item_id"))
    missing = [
        row
        for row in wanted
        if row.pk not in ids and (row.user_id, row.progress_type, row.item_id) not in recorded
    ]
    ItemProgress.objects.bulk_create(missing)
    return len(missing)


def _signs_of(user: User, first: date) -> Iterator[ItemProgress]:
    """Yield the signs that someone has learned, evenly over the weeks before this one."""
    learned = SIGNS_LEARNED.get(user.email, 0)
    for number, sign in enumerate(SIGNS[:learned]):
        day = first + timedelta(days=number * WEEKS * 7 // learned)
        tries = 1 + (number + learned) % 4
        yield _row(
            user,
            ProgressType.SIGN_LEARNED,
            sign,
            day,
            value="learned",
            score=100 - 10 * tries,
            metadata={"unit": UNITS[number * len(UNITS) // len(SIGNS)], "tries": tries},
        )


def _checkins_of(user: User, first: date, today: date) -> Iterator[ItemProgress]:
    """Yield the check-ins of someone, one for each working day before today."""
    for number in range((today - first).days):
        day = first + timedelta(days=number)
        weeks = CHECKINS.get(user.email)
        if weeks is None or day.weekday() > 4:
            continue
        # By the calendar, so that a day is the same whenever it is written.
        zone = weeks[day.toordinal() // 7 % len(weeks)][day.weekday()]
        if zone != ".":
            note = {"note": NOTES[zone]} if zone in NOTES else None
            yield _row(
                user, ProgressType.ZONE_CHECKIN, day.isoformat(), day, value=ZONES[zone], metadata=note
            )


def _row(user: User, kind: ProgressType, item_id: str, day: date, **content: Any) -> ItemProgress:
    minute = sum(f"{user.email} {item_id}".encode()) % 60
    at = datetime.combine(day, time(8, minute), UTC)
    place: dict[str, Any] = {name: getattr(user, name) for name in ("organization_id", "campus_id")}
    return ItemProgress(
        id=demo_id("typed progress", user.email, kind, item_id),
        **place,
        user=user,
        progress_type=kind.value,
        item_id=item_id,
        created_by=user,
        updated_by=user,
        created_at=at,
        updated_at=at,
        **content,
    )
