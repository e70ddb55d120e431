"""Write the demo's inboxes and preferences: every tag, read and unread, one expired, automatic and by hand.

Each message has an id of its own, so that what was written once is left as it is; when it was sent counts
back from the first run.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from django.utils import timezone

from accounts.models import MailState, Message, Preferences, Tag, User
from demo.ids import demo_id
from tenancy.scope import Level


@dataclass(frozen=True, slots=True)
class Letter:
    """A message of the demo.

    Attributes:
        to: who got it.
        days: how long ago.
        read: how many days later they read it; ``None`` for not yet.
        sender: who wrote it; automatic without.
        level: the level of the place it was sent to; to each of them alone without.
        expires: how many days later it was gone.
    """

    name: str
    to: tuple[str, ...]
    tag: Tag
    title: str
    body: str
    days: int
    read: int | None = None
    sender: str | None = None
    level: Level | None = None
    expires: int | None = None


_E1: Final = (
    "teacher@north.test",
    "teacher5@north.test",
    "student@north.test",
    "student2@north.test",
    "guardian@north.test",
    "guest@north.test",
)
_SUNRISE: Final = (
    "admin@sunrise.test",
    "teacher@sunrise.test",
    "teacher2@sunrise.test",
    "student@sunrise.test",
)
LETTERS: Final = (
    Letter(
        "welcome",
        ("learner@demo.test", "internal@demo.test"),
        Tag.SYSTEM,
        "Welcome to Stepwise",
        "You learn on your own here. Look at the catalogue, start a trial of what you like, and take your "
        "time: your progress stays yours.",
        days=30,
        read=0,
    ),
    Letter(
        "maintenance",
        ("learner@demo.test", "student@north.test", "admin@north.test"),
        Tag.SYSTEM,
        "A short interruption on Sunday night",
        "Between 22:00 and 22:30 UTC there may be pauses. Nothing that you have saved will be lost.",
        days=20,
        expires=6,
    ),
    Letter(
        "extended",
        ("learner@demo.test",),
        Tag.SUBSCRIPTION,
        "Your subscription was extended by a week",
        "You wrote to us that a video had not been playing. It does again, and you have a week more.\n\n"
        "Thank you for telling us.",
        days=12,
        read=1,
        sender="global@demo.test",
    ),
    Letter(
        "trial",
        ("learner@demo.test",),
        Tag.SUBSCRIPTION,
        "How your trial works",
        "A trial opens one course for a few days and ends by itself. You can start one of each, once.",
        days=3,
    ),
    Letter(
        "new course",
        ("learner@demo.test", "internal@demo.test"),
        Tag.INFO,
        "New in the catalogue",
        "There is something new to learn. Open the catalogue to see it.",
        days=1,
    ),
    Letter(
        "open evening",
        _E1,
        Tag.INFO,
        "Open evening in E1",
        "On Thursday at 18:00 the class shows what it has learned. Families are welcome.\n\nBring a chair.",
        days=5,
        read=1,
        sender="admin@north.test",
        level=Level.CLASSROOM,
    ),
    Letter(
        "quiz",
        ("teacher5@north.test", "support@north.test", "teacher2@sunrise.test"),
        Tag.SYSTEM,
        "Please do the safety quiz on a day that suits you",
        "It takes five minutes. Those who are late are reminded once a week.",
        days=9,
    ),
    Letter(
        "holidays",
        _SUNRISE,
        Tag.INFO,
        "The school is closed next Monday",
        "Have a good long weekend.",
        days=2,
        sender="admin@sunrise.test",
        level=Level.ORGANIZATION,
    ),
    Letter(
        "thanks",
        ("teacher@north.test",),
        Tag.INFO,
        "Thank you for stepping in",
        "E2 told me how much they liked the lesson on Tuesday.",
        days=4,
        sender="admin@north.test",
    ),
)
PREFERRED: Final[dict[str, dict[str, Any]]] = {
    "learner@demo.test": {"theme": "dark", "playback_speed": 1.25, "email_copies": True},
    "student@north.test": {"captions": True, "playback_speed": 0.75},
    "student2@north.test": {"theme": "light", "autoplay": False},
    "teacher@north.test": {"language": "en-GB", "email_copies": True},
    "admin@sunrise.test": {"language": "hi", "theme": "dark"},
    "principal@north.test": {"weekly_digest": True},
}


def load_workshop_messages() -> int:
    """Write the messages and preferences that are missing; return how many messages that is."""
    wanted = {email for letter in LETTERS for email in (*letter.to, letter.sender) if email} | {*PREFERRED}
    people: dict[str, User] = {
        user.email: user for user in User.objects.filter(email__in=wanted).select_related("organization")
    }
    Preferences.unscoped.bulk_create(
        (
            Preferences(
                id=demo_id("preferences", email),
                user=people[email],
                organization=people[email].organization,
                **values,
            )
            for email, values in PREFERRED.items()
            if email in people
        ),
        ignore_conflicts=True,
    )
    today = timezone.now().astimezone(UTC).date()
    rows = [row for letter in LETTERS for row in _rows_of(letter, people, today)]
    known = set(Message.unscoped.filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True))
    missing = [row for row in rows if row.pk not in known]
    Message.unscoped.bulk_create(missing)
    return len(missing)


def _rows_of(letter: Letter, people: dict[str, User], today: date) -> Iterator[Message]:
    sent = datetime.combine(today, time(9, 30), UTC) - timedelta(days=letter.days)
    for email in letter.to:
        if (user := people.get(email)) is None:
            continue
        mailed = PREFERRED.get(email, {}).get("email_copies", False)
        yield Message(
            id=demo_id("messages", letter.name, email),
            user=user,
            organization=user.organization,
            tag=letter.tag.value,
            title=letter.title,
            body=letter.body,
            sender=people.get(letter.sender or ""),
            scope=f"{letter.level}:{getattr(user, f'{letter.level}_id')}" if letter.level else "",
            created_at=sent,
            read_at=None if letter.read is None else sent + timedelta(days=letter.read, hours=2),
            expires_at=None if letter.expires is None else sent + timedelta(days=letter.expires),
            mail_state=MailState.SENT.value if mailed else MailState.NONE.value,
            mail_attempts=int(mailed),
        )
