"""What everything shares that changes subscriptions: its locks, and its record of who, when and why.

Whoever changes someone's subscriptions locks the person first, then their subscriptions, both in the order
of their ids: two grants at once follow one another instead of overlapping. The number of statements does
not grow with people or rows.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from accounts.models import User
from learning.models import Subscription
from tenancy.sql import UUID7_SQL


def record_sql(changed: str) -> str:
    """SQL: record what happened to the rows of ``changed`` (id, user_id, organization_id, kind, days)."""
    return f"""
        INSERT INTO subscription_changes
            (id, organization_id, user_id, subscription_id, kind, days, reason, by_id)
        SELECT {UUID7_SQL}, c.organization_id, c.user_id, c.id, c.kind, c.days, %(reason)s, %(by)s::uuid
        FROM {changed} c
        RETURNING subscription_id
    """


def lock_people(people: Any) -> list[UUID]:
    """Lock the rows of a queryset of ``User``, and return their ids."""
    rows = people.select_for_update(no_key=True, of=("self",)).order_by("pk")
    return list(rows.values_list("pk", flat=True))


def lock(subscriptions: Sequence[Subscription]) -> list[UUID]:
    """Lock the people of subscriptions, then these; return the ids."""
    ids = [subscription.pk for subscription in subscriptions]
    # Unscoped: the rows were reached through the scoped manager, and a user may have left since.
    lock_people(User.unscoped.filter(pk__in={subscription.user_id for subscription in subscriptions}))
    rows = Subscription.unscoped.select_for_update().filter(pk__in=ids).order_by("pk")
    return list(rows.values_list("pk", flat=True))
