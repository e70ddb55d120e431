"""Where a person belongs: moving ends one membership and starts the next."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Role, User
from tenancy.errors import InvalidError
from tenancy.scope import PLATFORM_ID, Scope


@transaction.atomic
def place(
    *, user: User, at: Scope | None, role: Role | None, since: datetime | None = None
) -> Membership | None:
    """Make ``user`` belong to a node in a role from ``since`` on, ending the membership before it.

    Locks the user's row; mirrors place and role there, so that authentication stays one statement. Someone
    who is deactivated or deleted has no membership now: the place is kept for when they come back.

    Args:
        at: the node; ``None`` makes the user an independent learner.
        since: UTC, now or earlier but not before the current membership began; now by default.

    Returns:
        The membership that has begun, if any.

    Raises:
        InvalidError: ``membership_overlaps``, ``since`` lies in the future or before the last move.
    """
    now = timezone.now()
    # Unscoped here and below: the rows of one person, who may come from or go to a place out of scope.
    stored = User.unscoped.select_for_update().get(pk=user.pk)
    latest = Membership.unscoped.filter(user=user).order_by("-valid_from").first()
    earliest = latest and (latest.valid_until or latest.valid_from + timedelta(microseconds=1))
    # The database's clock, which ended or began the latest one, may be a little ahead of this one.
    since = since or (max(now, earliest) if earliest else now)
    if since > max(now, earliest or now) or (earliest and since < earliest):
        raise InvalidError(
            _("A move must be dated between the previous one and now."),
            code="membership_overlaps",
            attr="since",
        )
    Membership.unscoped.filter(user=user, valid_until=None).update(valid_until=since, updated_at=now)
    organization_id = at.organization_id if at else PLATFORM_ID
    places = {
        "organization_id": organization_id,
        "school_id": at.school_id if at else None,
        "campus_id": at.campus_id if at else None,
        "classroom_id": at.classroom_id if at else None,
        "role_id": role.pk if role else None,
    }
    membership = None
    if at is not None and stored.is_active and stored.deleted is None:
        membership = Membership.unscoped.create(user=user, valid_from=since, **places)
    # After the membership: the trigger that keeps the two in step finds nothing left to do.
    User.unscoped.filter(pk=user.pk).update(**places, updated_at=now)
    for field, value in places.items():
        setattr(user, field, value)
    user.__dict__.pop("permission_keys", None)
    return membership
