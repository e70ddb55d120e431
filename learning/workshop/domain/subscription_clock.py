"""What the clock does to subscriptions: those that are over expire, and those that renew themselves go on.

A renewal happens a day ahead, so that a command that runs once a day leaves no gap. Rows that another run
has in hand are left to it; what is done is not due any more, so that a further run changes nothing.
"""

from dataclasses import dataclass
from typing import Any, Final

from django.db import connection, transaction

from learning.models import MAX_DAYS
from learning.workshop.domain.subscription_records import record_sql
from tenancy.scope import PLATFORM_ID

BATCH: Final = 500
AHEAD: Final = "interval '1 day'"

RENEWS_SQL: Final = f"""(
    s.status = 'active' AND s.renewal = 'automatic' AND s.duration_days + s.period_days <= {MAX_DAYS}
    AND EXISTS (
        SELECT FROM users u
        WHERE u.id = s.user_id AND u.is_active AND u.deleted IS NULL
          AND (s.tcode_id IS NULL OR EXISTS (
              SELECT FROM tcodes t
              WHERE t.id = s.tcode_id AND t.deleted IS NULL AND t.is_published
                AND t.organization_id IN (u.organization_id, '{PLATFORM_ID}')
          ))
    )
    AND NOT EXISTS (
        SELECT FROM subscriptions further
        WHERE further.user_id = s.user_id AND further.tcode_id IS NOT DISTINCT FROM s.tcode_id
          AND further.id <> s.id AND further.status = 'active' AND further.ends_at > s.ends_at
    )
)"""
"""SQL: whether a subscription ``s`` renews when its window ends.

It does not for someone who cannot use it, because they cannot log in or no longer see the tcode, nor when
another subscription takes over.
"""

_DUE: Final = f"""
    s.status = 'active' AND s.ends_at <= statement_timestamp() + {AHEAD}
    AND (s.ends_at <= statement_timestamp() OR {RENEWS_SQL})
"""
_TAKE: Final = f"""
    SELECT s.id FROM subscriptions s WHERE {_DUE}
    ORDER BY s.ends_at, s.id LIMIT {BATCH}
    FOR UPDATE OF s SKIP LOCKED
"""
# As many periods as reach beyond the next run: it may be long since the last one.
_PERIODS: Final = f"""
    LEAST(
        ({MAX_DAYS} - s.duration_days) / s.period_days,
        1 + floor(
            extract(epoch FROM statement_timestamp() + {AHEAD} - s.ends_at) / (86400 * s.period_days)
        )::integer
    )
"""
# A statement of its own sees what was granted while the rows were being taken.
_RENEW: Final = f"""
    WITH changed AS (
        UPDATE subscriptions s
        SET duration_days = s.duration_days + s.period_days * {_PERIODS}, updated_at = statement_timestamp()
        FROM (SELECT b.id, b.duration_days FROM subscriptions b WHERE b.id = ANY(%(ids)s)) before
        WHERE before.id = s.id AND {RENEWS_SQL}
        RETURNING s.id, s.user_id, s.organization_id, 'renewed' AS kind,
                  s.duration_days - before.duration_days AS days
    )
    {record_sql("changed")}
"""
_EXPIRE: Final = f"""
    WITH changed AS (
        UPDATE subscriptions s SET status = 'expired', updated_at = statement_timestamp()
        WHERE s.id = ANY(%(ids)s) AND s.status = 'active' AND s.ends_at <= statement_timestamp()
        RETURNING s.id, s.user_id, s.organization_id, 'expired' AS kind, NULL::integer AS days
    )
    {record_sql("changed")}
"""
_COUNT_DUE: Final = f"""
    SELECT count(*) FILTER (WHERE NOT s.renews), count(*) FILTER (WHERE s.renews)
    FROM (SELECT {RENEWS_SQL} AS renews FROM subscriptions s WHERE {_DUE}) s
"""


@dataclass(frozen=True, slots=True)
class Processed:
    """How many subscriptions expired, and how many were renewed."""

    expired: int = 0
    renewed: int = 0

    def __add__(self, other: "Processed") -> "Processed":
        return Processed(self.expired + other.expired, self.renewed + other.renewed)


def count_due() -> Processed:
    """Return what ``process`` would do now. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT_DUE)
        return Processed(*cursor.fetchone())


def process() -> Processed:
    """Expire and renew whatever is due, of all organizations, ``BATCH`` rows to a transaction."""
    total = Processed()
    while (done := _process_batch()) != Processed():
        total += done
    return total


@transaction.atomic
def _process_batch() -> Processed:
    values: dict[str, Any] = {"reason": "", "by": None}
    with connection.cursor() as cursor:
        cursor.execute(_TAKE)
        values["ids"] = [pk for (pk,) in cursor.fetchall()]
        if not values["ids"]:
            return Processed()
        cursor.execute(_RENEW, values)
        renewed = cursor.rowcount
        cursor.execute(_EXPIRE, values)
        return Processed(cursor.rowcount, renewed)
