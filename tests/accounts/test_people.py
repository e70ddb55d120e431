"""Deleting people and bringing them back."""

import pytest

from accounts.models import Membership, User
from accounts.people.domain import people
from accounts.people.domain.people import delete_people, restore_people, restore_person
from tenancy.errors import ConflictError
from tenancy.scope import every_organization, organization_scope
from tests.conftest import error_of
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db


def login(client, email):
    return client.post("/api/v1/auth/login", {"email": email, "password": PASSWORD})


def test_someone_who_comes_back_has_their_place_and_must_sign_in_again(north, sunrise, client):
    before = login(client, "student@north.test").json()
    place = {name: getattr(north.student, f"{name}_id") for name in ("school", "campus", "classroom", "role")}
    with organization_scope(north.organization):
        delete_people(people=[north.student])
        assert login(client, "student@north.test").status_code == 401
        restore_person(person=north.student)
    again = User.unscoped.get(pk=north.student.pk)
    assert {name: getattr(again, f"{name}_id") for name in place} == place
    assert Membership.unscoped.get(user=again, valid_until=None).valid_until is None
    refused = client.post("/api/v1/auth/refresh", {"refresh": before["refresh"]})
    assert (refused.status_code, error_of(refused)["code"]) == (401, "token_not_valid")
    assert login(client, "student@north.test").status_code == 200


def test_many_are_deleted_and_restored_in_few_statements_and_nobody_elses(north, sunrise, statements):
    everyone = [*north.people.values(), sunrise.student]
    with organization_scope(north.organization):
        with statements() as sent:
            delete_people(people=everyone)
        assert len(sent) == 2
        with every_organization():
            assert User.unscoped.get(pk=sunrise.student.pk).deleted is None
        assert not User.unscoped.filter(organization=north.organization, deleted=None).exists()
        with statements() as sent:
            restore_people(people=everyone)
        assert len(sent) == 3
    assert User.unscoped.filter(organization=north.organization, deleted=None).count() == len(north.people)
    assert User.unscoped.get(pk=sunrise.student.pk).token_version == 0


def test_a_live_person_stays_as_they_are(north, sunrise):
    with organization_scope(north.organization):
        restore_person(person=north.student)
    assert User.unscoped.get(pk=north.student.pk).token_version == 0


@pytest.mark.parametrize("noticed", ["before", "by the database"])
def test_an_address_that_someone_else_has_by_now_is_not_shared(noticed, north, sunrise, monkeypatch):
    with organization_scope(north.organization):
        delete_people(people=[north.student, north.guest])
    make_user("Student@north.test", "STUDENT", at=sunrise.scope)
    if noticed == "by the database":
        real, first = people._taken_address, [None]
        # The other person's row is not there yet when it is looked for.
        monkeypatch.setattr(people, "_taken_address", lambda gone: first.pop() if first else real(gone))
    with (
        organization_scope(north.organization),
        pytest.raises(ConflictError, match=r"student@north\.test") as it,
    ):
        restore_people(people=[north.guest, north.student])
    assert it.value.error_code == "email_taken"
    assert User.unscoped.filter(pk__in=[north.student.pk, north.guest.pk], deleted=None).count() == 0
