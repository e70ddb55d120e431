"""The demo's workshop: tcodes to look at, subscriptions in every state, the same after a second run."""

import re
from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from demo import workshop_catalogue
from demo.loading import load_demo
from learning.models import Subscription, SubscriptionChange, Tcode
from tenancy.scope import every_organization
from tests.conftest import Client

pytestmark = pytest.mark.django_db


def test_the_catalogue_has_shared_tcodes_and_some_of_each_organization(demo):
    slugs = Counter(Tcode.unscoped.values_list("organization__slug", flat=True))
    assert slugs == {"platform": 10, "north": 3, "sunrise": 2}
    assert Tcode.unscoped.filter(is_published=False).count() == 1
    subjects = set(Tcode.unscoped.filter(organization__slug="platform").values_list("subject", flat=True))
    assert len(subjects) == 4


def test_subscriptions_run_are_over_are_to_come_and_were_revoked_in_each_organization(demo):
    with every_organization():
        rows = list(Subscription.objects.with_current_status().select_related("organization"))
    now = timezone.now()
    states = {
        slug: {
            "to come" if row.current_status == "active" and row.start_date > now else row.current_status
            for row in rows
            if row.organization.slug == slug
        }
        for slug in ("platform", "north", "sunrise")
    }
    assert states["platform"] == states["north"] == {"active", "to come", "expired", "revoked"}
    assert states["sunrise"] == {"active", "to come", "expired"}
    soon = [row for row in rows if row.current_status == "active" and row.ends_at < now + timedelta(days=7)]
    assert len(soon) > 3


def test_a_learner_can_still_start_a_trial_and_internal_access_opens_everything(demo):
    learner = Client().as_user(User.unscoped.get(email="learner@demo.test"))
    tcodes = {row["code"]: row for row in learner.get("/api/v1/tcodes").json()["rows"]}
    assert {code for code, row in tcodes.items() if row["hasAccess"]} == {"LANG-101", "MATH-101"}
    body = {"tcodeId": tcodes["TEACH-102"]["id"], "subscriptionType": "trial"}
    assert learner.post("/api/v1/subscriptions", body).status_code == 201
    internal = Client().as_user(User.unscoped.get(email="internal@demo.test"))
    assert all(row["hasAccess"] for row in internal.get("/api/v1/tcodes").json()["rows"])


def test_somebody_starts_with_nothing(demo):
    assert not Subscription.unscoped.filter(user__email="student@north.test").exists()


def test_each_subscription_has_its_record(demo):
    recorded = set(SubscriptionChange.unscoped.values_list("subscription_id", flat=True))
    assert recorded == set(Subscription.unscoped.values_list("pk", flat=True))
    kinds = set(SubscriptionChange.unscoped.values_list("kind", flat=True))
    assert kinds == {"started", "granted", "extended", "expired", "revoked"}


def test_a_second_run_writes_nothing_even_days_later(demo, monkeypatch):
    assert int(re.search(r"(\d+) tcodes and subscriptions", demo)[1]) > 30
    later = timezone.now() + timedelta(days=3)
    monkeypatch.setattr(workshop_catalogue.timezone, "now", lambda: later)
    with every_organization():
        assert workshop_catalogue.load_workshop_catalogue() == 0


def test_what_people_changed_survives_another_run(demo):
    Tcode.unscoped.filter(code="LANG-101").update(code="LANG-1")
    Tcode.unscoped.filter(code="NORTH-1").update(deleted=timezone.now())
    Subscription.unscoped.filter(status="expired").update(reason="Changed.")
    assert load_demo()["workshop"] == 0
    assert Tcode.unscoped.count() == 15
