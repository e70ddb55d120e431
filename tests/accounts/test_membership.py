"""Moving people: history never changes, and the user's row mirrors the current membership."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Membership, Role, User
from accounts.people.domain.membership import place
from tenancy.errors import InvalidError
from tenancy.scope import PLATFORM_ID
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def role(name):
    return Role.objects.get(name=name)


def memberships(user):
    return list(Membership.unscoped.filter(user=user).order_by("valid_from"))


def test_a_move_ends_one_membership_and_starts_the_next(north, sunrise):
    place(user=north.student, at=sunrise.campus.scope, role=role("TEACHER"))
    before, now = memberships(north.student)
    assert before.valid_until == now.valid_from
    assert now.valid_until is None
    assert before.classroom_id == north.classroom.pk
    assert (now.organization_id, now.campus_id, now.classroom_id) == (
        sunrise.organization.pk,
        sunrise.campus.pk,
        None,
    )
    assert before.role.name == "STUDENT"
    assert len(memberships(sunrise.student)) == 1


def test_the_users_row_mirrors_the_current_membership(north, sunrise):
    place(user=north.student, at=sunrise.campus.scope, role=role("TEACHER"))
    stored = User.unscoped.get(pk=north.student.pk)
    for user in (stored, north.student):
        assert (user.organization_id, user.school_id, user.campus_id, user.classroom_id) == (
            sunrise.organization.pk,
            sunrise.school.pk,
            sunrise.campus.pk,
            None,
        )
        assert user.role.name == "TEACHER"
        assert user.own_scope == sunrise.campus.scope
    assert north.student.holds("learning_tree.get")


def test_leaving_makes_an_independent_learner(north):
    assert place(user=north.student, at=None, role=None) is None
    (ended,) = memberships(north.student)
    assert ended.valid_until is not None
    assert north.student.organization_id == PLATFORM_ID
    assert not north.student.belongs_to_organization
    assert north.student.own_scope.only_user_id == north.student.pk


def test_coming_back_after_leaving_starts_a_new_membership(north):
    place(user=north.student, at=None, role=None)
    place(user=north.student, at=north.scope, role=role("STUDENT"))
    first, second = memberships(north.student)
    assert first.valid_until <= second.valid_from


@pytest.mark.parametrize("days", [1, -1000])
def test_a_move_lies_between_the_last_one_and_now(north, days):
    Membership.unscoped.filter(user=north.student).update(valid_from=timezone.now() - timedelta(days=100))
    with pytest.raises(InvalidError) as refused:
        place(user=north.student, at=north.scope, role=None, since=timezone.now() + timedelta(days=days))
    assert (refused.value.error_code, refused.value.attr) == ("membership_overlaps", "since")
    assert len(memberships(north.student)) == 1
    place(user=north.student, at=north.scope, role=None, since=timezone.now() - timedelta(days=50))
    assert len(memberships(north.student)) == 2


def test_a_move_before_the_end_of_the_last_membership_is_refused(north):
    place(user=north.student, at=None, role=None)
    with pytest.raises(InvalidError):
        place(user=north.student, at=north.scope, role=None, since=timezone.now() - timedelta(seconds=10))


def test_a_membership_is_in_force_from_its_start_until_before_its_end(north):
    place(user=north.student, at=north.scope, role=None)
    first, second = memberships(north.student)
    assert first.is_current(first.valid_from)
    assert not first.is_current(first.valid_until)
    assert second.is_current(second.valid_from)
    assert not second.is_current(second.valid_from - timedelta(microseconds=1))
    assert str(second) == f"{second.valid_from:%Y-%m-%d}"


def test_the_database_keeps_one_current_membership(north):
    with pytest.raises(IntegrityError, match="membership_at_most_one_is_current"), transaction.atomic():
        Membership.unscoped.create(
            user=north.student, organization=north.organization, valid_from=timezone.now()
        )


def test_the_database_keeps_ends_after_starts(north):
    with pytest.raises(IntegrityError, match="membership_ends_after_it_starts"), transaction.atomic():
        Membership.unscoped.filter(user=north.student).update(valid_until=timezone.now() - timedelta(days=9))


def test_a_user_is_shown_by_name_or_else_by_address(north):
    nameless = make_user("nameless@north.test")
    assert nameless.get_full_name() == nameless.get_short_name() == str(nameless) == "nameless@north.test"
    assert north.student.display_name == "north student"
    assert str(role("STUDENT")) == "STUDENT"


def test_commands_make_users_too(db):
    boss = User.objects.create_superuser("Boss@Demo.test", "a long secret")
    assert (boss.email, boss.is_global, boss.is_staff) == ("boss@demo.test", True, True)
    nobody = User.objects.create_user("nobody@demo.test")
    assert not nobody.has_usable_password()
    assert User.objects.get_by_natural_key(" BOSS@demo.test") == boss
    with pytest.raises(User.DoesNotExist):
        User.objects.get_by_natural_key(None)


def test_only_staff_and_system_roles_are_staff(north, independent, global_admin):
    names = ("admin", "principal", "teacher", "instructor", "support", "student", "guardian", "guest")
    people = {name: getattr(north, name).is_staff_member for name in names}
    assert {name for name, is_staff in people.items() if is_staff} == set(names[:5])
    assert global_admin.is_staff_member
    assert not independent.is_staff_member
