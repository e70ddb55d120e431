"""What is decided under a lock is decided again for who waited: here each meeting is forced."""

from datetime import timedelta

import pytest

from accounts.models import User
from learning.models import MAX_DAYS, Subscription, Video
from learning.tree.domain import ordering
from learning.tree.domain.levels import VIDEOS
from learning.workshop.domain import subscription_changes, subscriptions
from tenancy.errors import ConflictError, InvalidError
from tenancy.scope import organization_scope
from tests import factories
from tests.factories import make_subscription
from tests.meeting import somebody_else

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


def in_north(north, call):
    def inside():
        with organization_scope(north.organization):
            return call()

    return inside


def test_of_two_reorderings_of_one_version_the_second_is_told_that_it_is_stale(north, sunrise):
    first, second, third = (video.pk for video in north.videos)
    version = ordering.version_of([first, second, third])

    def reorder(*ids):
        return ordering.reorder(
            kind=VIDEOS, positions=ordering.positions_of(ids), by=north.admin, version=version
        )

    with somebody_else(in_north(north, lambda: reorder(third, second, first))) as other:
        in_north(north, lambda: reorder(second, first, third))()
    with pytest.raises(ConflictError) as refused:
        other()
    assert refused.value.error_code == "stale_order"
    rows = Video.unscoped.filter(sub_course=north.sub_course).order_by("display_order", "pk")
    assert list(rows.values_list("pk", flat=True)) == [second, first, third]


def test_what_is_revoked_while_someone_extends_it_stays_revoked(north, sunrise):
    row = make_subscription(north.student, factories.TcodeFactory())

    def extend():
        subscription_changes.extend(subscriptions=[row], days=7, reason="Was ill.", by=north.admin)

    with somebody_else(in_north(north, extend)) as other:
        subscription_changes.revoke(subscriptions=[row], reason="Left.", by=north.admin)
    with pytest.raises(ConflictError) as refused:
        other()
    assert refused.value.error_code == "subscription_revoked"
    assert Subscription.unscoped.get(pk=row.pk).status == "revoked"


def test_what_has_become_as_long_as_can_be_meanwhile_is_not_extended(north, sunrise):
    """The command that renews locks no person, only what it renews."""
    row = make_subscription(north.student, factories.TcodeFactory())

    def extend():
        subscription_changes.extend(subscriptions=[row], days=7, reason="Was ill.", by=north.admin)

    with somebody_else(in_north(north, extend)) as other:
        Subscription.unscoped.filter(pk=row.pk).update(duration_days=MAX_DAYS)
    with pytest.raises(InvalidError) as refused:
        other()
    assert refused.value.error_code == "too_long"


def test_nothing_is_extended_beside_what_is_granted_at_this_moment(north, sunrise):
    tcode = factories.TcodeFactory()
    over = make_subscription(north.student, tcode, starts=-31 * DAY, status="expired")

    def extend():
        subscription_changes.extend(subscriptions=[over], days=60, reason="Was ill.", by=north.admin)

    def grant():
        people = User.objects.filter(pk=north.student.pk)
        subscriptions.grant(people=people, package_name="monthly", tcode=tcode, by=north.admin)

    with somebody_else(in_north(north, extend)) as other:
        in_north(north, grant)()
    with pytest.raises(ConflictError) as refused:
        other()
    assert refused.value.error_code == "taken_over"
    assert Subscription.unscoped.get(pk=over.pk).duration_days == over.duration_days


def test_of_two_trials_started_at_once_the_second_is_told_of_the_first(north, sunrise):
    tcode = factories.TcodeFactory()

    def start():
        subscriptions.start_alone(user=north.student, package_name="trial", tcode=tcode)

    with somebody_else(in_north(north, start)) as other:
        in_north(north, start)()
    with pytest.raises(ConflictError) as refused:
        other()
    assert refused.value.error_code == "already_started"
    assert Subscription.unscoped.count() == 1
