"""What is queued behind a subscription: when it gives access, and that it moves up when that is revoked."""

from datetime import timedelta

import pytest
from django.utils import timezone

from learning.models import Subscription, SubscriptionChange
from learning.workshop.domain import subscription_changes
from tests import factories
from tests.factories import make_subscription

URL = "/api/v1/subscriptions"
DAY = timedelta(days=1)
SOON = timedelta(minutes=10)
"""Longer than a test takes, however busy the machine is."""


@pytest.fixture
def tcode(north, sunrise):
    return factories.TcodeFactory()


@pytest.fixture
def granted(north, as_user):
    """``granted(person, tcode, "yearly")``: the answer to north's administrator."""

    def grant(person, tcode, package="yearly"):
        body = {"subscriptionType": package, "userId": str(person.pk), "tcodeId": tcode and tcode.pk}
        return as_user(north.admin).post(URL, body)

    return grant


@pytest.fixture
def revoke(north, as_user):
    def act(row):
        answer = as_user(north.admin).post(f"{URL}/{row.pk}/revoke", {"reason": "By mistake."})
        assert answer.status_code == 200

    return act


def fresh(row):
    return Subscription.unscoped.get(pk=row.pk)


def moves(row):
    found = SubscriptionChange.unscoped.filter(subscription_id=row.pk, kind="moved")
    return list(found.values_list("days", "reason"))


def test_who_bought_a_year_and_whose_trial_is_revoked_has_access_now(tcode, granted, revoke, north, as_user):
    student = as_user(north.student)
    student.post(URL, {"tcodeId": tcode.pk, "subscriptionType": "trial"})
    year = granted(north.student, tcode).json()
    trial = Subscription.unscoped.get(subscription_type="trial")
    assert year["accessBeginsAt"] == trial.ends_at.isoformat().replace("+00:00", "Z")
    revoke(trial)
    access = student.get(f"/api/v1/tcodes/{tcode.pk}/access").json()
    assert (access["allowed"], access["subscription"]["id"]) == (True, year["id"])
    row = Subscription.unscoped.get(pk=year["id"])
    assert row.start_date <= timezone.now() < row.start_date + SOON
    assert (row.duration_days, row.ends_at) == (365, row.start_date + 365 * DAY)
    assert moves(row) == [(-14, "By mistake.")]


def test_an_answer_to_a_grant_says_when_access_by_it_begins(tcode, granted, north, sunrise):
    first, second = granted(north.student, tcode, "monthly").json(), granted(north.student, tcode).json()
    assert first["accessBeginsAt"] == first["startDate"] == first["createdAt"]
    assert second["accessBeginsAt"] == second["startDate"] == first["endsAt"]
    assert granted(north.student, None, "internal-access").json()["accessBeginsAt"]
    longer = granted(north.student, None, "internal-access")
    assert longer.status_code == 200
    assert longer.json()["accessBeginsAt"] < longer.json()["endsAt"]


def test_the_whole_queue_moves_up_and_keeps_its_order_without_gaps(tcode, revoke, north):
    rows = [make_subscription(north.student, tcode, starts=days * DAY) for days in (-10, 20, 50)]
    gap = rows[1].start_date - rows[0].ends_at
    revoke(rows[0])
    first, second = fresh(rows[1]), fresh(rows[2])
    assert first.start_date - gap <= timezone.now() < first.start_date + SOON
    assert second.start_date - first.start_date == rows[2].start_date - rows[1].start_date
    assert moves(first) == moves(second) == [(-20, "By mistake.")]


def test_what_is_revoked_in_the_middle_of_a_queue_is_closed_up(tcode, revoke, north):
    rows = [make_subscription(north.student, tcode, starts=days * DAY) for days in (-10, 20, 51)]
    revoke(rows[1])
    assert fresh(rows[0]).ends_at == rows[0].ends_at
    assert fresh(rows[2]).start_date == rows[2].start_date - 30 * DAY


def test_several_are_revoked_together_and_what_is_left_begins_now(tcode, north):
    rows = [make_subscription(north.student, tcode, starts=days * DAY) for days in (-10, 20, 50)]
    subscription_changes.revoke(subscriptions=rows[:2], reason="Both.", by=north.admin)
    left = fresh(rows[2])
    assert abs(left.start_date - timezone.now()) < SOON
    assert moves(left) == [(-50, "Both.")]


def test_what_did_not_wait_for_it_stays_where_it_is(tcode, revoke, north, sunrise):
    other = factories.TcodeFactory()
    row = make_subscription(north.student, tcode)
    behind = [
        make_subscription(north.student, other, starts=40 * DAY),
        make_subscription(north.student, None, starts=40 * DAY, overlap="stack"),
        make_subscription(north.student2, tcode, starts=40 * DAY),
        make_subscription(sunrise.student, tcode, starts=40 * DAY),
        make_subscription(north.student, tcode, starts=40 * DAY, overlap="extend"),
    ]
    ran = make_subscription(north.student, other)
    revoke(row)
    for waits in behind:
        assert (fresh(waits).start_date, moves(waits)) == (waits.start_date, [])
    assert fresh(ran).start_date == ran.start_date


def test_revoking_again_moves_nothing_again(tcode, revoke, north):
    rows = [make_subscription(north.student, tcode, starts=days * DAY) for days in (-10, 20, 50)]
    revoke(rows[1])
    before = fresh(rows[2]).start_date
    revoke(rows[1])
    assert fresh(rows[2]).start_date == before
    assert len(moves(rows[2])) == 1
