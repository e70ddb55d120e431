"""Many clients, and several machines, at the same moment: what must happen once happens once."""

import os
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise

import pytest
from django.conf import settings
from django.db import connection, transaction

from accounts.models import Message, User
from learning.models import Subscription, SubscriptionChange
from learning.workshop.domain import subscription_clock as processing
from learning.workshop.domain import subscriptions
from tenancy.scope import organization_scope
from tests import factories
from tests.conftest import Client
from tests.factories import make_subscription
from tests.meeting import on_its_own_connection, wait_until_somebody_waits

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]
DAY = timedelta(days=1)


def at_once(*calls):
    """Run calls on threads of their own, each with its own connection; return what they returned."""
    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(on_its_own_connection, calls))


def test_two_simultaneous_start_trial_calls_leave_one_subscription(north, sunrise):
    tcode = factories.TcodeFactory()
    body = {"tcodeId": tcode.pk, "subscriptionType": "trial"}

    def start():
        return Client().as_user(north.student).post("/api/v1/subscriptions", body)

    answers = at_once(*[start] * 8)
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 7}
    codes = {answer.json()["errors"][0]["code"] for answer in answers if answer.status_code == 409}
    assert codes == {"already_started"}
    assert Subscription.unscoped.count() == SubscriptionChange.unscoped.count() == 1


def test_grants_at_once_follow_one_another(north, sunrise):
    tcode = factories.TcodeFactory()

    def grant():
        with organization_scope(north.organization):
            subscriptions.grant(
                people=User.objects.filter(pk__in=[north.student.pk, north.student2.pk]),
                package_name="monthly",
                tcode=tcode,
                by=north.admin,
            )

    at_once(*[grant] * 6)
    for person in (north.student, north.student2):
        rows = list(Subscription.unscoped.filter(user=person).order_by("start_date"))
        assert len(rows) == 6
        assert all(one.ends_at == following.start_date for one, following in pairwise(rows))


def test_lengthening_at_once_loses_no_day(north, sunrise):
    def grant():
        with organization_scope(north.organization):
            people = User.objects.filter(pk=north.student.pk)
            subscriptions.grant(people=people, package_name="internal-access", tcode=None, by=north.admin)

    at_once(*[grant] * 5)
    assert Subscription.unscoped.get().duration_days == 5 * 365


def test_a_trial_begins_after_what_is_made_longer_at_this_moment(north, sunrise):
    tcode = factories.TcodeFactory()
    row = make_subscription(north.student, tcode, starts=-30 * DAY, days=31)

    def start():
        with organization_scope(north.organization):
            subscriptions.start_alone(user=north.student, package_name="trial", tcode=tcode)

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Subscription.unscoped.select_for_update().get(pk=row.pk)
            started = pool.submit(at_once, start)
            wait_until_somebody_waits()
            Subscription.unscoped.filter(pk=row.pk).update(duration_days=61)
        started.result(timeout=30)
    longer, trial = Subscription.unscoped.order_by("start_date")
    assert trial.start_date == longer.ends_at


def test_rows_that_another_run_has_in_hand_are_left_to_it(north, sunrise):
    tcode = factories.TcodeFactory()
    row = make_subscription(north.student, tcode, starts=-31 * DAY)
    other = make_subscription(north.student2, tcode, starts=-31 * DAY)
    with transaction.atomic():
        Subscription.unscoped.select_for_update().get(pk=row.pk)
        assert at_once(processing.process) == [processing.Processed(expired=1)]
    assert Subscription.unscoped.get(pk=row.pk).status == "active"
    assert Subscription.unscoped.get(pk=other.pk).status == "expired"
    assert processing.process() == processing.Processed(expired=1)


def test_two_machines_process_subscriptions_at_once(north, sunrise):
    """Two processes of their own: together they do each row once, and tell each person once."""
    people = [factories.make_user(f"p{n}@north.test", at=north.scope) for n in range(40)]
    tcode = factories.TcodeFactory()
    for person in people:
        make_subscription(person, tcode, starts=-31 * DAY)
        make_subscription(person, factories.TcodeFactory(), starts=-31 * DAY, renewal="automatic")
    database = connection.settings_dict
    host = database["HOST"] or database["OPTIONS"].get("host", "")
    address = f"postgresql://{database['USER']}@/{database['NAME']}?host={host}"
    command = [sys.executable, "manage.py", "process_subscriptions"]
    started = [
        subprocess.Popen(
            command,
            cwd=settings.BASE_DIR,
            env={**os.environ, "DATABASE_URL": address},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    outputs = [process.communicate(timeout=60) for process in started]
    assert [process.returncode for process in started] == [0, 0], outputs
    numbers = [[int(word) for word in out.split() if word.isdigit()] for out, _err in outputs]
    assert [sum(column) for column in zip(*numbers, strict=True)] == [40, 40, 40]
    assert Counter(SubscriptionChange.unscoped.values_list("kind", flat=True)) == {
        "expired": 40,
        "renewed": 40,
    }
    assert Message.unscoped.count() == Message.unscoped.values("user").distinct().count() == 40
