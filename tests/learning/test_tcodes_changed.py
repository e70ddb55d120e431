"""Tcodes are created, changed and deleted over the API, behind keys (document 003)."""

import pytest

from learning.models import Tcode
from tenancy.scope import PLATFORM_ID
from tests import factories
from tests.conftest import Client, error_of

URL = "/api/v1/tcodes"
NEW = {
    "code": "FIRE-1",
    "title": "Fire safety",
    "subject": "Safety",
    "contentUrl": "https://content.example/fire",
}


def refusal_of(answer):
    return answer.status_code, error_of(answer)["code"], error_of(answer)["attr"]


def test_an_administrator_adds_changes_and_deletes_a_tcode_of_the_organization(north, sunrise, as_user):
    admin = as_user(north.admin)
    made = admin.post(URL, {**NEW, "slideCount": 12, "description": "What to do.", "isPublished": True})
    assert made.status_code == 201
    row = made.json()
    assert {**NEW, "slideCount": 12, "isPublished": True, "contentUrl": None}.items() <= row.items()
    tcode = Tcode.unscoped.get(pk=row["id"])
    assert (tcode.organization, tcode.content_url) == (north.organization, NEW["contentUrl"])
    assert as_user(north.student).get(f"{URL}/{tcode.pk}").status_code == 200
    assert as_user(sunrise.admin).get(f"{URL}/{tcode.pk}").status_code == 404
    changed = admin.patch(f"{URL}/{tcode.pk}", {"title": "Fire", "contentUrl": "https://content.example/2"})
    assert changed.json() == {**row, "title": "Fire"}
    tcode.refresh_from_db()
    assert (tcode.title, tcode.content_url, tcode.slide_count) == ("Fire", "https://content.example/2", 12)
    assert admin.delete(f"{URL}/{tcode.pk}").status_code == 204
    assert admin.get(f"{URL}/{tcode.pk}").status_code == 404
    assert admin.post(URL, NEW).status_code == 201


def test_a_new_tcode_is_not_published_unless_that_is_said(north, as_user):
    made = as_user(north.admin).post(URL, NEW)
    assert (made.status_code, made.json()["isPublished"]) == (201, False)
    assert as_user(north.student).get(f"{URL}/{made.json()['id']}").status_code == 404


@pytest.mark.parametrize("code", ["FIRE-1", "fire-1"])
def test_a_code_is_once_in_an_organization_in_any_case(code, north, sunrise, as_user):
    admin = as_user(north.admin)
    assert admin.post(URL, NEW).status_code == 201
    other = factories.TcodeFactory(organization=north.organization)
    for refused in (admin.post(URL, {**NEW, "code": code}), admin.patch(f"{URL}/{other.pk}", {"code": code})):
        assert refusal_of(refused) == (409, "code_taken", None)
    assert as_user(sunrise.admin).post(URL, NEW).status_code == 201


def test_tcodes_of_others_and_shared_ones_are_not_changed(north, sunrise, as_user, global_admin):
    admin = as_user(north.admin)
    foreign, shared = factories.TcodeFactory(organization=sunrise.organization), factories.TcodeFactory()
    for answer in (admin.patch(f"{URL}/{foreign.pk}", {"title": "X"}), admin.delete(f"{URL}/{foreign.pk}")):
        assert answer.status_code == 404
    # What is wrong with the body does not matter then.
    for answer in (admin.patch(f"{URL}/{shared.pk}", {"title": 7}), admin.delete(f"{URL}/{shared.pk}")):
        assert refusal_of(answer) == (403, "shared_content", None)
    platform = f"organization:{PLATFORM_ID}"
    everywhere = Client().as_user(global_admin)
    assert refusal_of(everywhere.post(URL, NEW)) == (400, "organization_required", "X-Scope")
    assert everywhere.post(URL, NEW, HTTP_X_SCOPE=platform).status_code == 201
    assert everywhere.patch(f"{URL}/{shared.pk}", {"title": "X"}).json()["title"] == "X"


def test_each_verb_has_its_key(north, as_user, grant):
    teacher, tcode = north.teacher, factories.TcodeFactory(organization=north.organization)
    client, url = as_user(teacher), f"{URL}/{tcode.pk}"
    calls = {
        "tcodes.create": lambda: client.post(URL, NEW),
        "tcodes.update": lambda: client.patch(url, {"title": "X"}),
        "tcodes.delete": lambda: client.delete(url),
    }
    assert {call().status_code for call in calls.values()} == {403}
    for key, call in calls.items():
        grant(teacher, key)
        # The teacher acts in a classroom, and tcodes belong to the organization as a whole.
        assert refusal_of(call())[:2] == (403, "organization_scope_required")


@pytest.mark.parametrize(
    ("field", "sent"),
    [
        ("code", "has spaces"),
        ("code", "x" * 51),
        ("title", ""),
        ("title", 7),
        ("subject", None),
        ("slideCount", -1),
        ("slideCount", "3"),
        ("slideCount", 2**31),
        ("contentUrl", "javascript:alert(1)"),
        ("contentUrl", "nowhere"),
        ("isPublished", "true"),
    ],
)
def test_what_is_wrong_is_named(field, sent, north, as_user):
    answer = as_user(north.admin).post(URL, {**NEW, field: sent})
    assert (answer.status_code, error_of(answer)["attr"]) == (400, field)


def test_a_learner_with_the_key_reads_back_what_they_added(north, as_user, grant):
    person = factories.make_user("writes@north.test", "STUDENT", at=north.organization.scope)
    grant(person, "tcodes.create")
    made = as_user(person).post(URL, NEW)
    assert (made.status_code, made.json()["isPublished"]) == (201, False)


def test_who_knows_an_older_tcode_is_told_who_changed_it(north, as_user):
    first, second = (
        as_user(north.admin),
        as_user(factories.make_user("ada@north.test", "ADMIN", at=north.scope)),
    )
    made = first.post(URL, NEW)
    url = f"{URL}/{made.json()['id']}"
    assert first.get(url)["ETag"] == made["ETag"]
    assert second.patch(url, {"title": "Hers"}, HTTP_IF_MATCH=made["ETag"]).status_code == 200
    for refused in (
        first.patch(url, {"title": "Mine"}, HTTP_IF_MATCH=made["ETag"]),
        first.delete(url, HTTP_IF_MATCH=made["ETag"]),
    ):
        assert (refused.status_code, error_of(refused)["code"]) == (412, "stale_row")
    assert first.get(url).json()["title"] == "Hers"
