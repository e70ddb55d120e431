"""Who changed whom: places, roles, rights."""

import pytest
from django.db import InternalError, transaction
from django.db.utils import NotSupportedError, ProgrammingError

from accounts.models import PermissionChange, UserEvent
from accounts.people.domain.membership import place
from accounts.rights.rbac import keys_in_database
from tenancy.scope import organization_scope, scope_entered

pytestmark = pytest.mark.django_db


def events(user):
    return list(UserEvent.unscoped.filter(pgh_obj_id=user.pk).order_by("pgh_id"))


def test_a_move_and_another_role_leave_a_trace(north, sunrise):
    before = len(events(north.student))
    place(user=north.student, at=north.campus.scope, role=north.teacher.role)
    last = events(north.student)[-1]
    assert len(events(north.student)) == before + 1
    assert (last.campus_id, last.classroom_id, last.role_id) == (
        north.campus.pk,
        None,
        north.teacher.role_id,
    )


def test_logging_in_leaves_none_and_no_password_is_in_it(client, north):
    before = len(events(north.student))
    client.post("/api/v1/auth/login", {"email": "student@north.test", "password": "correct horse battery"})
    assert len(events(north.student)) == before
    assert not {"password", "last_login"} & {field.name for field in UserEvent._meta.fields}


def test_a_change_through_the_api_names_the_caller(as_user, north):
    response = as_user(north.student).patch("/api/v1/users/me", {"name": "Another"})
    context = events(north.student)[-1].pgh_context
    assert context == {"user": str(north.student.pk), "request": response["X-Request-ID"]}


def test_extra_and_withheld_permissions_are_recorded(north, sunrise):
    key = keys_in_database().get(codename="users.list")
    north.student.custom_permissions.add(key)
    north.student.custom_permissions_filter.add(key)
    north.student.custom_permissions.clear()
    changes = PermissionChange.unscoped.filter(user=north.student).order_by("id")
    assert [(change.list, str(change)) for change in changes] == [
        ("custom_permissions", "+users.list"),
        ("custom_permissions_filter", "+users.list"),
        ("custom_permissions", "-users.list"),
    ]
    with organization_scope(sunrise.organization):
        assert not PermissionChange.objects.exists()
    with organization_scope(north.organization):
        assert PermissionChange.objects.count() == 3


def test_what_is_recorded_cannot_be_changed(north):
    north.student.custom_permissions.add(keys_in_database().get(codename="users.list"))
    for rows in (PermissionChange.unscoped, UserEvent.unscoped):
        for change in (lambda rows=rows: rows.update(organization=None), rows.all().delete):
            with pytest.raises((InternalError, ProgrammingError, NotSupportedError)), transaction.atomic():
                change()


def test_a_change_is_read_where_the_person_is(north):
    key = keys_in_database().get(codename="users.list")
    for person in (north.student, north.principal, north.admin):
        person.custom_permissions.add(key)
    seen = {}
    for node in (north.organization, north.school, north.classroom):
        with scope_entered(node.scope):
            seen[node] = PermissionChange.objects.count()
    assert list(seen.values()) == [3, 2, 1]
