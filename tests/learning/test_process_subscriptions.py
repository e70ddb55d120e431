"""``manage.py process_subscriptions``: what is over expires, what renews itself goes on, people are told."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Message, User
from learning.models import Subscription, SubscriptionChange, Tcode
from learning.workshop.domain import subscription_clock as processing
from learning.workshop.domain import subscription_notices
from learning.workshop.domain.subscription_notices import due_notices
from tests import factories
from tests.factories import make_subscription

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def tcode(north, sunrise):
    return factories.TcodeFactory(title="Fire safety")


def process(*args):
    out = StringIO()
    call_command("process_subscriptions", *args, stdout=out)
    return out.getvalue().strip()


def ended(expired, renewed, sent):
    return f"Expired {expired} and renewed {renewed} subscriptions, sent {sent} messages."


def kinds(row):
    return list(SubscriptionChange.unscoped.filter(subscription_id=row.pk).values_list("kind", "days", "by"))


def fresh(row):
    return Subscription.unscoped.get(pk=row.pk)


# --- Expiring ---------------------------------------------------------------------------------------


def test_what_is_over_expires_in_every_organization(tcode, north, sunrise, independent):
    over = [make_subscription(user, tcode, starts=-31 * DAY) for user in (north.student, sunrise.student)]
    over.append(make_subscription(independent, None, starts=-31 * DAY))
    others = [
        make_subscription(north.student2, tcode, starts=-15 * DAY),
        make_subscription(north.student2, tcode, starts=15 * DAY),
        make_subscription(
            north.student2, tcode, status="revoked", revoked_at=timezone.now(), starts=-40 * DAY
        ),
    ]
    before = [fresh(row).__dict__ for row in others]
    assert process() == ended(3, 0, 3)
    assert [(fresh(row).status, kinds(row)) for row in over] == [("expired", [("expired", None, None)])] * 3
    assert [{**fresh(row).__dict__, "_state": None} for row in others] == [
        {**values, "_state": None} for values in before
    ]


def test_running_it_again_changes_nothing(tcode, north, sunrise):
    make_subscription(north.student, tcode, starts=-31 * DAY)
    make_subscription(north.student2, tcode, starts=-25 * DAY)
    make_subscription(sunrise.student, tcode, starts=-31 * DAY, renewal="automatic")
    assert process() == ended(1, 1, 2)
    rows = list(Subscription.unscoped.order_by("pk").values())
    counts = SubscriptionChange.unscoped.count(), Message.unscoped.count()
    assert process() == ended(0, 0, 0)
    assert list(Subscription.unscoped.order_by("pk").values()) == rows
    assert (SubscriptionChange.unscoped.count(), Message.unscoped.count()) == counts


def test_a_dry_run_says_what_would_happen_and_changes_nothing(tcode, north, sunrise):
    make_subscription(north.student, tcode, starts=-31 * DAY)
    make_subscription(north.student2, tcode, starts=-25 * DAY)
    make_subscription(sunrise.student, tcode, starts=-31 * DAY, renewal="automatic")
    rows = list(Subscription.unscoped.order_by("pk").values())
    told = process("--dry-run")
    assert told == "Would expire 1 and renew 1 subscriptions and send 2 messages. Nothing was changed."
    assert list(Subscription.unscoped.order_by("pk").values()) == rows
    assert not Message.unscoped.exists()
    assert process() == ended(1, 1, 2)
    assert "expire 0 and renew 0 subscriptions and send 0 messages" in process("--dry-run")


def test_many_are_done_in_batches(tcode, north, monkeypatch, statements):
    monkeypatch.setattr(processing, "_TAKE", processing._TAKE.replace("LIMIT 500", "LIMIT 2"))
    for _ in range(5):
        make_subscription(north.student, tcode, starts=-31 * DAY)
    with statements() as sent:
        assert processing.process() == processing.Processed(expired=5)
    taken = [sql for sql in sent.sql if "SKIP LOCKED" in sql]
    assert len(taken) == 4


# --- Renewing ---------------------------------------------------------------------------------------


def test_what_renews_itself_goes_on_a_day_ahead_without_a_gap(tcode, north, sunrise):
    soon = make_subscription(north.student, tcode, starts=-30 * DAY + HOUR, renewal="automatic")
    later = make_subscription(sunrise.student, tcode, starts=-28 * DAY, renewal="automatic")
    assert process() == ended(0, 1, 0)
    row = fresh(soon)
    assert (row.status, row.duration_days, row.start_date) == ("active", 60, soon.start_date)
    assert row.ends_at == soon.ends_at + 30 * DAY
    assert kinds(soon) == [("renewed", 30, None)]
    assert fresh(later).duration_days == 30


def test_periods_are_the_terms_of_the_grant_not_days_that_were_added(tcode, north):
    row = make_subscription(
        north.student, tcode, starts=-37 * DAY, days=37, period_days=30, renewal="automatic"
    )
    process()
    assert fresh(row).duration_days == 67


def test_as_many_periods_are_added_as_reach_beyond_now(tcode, north):
    row = make_subscription(north.student, tcode, starts=-100 * DAY, renewal="automatic")
    assert process() == ended(0, 1, 0)
    assert fresh(row).duration_days == 120
    assert kinds(row) == [("renewed", 90, None)]
    assert process() == ended(0, 0, 0)


def test_nothing_is_renewed_for_who_cannot_use_it(tcode, north, sunrise):
    hidden = factories.TcodeFactory(is_published=False)
    gone = factories.TcodeFactory()
    Tcode.unscoped.filter(pk=gone.pk).update(deleted=timezone.now())
    elsewhere = factories.TcodeFactory(organization=sunrise.organization)
    inactive, deleted = north.guest, north.guardian
    rows = [
        make_subscription(user, one, starts=-31 * DAY, renewal="automatic")
        for user, one in (
            (north.student, hidden),
            (north.student, gone),
            (north.student, elsewhere),
            (inactive, tcode),
            (deleted, tcode),
        )
    ]
    User.unscoped.filter(pk=inactive.pk).update(is_active=False)
    User.unscoped.filter(pk=deleted.pk).update(deleted=timezone.now())
    # Who may not log in is told nothing, and nobody of a tcode that they cannot see.
    assert process() == ended(5, 0, 0)
    assert {fresh(row).status for row in rows} == {"expired"}


def test_what_another_one_takes_over_is_not_renewed(tcode, north):
    first = make_subscription(north.student, tcode, starts=-30 * DAY + HOUR, renewal="automatic")
    second = make_subscription(north.student, tcode, starts=HOUR / 2, renewal="automatic")
    assert process() == ended(0, 0, 0)
    for row, days in ((first, 30), (second, 30)):
        assert fresh(row).duration_days == days


def test_nothing_lasts_longer_than_a_hundred_years(tcode, north):
    row = make_subscription(
        north.student, tcode, starts=-36_490 * DAY, days=36_490, period_days=20, renewal="automatic"
    )
    assert process() == ended(1, 0, 1)
    assert fresh(row).duration_days == 36_490


# --- Telling ----------------------------------------------------------------------------------------


def told():
    return list(Message.unscoped.order_by("created_at", "id").values_list("user__email", "tag", "title"))


def test_people_are_told_a_week_before_the_end_and_after_it(tcode, north, sunrise):
    row = make_subscription(north.student, tcode, starts=-25 * DAY)
    make_subscription(sunrise.student, tcode, starts=-20 * DAY)
    assert process() == ended(0, 0, 1)
    day = f"{row.ends_at.day} {row.ends_at:%B %Y}"
    ending = (north.student.email, "subscription", f"Your access to “Fire safety” ends on {day}")
    assert told() == [ending]
    message = Message.unscoped.get()
    assert message.expires_at == row.ends_at
    assert message.organization_id == north.organization.pk
    assert "“Monthly”" in message.body
    Subscription.unscoped.filter(pk=row.pk).update(start_date=row.start_date - 6 * DAY)
    assert process() == ended(1, 0, 1)
    assert told()[1:] == [(north.student.email, "subscription", "Your access to “Fire safety” has ended")]
    assert process() == ended(0, 0, 0)


def test_who_is_given_more_days_is_told_again_before_the_new_end(tcode, north):
    row = make_subscription(north.student, tcode, starts=-25 * DAY)
    assert process() == ended(0, 0, 1)
    Subscription.unscoped.filter(pk=row.pk).update(duration_days=31)
    assert process() == ended(0, 0, 1)


def test_of_a_short_window_people_are_told_in_its_second_half(tcode, north):
    row = make_subscription(north.student, tcode, starts=-DAY, days=4)
    assert process() == ended(0, 0, 0)
    Subscription.unscoped.filter(pk=row.pk).update(start_date=row.start_date - DAY - HOUR)
    assert process() == ended(0, 0, 1)


def test_nobody_is_told_of_an_end_that_is_none(tcode, north, sunrise):
    """It is renewed, another one follows, everything is open, it was revoked, or it is long ago."""
    make_subscription(north.student, tcode, starts=-25 * DAY, renewal="automatic")
    make_subscription(north.student2, tcode, starts=-25 * DAY)
    make_subscription(north.student2, tcode, starts=5 * DAY - HOUR)
    make_subscription(north.teacher, tcode, starts=-31 * DAY)
    make_subscription(north.teacher, None)
    make_subscription(sunrise.student, tcode, starts=-25 * DAY, status="revoked", revoked_at=timezone.now())
    make_subscription(sunrise.teacher, tcode, starts=-38 * DAY)
    assert process() == ended(2, 0, 0)


def test_nobody_is_told_of_a_tcode_of_an_organization_they_have_left(north, sunrise):
    own = factories.TcodeFactory(organization=north.organization, title="Secret of north")
    shared = factories.TcodeFactory(title="Fire safety")
    for tcode in (own, shared):
        make_subscription(north.student, tcode, starts=-31 * DAY)
        make_subscription(north.student2, tcode, starts=-25 * DAY)
    place = {"organization": sunrise.organization, "school": None, "campus": None, "classroom": None}
    User.unscoped.filter(pk__in=[north.student.pk, north.student2.pk]).update(**place)
    process()
    messages = Message.unscoped.filter(organization=sunrise.organization)
    assert len(messages) == 2
    assert all("Fire safety" in message.title for message in messages)


def test_nobody_is_told_of_a_tcode_that_is_not_published_or_is_deleted(tcode, north, sunrise, independent):
    for person in (north.student, north.teacher, independent):
        make_subscription(person, tcode, starts=-31 * DAY)
    make_subscription(sunrise.student, tcode, starts=-25 * DAY)
    own = factories.TcodeFactory(organization=north.organization)
    make_subscription(north.student, own, starts=-25 * DAY)
    Tcode.unscoped.filter(pk__in=[tcode.pk, own.pk]).update(is_published=False)
    process()
    assert told() == []
    Tcode.unscoped.filter(pk=own.pk).update(is_published=True, deleted=timezone.now())
    process()
    assert told() == []
    Tcode.unscoped.filter(pk=own.pk).update(deleted=None)
    process()
    assert [email for email, *_ in told()] == [north.student.email]


def test_the_end_of_what_opens_everything_is_told_without_a_title(north, sunrise):
    make_subscription(north.student, None, starts=-25 * DAY)
    process()
    assert told()[0][2].startswith("Your access to all tcodes ends on")


def test_a_long_title_is_cut(north, sunrise):
    tcode = factories.TcodeFactory(title="x" * 200)
    make_subscription(north.student, tcode, starts=-25 * DAY)
    process()
    assert len(told()[0][2]) == 200


def test_notices_come_in_batches_that_leave_none_out(tcode, north, monkeypatch):
    monkeypatch.setattr(subscription_notices, "_BATCH", 2)
    sql = subscription_notices._NOTICES.replace("LIMIT 500", "LIMIT 2")
    monkeypatch.setattr(subscription_notices, "_NOTICES", sql)
    rows = [make_subscription(north.student, factories.TcodeFactory(), starts=-25 * DAY) for _ in range(5)]
    batches = list(due_notices())
    assert [len(batch) for batch in batches] == [2, 2, 1]
    assert {notice.about[:36] for batch in batches for notice in batch} == {str(row.pk) for row in rows}
