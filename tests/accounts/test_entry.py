"""Who may enter the admin: a role says so, an organization may close it, and others learn whom to ask."""

import pytest
from django.test import Client as Browser

from accounts.models import Role, RoleKeptOut, User
from accounts.rights.rbac import sync_rbac
from tests.contracts.admin_pages import sign_in, url
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db

STAFF = ["admin", "principal", "support", "instructor", "teacher"]
OTHERS = ["student", "guardian", "guest"]


def log_in(email, password=PASSWORD):
    browser = Browser()
    return browser, browser.post("/admin/login/?next=/admin/", {"username": email, "password": password})


def told(page):
    assert page.status_code == 200
    return " ".join(str(error) for error in page.context["form"].non_field_errors())


@pytest.fixture
def keep_out(north):
    def close(name, organization=None):
        return RoleKeptOut.unscoped.create(
            organization=organization or north.organization, role=Role.objects.get(name=name)
        )

    return close


@pytest.mark.parametrize("name", STAFF)
def test_people_whose_role_says_so_enter(north, name):
    browser, answer = log_in(f"{name}@north.test")
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")
    assert browser.get("/admin/").status_code == 200
    assert not User.unscoped.get(pk=north.people[name].pk).is_staff, "nothing is said of this person"


@pytest.mark.parametrize("name", OTHERS)
def test_others_are_told_whom_to_ask_once_they_have_proved_who_they_are(north, sunrise, name):
    browser, page = log_in(f"{name}@north.test")
    assert "sessionid" not in browser.cookies
    assert told(page) == (
        "The password is right, but your account may not enter the administration. Ask north admin of North."
    )
    _browser, wrong = log_in(f"{name}@north.test", "wrong")
    _browser, unknown = log_in("nobody@north.test", "wrong")
    assert told(wrong) == told(unknown)
    assert "password is right" not in told(wrong)


def test_with_nobody_to_name_the_organization_is_named(north):
    User.unscoped.filter(pk=north.admin.pk).update(is_active=False)
    _browser, page = log_in("student@north.test")
    assert told(page).endswith("Ask who administers North.")


def test_who_belongs_to_no_organization_learns_nobodys_name(north, independent):
    _browser, page = log_in(independent.email)
    assert told(page) == (
        "The password is right, but only people who work for an organization enter the administration."
    )


def test_someone_deactivated_is_told_no_more_than_a_stranger(north):
    User.unscoped.filter(pk=north.teacher.pk).update(is_active=False)
    _browser, page = log_in("teacher@north.test")
    _browser, unknown = log_in("nobody@north.test")
    assert told(page) == told(unknown)


def test_an_organization_closes_the_admin_for_a_role_of_its_own_people_only(north, sunrise, keep_out):
    before = sign_in(north.teacher)
    assert before.get("/admin/").status_code == 200
    closed = keep_out("TEACHER")
    assert before.get("/admin/").status_code == 302, "on the next request"
    assert "may not enter" in told(log_in("teacher@north.test")[1])
    assert log_in("teacher@sunrise.test")[1].status_code == 302
    assert log_in("principal@north.test")[1].status_code == 302
    closed.delete()
    assert log_in("teacher@north.test")[1].status_code == 302


def test_a_person_may_enter_whatever_the_role_says(north, keep_out):
    keep_out("TEACHER")
    User.unscoped.filter(pk__in=[north.teacher.pk, north.guest.pk]).update(is_staff=True)
    for name in ("teacher", "guest"):
        assert log_in(f"{name}@north.test")[1].status_code == 302


def test_with_another_role_the_admin_closes_on_the_next_request(north):
    browser = sign_in(north.support)
    assert browser.get("/admin/").status_code == 200
    User.unscoped.filter(pk=north.support.pk).update(role=Role.objects.get(name="GUEST"))
    assert browser.get("/admin/").status_code == 302


def test_staff_made_by_the_api_enter_without_further_ado(north, as_user):
    body = {"email": "new@north.test", "name": "New", "role": "ADMIN"}
    answer = as_user(north.admin).post("/api/v1/users", body)
    assert answer.status_code == 201, answer.content
    made = User.unscoped.get(email="new@north.test")
    made.set_password(PASSWORD)
    made.save()
    assert log_in("new@north.test")[1].status_code == 302


def test_an_administrator_closes_a_role_and_opens_it_again(north, sunrise):
    browser, teacher = sign_in(north.admin), sign_in(north.teacher)
    role = Role.objects.get(name="TEACHER")
    answer = browser.post(url(RoleKeptOut, "add"), {"role": role.pk})
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    row = RoleKeptOut.unscoped.get()
    assert (row.organization, row.role) == (north.organization, role)
    assert teacher.get("/admin/").status_code == 302
    twice = browser.post(url(RoleKeptOut, "add"), {"role": role.pk})
    assert twice.status_code == 302
    assert "do not enter the admin already" in browser.get("/admin/").content.decode()
    assert RoleKeptOut.unscoped.get() == row
    assert browser.post(url(RoleKeptOut, "delete", row.pk), {"post": "yes"}).status_code == 302
    assert teacher.get("/admin/").status_code == 200


def test_nobody_closes_the_admin_for_themselves(north):
    answer = sign_in(north.admin).post(url(RoleKeptOut, "add"), {"role": north.admin.role_id})
    assert "your own role" in str(answer.context["adminform"].form.errors)
    assert not RoleKeptOut.unscoped.exists()


@pytest.mark.parametrize("name", ["GUEST", "GLOBAL_ADMIN"])
def test_only_roles_that_would_enter_are_closed(north, name):
    answer = sign_in(north.admin).post(url(RoleKeptOut, "add"), {"role": Role.objects.get(name=name).pk})
    assert answer.status_code == 200
    assert not RoleKeptOut.unscoped.exists()


def test_who_administers_a_part_does_not_close_the_whole(north, keep_out):
    browser = sign_in(make_user("head@north.test", "ADMIN", at=north.school.scope))
    closed = keep_out("TEACHER")
    teacher = Role.objects.get(name="PRINCIPAL").pk
    assert browser.post(url(RoleKeptOut, "add"), {"role": teacher}).status_code == 403
    assert browser.post(url(RoleKeptOut, "delete", closed.pk), {"post": "yes"}).status_code == 403
    assert RoleKeptOut.unscoped.count() == 1


def test_seeding_again_says_again_who_enters(north):
    Role.objects.filter(name="TEACHER").update(enters_admin=False)
    Role.objects.filter(name="GUEST").update(enters_admin=True)
    assert sync_rbac()["changed"] == 2
    entering = Role.objects.filter(enters_admin=True).values_list("name", flat=True)
    assert set(entering) == {"GLOBAL_ADMIN", *(name.upper() for name in STAFF)}


def test_who_may_enter_is_asked_with_the_session_and_costs_no_statement(north, statements):
    browser = sign_in(north.guardian)
    with statements() as sent:
        assert browser.get("/admin/").status_code == 302
    assert len(sent) == 2, "\n".join(sent.sql)
