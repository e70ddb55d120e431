"""The demo's typed progress: eight weeks of both types, and the same after a second run."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from demo import typed_progress
from demo.typed import CHECKINS, SIGNS_LEARNED
from progress.models import ItemProgress
from tenancy.scope import every_organization
from tests.demo.seeding import seed
from tests.progress.items import deleted, listed, names, saved

pytestmark = pytest.mark.django_db


@pytest.fixture
def teacher(demo, as_user):
    return as_user(User.unscoped.get(email="teacher@north.test"))


def rows():
    return list(ItemProgress.unscoped.order_by("pk").values())


def test_both_types_cover_eight_weeks(demo):
    now = timezone.now()
    for kind in ("sign_learned", "zone_checkin"):
        times = ItemProgress.unscoped.filter(progress_type=kind).values_list("created_at", flat=True)
        weeks = {(now.date() - at.date()).days // 7 for at in times}
        assert set(range(1, 8)) <= weeks
        assert max(times) < now


def test_rows_belong_to_who_is_named_where_they_belong(demo):
    users = User.unscoped.in_bulk(field_name="id")
    for row in ItemProgress.unscoped.all():
        user = users[row.user_id]
        assert user.email in {*SIGNS_LEARNED, *CHECKINS}
        assert (row.organization_id, row.campus_id) == (user.organization_id, user.campus_id)
        assert row.created_by_id == row.user_id
    assert {users[row.user_id].email for row in ItemProgress.unscoped.all()} == {*SIGNS_LEARNED, *CHECKINS}


def test_the_api_lists_them(teacher):
    assert listed(teacher)["count"] == SIGNS_LEARNED["teacher@north.test"]
    checkins = listed(teacher, "zone_checkin", limit=200)
    assert checkins["count"] > 25
    assert names(checkins) == sorted(names(checkins), reverse=True)
    assert {row["value"] for row in checkins["rows"]} <= {"green", "blue", "yellow", "red"}


def test_one_student_starts_with_nothing(demo):
    assert not ItemProgress.unscoped.filter(user__email="student@north.test").exists()


def test_a_second_run_changes_nothing(demo):
    before = rows()
    assert "0 items of typed progress" in seed()
    assert rows() == before


def test_what_someone_saved_or_deleted_survives_another_run(teacher):
    saved(teacher, "hello", value="seen again")
    deleted(teacher, "goodbye")
    deleted(teacher, "please")
    saved(teacher, "please", value="mine")
    before = rows()
    seed()
    assert rows() == before


def test_a_later_run_adds_the_check_ins_of_the_days_since(demo, monkeypatch):
    before = {row["id"]: row for row in rows()}
    later = datetime.now(UTC) + timedelta(weeks=2)
    monkeypatch.setattr(typed_progress.timezone, "now", lambda: later)
    with every_organization():
        assert typed_progress.load_typed_progress() > 0
    after = {row["id"]: row for row in rows()}
    assert {pk: after[pk] for pk in before} == before
    new = [row for pk, row in after.items() if pk not in before]
    assert {row["progress_type"] for row in new} == {"zone_checkin"}
    assert min(row["created_at"] for row in new) > max(
        row["created_at"] for row in before.values() if row["progress_type"] == "zone_checkin"
    )
