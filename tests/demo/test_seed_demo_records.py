"""The demo's progress with tcodes and its log of interactions, and the same after a second run."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from demo import workshop_records
from demo.workshop_records import load_workshop_records
from learning.models import Subscription, Tcode
from progress.interactions.domain.interaction_input import check_interaction
from progress.interactions.types import INTERACTIONS
from progress.models import Interaction, TcodeProgress
from tenancy.scope import every_organization
from tests import factories
from tests.progress.interactions import listed

pytestmark = pytest.mark.django_db


@pytest.fixture
def learner(independent, north, sunrise):
    """People who are called as in the demo, one of whom has learned with two tcodes, a third to come."""
    user = independent
    for code, slides, starts in (("SHORT", 10, -60), ("LONG", 400, -40), ("COMING", 10, 5)):
        tcode = factories.TcodeFactory(code=code, slide_count=slides)
        factories.make_subscription(user, tcode, starts=timedelta(days=starts), days=30)
    return user


def load():
    with every_organization():
        return load_workshop_records()


def rows():
    return [list(model.unscoped.order_by("pk").values()) for model in (Interaction, TcodeProgress)]


def test_what_they_did_follows_from_their_subscriptions(learner, as_user):
    assert load() > 50
    progress = {
        row.tcode.code: row
        for row in TcodeProgress.unscoped.filter(user=learner, tcode__title__startswith="Tcode")
    }
    assert progress.keys() == {"SHORT", "LONG"}
    short, long = progress["SHORT"], progress["LONG"]
    assert (short.last_slide_seen, short.percent_complete) == (10, 100)
    assert 20 < long.last_slide_seen < 100
    assert long.percent_complete == round(long.last_slide_seen / 4)
    log = Interaction.unscoped.filter(user=learner)
    seen = {row.payload["slide"] for row in log.filter(type="viewed-slide", payload__tcodeId=long.tcode_id)}
    assert seen == set(range(1, long.last_slide_seen + 1))
    assert log.filter(type="completed-tcode", payload__tcodeId=short.tcode_id).count() == 1
    assert not log.filter(payload__tcodeId=Tcode.unscoped.get(code="COMING").pk).exists()
    assert listed(as_user(learner))["count"] == log.count()


def test_everything_lies_in_the_window_and_in_the_past(learner):
    load()
    now = timezone.now()
    windows = {
        (row.user_id, row.tcode_id): row
        for row in Subscription.unscoped.filter(tcode__isnull=False).order_by("-start_date")
    }
    for row in Interaction.unscoped.filter(payload__has_key="tcodeId"):
        subscription = windows[row.user_id, row.payload["tcodeId"]]
        assert subscription.start_date <= row.created_at < now
    for row in TcodeProgress.unscoped.all():
        assert windows[row.user_id, row.tcode_id].start_date <= row.last_active < now


def test_every_row_is_one_that_the_api_would_take(learner):
    load()
    for row in Interaction.unscoped.all():
        check_interaction({"type": row.type, "payload": row.payload})
    logged = set(Interaction.unscoped.values_list("type", flat=True))
    assert logged <= INTERACTIONS.keys()
    assert len(logged) > 4


def test_people_of_both_organizations_have_searched_and_one_student_starts_with_nothing(learner):
    load()
    places = set(Interaction.unscoped.values_list("organization__slug", flat=True))
    assert places == {"platform", "north", "sunrise"}
    student = User.unscoped.get(email=workshop_records.BEGINS_WITH_NOTHING)
    assert not Interaction.unscoped.filter(user=student).exists()
    assert not TcodeProgress.unscoped.filter(user=student).exists()


def test_a_second_run_changes_nothing(learner):
    load()
    before = rows()
    assert load() == 0
    assert rows() == before


def test_a_later_run_adds_what_was_done_since(learner, monkeypatch):
    load()
    known = {row["id"] for row in rows()[0]}
    later = timezone.now() + timedelta(weeks=2)
    monkeypatch.setattr(workshop_records.timezone, "now", lambda: later)
    assert load() > 0
    after = rows()[0]
    assert known < {row["id"] for row in after}
    assert max(row["created_at"] for row in after) < later


def test_what_someone_saved_themselves_is_left_as_it_is(learner):
    tcode = Tcode.unscoped.get(code="LONG")
    TcodeProgress.unscoped.create(
        user=learner, organization_id=learner.organization_id, tcode=tcode, last_slide_seen=399
    )
    load()
    assert TcodeProgress.unscoped.get(user=learner, tcode=tcode).last_slide_seen == 399
