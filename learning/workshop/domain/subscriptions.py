"""Starting and granting subscriptions, by the rules of the packages.

What was granted is changed in ``subscription_changes``, and by the clock in ``subscription_clock``.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Count, Min, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from accounts.models import User
from learning.models import (
    MAX_DAYS,
    Overlap,
    Renewal,
    Subscription,
    SubscriptionChange,
    SubscriptionStatus,
    Tcode,
)
from learning.workshop.domain.subscription_records import lock_people, record_sql
from learning.workshop.packages import PACKAGES, Package
from tenancy.errors import ConflictError, InvalidError, RefusedError
from tenancy.querysets import TenantCondition
from tenancy.scope import PLATFORM_ID

Kind = SubscriptionChange.Kind

MANAGE: Final = "subscriptions.manage"
"""The key to read and change the subscriptions of people in scope."""

_SAME_TCODE: Final = "s.tcode_id IS NOT DISTINCT FROM %(tcode)s::bigint"
_LENGTHEN: Final = f"""
    WITH last AS (
        SELECT DISTINCT ON (s.user_id) s.id FROM subscriptions s
        WHERE s.user_id = ANY(%(users)s) AND s.status = 'active' AND s.ends_at > statement_timestamp()
          AND s.subscription_type = %(subscription_type)s AND {_SAME_TCODE}
        ORDER BY s.user_id, s.ends_at DESC
    ),
    changed AS (
        UPDATE subscriptions s
        SET duration_days = s.duration_days + %(days)s, updated_at = statement_timestamp()
        FROM last WHERE last.id = s.id
        RETURNING s.id, s.user_id, s.organization_id, 'extended' AS kind, %(days)s::integer AS days
    ),
    recorded AS ({record_sql("changed")})
    SELECT id, user_id FROM changed
"""
_MAKE: Final = f"""
    WITH changed AS (
        INSERT INTO subscriptions (
            id, user_id, organization_id, tcode_id, subscription_type, start_date, duration_days, period_days,
            price, currency, renewal, overlap, start_number, granted_by_id, reason
        )
        SELECT new.id, u.id, u.organization_id, %(tcode)s::bigint, %(subscription_type)s,
               GREATEST(
                   statement_timestamp(),
                   (
                       SELECT max(s.ends_at) FROM subscriptions s
                       WHERE s.user_id = u.id AND s.status = 'active' AND {_SAME_TCODE}
                   )
               ),
               %(days)s, %(days)s, %(price)s, %(currency)s, %(renewal)s, %(overlap)s,
               %(start_number)s::integer, %(granted_by)s::uuid, %(reason)s
        FROM unnest(%(users)s::uuid[], %(ids)s::uuid[]) AS new (user_id, id)
        JOIN users u ON u.id = new.user_id
        RETURNING id, user_id, organization_id, %(kind)s AS kind, duration_days AS days
    )
    {record_sql("changed")}
"""


@dataclass(frozen=True, slots=True)
class Granted:
    """What a grant did: the ids of the subscriptions it made, and of those it made longer instead."""

    made: list[UUID]
    extended: list[UUID]


@transaction.atomic
def start_alone(*, user: User, package_name: str, tcode: Tcode | None) -> Subscription:
    """Start a package for oneself, as its rules allow; return the subscription.

    ``tcode`` is one that ``user`` may know of. Locks the user and their subscriptions of the tcode.

    Raises:
        InvalidError: ``unknown_package``; ``required`` or ``opens_all`` naming ``tcodeId``.
        RefusedError: ``not_self_service``.
        ConflictError: ``already_started``, as often as the package allows; ``renews_itself``, the user has
            access that goes on by itself.
    """
    package = find_package(package_name)
    check_tcode(package, tcode)
    if not package.self_service:
        raise RefusedError(_("You cannot start this package yourself."), code="not_self_service")
    # The caller's own rows, whatever organization they were made in.
    lock_people(User.unscoped.filter(pk=user.pk))
    values = _values(package, tcode, by=user)
    _lock_live([user.pk], tcode)
    earlier = Subscription.unscoped.filter(
        user=user, subscription_type=package.name, tcode=tcode, start_number__isnull=False
    ).count()
    if package.starts_alone is not None and earlier >= package.starts_alone:
        raise ConflictError(_("You have started this before."), code="already_started")
    own = Subscription.unscoped.filter(user=user, tcode=tcode, status=SubscriptionStatus.ACTIVE)
    # What waits behind a subscription keeps it from being renewed: a click must not end what is paid for.
    if own.filter(renewal=Renewal.AUTOMATIC, ends_at__gt=Now()).exists():
        raise ConflictError(_("You already have access, and it renews automatically."), code="renews_itself")
    [pk] = _make(package, [user.pk], values | {"start_number": earlier + 1})
    return read_subscription(pk)


@transaction.atomic
def grant(*, people: Any, package_name: str, tcode: Tcode | None, by: User, reason: str = "") -> Granted:
    """Give a package to people, by its rule for overlapping ones.

    Locks the people and their subscriptions of the tcode. At most four statements.

    Args:
        people: a queryset of ``User`` from a scoped manager. Those who may not log in, or cannot see the
            tcode, are left out.

    Raises:
        InvalidError: ``unknown_package``; ``required`` or ``opens_all`` naming ``tcodeId``.
        ConflictError: ``too_long``, what would be lengthened would last more than ``MAX_DAYS``.
    """
    package = find_package(package_name)
    check_tcode(package, tcode)
    users = lock_people(recipients(people, tcode))
    values = _values(package, tcode, by=by, reason=reason)
    lengthened: list[tuple[UUID, UUID]] = []
    live = _lock_live(users, tcode)
    if package.overlap is Overlap.EXTEND:
        longest = max((days for name, days in live if name == package.name), default=0)
        if longest + package.duration_days > MAX_DAYS:
            raise ConflictError(
                _("A subscription can last at most %(days)d days.") % {"days": MAX_DAYS},
                code="too_long",
            )
        with connection.cursor() as cursor:
            cursor.execute(_LENGTHEN, values | {"users": users})
            lengthened = cursor.fetchall()
    have = {user for _pk, user in lengthened}
    made = _make(package, [user for user in users if user not in have], values)
    return Granted(made, [pk for pk, _user in lengthened])


def grant_to_person(
    *, user_id: UUID, package_name: str, tcode: Tcode | None, by: User, reason: str = ""
) -> tuple[Subscription, bool]:
    """Give a package to someone of the active scope; return the subscription, and whether it is a new one.

    Raises:
        InvalidError: what ``grant`` raises; ``does_not_exist`` naming ``userId``; ``out_of_reach`` naming
            ``tcodeId``, the person cannot see this tcode.
        ConflictError: ``too_long``.
    """
    people = User.objects.filter(pk=user_id, is_active=True)
    if not people.exists():
        raise InvalidError(_("There is no such person."), code="does_not_exist", attr="userId")
    granted = grant(people=people, package_name=package_name, tcode=tcode, by=by, reason=reason)
    ids = [*granted.made, *granted.extended]
    if not ids:
        raise InvalidError(_("This person cannot see this tcode."), code="out_of_reach", attr="tcodeId")
    return read_subscription(ids[0]), bool(granted.made)


def waiting(granted: Granted) -> tuple[int, datetime | None]:
    """Return how many of what was granted give no access yet, and when the first of them will."""
    # Reached through their people, who are of the active scope.
    later = Subscription.unscoped.filter(pk__in=granted.made, start_date__gt=Now())
    found = later.aggregate(number=Count("pk"), first=Min("start_date"))
    return found["number"], found["first"]


def recipients(people: Any, tcode: Tcode | None) -> Any:
    """Return those of ``people`` who may log in and can see the tcode."""
    people = people.filter(is_active=True)
    if tcode is None or tcode.organization_id == PLATFORM_ID:
        return people
    return people.filter(organization=tcode.organization_id)


def count_overlapping(*, people: Any, tcode: Tcode | None) -> int:
    """Return how many of ``people`` have a subscription to the tcode that runs or is to come."""
    live = Subscription.objects.filter(tcode=tcode, status="active", ends_at__gt=Now())
    number: int = people.filter(pk__in=live.values("user_id")).count()
    return number


def find_package(name: str) -> Package:
    """Return a package.

    Raises:
        InvalidError: ``unknown_package`` naming ``subscriptionType``.
    """
    package = PACKAGES.get(name)
    if package is None:
        raise InvalidError(_("There is no such package."), code="unknown_package", attr="subscriptionType")
    return package


def check_tcode(package: Package, tcode: Tcode | None) -> None:
    """Refuse a tcode where the package opens all of them, and its absence where it opens one.

    Raises:
        InvalidError: ``opens_all`` or ``required`` naming ``tcodeId``.
    """
    if package.all_tcodes and tcode is not None:
        raise InvalidError(
            _("This package opens all tcodes: leave the tcode out."), code="opens_all", attr="tcodeId"
        )
    if not package.all_tcodes and tcode is None:
        raise InvalidError(_("This package opens one tcode: say which."), code="required", attr="tcodeId")


def subscriptions_shown_to(user: User) -> Any:
    """Return what ``user`` may read: their own subscriptions and, managing them, those of people in scope."""
    # What someone may use is theirs, whatever organization they act in or belong to by now.
    shown = Q(user=user)
    if user.holds(MANAGE):
        shown |= Q(TenantCondition(Subscription))
    return Subscription.unscoped.filter(shown)


def read_subscription(pk: UUID) -> Subscription:
    """Return a subscription that has just been written, with its current status."""
    # It was reached through the person, who is the caller or of the active scope.
    row: Subscription = Subscription.unscoped.with_current_status().get(pk=pk)
    return row


def _lock_live(users: list[UUID], tcode: Tcode | None) -> list[tuple[str, int]]:
    """Lock what people have of a tcode that runs or is to come; return the package and the days of each.

    The command that renews and expires locks no person: what it has in hand is waited for.
    """
    # Reached through the people, whatever organization the rows were made in.
    rows = Subscription.unscoped.filter(user__in=users, tcode=tcode, status=SubscriptionStatus.ACTIVE)
    locked = rows.select_for_update(of=("self",)).order_by("pk")
    return list(locked.values_list("subscription_type", "duration_days"))


def _values(package: Package, tcode: Tcode | None, *, by: User, reason: str = "") -> dict[str, Any]:
    return {
        "tcode": tcode and tcode.pk,
        "subscription_type": package.name,
        "days": package.duration_days,
        "price": package.price,
        "currency": package.currency,
        "renewal": str(package.renewal),
        "overlap": str(package.overlap),
        "reason": reason,
        "by": by.pk,
    }


def _make(package: Package, users: list[UUID], values: dict[str, Any]) -> list[UUID]:
    alone = values.get("start_number") is not None
    more = {
        "users": users,
        "ids": [uuid7() for _user in users],
        "start_number": None,
        "granted_by": None if alone else values["by"],
        "kind": str(Kind.STARTED if alone else Kind.GRANTED),
    }
    with connection.cursor() as cursor:
        cursor.execute(_MAKE, more | values)
        return [pk for (pk,) in cursor.fetchall()]
