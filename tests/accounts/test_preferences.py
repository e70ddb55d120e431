"""What people prefer (document 003: one row per user)."""

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import PREFERENCES, Preferences
from accounts.people.domain.membership import place
from tenancy.scope import every_organization, organization_scope
from tests.conftest import error_of

pytestmark = pytest.mark.django_db

URL = "/api/v1/users/me/preferences"
DEFAULTS = {
    "theme": "system",
    "language": "en",
    "playbackSpeed": 1.0,
    "captions": False,
    "autoplay": True,
    "weeklyDigest": False,
    "emailCopies": False,
}


def count(user):
    return Preferences.unscoped.filter(user=user).count()


def test_there_is_one_row_per_user_made_on_first_read_with_the_defaults(as_user, north, sunrise, statements):
    client = as_user(north.student)
    with statements() as sent:
        assert client.get(URL).json() == DEFAULTS
    assert len(sent) == 2  # who asks, and what they prefer
    assert client.get(URL).json() == DEFAULTS
    assert count(north.student) == 1
    assert Preferences.unscoped.count() == 1
    assert Preferences.unscoped.get().organization_id == north.organization.pk


def test_a_change_of_one_key_leaves_the_others_and_other_people(as_user, north, sunrise, statements):
    for user in (north.student2, sunrise.student):
        as_user(user).get(URL)
    client = as_user(north.student)
    assert client.patch(URL, {"theme": "dark"}).json() == {**DEFAULTS, "theme": "dark"}
    with statements() as sent:
        changed = client.patch(URL, {"playbackSpeed": 1.5, "emailCopies": True})
    assert len(sent) == 2
    expected = {**DEFAULTS, "theme": "dark", "playbackSpeed": 1.5, "emailCopies": True}
    assert (changed.status_code, changed.json()) == (200, expected)
    assert client.get(URL).json() == expected
    for user in (north.student2, sunrise.student):
        assert as_user(user).get(URL).json() == DEFAULTS
        assert count(user) == 1


def test_nothing_sent_changes_nothing(as_user, north):
    assert as_user(north.student).patch(URL, {}).json() == DEFAULTS


def test_unknown_keys_are_refused_by_name_and_nothing_is_saved(as_user, north):
    response = as_user(north.student).patch(URL, {"theme": "dark", "teme": "dark", "user_id": 1})
    assert response.status_code == 400
    errors = {(error["attr"], error["code"]) for error in response.json()["errors"]}
    assert errors == {("teme", "unknown_preference"), ("user_id", "unknown_preference")}
    assert count(north.student) == 0


@pytest.mark.parametrize("preference", [p for p in PREFERENCES if p.allowed], ids=lambda p: p.name)
def test_every_allowed_value_is_taken(as_user, north, preference):
    for value in preference.allowed:
        answer = as_user(north.student).patch(URL, {preference.name: value})
        assert (answer.status_code, answer.json()[preference.name]) == (200, value)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("en", "en"),
        ("EN-gb", "en-GB"),
        ("zh-hANS", "zh-Hans"),
        ("sr-Latn-RS", "sr-Latn-RS"),
        ("es-419", "es-419"),
        ("de-CH-1996", "de-CH-1996"),
        ("de-DE-u-co-phonebk", "de-DE-u-co-phonebk"),
        ("hsb", "hsb"),
        ("iw", "iw"),
        ("i-klingon", "i-klingon"),
        ("x-ours", "x-ours"),
        ("en-x-" + "-".join(["twenty"] * 20), "en-x-" + "-".join(["twenty"] * 20)),
    ],
)
def test_any_language_tag_of_bcp_47_is_taken_in_any_case(as_user, north, sunrise, sent, kept):
    client = as_user(north.student)
    assert client.patch(URL, {"language": sent}).json()["language"] == kept
    assert client.get(URL).json()["language"] == kept
    assert as_user(sunrise.student).get(URL).json()["language"] == "en"


def test_a_whole_number_is_a_number(as_user, north):
    assert as_user(north.student).patch(URL, {"playbackSpeed": 2}).json()["playbackSpeed"] == 2.0


@pytest.mark.parametrize(
    "sent",
    [
        *({"theme": value} for value in ("blue", "Dark", "", None, 1, True, ["dark"], {"a": 1}, "nul\0")),
        *({"language": value} for value in ("xx", "en_GB", "en-", "english", "", "en\0", None, 5)),
        *({"playbackSpeed": value} for value in (0, 0.51, 2.25, -1, 10**19, "1", True, None, [1], {})),
        *({name: value} for name in ("captions", "emailCopies") for value in ("true", 0, 1, None, [])),
    ],
    ids=repr,
)
def test_other_values_are_refused_by_name(as_user, north, sent):
    response = as_user(north.student).patch(URL, sent)
    assert response.status_code == 400
    assert error_of(response)["attr"] == next(iter(sent))
    assert count(north.student) == 0


@pytest.mark.parametrize("body", ["[]", '"x"', "5", "null"])
def test_a_body_that_is_no_object_is_refused(as_user, north, body):
    response = as_user(north.student).patch(URL, data=body, content_type="application/json")
    assert response.status_code == 400


@pytest.mark.parametrize(
    ("column", "value"), [("theme", "blue"), ("language", "en_GB"), ("playback_speed", 0.6)], ids=str
)
def test_the_database_refuses_them_too(as_user, north, column, value):
    as_user(north.student).get(URL)
    with pytest.raises(IntegrityError, match=f"preferences_{column}_is_allowed"), transaction.atomic():
        Preferences.unscoped.update(**{column: value})


def test_the_database_has_the_same_defaults(as_user, north):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO user_preferences (id, user_id, organization_id) VALUES (gen_random_uuid(), %s, %s)",
            [north.student.pk, north.organization.pk],
        )
    assert as_user(north.student).get(URL).json() == DEFAULTS


def test_independent_learners_and_global_people_have_them_wherever_they_act(
    as_user, north, independent, global_admin
):
    assert as_user(independent).patch(URL, {"captions": True}).json()["captions"] is True
    as_user(global_admin).patch(URL, {"theme": "light"})
    assert as_user(global_admin, north.scope).get(URL).json()["theme"] == "light"
    assert count(global_admin) == 1


def test_whoever_moves_takes_their_preferences_along(as_user, north, sunrise):
    as_user(north.teacher).patch(URL, {"theme": "dark"})
    place(user=north.teacher, at=sunrise.scope, role=north.teacher.role)
    assert as_user(north.teacher).get(URL).json()["theme"] == "dark"
    with organization_scope(north.organization):
        assert not Preferences.objects.exists()
    with organization_scope(sunrise.organization):
        assert Preferences.objects.get().user_id == north.teacher.pk
    with every_organization():
        assert Preferences.objects.count() == 1


def test_nobody_is_refused(client, db):
    for response in (client.get(URL), client.patch(URL, {"theme": "dark"})):
        assert response.status_code == 401
