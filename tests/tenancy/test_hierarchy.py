"""A child's organization is its parent's, however the row is written."""

import pytest
from django.db import connection

from tenancy.models import Campus, Classroom, Organization
from tenancy.scope import PLATFORM_ID

pytestmark = pytest.mark.django_db


def test_saving_takes_the_parents_organization(north, sunrise):
    campus = Campus(name="New", school=north.school, organization=sunrise.organization)
    campus.save()
    assert Campus.unscoped.get(pk=campus.pk).organization_id == north.organization.pk
    classroom = Classroom(name="New", campus=campus)
    classroom.save()
    stored = Classroom.unscoped.get(pk=classroom.pk)
    assert (stored.organization_id, stored.school_id) == (north.organization.pk, north.school.pk)
    assert stored.scope == classroom.scope


def test_so_do_bulk_writes_and_plain_sql(north, sunrise):
    Campus.unscoped.bulk_create([Campus(name="Bulk", school=north.school, organization=sunrise.organization)])
    assert Campus.unscoped.get(name="Bulk").organization_id == north.organization.pk
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE campuses SET organization_id = %s WHERE id = %s",
            [sunrise.organization.pk, north.campus.pk],
        )
    assert Campus.unscoped.get(pk=north.campus.pk).organization_id == north.organization.pk


def test_the_reserved_organization_exists_and_nodes_are_shown_by_name(north):
    platform = Organization.unscoped.get(pk=PLATFORM_ID)
    assert platform.is_platform
    assert not north.organization.is_platform
    assert str(platform) == "Platform"
