"""Write the demo's tcodes, and subscriptions that run, are over, are to come and were revoked.

Each subscription has an id of its own, so that what was written once is left as it is; its days are counted
from the first run.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils import timezone

from accounts.models import User
from demo.ids import demo_id
from demo.workshop import GIVEN, OFFERS, Given
from learning.models import Renewal, Subscription, SubscriptionChange, Tcode
from learning.workshop.packages import PACKAGES
from tenancy.models import Organization

_GRANTED_BY: Final = {"north.test": "admin@north.test", "sunrise.test": "admin@sunrise.test"}
_BY_THE_PLATFORM: Final = "global@demo.test"
_DAY: Final = timedelta(days=1)


def load_workshop_catalogue() -> int:
    """Write what is missing of tcodes and subscriptions; return how many rows that is.

    Tcodes are written to organizations that have none, deleted ones included. Who has left since is left
    out.
    """
    tcodes = sum(_load_tcodes(slug) for slug in OFFERS)
    people = {person.email: person for person in User.objects.filter(is_active=True)}
    by_code = {tcode.code: tcode for tcode in Tcode.objects.all()}
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    wanted = {_id(one): one for one in GIVEN if one.email in people and (one.code in {None, *by_code})}
    known = set(Subscription.unscoped.filter(pk__in=wanted).values_list("pk", flat=True))
    made = [
        _subscription(one, people[one.email], one.code and by_code[one.code], people, now)
        for pk, one in wanted.items()
        if pk not in known
    ]
    Subscription.objects.bulk_create(sorted(made, key=lambda row: row.created_at))
    changes = [change for row in made for change in _changes(wanted[row.pk], row)]
    SubscriptionChange.objects.bulk_create(sorted(changes, key=lambda change: change.created_at))
    return tcodes + len(made)


def _load_tcodes(slug: str) -> int:
    organization = Organization.unscoped.get(slug=slug)
    if Tcode.unscoped.filter(organization=organization).exists():
        return 0
    rows = Tcode.objects.bulk_create(
        Tcode(
            organization=organization,
            code=offer.code,
            title=offer.title,
            subject=offer.subject,
            description=offer.description,
            slide_count=offer.slides,
            content_url=f"https://content.example/{offer.code.lower()}/",
            is_published=offer.is_published,
        )
        for offer in OFFERS[slug]
    )
    return len(rows)


def _id(one: Given) -> Any:
    return demo_id("subscriptions", one.email, one.code or "all", one.package)


def _subscription(one: Given, user: User, tcode: Any, people: dict[str, User], now: datetime) -> Subscription:
    package = PACKAGES[one.package]
    begins = now + one.starts * _DAY
    days = package.duration_days + one.extended
    is_over = begins + days * _DAY <= now
    alone = package.self_service
    granter = people.get(_GRANTED_BY.get(one.email.partition("@")[2], _BY_THE_PLATFORM))
    made = min(begins, now)
    return Subscription(  # type: ignore[misc]
        id=_id(one),
        user=user,
        organization_id=user.organization_id,
        tcode=tcode or None,
        subscription_type=package.name,
        start_date=begins,
        duration_days=days,
        period_days=package.duration_days,
        price=package.price,
        currency=package.currency,
        # What renews itself is over when somebody has put an end to that.
        renewal=Renewal.NONE if is_over else package.renewal,
        overlap=package.overlap,
        status="revoked" if one.revoked is not None else "expired" if is_over else "active",
        revoked_at=None if one.revoked is None else begins + one.revoked * _DAY,
        start_number=1 if alone else None,
        granted_by=None if alone else granter,
        reason=one.reason,
        created_at=made,
        updated_at=made,
    )


def _changes(one: Given, row: Subscription) -> Iterator[SubscriptionChange]:
    kind = SubscriptionChange.Kind
    alone = row.start_number is not None
    by = row.user_id if alone else row.granted_by_id
    first = kind.STARTED if alone else kind.GRANTED
    yield _change(row, first, row.created_at, by_id=by, days=row.period_days, reason=one.reason)
    if one.extended:
        longer = {"days": one.extended, "reason": "Was ill for two weeks."}
        yield _change(row, kind.EXTENDED, row.start_date + _DAY, by_id=by, **longer)
    if row.revoked_at is not None:
        yield _change(row, kind.REVOKED, row.revoked_at, by_id=by, reason="Asked for it.")
    elif row.status == "expired":
        yield _change(row, kind.EXPIRED, row.start_date + row.duration_days * _DAY)


def _change(row: Subscription, kind: str, at: datetime, **values: Any) -> SubscriptionChange:
    return SubscriptionChange(
        id=demo_id("subscription changes", str(row.pk), kind),
        organization_id=row.organization_id,
        user_id=row.user_id,
        subscription_id=row.pk,
        kind=kind,
        created_at=at,
        **values,
    )
