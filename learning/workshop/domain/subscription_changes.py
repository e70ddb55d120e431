"""Extending and revoking subscriptions, and letting them end; all or none, each with a reason.

The rows come from a scoped manager: who may see a subscription may manage it, given the key.
"""

from collections.abc import Sequence
from typing import Final

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from learning.models import MAX_DAYS, Subscription
from learning.workshop.domain.access import running_sql
from learning.workshop.domain.subscription_clock import RENEWS_SQL
from learning.workshop.domain.subscription_records import lock, record_sql
from tenancy.errors import ConflictError, InvalidError
from tenancy.scope import every_organization

_CHECK_EXTENSION: Final = f"""
    SELECT s.status, s.duration_days,
           s.ends_at + make_interval(hours => 24 * %(days)s) <= statement_timestamp(),
           s.overlap = 'stack' AND s.ends_at <= statement_timestamp() AND EXISTS (
               SELECT FROM subscriptions next
               WHERE next.user_id = s.user_id AND next.tcode_id IS NOT DISTINCT FROM s.tcode_id
                 AND next.id <> s.id AND next.start_date >= s.ends_at AND {running_sql("next")}
           )
    FROM subscriptions s WHERE s.id = ANY(%(ids)s)
"""
_EXTEND: Final = f"""
    WITH chosen AS (SELECT s.* FROM subscriptions s WHERE s.id = ANY(%(ids)s)),
    plan AS (
        SELECT s.id, s.id = ANY(%(ids)s) AS is_chosen,
            %(days)s * (
                SELECT count(*) FROM chosen c
                WHERE c.user_id = s.user_id AND c.tcode_id IS NOT DISTINCT FROM s.tcode_id AND c.id <> s.id
                  AND s.overlap = 'stack' AND s.status = 'active'
                  AND s.start_date > statement_timestamp() AND c.ends_at <= s.start_date
            ) AS moves
        FROM subscriptions s WHERE s.user_id IN (SELECT c.user_id FROM chosen c)
    ),
    changed AS (
        UPDATE subscriptions s
        SET start_date = s.start_date + make_interval(hours => 24 * plan.moves::integer),
            duration_days = s.duration_days + CASE WHEN plan.is_chosen THEN %(days)s ELSE 0 END,
            status = CASE WHEN plan.is_chosen THEN 'active' ELSE s.status END,
            updated_at = statement_timestamp()
        FROM plan WHERE plan.id = s.id AND (plan.is_chosen OR plan.moves > 0)
        RETURNING s.id, s.user_id, s.organization_id, plan.is_chosen, plan.moves
    ),
    told AS (
        SELECT id, user_id, organization_id, 'extended' AS kind, %(days)s::integer AS days
        FROM changed WHERE is_chosen
        UNION ALL
        SELECT id, user_id, organization_id, 'moved', moves::integer FROM changed WHERE moves > 0
    )
    {record_sql("told")}
"""
# What is over and only waits for being renewed has not ended: it would go on whatever was said here.
_COUNT_OVER: Final = f"""
    SELECT count(*) FROM subscriptions s
    WHERE s.id = ANY(%(ids)s) AND s.status <> 'revoked' AND s.ends_at <= statement_timestamp()
      AND NOT {RENEWS_SQL}
"""
# What is queued moves up by the time that is left of what was revoked before it, and begins now at the
# earliest.
_REVOKE: Final = f"""
    WITH revoked AS (SELECT s.* FROM subscriptions s WHERE s.id = ANY(%(ids)s) AND s.status <> 'revoked'),
    plan AS (
        SELECT r.id, true AS is_revoked, interval '0' AS moves FROM revoked r
        UNION ALL
        SELECT s.id, false, LEAST(s.start_date - statement_timestamp(), (
            SELECT COALESCE(sum(r.ends_at - GREATEST(r.start_date, statement_timestamp())), interval '0')
            FROM revoked r
            WHERE r.user_id = s.user_id AND r.tcode_id IS NOT DISTINCT FROM s.tcode_id
              AND r.ends_at > statement_timestamp() AND r.ends_at <= s.start_date
        ))
        FROM subscriptions s
        WHERE s.user_id IN (SELECT r.user_id FROM revoked r) AND s.id <> ALL(%(ids)s)
          AND s.overlap = 'stack' AND s.status = 'active' AND s.start_date > statement_timestamp()
    ),
    changed AS (
        UPDATE subscriptions s
        SET status = CASE WHEN plan.is_revoked THEN 'revoked' ELSE s.status END,
            revoked_at = CASE WHEN plan.is_revoked THEN statement_timestamp() END,
            start_date = s.start_date - plan.moves,
            updated_at = statement_timestamp()
        FROM plan WHERE plan.id = s.id AND (plan.is_revoked OR plan.moves > interval '0')
        RETURNING s.id, s.user_id, s.organization_id, plan.is_revoked, plan.moves
    ),
    told AS (
        SELECT id, user_id, organization_id, CASE WHEN is_revoked THEN 'revoked' ELSE 'moved' END AS kind,
            CASE WHEN NOT is_revoked THEN -ceil(extract(epoch FROM moves) / 86400)::integer END AS days
        FROM changed
    )
    {record_sql("told")}
"""
_STOP_RENEWAL: Final = f"""
    WITH changed AS (
        UPDATE subscriptions s SET renewal = 'none', updated_at = statement_timestamp()
        WHERE s.id = ANY(%(ids)s) AND s.renewal <> 'none' AND s.status = 'active'
        RETURNING s.id, s.user_id, s.organization_id, 'renewal_stopped' AS kind, NULL::integer AS days
    )
    {record_sql("changed")}
"""


@transaction.atomic
def extend(*, subscriptions: Sequence[Subscription], days: int, reason: str, by: User) -> None:
    """Make windows longer by ``days``, all or none; what is queued behind one moves by as many.

    What has expired runs again, if its window then reaches beyond now.
    Locks the people and the subscriptions.

    Raises:
        ConflictError: ``subscription_revoked``; ``still_over``; ``taken_over``, the one behind it has begun,
            and days side by side would be lost.
        InvalidError: ``too_long`` naming ``days``.
    """
    ids = lock(subscriptions)
    # What is queued behind one may have been granted elsewhere, to someone who has gone there since.
    with every_organization(), connection.cursor() as cursor:
        cursor.execute(_CHECK_EXTENSION, {"ids": ids, "days": days})
        for status, duration_days, still_over, taken_over in cursor.fetchall():
            if status == "revoked":
                raise ConflictError(
                    _("A revoked subscription cannot be extended."), code="subscription_revoked"
                )
            if duration_days + days > MAX_DAYS:
                raise InvalidError(
                    _("A subscription can last at most %(days)d days.") % {"days": MAX_DAYS},
                    code="too_long",
                    attr="days",
                )
            if still_over:
                raise ConflictError(
                    _("It ended so long ago that it would still be over. Grant a new one instead."),
                    code="still_over",
                )
            if taken_over:
                raise ConflictError(
                    _("The next subscription has already begun: extend that one instead."), code="taken_over"
                )
        cursor.execute(_EXTEND, {"ids": ids, "days": days, "reason": reason, "by": by.pk})


@transaction.atomic
def revoke(*, subscriptions: Sequence[Subscription], reason: str, by: User) -> None:
    """End subscriptions at once, all or none; one that is revoked stays as it is, with its first reason.

    What is queued behind one moves up: what was waited for comes no more.
    Locks the people and the subscriptions.

    Raises:
        ConflictError: ``subscription_expired``, one has ended by itself.
    """
    ids = lock(subscriptions)
    # What is queued behind one may have been granted elsewhere, to someone who has gone there since.
    with every_organization(), connection.cursor() as cursor:
        cursor.execute(_COUNT_OVER, {"ids": ids})
        if cursor.fetchone()[0]:
            raise ConflictError(
                _("A subscription that has ended cannot be revoked."), code="subscription_expired"
            )
        cursor.execute(_REVOKE, {"ids": ids, "reason": reason, "by": by.pk})


@transaction.atomic
def stop_renewal(*, subscriptions: Sequence[Subscription], reason: str, by: User) -> None:
    """Let subscriptions end when their windows do, all or none.

    Locks the people and the subscriptions.

    Raises:
        ConflictError: ``does_not_renew``, one of them ends anyway.
    """
    ids = lock(subscriptions)
    with connection.cursor() as cursor:
        cursor.execute(_STOP_RENEWAL, {"ids": ids, "reason": reason, "by": by.pk})
        if cursor.rowcount != len(ids):
            raise ConflictError(_("This subscription does not renew."), code="does_not_renew")
