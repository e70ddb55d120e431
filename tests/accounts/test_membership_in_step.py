"""The current membership follows the user's row, whoever changes it: admin, ``update()``, SQL."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from accounts.models import Membership, Role, User, UserEvent
from accounts.people.domain.membership import place
from tenancy.scope import PLATFORM_ID, every_organization
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def memberships(user):
    return list(Membership.unscoped.filter(user=user).order_by("valid_from"))


def where(row):
    return (row.organization_id, row.school_id, row.campus_id, row.classroom_id, row.role_id)


def update(**values):
    return lambda user: User.unscoped.filter(pk=user.pk).update(**values)


def save(*, is_active):
    def run(user):
        user.is_active = is_active
        user.save()

    return run


def sql(statement):
    def run(user):
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE users SET {statement} WHERE id = %s", [user.pk])

    return run


def delete(user):
    user.delete()


def undelete(user):
    user.undelete()


WAYS_OUT_AND_BACK = {
    "update": (update(is_active=False), update(is_active=True)),
    "save": (save(is_active=False), save(is_active=True)),
    "sql": (sql("is_active = false"), sql("is_active = true")),
    "deleted by hand": (sql("deleted = now()"), sql("deleted = NULL")),
    "deleted": (delete, undelete),
}


@pytest.mark.parametrize("way", WAYS_OUT_AND_BACK)
def test_who_is_deactivated_or_deleted_belongs_nowhere_until_they_come_back(way, north, sunrise):
    leave, come_back = WAYS_OUT_AND_BACK[way]
    before = timezone.now()
    with every_organization():
        leave(north.teacher)
    (ended,) = memberships(north.teacher)
    assert before <= ended.valid_until <= timezone.now()
    assert where(ended) == where(north.teacher)

    with every_organization():
        come_back(north.teacher)
    first, second = memberships(north.teacher)
    assert first.valid_until == ended.valid_until <= second.valid_from
    assert second.valid_until is None
    assert where(second) == where(north.teacher)
    assert [m.valid_until for m in memberships(sunrise.teacher)] == [None]


def test_deactivated_and_deleted_is_one_end_and_takes_both_to_come_back(north):
    update(is_active=False)(north.teacher)
    (ended,) = memberships(north.teacher)
    sql("deleted = now()")(north.teacher)
    sql("is_active = true")(north.teacher)
    assert [m.valid_until for m in memberships(north.teacher)] == [ended.valid_until]
    sql("deleted = NULL")(north.teacher)
    assert [m.valid_until is None for m in memberships(north.teacher)] == [False, True]


def test_a_whole_classroom_is_deactivated_in_one_statement(north, sunrise):
    User.unscoped.filter(classroom=north.classroom).update(is_active=False)
    current = Membership.unscoped.filter(valid_until=None)
    assert not current.filter(classroom=north.classroom).exists()
    assert current.filter(classroom=sunrise.classroom).count() == 5


@pytest.mark.parametrize("change", ["role", "classroom", "organization"])
def test_a_row_that_is_changed_without_a_move_is_a_move(change, north, sunrise):
    values = {
        "role": {"role": Role.objects.get(name="PRINCIPAL")},
        "classroom": {"classroom": None},
        "organization": {
            "organization": sunrise.organization,
            "school": None,
            "campus": None,
            "classroom": None,
        },
    }[change]
    before = where(north.teacher)
    update(**values)(north.teacher)
    first, second = memberships(north.teacher)
    assert first.valid_until == second.valid_from
    assert (where(first), where(second)) == (before, where(User.unscoped.get(pk=north.teacher.pk)))
    assert where(first) != where(second)


def test_a_row_that_leaves_its_organization_ends_the_membership(north):
    update(organization=PLATFORM_ID, school=None, campus=None, classroom=None)(north.teacher)
    (ended,) = memberships(north.teacher)
    assert ended.valid_until is not None


def test_other_changes_of_the_row_leave_memberships_alone(north):
    update(name="Renamed", is_staff=True, role=north.teacher.role)(north.teacher)
    (only,) = memberships(north.teacher)
    assert only.valid_until is None


def test_a_move_makes_one_membership_and_not_two(north):
    place(user=north.teacher, at=north.campus.scope, role=north.teacher.role)
    assert len(memberships(north.teacher)) == 2
    since = timezone.now() - timedelta(microseconds=1)
    place(user=north.teacher, at=north.scope, role=north.teacher.role, since=since)
    assert [m.valid_from for m in memberships(north.teacher)][2] == since
    assert len(memberships(north.teacher)) == 3


def test_who_is_inactive_is_moved_when_they_come_back(north):
    update(is_active=False)(north.teacher)
    assert place(user=north.teacher, at=north.campus.scope, role=north.teacher.role) is None
    assert len(memberships(north.teacher)) == 1
    assert north.teacher.classroom_id is None
    update(is_active=True)(north.teacher)
    assert where(memberships(north.teacher)[1]) == where(north.teacher)
    assert memberships(north.teacher)[1].campus_id == north.campus.pk


def test_a_move_right_after_coming_back_is_taken_whichever_clock_is_ahead(north):
    update(is_active=False)(north.teacher)
    update(is_active=True)(north.teacher)
    ahead = timezone.now() + timedelta(seconds=5)
    Membership.unscoped.filter(user=north.teacher, valid_until=None).update(valid_from=ahead)
    moved = place(user=north.teacher, at=north.campus.scope, role=north.teacher.role)
    assert moved.valid_from == ahead + timedelta(microseconds=1)
    update(is_active=False)(north.teacher)
    assert memberships(north.teacher)[-1].valid_until == moved.valid_from + timedelta(microseconds=1)


def test_an_independent_learner_comes_back_to_no_organization(independent):
    update(is_active=False)(independent)
    update(is_active=True)(independent)
    assert memberships(independent) == []


def test_the_history_of_people_goes_on(north):
    before = UserEvent.unscoped.filter(pgh_obj_id=north.teacher.pk).count()
    update(is_active=False)(north.teacher)
    update(is_active=True)(north.teacher)
    events = UserEvent.unscoped.filter(pgh_obj_id=north.teacher.pk).order_by("pgh_id")[before:]
    assert [event.is_active for event in events] == [False, True]


def test_those_who_had_left_before_belong_nowhere_since_then(north, sunrise):
    """What the migration does that comes before the trigger."""
    migration = MigrationExecutor(connection).loader.get_migration(
        "accounts", "0004_end_memberships_of_those_who_left"
    )
    long_ago = timezone.now() - timedelta(days=30)
    left, deleted, back = (make_user(f"{n}@north.test", "TEACHER", at=north.scope) for n in range(3))
    Membership.unscoped.update(valid_from=long_ago)
    update(is_active=False)(left)
    update(is_active=False)(back)
    update(is_active=True)(back)
    sql("deleted = now() - interval '9 days'")(deleted)
    Membership.unscoped.filter(user__in=[left, deleted]).update(valid_until=None)
    before = {m.pk: m.valid_until for m in Membership.unscoped.exclude(user__in=[left, deleted])}
    with connection.cursor() as cursor:
        cursor.execute(migration.operations[0].sql)
    event = UserEvent.unscoped.filter(pgh_obj_id=left.pk).latest("pgh_id")
    assert [m.valid_until for m in memberships(left)] == [event.pgh_created_at]
    assert [m.valid_until for m in memberships(deleted)] == [User.unscoped.get(pk=deleted.pk).deleted]
    assert {m.pk: m.valid_until for m in Membership.unscoped.exclude(user__in=[left, deleted])} == before
