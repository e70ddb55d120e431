"""What people hold on top of their role, and what is withheld: who gives it, who takes it, who sees it."""

import pytest
from django.test import Client as Browser
from tablib import Dataset

from accounts.models import PermissionChange, Role, User
from accounts.people.imports import PeopleResource
from accounts.rights.keys import KEYS
from accounts.rights.rbac import keys_in_database
from tenancy.scope import organization_scope
from tests.conftest import error_of
from tests.factories import make_user

pytestmark = pytest.mark.django_db

USERS = "/api/v1/users"
LIST = "/admin/accounts/user/"
BOTH = ["custom_permissions", "custom_permissions_filter"]


@pytest.fixture(autouse=True)
def room(north, sunrise):
    """Two organizations."""


@pytest.fixture
def admin(as_user, north):
    return as_user(north.admin)


@pytest.fixture
def clerk(as_user, north, grant):
    """Someone who may staff and give what they hold, and holds no key of a learner or of a teacher."""
    user = make_user("clerk@north.test", "GUEST", at=north.scope, is_staff=True)
    keys = ["list", "get", "create", "update"]
    grant(user, *(f"users.{key}" for key in keys), "permissions.list", "permissions.update")
    return User.unscoped.get(pk=user.pk)


def sign_in(user):
    browser = Browser()
    browser.force_login(User.unscoped.get(pk=user.pk), backend="accounts.sign_in.authentication.EmailBackend")
    return browser


def url(person):
    return f"{USERS}/{person.pk}"


def lists(person):
    stored = User.unscoped.get(pk=person.pk)
    return [sorted(getattr(stored, name).values_list("codename", flat=True)) for name in BOTH]


def hold(person, extra=(), withheld=()):
    person.custom_permissions.set(keys_in_database().filter(codename__in=extra))
    person.custom_permissions_filter.set(keys_in_database().filter(codename__in=withheld))


def refusal(answer):
    error = error_of(answer)
    return answer.status_code, error["code"], error["attr"]


# --- One's own --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", BOTH)
def test_ones_own_lists_are_for_somebody_else_to_change_over_the_api(admin, north, name):
    answer = admin.patch(url(north.admin), {name: ["courses.create"]})
    assert refusal(answer) == (409, "own_account", None)
    assert lists(north.admin) == [[], []]
    assert admin.patch(url(north.admin), {name: []}).status_code == 200, "nothing changes"


def test_ones_own_lists_are_shown_in_the_admin_and_not_offered(north):
    hold(north.admin, extra=["courses.create"])
    browser, page = sign_in(north.admin), f"{LIST}{north.admin.pk}/change/"
    shown = browser.get(page)
    assert not {*BOTH} & {*shown.context["adminform"].form.fields}
    assert "Create courses" in shown.content.decode()
    body = {
        "email": north.admin.email,
        "name": "Renamed",
        "is_active": "on",
        "role": north.admin.role_id,
        "custom_permissions": [row.pk for row in keys_in_database()],
        "custom_permissions_filter": [],
        "memberships-TOTAL_FORMS": 0,
        "memberships-INITIAL_FORMS": 0,
    }
    assert browser.post(page, body).status_code == 302
    assert User.unscoped.get(pk=north.admin.pk).name == "Renamed"
    assert lists(north.admin) == [["courses.create"], []]


def test_an_administrator_who_becomes_a_guest_keeps_nothing(as_user, north):
    """The way it was done: give oneself all keys of one's role, and be demoted by somebody else."""
    every = sorted(KEYS)
    as_user(north.admin).patch(url(north.admin), {"custom_permissions": every})
    other = make_user("other@north.test", "ADMIN", at=north.scope)
    answer = as_user(other).patch(url(north.admin), {"role": "GUEST"})
    assert answer.status_code == 200
    assert User.unscoped.get(pk=north.admin.pk).permission_keys == frozenset()


# --- Somebody else's --------------------------------------------------------------------------------


def test_the_api_shows_both_lists_of_a_person_and_changes_what_is_sent(admin, as_user, north, sunrise):
    before = admin.get(url(north.student)).json()
    assert [before[name] for name in BOTH] == [[], []]
    answer = admin.patch(url(north.student), {"custom_permissions": ["users.list", "courses.list"]})
    assert answer.status_code == 200
    assert answer.json()["custom_permissions"] == ["courses.list", "users.list"]
    answer = admin.patch(url(north.student), {"custom_permissions_filter": ["videos.get"]})
    assert admin.get(url(north.student)).json() == answer.json()
    assert [answer.json()[name] for name in BOTH] == [["courses.list", "users.list"], ["videos.get"]]
    assert as_user(north.student).get(USERS).status_code == 200, "in force on the next request"
    assert not User.unscoped.get(pk=north.student.pk).holds("videos.get")
    answer = admin.patch(url(north.student), {"custom_permissions": ["users.list"]})
    assert answer.json()["custom_permissions"] == ["users.list"]
    told = PermissionChange.unscoped.filter(user=north.student).order_by("id")
    assert {one.context["user"] for one in told} == {str(north.admin.pk)}
    changes = [str(one) for one in told]
    assert sorted(changes[:2]) == ["+courses.list", "+users.list"]
    assert changes[2:] == ["+videos.get", "-courses.list"]
    assert admin.patch(url(sunrise.student), {"custom_permissions": []}).status_code == 404
    assert "custom_permissions" not in admin.get(USERS).json()["rows"][0]


def test_a_new_person_can_be_given_keys_at_once(admin, north):
    body = {"email": "new@north.test", "role": "TEACHER", "custom_permissions": ["videos.reorder"]}
    answer = admin.post(USERS, body)
    assert answer.status_code == 201
    assert [answer.json()[name] for name in BOTH] == [["videos.reorder"], []]


@pytest.mark.parametrize("name", BOTH)
def test_what_is_not_ones_own_to_give_is_refused_and_named(as_user, clerk, north, name):
    caller = as_user(clerk)
    answer = caller.patch(url(north.guardian), {name: ["users.list", "courses.create", "videos.get"]})
    assert refusal(answer) == (403, "may_not_grant", None)
    assert error_of(answer)["meta"] == {"keys": ["courses.create", "videos.get"]}
    new = {"email": "new@north.test", "role": "GUEST", name: ["courses.create"]}
    assert refusal(caller.post(USERS, new)) == (403, "may_not_grant", None)
    assert lists(north.guardian) == [[], []]
    assert not User.unscoped.filter(email="new@north.test").exists()
    assert caller.patch(url(north.guardian), {name: ["users.list"]}).status_code == 200


def test_what_is_not_ones_own_to_give_is_not_ones_own_to_take_either(as_user, clerk, north):
    hold(north.guardian, withheld=["courses.create", "users.list"])
    answer = as_user(clerk).patch(url(north.guardian), {"custom_permissions_filter": []})
    assert refusal(answer) == (403, "may_not_grant", None)
    answer = as_user(clerk).patch(url(north.guardian), {"custom_permissions_filter": ["courses.create"]})
    assert answer.status_code == 200
    assert lists(north.guardian) == [[], ["courses.create"]]


@pytest.mark.parametrize(
    ("sent", "code", "attr"),
    [
        (["no.such.key"], "unknown_permission", "custom_permissions"),
        (["accounts.add_role"], "unknown_permission", "custom_permissions"),
        (["add_role"], "unknown_permission", "custom_permissions"),
        ("users.list", "not_a_list", "custom_permissions"),
        (None, "null", "custom_permissions"),
        ([1], "invalid", "custom_permissions.0"),
        (["x" * 101], "max_length", "custom_permissions.0"),
        (["users.list"] * 501, "max_length", "custom_permissions"),
    ],
)
def test_what_is_no_list_of_keys_is_a_400_that_names_the_field(admin, north, sent, code, attr):
    assert refusal(admin.patch(url(north.student), {"custom_permissions": sent})) == (400, code, attr)
    assert lists(north.student) == [[], []]


def test_changing_and_seeing_the_lists_have_keys_of_their_own(as_user, clerk, north):
    hold(north.guardian, extra=["users.list"])
    hold(clerk, extra=["users.list", "users.get", "users.create", "users.update", "permissions.list"])
    caller = as_user(clerk)
    assert caller.get(url(north.guardian)).json()["custom_permissions"] == ["users.list"]
    answer = caller.patch(url(north.guardian), {"custom_permissions": []})
    assert refusal(answer) == (403, "permission_denied", None)
    page = sign_in(clerk).get(f"{LIST}{north.guardian.pk}/change/")
    assert not {*BOTH} & {*page.context["adminform"].form.fields}
    assert "List people" in page.content.decode()
    hold(clerk, extra=["users.list", "users.get", "users.create", "users.update"])
    answer = caller.patch(url(north.guardian), {"name": "Renamed"})
    assert answer.status_code == 200
    assert [answer.json()[name] for name in BOTH] == [None, None]
    browser = sign_in(clerk)
    for page in ("change", "history"):
        assert "List people" not in browser.get(f"{LIST}{north.guardian.pk}/{page}/").content.decode()
    assert "users.list" not in browser.get(f"{LIST}{north.guardian.pk}/history/").content.decode()
    assert browser.get("/admin/accounts/permissionchange/").status_code == 403


# --- Another role -----------------------------------------------------------------------------------


@pytest.fixture
def helper(north):
    """Someone whose extra key is withheld, so that a clerk may manage them."""
    person = make_user("helper@north.test", "GUARDIAN", at=north.scope)
    hold(person, extra=["users.list", "courses.create"], withheld=["courses.create"])
    return person


def left(person):
    return lists(person)[0]


def test_another_role_drops_the_extras_its_giver_may_not_give(as_user, clerk, admin, north, helper):
    answer = as_user(clerk).patch(url(helper), {"role": "GUEST"})
    assert answer.status_code == 200, answer.content
    assert answer.json()["custom_permissions"] == ["users.list"]
    assert left(helper) == ["users.list"]
    hold(helper, extra=["users.list", "courses.create"])
    assert admin.patch(url(helper), {"role": "GUARDIAN"}).status_code == 200
    assert left(helper) == ["courses.create", "users.list"], "an administrator may give both"
    assert as_user(clerk).patch(url(helper), {"name": "x"}).status_code == 403


def test_a_change_without_another_role_leaves_them(as_user, clerk, north, helper):
    for body in ({"name": "x"}, {"role": "GUARDIAN"}, {"schoolId": str(north.school.pk)}):
        assert as_user(clerk).patch(url(helper), body).status_code == 200
    assert left(helper) == ["courses.create", "users.list"]


def test_the_form_drops_them_as_well(clerk, north, helper):
    body = {
        "email": helper.email,
        "name": helper.name,
        "is_active": "on",
        "role": Role.objects.get(name="GUEST").pk,
        "custom_permissions": [keys_in_database().get(codename="users.list").pk],
        "custom_permissions_filter": [],
        "memberships-TOTAL_FORMS": 0,
        "memberships-INITIAL_FORMS": 0,
    }
    assert sign_in(clerk).post(f"{LIST}{helper.pk}/change/", body).status_code == 302
    assert lists(helper) == [["users.list"], ["courses.create"]]


def test_moving_many_says_what_each_keeps_and_loses_and_does_it(clerk, north, helper):
    chosen = {"action": "move_selected", "_selected_action": [str(helper.pk), str(north.guardian.pk)]}
    role = {"role": Role.objects.get(name="GUEST").pk}
    browser = sign_in(clerk)
    page = browser.post(LIST, {**chosen, **role, "check": "1"}).content.decode()
    assert "GUARDIAN → GUEST; keeps extra: List people; loses extra: Create courses" in page
    assert left(helper) == ["courses.create", "users.list"], "only asked"
    assert browser.post(LIST, {**chosen, **role, "post": "1"}).status_code == 302
    assert left(helper) == ["users.list"]


def test_an_import_drops_them_too(clerk, north, helper):
    rows = Dataset(["helper@north.test", "", "GUEST"], headers=["email", "name", "role"])
    with organization_scope(north.organization):
        result = PeopleResource().import_data(rows, user=clerk)
    assert not result.has_errors()
    assert not result.has_validation_errors()
    assert User.unscoped.get(pk=helper.pk).role.name == "GUEST"
    assert left(helper) == ["users.list"]
