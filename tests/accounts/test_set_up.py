"""Setting up an organization: places and its administrator, chosen or created on one page."""

from uuid import uuid4

import pytest
from django.core import mail

from accounts.models import User
from tenancy.models import Campus, Classroom, Organization, School
from tests import factories
from tests.contracts.admin_pages import messages_of, sign_in, url

pytestmark = pytest.mark.django_db

PAGE = "/admin/tenancy/organization/set_up/"


@pytest.fixture
def third(north, sunrise):
    return factories.OrganizationFactory(name="Third", slug="third")


@pytest.fixture
def pages(third, global_admin):
    """The platform's administrator, who acts in the new organization."""
    found = sign_in(global_admin)
    found.post("/admin/acting-organization/", {"organization": str(third.pk)})
    return found


def fill_in(pages, **values):
    """Fill in, look at it and do it; return what was announced."""
    body = {"once": str(uuid4()), **values}
    looked = pages.post(PAGE, {**body, "preview": "yes"})
    assert looked.status_code == 200
    if "preview" not in looked.context or looked.context["preview"] is None:
        return looked.context["form"].errors
    lines = looked.context["preview"].lines
    assert pages.post(PAGE, {**body, "do": "yes"}).status_code == 302
    return lines


def test_places_and_an_administrator_are_created_in_one_go(pages, third, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        lines = fill_in(
            pages,
            new_school="Upper School",
            new_campus="Hill",
            new_classroom="A1",
            email="Boss@Third.test",
            name="The Boss",
        )
    assert lines == [
        "The school “Upper School” is created.",
        "The campus “Hill” is created.",
        "The classroom “A1” is created.",
        "Boss@Third.test is added as an administrator and invited.",
    ]
    classroom = Classroom.unscoped.get(name="A1")
    assert (classroom.campus.name, classroom.school.name) == ("Hill", "Upper School")
    assert classroom.organization_id == third.pk
    boss = User.unscoped.get(email__iexact="boss@third.test")
    assert (boss.role.name, boss.own_scope, boss.name) == ("ADMIN", third.scope, "The Boss")
    assert [message.to for message in mail.outbox] == [[boss.email]]


def test_what_is_there_is_chosen_and_added_to(pages, third):
    school = factories.SchoolFactory(organization=third)
    teacher = factories.make_user("teacher@third.test", "TEACHER", at=third.scope, name="Tess")
    lines = fill_in(pages, school=str(school.pk), new_campus="Hill", email="teacher@third.test")
    assert lines == ["The campus “Hill” is created.", "Tess becomes an administrator."]
    assert Campus.unscoped.get(name="Hill").school_id == school.pk
    assert User.unscoped.get(pk=teacher.pk).role.name == "ADMIN"
    assert not mail.outbox


def test_two_clicks_do_it_once(pages, third):
    body = {"once": str(uuid4()), "new_school": "Upper School", "do": "yes"}
    for _click in range(2):
        pages.post(PAGE, body)
    assert School.unscoped.filter(organization=third).count() == 1
    assert any("already been done" in said for said in messages_of(pages.get("/admin/")))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"new_campus": "Hill"}, "new_campus"),
        ({"new_school": "Upper", "new_classroom": "A1"}, "new_classroom"),
        ({"email": "no address"}, "email"),
        ({}, "__all__"),
    ],
)
def test_what_makes_no_sense_is_said_beside_the_field(values, field, pages, third):
    assert field in fill_in(pages, **values)
    assert not School.unscoped.filter(organization=third).exists()


def test_a_place_of_another_organization_cannot_be_chosen(pages, north):
    assert "school" in fill_in(pages, school=str(north.school.pk), new_campus="Hill")
    assert not Campus.unscoped.filter(name="Hill").exists()


def test_who_has_an_account_elsewhere_is_not_taken_along(pages, third, north):
    body = {"once": str(uuid4()), "email": north.teacher.email, "new_school": "Upper School", "do": "yes"}
    pages.post(PAGE, body)
    assert User.unscoped.get(pk=north.teacher.pk).organization_id == north.organization.pk
    # All of it or nothing.
    assert not School.unscoped.filter(organization=third).exists()


def test_it_is_for_who_may_add_both_to_the_whole_organization(north, sunrise, grant, third):
    assert sign_in(north.admin).get(PAGE).status_code == 200
    north.principal.is_staff = True
    north.principal.save()
    grant(north.principal, "places.list", "places.create", "users.create", "users.update")
    assert sign_in(north.principal).get(PAGE).status_code == 403
    assert sign_in(north.support).get(PAGE).status_code in (302, 403)


def test_where_all_organizations_meet_one_is_chosen_first(global_admin, north):
    page = sign_in(global_admin).get(PAGE)
    assert "Choose an organization first" in page.content.decode()
    assert PAGE in sign_in(global_admin).get(url(Organization, "changelist")).content.decode()
