"""The admin shows an organization's own time; what is kept, and the API, are in UTC."""

from datetime import UTC, datetime

import pytest

from learning.models import Course
from tenancy.models import Organization
from tenancy.scope import PLATFORM_ID
from tenancy.zones import zone_of
from tests.contracts.admin_pages import sign_in, url
from tests.quizzes.safety import URL, record

pytestmark = pytest.mark.django_db

# Eleven in the evening of a Sunday in UTC is Monday in Auckland, and still Sunday in Lima.
AT = datetime(2024, 3, 10, 23, 0, tzinfo=UTC)


def zone(tenant, name):
    Organization.unscoped.filter(pk=tenant.organization.pk).update(time_zone=name)


def shown(user, row):
    return sign_in(user).get(url(type(row), "change", row.pk)).content.decode()


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("UTC", "10 Mar 2024, 23:00"),
        ("Pacific/Auckland", "11 Mar 2024, 12:00"),
        ("America/Lima", "10 Mar 2024, 18:00"),
    ],
)
def test_dates_of_the_admin_are_those_of_the_organization(name, told, north, sunrise):
    zone(north, name)
    zone(sunrise, "Asia/Tokyo")
    assert told in shown(north.admin, record(north.teacher, at=AT))


def test_a_history_tells_the_organizations_time(north, sunrise):
    zone(north, "Pacific/Auckland")
    page = sign_in(north.admin).get(url(Course, "history", north.course.pk))
    when = page.context["entries"][0].when.astimezone(zone_of("Pacific/Auckland"))
    assert f"{when.day} {when:%b %Y, %H:%M}" in page.content.decode()


def test_the_api_is_in_utc_whatever_the_organizations_zone(north, as_user):
    zone(north, "Pacific/Auckland")
    record(north.teacher, at=AT)
    [row] = as_user(north.teacher).get(URL).json()["rows"]
    assert row["completed_at"] == "2024-03-10T23:00:00Z"


def test_one_request_leaves_no_zone_to_the_next(north, sunrise):
    zone(north, "Pacific/Auckland")
    row = record(sunrise.teacher, at=AT)
    sign_in(north.admin).get("/admin/")
    assert "10 Mar 2024, 23:00" in shown(sunrise.admin, row)


def test_who_runs_the_platform_sees_the_time_of_where_they_act(north, sunrise, global_admin):
    zone(north, "Pacific/Auckland")
    row = record(north.teacher, at=AT)
    browser = sign_in(global_admin)
    page = url(type(row), "change", row.pk)
    assert "10 Mar 2024, 23:00" in browser.get(page).content.decode()
    browser.post("/admin/acting-organization/", {"organization": str(north.organization.pk)})
    assert "11 Mar 2024, 12:00" in browser.get(page).content.decode()


def test_an_administrator_chooses_the_zone_and_nothing_else_of_their_organization(north, sunrise):
    browser, page = sign_in(north.admin), url(Organization, "change", north.organization.pk)
    answer = browser.post(page, {"time_zone": "Europe/Berlin", "name": "Renamed", "slug": "renamed"})
    assert answer.status_code == 302
    changed = Organization.unscoped.get(pk=north.organization.pk)
    assert (changed.time_zone, changed.name, changed.slug) == ("Europe/Berlin", "North", "north")
    refused = browser.post(page, {"time_zone": "Mars/Olympus"})
    assert "There is no such time zone." in refused.content.decode()
    for other in (sunrise.organization.pk, PLATFORM_ID):
        address = url(Organization, "change", other)
        assert browser.post(address, {"time_zone": "Europe/Berlin"}).status_code != 200
        assert Organization.unscoped.get(pk=other).time_zone == "UTC"


def test_nobody_chooses_it_from_a_part_of_the_organization(north, sunrise, grant):
    north.principal.is_staff = True
    north.principal.save()
    grant(north.principal, "places.list", "places.update")
    page = url(Organization, "change", north.organization.pk)
    sign_in(north.principal).post(page, {"time_zone": "Europe/Berlin"})
    assert Organization.unscoped.get(pk=north.organization.pk).time_zone == "UTC"


def test_a_zone_that_this_machine_does_not_know_is_told_in_utc():
    assert zone_of("Mars/Olympus") is UTC
