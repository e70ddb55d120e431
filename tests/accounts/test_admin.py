"""The admin: who gets in, what they see, and what they can hand out."""

import re
from contextlib import nullcontext
from uuid import uuid4

import pghistory
import pytest
from django.contrib.admin import site
from django.contrib.auth.forms import AuthenticationForm
from django.core import mail
from django.db import IntegrityError
from django.test import Client as Browser

from accounts.admin import UserAdmin
from accounts.models import Membership, PermissionChange, Role, User
from accounts.rights.rbac import keys_in_database
from accounts.sign_in.domain.passwords import end_all_tokens
from tenancy.models import Campus, Organization, School
from tests.factories import PASSWORD, CampusFactory, SchoolFactory, make_user
from tests.tenants import Tenant

pytestmark = pytest.mark.django_db

USERS = "/admin/accounts/user/"


@pytest.fixture
def signed_in():
    def sign_in(user) -> Browser:
        browser = Browser()
        browser.force_login(user, backend="accounts.sign_in.authentication.EmailBackend")
        return browser

    return sign_in


def url(user) -> str:
    return f"{USERS}{user.pk}/change/"


def key(name):
    return keys_in_database().get(codename=name)


def form(user, **changes):
    """Return what a browser posts for a user who is left as they are."""
    return {
        "email": user.email,
        "name": user.name,
        "is_active": "on" if user.is_active else "",
        "is_staff": "on" if user.is_staff else "",
        "school": user.school_id or "",
        "campus": user.campus_id or "",
        "classroom": user.classroom_id or "",
        "role": user.role_id or "",
        "custom_permissions": [p.pk for p in user.custom_permissions.all()],
        "custom_permissions_filter": [p.pk for p in user.custom_permissions_filter.all()],
        "memberships-TOTAL_FORMS": 0,
        "memberships-INITIAL_FORMS": 0,
        **changes,
    }


def test_staff_log_in_with_their_address_in_any_case(north):
    browser = Browser()
    assert browser.get("/admin/").status_code == 302
    page = browser.post("/admin/login/?next=/admin/", {"username": "ADMIN@north.test", "password": PASSWORD})
    assert (page.status_code, page["Location"]) == (302, "/admin/")
    index = browser.get("/admin/")
    assert index.status_code == 200
    assert "People" in index.content.decode()
    assert User.unscoped.get(pk=north.admin.pk).last_login is not None


def test_a_session_ends_with_deactivation_and_with_every_token(north, signed_in):
    for end in (
        lambda: User.unscoped.filter(pk=north.admin.pk).update(is_active=False),
        lambda: end_all_tokens(user=north.admin),
        north.admin.delete,
    ):
        User.unscoped.filter(pk=north.admin.pk).update(is_active=True)
        browser = signed_in(User.unscoped.get(pk=north.admin.pk))
        assert browser.get("/admin/").status_code == 200
        end()
        assert browser.get("/admin/").status_code == 302


def test_changing_ones_password_in_the_admin_ends_tokens(north, signed_in):
    browser = signed_in(north.admin)
    body = {"old_password": PASSWORD, "new_password1": "kumquat-violin-8812"}
    page = browser.post("/admin/password_change/", {**body, "new_password2": "kumquat-violin-8812"})
    assert page.status_code == 302
    assert User.unscoped.get(pk=north.admin.pk).token_version == 1
    assert browser.get("/admin/").status_code == 200


def test_the_list_shows_people_of_ones_own_organization_only(north, sunrise, signed_in, global_admin):
    page = signed_in(north.admin).get(USERS).content.decode()
    assert "student@north.test" in page
    assert "sunrise" not in page
    assert "student@sunrise.test" in signed_in(global_admin).get(USERS).content.decode()


@pytest.mark.parametrize("path", ["change/", "history/", "delete/"])
def test_another_tenants_person_is_not_reachable_by_url(north, sunrise, signed_in, path):
    browser = signed_in(north.admin)
    gone = north.guest.pk
    north.guest.delete()
    for pk in (sunrise.student.pk, uuid4(), gone):
        page = browser.get(f"{USERS}{pk}/{path}")
        assert (page.status_code, page["Location"]) == (302, "/admin/")
        assert "sunrise" not in browser.get("/admin/").content.decode()
    assert browser.post(url(sunrise.student), form(sunrise.student, name="Mine")).status_code == 302
    assert User.unscoped.get(pk=sunrise.student.pk).name == "sunrise student"


def test_other_tenants_places_are_not_offered_nor_taken(north, sunrise, signed_in):
    browser = signed_in(north.admin)
    page = browser.get(url(north.student)).content.decode()
    assert sunrise.school.name not in page.replace(north.school.name, "")
    assert str(sunrise.school.pk) not in page
    answer = browser.post(
        url(north.student), form(north.student, school=sunrise.school.pk, campus="", classroom="")
    )
    assert answer.status_code == 200
    assert "school" in answer.context["adminform"].form.errors
    assert User.unscoped.get(pk=north.student.pk).school_id == north.school.pk


def test_moving_someone_starts_a_membership_and_fills_in_what_is_above(north, signed_in):
    browser = signed_in(north.admin)
    answer = browser.post(
        url(north.student), form(north.student, school="", campus=north.campus.pk, classroom="")
    )
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    moved = User.unscoped.get(pk=north.student.pk)
    assert (moved.school_id, moved.campus_id, moved.classroom_id) == (
        north.school.pk,
        north.campus.pk,
        None,
    )
    assert Membership.unscoped.filter(user=moved).count() == 2
    assert moved.role.name == "STUDENT"


def test_saving_without_a_move_starts_no_membership(north, signed_in):
    answer = signed_in(north.admin).post(url(north.student), form(north.student, name="Renamed"))
    assert answer.status_code == 302
    assert User.unscoped.get(pk=north.student.pk).name == "Renamed"
    assert Membership.unscoped.filter(user=north.student).count() == 1


def test_a_place_lies_in_one_line(north, signed_in):
    elsewhere = SchoolFactory(organization=north.organization)
    answer = signed_in(north.admin).post(url(north.student), form(north.student, school=elsewhere.pk))
    assert answer.status_code == 200
    assert "invalid_place" in {e.code for e in answer.context["adminform"].form.errors.as_data()["__all__"]}


def test_a_new_person_is_placed_in_the_organization_and_gets_a_mail(
    north, signed_in, django_capture_on_commit_callbacks
):
    role = Role.objects.get(name="TEACHER")
    blank = User(email="New@north.test", name="New", role=role)
    values = form(blank, custom_permissions=[], custom_permissions_filter=[])
    with django_capture_on_commit_callbacks(execute=True):
        answer = signed_in(north.admin).post(f"{USERS}add/", values)
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    made = User.unscoped.get(email="new@north.test")
    assert made.organization_id == north.organization.pk
    assert made.role == role
    assert Membership.unscoped.get(user=made).organization_id == north.organization.pk
    assert mail.outbox[0].to == ["new@north.test"]


def test_an_address_taken_in_another_tenant_is_a_form_error(north, sunrise, signed_in):
    answer = signed_in(north.admin).post(
        url(north.student), form(north.student, email="Student@sunrise.test")
    )
    assert answer.status_code == 200
    assert "email" in answer.context["adminform"].form.errors


@pytest.mark.parametrize("address", ["İ" * 200 + "@demo.test", "İ@demo.test", "x" * 250 + "@demo.test"])
def test_an_address_that_cannot_be_one_in_lower_case_is_a_form_error(north, signed_in, address):
    answer = signed_in(north.admin).post(url(north.student), form(north.student, email=address))
    assert answer.status_code == 200
    assert "email" in answer.context["adminform"].form.errors


def test_a_failure_of_another_constraint_is_not_called_a_taken_address(north, signed_in, monkeypatch):
    def fail(*args):
        raise IntegrityError("another constraint")

    monkeypatch.setattr(UserAdmin, "save_model", fail)
    with pytest.raises(IntegrityError, match="another constraint"):
        signed_in(north.admin).post(url(north.student), form(north.student))


def test_no_global_role_and_no_key_beyond_ones_own_can_be_handed_out(north, signed_in):
    north.admin.custom_permissions_filter.add(key("subscriptions.manage"))
    north.student.custom_permissions_filter.add(key("subscriptions.manage"))
    browser = signed_in(north.admin)
    fields = browser.get(url(north.student)).context["adminform"].form.fields
    roles = {role.name for role in fields["role"].queryset}
    assert "TEACHER" in roles
    assert not {"GLOBAL_ADMIN", "ADMIN"} & roles  # an ADMIN holds what this admin is denied
    offered = {p.codename for p in fields["custom_permissions"].queryset}
    assert offered == User.unscoped.get(pk=north.admin.pk).permission_keys
    for change in (
        {"role": Role.objects.get(name="GLOBAL_ADMIN").pk},
        {"custom_permissions": [key("subscriptions.manage").pk]},
    ):
        assert browser.post(url(north.student), form(north.student, **change)).status_code == 200
    # What is not offered is kept: saving the form does not lift it.
    answer = browser.post(
        url(north.student),
        form(north.student, custom_permissions=[key("users.list").pk], custom_permissions_filter=[]),
    )
    assert answer.status_code == 302
    saved = User.unscoped.get(pk=north.student.pk)
    assert saved.permission_keys >= {"users.list"}
    assert [p.codename for p in saved.custom_permissions_filter.all()] == ["subscriptions.manage"]
    change = PermissionChange.unscoped.filter(user=saved, key="users.list").get()
    assert change.context["user"] == str(north.admin.pk)


def test_an_account_with_more_rights_cannot_be_changed(north, signed_in):
    stronger = make_user("strong@north.test", "GLOBAL_ADMIN", at=north.scope)
    north.student.custom_permissions.add(key("messages.send"))
    north.admin.custom_permissions_filter.add(key("messages.send"))
    browser = signed_in(north.admin)
    for person in (stronger, north.student):
        assert browser.get(url(person)).status_code == 200  # to read
        answer = browser.post(url(person), form(person, email="mine@north.test"))
        assert answer.status_code == 403
        assert browser.post(f"{USERS}{person.pk}/delete/", {"post": "yes"}).status_code == 403
        assert User.unscoped.get(pk=person.pk).email == person.email


@pytest.mark.parametrize(
    ("keys", "statuses"),
    [
        ([], {"list": 403, "change": 403, "add": 403, "delete": 403}),
        (["users.list"], {"list": 200, "change": 200, "add": 403, "delete": 403}),
        (["users.list", "users.create"], {"list": 200, "change": 200, "add": 200, "delete": 403}),
        (["users.list", "users.delete"], {"list": 200, "change": 200, "add": 403, "delete": 200}),
    ],
)
def test_each_page_has_its_key(north, signed_in, keys, statuses):
    staff = make_user("staff@north.test", "GUEST", at=north.scope, is_staff=True)
    staff.custom_permissions.set(keys_in_database().filter(codename__in=keys))
    browser = signed_in(staff)
    pages = {
        "list": USERS,
        "change": url(north.guest),
        "add": f"{USERS}add/",
        "delete": f"{USERS}{north.guest.pk}/delete/",
    }
    assert {name: browser.get(page).status_code for name, page in pages.items()} == statuses


def test_a_deleted_person_is_kept_and_hidden(north, signed_in):
    browser = signed_in(north.admin)
    page = browser.get(f"{USERS}{north.student.pk}/delete/")
    assert page.status_code == 200
    assert browser.post(f"{USERS}{north.student.pk}/delete/", {"post": "yes"}).status_code == 302
    assert User.unscoped.get(pk=north.student.pk).deleted is not None
    assert browser.get(url(north.student)).status_code == 302
    action = {"action": "delete_selected", "_selected_action": [str(north.student2.pk)], "post": "yes"}
    assert browser.post(USERS, action).status_code == 302
    assert User.unscoped.get(pk=north.student2.pk).deleted is not None
    assert Membership.unscoped.filter(user__in=[north.student, north.student2]).count() == 2


def test_a_hash_is_shown_nowhere(north, signed_in):
    page = signed_in(north.admin).get(url(north.student)).content.decode()
    assert "bcrypt" not in page
    assert 'name="password"' not in page


def test_roles_can_be_read_by_those_who_hold_the_key_and_are_named_in_code(north, signed_in, global_admin):
    role = Role.objects.get(name="TEACHER")
    for user in (north.admin, global_admin):
        browser = signed_in(user)
        assert browser.get("/admin/accounts/role/").status_code == 200
        assert browser.get(f"/admin/accounts/role/{role.pk}/change/").status_code == 200
        assert browser.get("/admin/accounts/role/add/").status_code == 403
        answer = browser.post(f"/admin/accounts/role/{role.pk}/change/", {"name": "X"})
        assert answer.status_code == (302 if user == global_admin else 403)
        assert Role.objects.get(pk=role.pk).name == "TEACHER"
        assert browser.post(f"/admin/accounts/role/{role.pk}/delete/", {"post": "y"}).status_code == 403


def test_permission_changes_can_be_read(north, sunrise, signed_in):
    for tenant in (north, sunrise):
        tenant.student.custom_permissions.add(key("users.list"))
    page = signed_in(north.admin).get("/admin/accounts/permissionchange/").content.decode()
    assert "student@north.test" in page
    assert "sunrise" not in page


def test_a_permission_change_names_who_made_it_if_they_are_of_the_scope(
    north, sunrise, signed_in, global_admin
):
    for person in (None, global_admin, north.admin):
        with pghistory.context(user=str(person.pk)) if person else nullcontext():
            north.student.custom_permissions.add(key("users.list"))
            north.student.custom_permissions.clear()
    rows = signed_in(north.admin).get("/admin/accounts/permissionchange/").context["cl"].result_list
    told = [str(site._registry[PermissionChange].changed_by(row)) for row in rows]
    assert told == ["north admin"] * 2 + ["someone else"] * 2 + ["the system"] * 2


def test_a_global_admin_may_put_anyone_anywhere(north, sunrise, signed_in, global_admin):
    browser = signed_in(global_admin)
    place = {"organization": sunrise.organization.pk, "school": "", "campus": "", "classroom": ""}
    answer = browser.post(url(north.student), form(north.student, **place))
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    assert User.unscoped.get(pk=north.student.pk).own_scope == sunrise.scope
    platform = Organization.unscoped.get(slug="platform")
    answer = browser.post(url(north.student), form(north.student, **{**place, "organization": platform.pk}))
    assert answer.status_code == 302
    assert not User.unscoped.get(pk=north.student.pk).belongs_to_organization
    assert (
        browser.post(url(north.teacher), form(north.teacher, **{**place, "organization": ""})).status_code
        == 200
    )


def test_who_is_added_among_shared_content_belongs_to_no_organization(north, signed_in, global_admin):
    browser = signed_in(global_admin)
    platform = Organization.unscoped.get(slug="platform")
    assert browser.post("/admin/acting-organization/", {"organization": platform.pk}).status_code == 302
    blank = User(email="alone@demo.test", name="Alone")
    answer = browser.post(f"{USERS}add/", form(blank, custom_permissions=[], custom_permissions_filter=[]))
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    made = User.unscoped.get(email="alone@demo.test")
    assert not made.belongs_to_organization
    assert not Membership.unscoped.filter(user=made).exists()


def test_schools_are_made_in_ones_own_organization(north: Tenant, sunrise, signed_in):
    browser = signed_in(north.admin)
    answer = browser.post(
        "/admin/tenancy/school/add/", {"name": "New", "organization": sunrise.organization.pk}
    )
    assert answer.status_code == 302
    assert School.unscoped.get(name="New").organization_id == north.organization.pk
    made = browser.post("/admin/tenancy/campus/add/", {"name": "New", "school": sunrise.school.pk})
    assert made.status_code == 200
    made = browser.post("/admin/tenancy/campus/add/", {"name": "New", "school": north.school.pk})
    assert made.status_code == 302
    assert Campus.unscoped.get(name="New").organization_id == north.organization.pk


def test_places_stay_where_they_are_and_organizations_are_global_users_to_make(
    north, sunrise, signed_in, global_admin
):
    browser = signed_in(north.admin)
    other = SchoolFactory(organization=north.organization)
    change = f"/admin/tenancy/campus/{north.campus.pk}/change/"
    assert browser.post(change, {"name": "Renamed", "school": other.pk}).status_code == 302
    campus = Campus.unscoped.get(pk=north.campus.pk)
    assert (campus.name, campus.school_id) == ("Renamed", north.school.pk)
    assert browser.get("/admin/tenancy/organization/").status_code == 200
    assert browser.get("/admin/tenancy/organization/add/").status_code == 403
    own = f"/admin/tenancy/organization/{north.organization.pk}/change/"
    browser.post(own, {"name": "Mine", "slug": "mine", "time_zone": "UTC"})
    assert not Organization.unscoped.filter(slug="mine").exists()
    assert browser.post(f"/admin/tenancy/campus/{campus.pk}/delete/", {"post": "y"}).status_code == 403
    everywhere = signed_in(global_admin)
    made = everywhere.post("/admin/tenancy/organization/add/", {"name": "Third", "slug": "third"})
    assert made.status_code == 302
    third = Organization.unscoped.get(slug="third")
    made = everywhere.post("/admin/tenancy/school/add/", {"name": "Far", "organization": third.pk})
    assert made.status_code == 302
    far = School.unscoped.get(name="Far")
    assert far.organization_id == third.pk
    delete = f"/admin/tenancy/school/{far.pk}/delete/"
    assert everywhere.post(delete, {"post": "yes"}).status_code == 302
    assert not School.unscoped.filter(pk=far.pk).exists()


def test_what_lies_above_ones_own_place_cannot_be_made(north, signed_in):
    elsewhere = CampusFactory(school=north.school, name="Elsewhere")
    staff = make_user("head@north.test", "ADMIN", at=north.campus.scope, is_staff=True)
    browser = signed_in(staff)
    answers = {
        model: browser.get(f"/admin/tenancy/{model}/add/").status_code
        for model in ("school", "campus", "classroom")
    }
    assert answers == {"school": 403, "campus": 403, "classroom": 200}
    query = {"app_label": "accounts", "model_name": "user", "field_name": "campus"}
    found = browser.get("/admin/autocomplete/", query).json()["results"]
    assert [row["id"] for row in found] == [str(north.campus.pk)]
    assert str(elsewhere.pk) not in browser.get(f"{USERS}add/").content.decode()


def test_what_belongs_to_no_tenant_has_no_page(north, signed_in, global_admin):
    for path in ("auth/group", "token_blacklist/outstandingtoken", "token_blacklist/blacklistedtoken"):
        for user in (north.admin, global_admin):
            assert signed_in(user).get(f"/admin/{path}/").status_code == 404


def test_a_list_cannot_be_narrowed_by_a_hash(north, signed_in):
    browser = signed_in(north.admin)
    for lookup in ("password__startswith=bcrypt", "password=x"):
        assert browser.get(f"{USERS}?{lookup}").status_code == 400
        assert browser.post(f"{USERS}export/?{lookup}", {"format": "0", "resource": "0"}).status_code == 400


def test_places_are_suggested_with_what_they_stand_in(north, sunrise, signed_in):
    query = {"app_label": "accounts", "model_name": "user", "field_name": "classroom"}
    found = signed_in(north.admin).get("/admin/autocomplete/", query).json()["results"]
    told = f"{north.classroom.name} — {north.campus.name} — {north.school.name}"
    assert found == [{"id": str(north.classroom.pk), "text": told}]


def test_where_all_organizations_meet_a_suggestion_names_its_own(north, sunrise, signed_in, global_admin):
    query = {"app_label": "accounts", "model_name": "user", "field_name": "school"}
    found = signed_in(global_admin).get("/admin/autocomplete/", query).json()["results"]
    assert {f"{t.school.name} — {t.organization.name}" for t in (north, sunrise)} == {
        row["text"] for row in found
    }


def test_an_account_to_read_shows_its_permissions_by_name(north, signed_in):
    stronger = make_user("strong@north.test", "GLOBAL_ADMIN", at=north.scope)
    stronger.custom_permissions.add(key("messages.send"))
    page = signed_in(north.admin).get(url(stronger)).content.decode()
    assert "Send messages" in page
    assert "accounts | role" not in page.lower()


def test_the_login_form_needs_no_username(north):
    assert AuthenticationForm().fields["username"].label == "E-mail"


def test_the_two_pickers_of_permissions_do_not_share_an_id(north, sunrise):
    """The picker of a field ``x`` names its search box ``x_filter``."""
    client = Browser()
    client.force_login(north.admin, backend="accounts.sign_in.authentication.EmailBackend")
    page = client.get(f"/admin/accounts/user/{north.teacher.pk}/change/").content.decode()
    pickers = re.findall(r'<select[^>]*\bid="([^"]+)"[^>]*\bmultiple', page) or re.findall(
        r'<select[^>]*\bmultiple[^>]*\bid="([^"]+)"', page
    )
    assert len(pickers) == 2
    assert not {f"{picker}_filter" for picker in pickers} & set(pickers)
    assert "accounts | role" not in page.lower()


def test_a_role_lists_what_it_allows_one_below_the_other(north, sunrise):
    role = Role.objects.get(name="TEACHER")
    client = Browser()
    client.force_login(north.admin, backend="accounts.sign_in.authentication.EmailBackend")
    page = client.get(f"/admin/accounts/role/{role.pk}/change/").content.decode()
    [listed] = re.findall(r'<ul class="sw-grants">(.*?)</ul>', page, re.DOTALL)
    names = role.permissions.order_by("codename").values_list("name", flat=True)
    assert re.findall(r"<li>(.*?)</li>", listed) == list(names)
    assert len(names) > 5


def test_a_word_is_found_where_it_occurs_and_not_where_its_parts_do(signed_in, north, sunrise):
    for person in (north.student, sunrise.student):
        User.unscoped.filter(pk=person.pk).update(name="Abcd Bcde")
    for text, found in (
        ("abcd bcde", {north.student.pk}),
        ("abcde", set()),
        ("bcde stud", {north.student.pk}),
    ):
        page = signed_in(north.admin).get("/admin/accounts/user/", {"q": text})
        assert {row.pk for row in page.context["cl"].result_list} == found, text
