"""The sentences of document 003, the workshop, one after the other, as a client meets them."""

from datetime import timedelta
from uuid import uuid4

import bcrypt
import jwt
import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.hashers import identify_hasher
from django.utils import timezone

from accounts.models import Preferences, User
from learning.models import Subscription, Tcode
from learning.workshop.packages import PACKAGES
from progress.models import Interaction, TcodeProgress
from tests import factories
from tests.contracts.routes import ANONYMOUS, ROUTES

API = "/api/v1"
NEWCOMER = {"email": "new@demo.test", "password": "kumquat-violin-8812", "name": "New"}


@pytest.fixture
def tcode(db):
    return factories.TcodeFactory(slide_count=20)


@pytest.fixture
def learner(as_user, independent, north, sunrise):
    return as_user(independent)


@pytest.fixture
def subscribed(learner, tcode):
    answer = learner.post(f"{API}/subscriptions", {"tcodeId": tcode.pk, "subscriptionType": "trial"})
    assert answer.status_code == 201
    return answer.json()


# 1. users


def test_users_are_for_authentication_and_identity_only(learner, independent):
    me = learner.get(f"{API}/users/me").json()
    assert {"id", "email", "createdAt"} <= me.keys()
    assert not {name for name in me if "password" in name.lower()}
    assert independent.password not in str(me)


def test_every_logged_in_user_is_treated_as_a_student(client, settings, north, sunrise):
    settings.REGISTRATION_CONFIRMED = False
    assert client.post(f"{API}/auth/register", NEWCOMER).status_code == 201
    new = client.as_user(User.unscoped.get(email=NEWCOMER["email"]))
    assert new.get(f"{API}/users/me").json()["role"] is None
    granted = {row["key"] for row in new.get(f"{API}/users/me/permissions").json()["rows"] if row["granted"]}
    student = client.as_user(north.student)
    rows = student.get(f"{API}/users/me/permissions").json()["rows"]
    assert granted == {row["key"] for row in rows if row["granted"]}


# 2. user_preferences


def test_preferences_are_one_row_per_user_with_theme_language_and_playback_speed(learner, independent):
    address = f"{API}/users/me/preferences"
    assert {"theme", "language", "playbackSpeed"} <= learner.get(address).json().keys()
    assert learner.patch(address, {"theme": "dark"}).json()["theme"] == "dark"
    assert learner.patch(address, {"playbackSpeed": 1.5}).json()["theme"] == "dark"
    assert learner.get(address).json()["playbackSpeed"] == 1.5
    assert Preferences.unscoped.filter(user=independent).count() == 1


# 3. user_progress


def test_progress_is_one_row_per_user_and_tcode(learner, independent, subscribed, tcode):
    address = f"{API}/tcodes/{tcode.pk}/progress"
    for slide in (4, 7):
        sent = {"lastSlideSeen": slide, "percentComplete": slide * 5}
        saved = learner.put(address, sent).json()
    assert {"lastSlideSeen", "percentComplete", "lastActive"} <= saved.keys()
    assert (saved["lastSlideSeen"], saved["percentComplete"]) == (7, 35)
    assert TcodeProgress.unscoped.filter(user=independent, tcode=tcode).count() == 1


# 4. user_interactions


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("viewed-slide", {"tcodeId": 1, "slide": 3}),
        ("searched", {"query": "fractions"}),
        ("asked-question", {"question": "Why is a half not a third?"}),
    ],
)
def test_all_user_initiated_actions_are_logged_with_type_payload_and_time(learner, kind, payload):
    answer = learner.post(f"{API}/interactions", {"type": kind, "payload": payload})
    assert answer.status_code == 201, answer.content
    [row] = learner.get(f"{API}/interactions?type={kind}").json()["rows"]
    assert (row["type"], row["payload"]) == (kind, payload)
    assert row["createdAt"]


def test_interactions_are_append_only(learner, independent):
    learner.post(f"{API}/interactions", {"type": "searched", "payload": {"query": "a"}})
    for method in ("put", "patch", "delete"):
        assert getattr(learner, method)(f"{API}/interactions", {}).status_code == 405
    assert Interaction.unscoped.filter(user=independent).count() == 1


# 5. tcodes


def test_a_tcode_is_metadata_of_static_content_elsewhere(learner, subscribed, tcode):
    shown = learner.get(f"{API}/tcodes/{tcode.pk}").json()
    assert {"id", "code", "title", "subject", "description", "slideCount"} <= shown.keys()
    assert shown["contentUrl"] == tcode.content_url
    assert "127.0.0.1" not in shown["contentUrl"]


# 6. subscriptions


def test_a_subscription_defines_which_user_can_access_which_tcode(learner, independent, subscribed, tcode):
    fields = {"userId", "tcodeId", "subscriptionType", "startDate", "durationDays", "status"}
    assert fields <= subscribed.keys()
    assert (subscribed["userId"], subscribed["tcodeId"]) == (str(independent.pk), tcode.pk)
    other = factories.TcodeFactory()
    shown = {row["id"]: row["hasAccess"] for row in learner.get(f"{API}/tcodes").json()["rows"]}
    assert shown[tcode.pk] is True
    assert shown[other.pk] is False


def test_access_is_determined_by_checking_now_against_start_and_duration(learner, subscribed, tcode):
    address, row = f"{API}/tcodes/{tcode.pk}/access", Subscription.unscoped.filter(pk=subscribed["id"])
    days = timedelta(days=subscribed["durationDays"])
    for begun, allowed in (
        (timedelta(seconds=-60), False),
        (timedelta(seconds=60), True),
        (days - timedelta(seconds=60), True),
        (days, False),
    ):
        row.update(start_date=timezone.now() - begun)
        assert learner.get(address).json()["allowed"] is allowed, begun


# 7. packages


def test_packages_are_named_in_code_and_map_to_rules(learner):
    assert {"trial", "monthly", "internal-access"} <= PACKAGES.keys()
    rows = learner.get(f"{API}/packages").json()["rows"]
    assert [row["name"] for row in rows] == list(PACKAGES)
    assert all({"durationDays", "price", "currency", "renewal"} <= row.keys() for row in rows)
    assert not [model for model in apps.get_models() if "package" in model._meta.db_table]


# 8. messages


def test_messages_go_from_the_system_to_a_user_tagged_and_scoped(as_user, north, sunrise):
    admin, student = as_user(north.admin), as_user(north.student)
    sent = {"title": "Closed on Monday", "body": "See you on Tuesday."}
    for tag in ("system", "subscription", "info"):
        place = {"scope": str(north.classroom.scope)} if tag == "info" else {"userId": str(north.student.pk)}
        assert admin.post(f"{API}/messages", {**sent, **place, "tag": tag}).status_code == 201
    inbox = student.get(f"{API}/messages").json()
    assert [row["tag"] for row in inbox["rows"]] == ["info", "subscription", "system"]
    assert {"id", "tag", "title", "body", "readAt", "createdAt", "expiresAt"} <= inbox["rows"][0].keys()
    assert as_user(sunrise.student).get(f"{API}/messages").json()["count"] == 0


# Core design principles


@pytest.mark.parametrize("who", ["student", "teacher", "admin", "global_admin"])
def test_no_role_opens_a_tcode_and_a_subscription_type_does(
    who, as_user, north, sunrise, global_admin, tcode
):
    user = global_admin if who == "global_admin" else north.people[who]
    address = f"{API}/tcodes/{tcode.pk}/access"
    assert as_user(user).get(address).json() == {
        "allowed": False,
        "reason": "no_subscription",
        "subscription": None,
    }
    grant = {"userId": str(user.pk), "subscriptionType": "internal-access"}
    assert as_user(global_admin).post(f"{API}/subscriptions", grant).status_code == 201
    assert as_user(user).get(address).json()["reason"] == "internal_access"


def test_everything_routes_through_rest():
    paths = {route.path for route in ROUTES}
    for resource in ("tcodes", "users", "messages", "subscriptions", "packages", "interactions"):
        assert f"v1/{resource}" in paths


def test_preferences_and_progress_are_decoupled_from_the_core_user_record():
    columns = {field.name for field in User._meta.concrete_fields}
    assert not columns & {field.name for field in Preferences._meta.concrete_fields} - {
        "id",
        "organization",
        "created_at",
        "updated_at",
    }
    assert not {name for name in columns if "slide" in name or "percent" in name or "progress" in name}


# Authentication


def test_login_is_by_email_and_password_and_issues_a_token_for_every_request(client, north, sunrise):
    body = {"email": north.student.email, "password": factories.PASSWORD}
    access = client.post(f"{API}/auth/login", body).json()["access"]
    claims = jwt.decode(access, settings.SIMPLE_JWT["SIGNING_KEY"], algorithms=["HS256"])
    assert claims["user_id"] == str(north.student.pk)
    assert client.get(f"{API}/users/me").status_code == 401
    me = client.get(f"{API}/users/me", HTTP_AUTHORIZATION=f"Bearer {access}").json()
    assert me["id"] == str(north.student.pk)


def test_passwords_are_hashed_with_bcrypt(client, settings, north, sunrise):
    settings.REGISTRATION_CONFIRMED = False
    client.post(f"{API}/auth/register", NEWCOMER)
    stored = User.unscoped.get(email=NEWCOMER["email"]).password
    assert identify_hasher(stored).algorithm == "bcrypt_sha256"
    assert bcrypt.gensalt()[:4] in stored.encode()


def test_all_protected_routes_check_the_token(client, db):
    workshop = [route for route in ROUTES if route.keys != ANONYMOUS]
    assert len(workshop) > 40
    for route in workshop:
        paths = {route.path.replace("<id>", some_id) for some_id in ("1", str(uuid4()))}
        answers = {getattr(client, route.method)(f"/api/{path}").status_code for path in paths}
        # Where it takes one kind of id, there is no path with the other.
        assert answers - {404} == {401}, route


# Summary


def test_a_further_project_changes_tcodes_and_packages_only():
    """Neither is named by another module's tables: tcodes are rows, packages a registry."""
    tied = {field.name for field in Subscription._meta.concrete_fields if field.is_relation}
    assert tied == {"organization", "user", "tcode", "granted_by"}
    assert not Subscription._meta.get_field("subscription_type").choices
    assert Tcode._meta.db_table == "tcodes"
