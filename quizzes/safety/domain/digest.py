"""The figures by e-mail: once a week for each manager who asked for them, of the place they answer for.

They are what the report of ``quizzes.safety.domain.trend`` and ``quizzes.safety.domain.people`` say of the
current week, on the day from which those who are pending are reminded on. The ledger of
``accounts.messages.domain.messages`` knows which were sent.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.messages.domain.messages import Notice, not_sent_yet
from accounts.messages.models import MAX_BODY
from accounts.models import Tag, User
from accounts.rights.principal import load_permission_keys_of
from quizzes.safety.domain.completion import QuizStatus
from quizzes.safety.domain.people import RosterPerson, WantedPeople, list_people
from quizzes.safety.domain.trend import build_trend
from quizzes.safety.domain.weeks import Week, current_week
from quizzes.safety.domain.words import range_of
from tenancy.scope import PLATFORM_ID, Scope, scope_entered

DIGEST: Final = "safety_quiz_digest"
REASONS: Final[dict[str, str | Promise]] = {DIGEST: _lazy("the weekly figures that they asked for")}
"""Why a notice is sent."""
REPORTS: Final = "READ_SAFETY_QUIZ_REPORTS"

_BATCH: Final = 100
_BEFORE_ALL: Final = "00000000-0000-0000-0000-000000000000"
_PLACES: Final = 30
_NAMES: Final = 100
_KEPT_FOR: Final = timedelta(weeks=1)
_TAIL: Final = 400
"""Room at the end of a text for how many more there are, and where to find them."""


def due_now() -> Iterator[list[Notice]]:
    """Yield what is due at this moment."""
    return due_digests(timezone.now())


def due_digests(now: datetime) -> Iterator[list[Notice]]:
    """Yield the figures of this week that were not sent yet, for a hundred managers at a time."""
    first = settings.SAFETY_QUIZ_REMINDER_WEEKDAY
    if first is None or now.astimezone(UTC).weekday() < first:
        return
    week = Week(current_week(now).monday, by_number=True)
    after: Any = _BEFORE_ALL
    while True:
        asking = list(_who_asked(after))
        notices = _digests(week, asking)
        if notices:
            yield notices
        if len(asking) < _BATCH:
            return
        after = asking[-1].pk


def _who_asked(after: Any) -> Sequence[User]:
    """Return those of an organization who asked for it, whatever they may read by now, by their ids."""
    # A job acts in no scope; each of them is looked at in their own.
    asked = User.unscoped.filter(preferences__weekly_digest=True, is_active=True, deleted=None)
    members = asked.exclude(organization=PLATFORM_ID).select_related("role")
    people: Sequence[User] = members.filter(pk__gt=after).order_by("pk")[:_BATCH]
    return people


def _digests(week: Week, asking: Sequence[User]) -> list[Notice]:
    load_permission_keys_of(asking)
    managers = {user.pk: user for user in asking if user.holds(REPORTS) and isinstance(user.own_scope, Scope)}
    unsent = not_sent_yet(notices=[_notice(week, user, "…") for user in managers.values()])
    texts: dict[Any, str] = {}
    notices = []
    for user in (managers[notice.user_id] for notice in unsent):
        scope = user.own_scope
        if scope not in texts:
            with scope_entered(scope):
                texts[scope] = _text_of_scope(week)
        if texts[scope]:
            notices.append(_notice(week, user, texts[scope]))
    return notices


def _notice(week: Week, user: User, body: str) -> Notice:
    return Notice(
        user_id=user.pk,
        organization_id=user.organization_id,  # type: ignore[arg-type]
        kind=DIGEST,
        about=str(week),
        tag=Tag.INFO,
        title=_("Safety quiz, %(week)s") % {"week": range_of(week)},
        body=body,
        expires_at=week.ends + _KEPT_FOR,
        due_until=week.ends,
        mailed=True,
    )


def _text_of_scope(week: Week) -> str:
    """Return what to tell of the active scope; nothing where there is nobody. Two statements."""
    trend = build_trend(last=week, number=1, include_late=True)
    [whole] = trend["weeks"]
    if not whole["total"]:
        return ""
    number, people = list_people(WantedPeople(week, QuizStatus.PENDING), limit=_NAMES)
    lines = [_told(_("Together"), whole)]
    lines += [_told(child["name"], child["weeks"][0]) for child in trend["children"][:_PLACES]]
    lines += ["", _("Pending:") if number else _("Everyone has done it.")]
    text = "\n".join(lines)[: MAX_BODY - _TAIL]
    named = 0
    for person in people:
        line = f"\n- {_line_of(person)}"
        if len(text) + len(line) > MAX_BODY - _TAIL:
            break
        text += line
        named += 1
    if number > named:
        text += "\n" + _("and %(number)d more") % {"number": number - named}
    return f"{text}\n\n{settings.PUBLIC_URL}{reverse('admin:safety_completion')}"


def _told(name: str, figures: dict[str, Any]) -> str:
    return _("%(name)s: %(pending)d of %(total)d pending") % {
        "name": name,
        "pending": figures["total"] - figures["complete"],
        "total": figures["total"],
    }


def _line_of(person: RosterPerson) -> str:
    place = person.classroom or person.campus or person.school
    return f"{person.name} ({person.role}, {place})" if place else f"{person.name} ({person.role})"
