"""Who may use a tcode: one rule, in SQL, for the catalogue, for the question why, and for what is saved.

Access is the half-open window ``start_date <= now < start_date + duration_days`` of an active subscription
to the tcode, or of one to all of them. No role opens anything.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from django.db import connection

from accounts.models import User
from learning.models import Subscription, Tcode
from tenancy.conditions import in_scope_sql, shared_parameters

NOW: Final = "statement_timestamp()"
_NOW_OR_THEN: Final = f"COALESCE(%(at)s::timestamptz, {NOW})"
_INTERNAL: Final = "internal-access"


def running_sql(alias: str, *, at: str = NOW) -> str:
    """SQL: whether a subscription is in its window."""
    return f"({alias}.status = 'active' AND {alias}.start_date <= {at} AND {at} < {alias}.ends_at)"


def opens_sql(alias: str, *, user: str, tcode: str) -> str:
    """SQL: whether a subscription is about a user and a tcode, whenever it runs."""
    return f"({alias}.user_id = {user} AND ({alias}.tcode_id = {tcode} OR {alias}.tcode_id IS NULL))"


def access_sql(*, user: str, tcode: str, at: str = NOW) -> str:
    """SQL: whether a user may use a tcode; ``user`` and ``tcode`` are columns or parameters."""
    return f"""EXISTS (
        SELECT FROM subscriptions own
        WHERE {opens_sql("own", user=user, tcode=tcode)} AND {running_sql("own", at=at)}
    )"""


def access_ends_sql(*, user: str, tcode: str, at: str = NOW) -> str:
    """SQL: when the user's access to a tcode ends, without a gap until then; null if they have none now."""
    goes_on = f"""EXISTS (
        SELECT FROM subscriptions further
        WHERE {opens_sql("further", user="own.user_id", tcode=tcode)}
          AND {running_sql("further", at="own.ends_at")}
    )"""
    return f"""CASE WHEN {access_sql(user=user, tcode=tcode, at=at)} THEN (
        SELECT min(own.ends_at) FROM subscriptions own
        WHERE {opens_sql("own", user=user, tcode=tcode)}
          AND own.status = 'active' AND own.ends_at > {at} AND NOT {goes_on}
    ) END"""


ACCESS_SQL: Final = access_sql(user="%(user)s", tcode="%(tcode)s")
"""The rule, with the parameters ``user`` and ``tcode``."""


def visible_tcode_sql(alias: str) -> str:
    """SQL: whether the caller may know of a tcode; filled with ``caller_parameters``."""
    return (
        f"({alias}.deleted IS NULL AND {in_scope_sql(alias)} AND (%(sees_drafts)s OR {alias}.is_published))"
    )


def caller_parameters(user: User) -> dict[str, Any]:
    """Return the parameters of ``visible_tcode_sql``, and ``user`` for ``ACCESS_SQL``."""
    return {"user": user.pk, "sees_drafts": user.is_staff_member, **shared_parameters()}


class Reason(StrEnum):
    """Why someone may use a tcode, or may not."""

    ACTIVE_SUBSCRIPTION = "active_subscription"
    INTERNAL_ACCESS = "internal_access"
    NOT_STARTED = "not_started"
    EXPIRED = "expired"
    REVOKED = "revoked"
    NO_SUBSCRIPTION = "no_subscription"


@dataclass(frozen=True, slots=True)
class Access:
    """Whether someone may use a tcode, why, and the subscription that decides it, if there is one."""

    allowed: bool
    reason: Reason
    subscription: Subscription | None


# What runs and lasts longest; else what begins next; else what ended last.
def _deciding_sql(*, tcode: str, at: str) -> str:
    return f"""
    SELECT s.id, CASE
        WHEN {running_sql("s", at=at)} THEN 'running'
        WHEN s.status = 'active' AND s.start_date > {at} THEN 'not_started'
        WHEN s.status = 'revoked' THEN 'revoked'
        ELSE 'expired'
    END AS state
    FROM subscriptions s
    WHERE {opens_sql("s", user="%(user)s", tcode=tcode)}
    ORDER BY
        CASE WHEN {running_sql("s", at=at)} THEN s.ends_at END DESC NULLS LAST,
        CASE WHEN s.status = 'active' AND s.start_date > {at} THEN s.start_date END ASC NULLS LAST,
        LEAST(s.revoked_at, s.ends_at) DESC, s.id DESC
    LIMIT 1
"""


_DECIDING: Final = _deciding_sql(tcode="%(tcode)s", at=_NOW_OR_THEN)
_DECIDING_EACH: Final = f"""
    SELECT t.id, decides.id, decides.state
    FROM tcodes t LEFT JOIN LATERAL ({_deciding_sql(tcode="t.id", at=NOW)}) decides ON true
    WHERE {visible_tcode_sql("t")}
    ORDER BY (decides.id IS NULL), t.code, t.id LIMIT %(limit)s
"""


def access_to(*, user: User, tcode: Tcode, at: datetime | None = None) -> Access:
    """Return whether ``user`` may use ``tcode`` now, or at another time, and why. Two statements at most.

    Whether they may know of the tcode at all has been asked before.
    """
    with connection.cursor() as cursor:
        cursor.execute(_DECIDING, {"user": user.pk, "tcode": tcode.pk, "at": at})
        row = cursor.fetchone()
    if row is None:
        return Access(False, Reason.NO_SUBSCRIPTION, None)
    pk, state = row
    # The caller's own, whatever organization it was granted in.
    return _access(state, Subscription.unscoped.with_current_status().get(pk=pk))


def access_to_each(*, user: User, limit: int) -> list[tuple[Tcode, Access]]:
    """Return the same for the tcodes that ``user`` may know of, those first that something was bought for.

    Three statements. Acts in the scope of the user.
    """
    with connection.cursor() as cursor:
        cursor.execute(_DECIDING_EACH, {**caller_parameters(user), "limit": limit})
        rows = cursor.fetchall()
    tcodes = Tcode.objects.in_bulk([tcode_id for tcode_id, *_ in rows])
    # The user's own, whatever organization they were granted in.
    own = Subscription.unscoped.with_current_status().in_bulk([pk for _, pk, _ in rows if pk is not None])
    return [
        (
            tcodes[tcode_id],
            Access(False, Reason.NO_SUBSCRIPTION, None) if pk is None else _access(state, own[pk]),
        )
        for tcode_id, pk, state in rows
    ]


def _access(state: str, subscription: Subscription) -> Access:
    if state != "running":
        return Access(False, Reason(state), subscription)
    is_internal = subscription.subscription_type == _INTERNAL
    return Access(True, Reason.INTERNAL_ACCESS if is_internal else Reason.ACTIVE_SUBSCRIPTION, subscription)
