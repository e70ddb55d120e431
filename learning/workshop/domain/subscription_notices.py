"""What people are told about their subscriptions: that one ends soon, and that one has ended.

Here is what is due; the ledger of ``accounts.messages.domain.messages`` knows what was sent. Whoever asks for
these notices may send them: nobody is told twice.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from django.db import connection
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.messages.domain.messages import Notice
from accounts.messages.models import MAX_TITLE
from accounts.models import Tag
from learning.workshop.domain.access import access_sql
from learning.workshop.domain.subscription_clock import RENEWS_SQL
from learning.workshop.packages import label_of_package
from tenancy.scope import PLATFORM_ID

ENDING: Final = "subscription_ending"
ENDED: Final = "subscription_ended"
REASONS: Final[dict[str, str | Promise]] = {
    ENDING: _lazy("a subscription ends soon"),
    ENDED: _lazy("a subscription has ended"),
}
"""Why a notice of each kind is sent."""
DAYS_BEFORE: Final = 7
DAYS_AFTER: Final = 7
"""What ended longer ago is not news."""

_BATCH: Final = 500
# Of a short window the second half, not all of it: nobody wants to hear of the end at the start.
_TELL_BEFORE: Final = f"LEAST(interval '{DAYS_BEFORE} days', (s.ends_at - s.start_date) / 2)"
_GOES_ON: Final = """EXISTS (
    SELECT FROM subscriptions next
    WHERE next.user_id = s.user_id AND (next.tcode_id = s.tcode_id OR next.tcode_id IS NULL)
      AND next.id <> s.id AND next.status = 'active'
      AND next.start_date <= s.ends_at AND next.ends_at > s.ends_at
)"""
_ENDS_SOON: Final = f"""(
    s.status = 'active' AND s.ends_at > statement_timestamp()
    AND s.ends_at - {_TELL_BEFORE} <= statement_timestamp()
    AND NOT {RENEWS_SQL} AND NOT {_GOES_ON}
)"""
_HAS_ENDED: Final = f"""(
    s.ends_at <= statement_timestamp()
    AND NOT {RENEWS_SQL} AND NOT {access_sql(user="s.user_id", tcode="s.tcode_id")}
)"""
# Nobody is told of what they cannot see: a tcode that is not published, or one of an organization that they
# have left. It is read where they belong now.
_NOTICES: Final = f"""
    SELECT s.id, s.ends_at, s.ends_at <= statement_timestamp(), s.user_id, u.organization_id,
           s.subscription_type, t.title
    FROM subscriptions s JOIN users u ON u.id = s.user_id LEFT JOIN tcodes t ON t.id = s.tcode_id
    WHERE s.status IN ('active', 'expired')
      AND s.ends_at > statement_timestamp() - interval '{DAYS_AFTER} days'
      AND s.ends_at <= statement_timestamp() + interval '{DAYS_BEFORE} days'
      AND u.is_active AND u.deleted IS NULL
      AND (s.tcode_id IS NULL OR (
          t.is_published AND t.deleted IS NULL AND t.organization_id IN (u.organization_id, '{PLATFORM_ID}')
      ))
      AND (s.ends_at, s.id) > (%(ends_at)s::timestamptz, %(id)s::uuid)
      AND ({_ENDS_SOON} OR {_HAS_ENDED})
    ORDER BY s.ends_at, s.id LIMIT {_BATCH}
"""
_START: Final[dict[str, Any]] = {"ends_at": "-infinity", "id": "00000000-0000-0000-0000-000000000000"}


def due_notices() -> Iterator[list[Notice]]:
    """Yield the notices that are due, of all organizations, a few hundred at a time; sent ones among them.

    An end that is put off is another end: people are told again.
    """
    after = _START
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_NOTICES, after)
            rows = cursor.fetchall()
        if rows:
            yield [_notice(row) for row in rows]
        if len(rows) < _BATCH:
            return
        after = {"ends_at": rows[-1][1], "id": rows[-1][0]}


def _notice(row: tuple[Any, ...]) -> Notice:
    pk, ends_at, is_over, user_id, organization_id, package, title = row
    told = {
        "what": _("“%(title)s”") % {"title": title} if title else _("all tcodes"),
        "package": label_of_package(package),
        "day": date_format(ends_at, "j F Y"),
        "time": date_format(ends_at, "H:i"),
    }
    common = {
        "user_id": user_id,
        "organization_id": organization_id,
        "about": f"{pk} {ends_at:%Y-%m-%dT%H:%M:%SZ}",
        "tag": Tag.SUBSCRIPTION,
    }
    if is_over:
        return Notice(
            kind=ENDED,
            title=_cut(_("Your access to %(what)s has ended") % told),
            body=_(
                "Your subscription “%(package)s” ended on %(day)s at %(time)s UTC. "
                "Your progress and results stay readable."
            )
            % told,
            due_until=ends_at + timedelta(days=DAYS_AFTER),
            **common,
        )
    return Notice(
        kind=ENDING,
        title=_cut(_("Your access to %(what)s ends on %(day)s") % told),
        body=_(
            "Your subscription “%(package)s” ends on %(day)s at %(time)s UTC. "
            "Your progress and results stay readable afterwards."
        )
        % told,
        expires_at=ends_at,
        due_until=ends_at,
        **common,
    )


def _cut(title: str) -> str:
    return title if len(title) <= MAX_TITLE else f"{title[: MAX_TITLE - 1]}…"
