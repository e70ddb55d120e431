"""Who holds which key, and how views ask."""

from types import SimpleNamespace

import pytest
from django.core.exceptions import ImproperlyConfigured
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory

from accounts.api.base import ScopedView
from accounts.models import Role, User
from accounts.rights.keys import GLOBAL_KEYS, KEYS, ROLES, contribute, keys_of
from accounts.rights.permissions import AUTHENTICATED, HoldsKey
from accounts.rights.rbac import keys_in_database, sync_rbac
from tenancy.middleware import TenancyMiddleware
from tests.conftest import access_token
from tests.factories import make_user

pytestmark = pytest.mark.django_db

URL = "/api/v1/users/me/permissions"
READ = {
    "learning_tree.get",
    "learning_path.get",
    "question_sets.list_by_owner",
    "question_set_items.list",
    *(
        f"{name}.{verb}"
        for name in ("course_categories", "courses", "subcourses", "videos", "question_sets", "questions")
        for verb in ("list", "get")
    ),
}
REPORTS = {"learning_reports.get"}
EXCEPTIONS = {f"step_exceptions.{verb}" for verb in ("list", "waive", "unlock", "complete", "undo")}
EXCEPTIONS |= {"learners.view_as", "completions.list", "safety_quizzes.allow_attempt", *REPORTS}
HELPS = {"users.list", "users.get", "places.list", "permissions.list", "sign_in.manage"}
HELPS |= {"permissions.open_reports"}
LEARNER = {
    "videos.get",
    "progress.update",
    "question_sets.get",
    "question_set_items.list",
    "learning_path.get",
}
HOLDS = {
    "ADMIN": set(KEYS) - GLOBAL_KEYS,
    "PRINCIPAL": {"READ_SAFETY_QUIZ_REPORTS", "safety_quizzes.remind", "learning_tree.get", "users.list"}
    | EXCEPTIONS,
    "INSTRUCTOR": READ | REPORTS,
    "SUPPORT": READ | EXCEPTIONS | HELPS,
    "TEACHER": READ | REPORTS,
    "STUDENT": LEARNER,
    None: LEARNER,
    "GUARDIAN": set(),
    "GUEST": set(),
}
DOCUMENTED = {
    "READ_SAFETY_QUIZ_REPORTS",
    "learning_tree.get",
    "learning_path.get",
    "course_categories.reorder",
    "courses.reorder",
    "subcourses.reorder",
    "videos.reorder",
    "practices.reorder",
    "question_sets.list_by_owner",
    "question_sets.get",
    "question_set_items.list",
    "videos.get",
    "progress.update",
    "courses.create",
    "courses.update",
    "courses.delete",
    "users.list",
    "subscriptions.manage",
    "messages.send",
}


def key(name):
    return keys_in_database().get(codename=name)


def rows(client):
    body = client.get(URL, {"limit": 200}).json()
    assert body.keys() == {"rows", "count"}
    assert body["count"] == len(body["rows"])
    return body["rows"]


def test_every_documented_key_exists():
    assert set(KEYS) >= DOCUMENTED
    assert set(keys_in_database().values_list("codename", flat=True)) == set(KEYS)


@pytest.mark.parametrize("role", HOLDS)
def test_a_role_holds_exactly_what_the_table_says(as_user, north, sunrise, role):
    user = make_user("someone@north.test", role, at=north.scope)
    assert set(user.permission_keys) == HOLDS[role]
    assert rows(as_user(user)) == [
        {"key": name, "granted": True, "source": "role"} for name in sorted(HOLDS[role], key=_as_sorted)
    ]


def _as_sorted(name):
    order = list(keys_in_database().order_by("codename").values_list("codename", flat=True))
    return order.index(name)


def test_a_global_user_holds_every_key_and_nothing_can_be_withheld(as_user, global_admin):
    global_admin.custom_permissions_filter.add(key("courses.create"))
    answer = rows(as_user(global_admin))
    assert {row["key"] for row in answer} == set(KEYS)
    assert {(row["granted"], row["source"]) for row in answer} == {(True, "global")}
    assert User.unscoped.get(pk=global_admin.pk).holds("courses.create")


def test_all_keys_are_answered_unless_a_page_is_asked_for(as_user, north, sunrise, global_admin):
    for person in (north.admin, global_admin):
        client = as_user(person)
        whole = client.get(URL).json()
        assert len(whole["rows"]) == whole["count"] > 50
        assert "videos.reorder" in {row["key"] for row in whole["rows"][50:]}
        paged = [client.get(URL, {"page": page}).json() for page in (1, 2)]
        assert [len(page["rows"]) for page in paged] == [50, whole["count"] - 50]
        assert [row for page in paged for row in page["rows"]] == whole["rows"]
        assert client.get(URL, {"limit": 2}).json() == {"rows": whole["rows"][:2], "count": whole["count"]}


def test_extra_keys_add_and_withheld_ones_remove(as_user, north, sunrise):
    north.student.custom_permissions.add(
        key("READ_SAFETY_QUIZ_REPORTS"), key("videos.get"), key("courses.get")
    )
    north.student.custom_permissions_filter.add(key("progress.update"), key("courses.get"), key("users.list"))
    answer = {row["key"]: (row["granted"], row["source"]) for row in rows(as_user(north.student))}
    assert answer == {
        "videos.get": (True, "role"),
        "question_sets.get": (True, "role"),
        "question_set_items.list": (True, "role"),
        "learning_path.get": (True, "role"),
        "READ_SAFETY_QUIZ_REPORTS": (True, "custom_permission"),
        "progress.update": (False, "custom_permissions_filter"),
        "courses.get": (False, "custom_permissions_filter"),
        "users.list": (False, "custom_permissions_filter"),
    }
    held = User.unscoped.get(pk=north.student.pk).permission_keys
    assert held == {name for name, (granted, _) in answer.items() if granted}
    assert {row["source"] for row in rows(as_user(sunrise.student))} == {"role"}


def test_the_list_has_pages(as_user, north, statements):
    with statements() as sent:
        page = as_user(north.admin).get(URL, {"limit": 10, "page": 2}).json()
    assert len(page["rows"]) == 10
    assert page["count"] == len(KEYS) - len(GLOBAL_KEYS)
    assert len(sent) <= 4
    assert as_user(north.admin).get(URL, {"page": 99}).json() == {"rows": [], "count": page["count"]}
    for wrong in ({"limit": "0"}, {"limit": ""}, {"page": "x"}, {"nonsense": "1"}):
        assert as_user(north.admin).get(URL, wrong).status_code == 400


def test_a_changed_permission_is_in_force_on_the_next_request(as_user, north):
    caller = as_user(north.teacher)
    before = len(rows(caller))
    north.teacher.custom_permissions.add(key("users.list"))
    assert len(rows(caller)) == before + 1


def test_a_deactivated_user_holds_nothing(north):
    north.admin.is_active = False
    assert not north.admin.holds("courses.create")


def test_what_the_admin_site_asks_of_a_user(north, global_admin):
    assert global_admin.is_superuser
    assert not north.admin.is_superuser
    assert north.admin.has_perm("courses.create")
    assert not north.admin.has_perm("auth.change_group")
    assert north.teacher.has_module_perms("accounts")
    assert not north.student.has_module_perms("accounts")
    assert global_admin.has_module_perms("accounts")


class Probe(ScopedView):
    permission_keys = {
        "get": ("courses.get", "courses.list"),
        "put": AUTHENTICATED,
        "delete": "courses.delete",
    }

    def get(self, request):
        return Response({})

    post = put = delete = get


@pytest.mark.parametrize(
    ("role", "method", "status"),
    [
        ("TEACHER", "get", 200),
        ("STUDENT", "get", 403),
        ("GUEST", "put", 200),
        ("TEACHER", "delete", 403),
        ("ADMIN", "delete", 200),
        ("ADMIN", "post", 403),  # declares nothing, so it is closed
        ("ADMIN", "patch", 405),
        ("ADMIN", "options", 405),
        (None, "get", 401),
        (None, "patch", 401),
    ],
)
def test_a_view_is_open_to_holders_of_its_key_only(north, role, method, status):
    headers = {}
    if role:
        headers["HTTP_AUTHORIZATION"] = f"Bearer {access_token(getattr(north, role.lower()))}"
    request = getattr(APIRequestFactory(), method)("/", **headers)
    # The middleware ends the scope that the view enters.
    assert TenancyMiddleware(Probe.as_view())(request).status_code == status


def test_a_view_that_is_not_keyed_is_closed(north):
    request = SimpleNamespace(user=north.admin, method="GET")
    assert not HoldsKey().has_permission(request, SimpleNamespace(get=1))


def test_synchronizing_again_changes_nothing():
    assert sync_rbac() == {"created": 0, "changed": 0, "removed": 0}


def test_synchronizing_corrects_what_differs_and_leaves_added_roles_alone():
    obsolete = key("courses.create")
    obsolete.pk, obsolete.codename = None, "obsolete.key"
    obsolete.save()
    key("courses.get").delete()
    keys_in_database().filter(codename="courses.list").update(name="Wrong")
    Role.objects.filter(name="TEACHER").update(kind="GUEST")
    Role.objects.get(name="GUEST").permissions.add(key("users.list"))
    added = Role.objects.create(name="LIBRARIAN", kind="STAFF")
    counts = sync_rbac()
    assert counts["created"] == 1
    assert counts["removed"] == 1
    assert counts["changed"] >= 3
    assert sync_rbac() == {"created": 0, "changed": 0, "removed": 0}
    assert set(keys_in_database().values_list("codename", flat=True)) == set(KEYS)
    for name, spec in ROLES.items():
        role = Role.objects.get(name=name)
        assert (role.kind, role.is_global) == (spec.kind, spec.is_global)
        assert set(role.permissions.values_list("codename", flat=True)) == spec.keys
    assert Role.objects.filter(pk=added.pk).exists()


def test_keys_that_two_apps_contribute_stop_the_start():
    with pytest.raises(ImproperlyConfigured, match=r"named twice: \['videos.get'\]"):
        contribute(keys_of("videos", "videos", "get"), held_by=["GUEST"])
    assert not ROLES["GUEST"].keys


def test_the_command_says_what_it_did(capsys):
    from django.core.management import call_command

    call_command("sync_rbac")
    assert "0 created" in capsys.readouterr().out


def test_keys_of_nobody_are_none():
    from uuid import uuid4

    from accounts.rights.principal import load_permission_keys

    assert load_permission_keys(uuid4()) == frozenset()
