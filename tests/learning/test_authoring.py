"""Creating, reading, changing, deleting and restoring rows of the tree."""

import pytest

from learning.models import SubCourse
from tenancy.models import Organization
from tests import factories
from tests.conftest import error_of
from tests.factories import make_user

BASE = "/api/v1/course-management"


RESOURCES = ["categories", "courses", "sub-courses", "videos"]
PARENTS = {"courses": "category_id", "sub-courses": "course_id", "videos": "sub_course_id"}


@pytest.mark.parametrize("resource", RESOURCES)
def test_an_admin_creates_reads_changes_deletes_and_restores(resource, rows, north, as_user):
    client = as_user(north.admin)
    body = rows[resource][2]
    created = client.post(f"{BASE}/{resource}", body)
    assert created.status_code == 201, created.content
    made = created.json()
    assert {name: made[name] for name in body} == body
    url = f"{BASE}/{resource}/{made['id']}"
    assert client.get(url).json() == made
    assert client.get(url + "/").json() == made
    changed = client.patch(url, {"title": "Newer", "description": "Longer"})
    assert changed.json() == {**made, "title": "Newer", "description": "Longer"}
    replaced = client.put(url, {**body, "title": "Newest"})
    assert replaced.status_code == 200
    assert replaced.json()["title"] == "Newest"
    assert client.delete(url).status_code == 204
    assert client.get(url).status_code == 404
    assert client.delete(url).status_code == 404
    deleted = client.get(f"{BASE}/{resource}?deleted=true").json()["rows"]
    assert [row["id"] for row in deleted] == [made["id"]]
    assert client.post(f"{url}/restore").status_code == 200
    assert client.post(f"{url}/restore").status_code == 200
    assert client.get(url).json()["title"] == "Newest"


@pytest.mark.parametrize("resource", RESOURCES)
def test_another_tenants_row_is_answered_exactly_like_one_that_does_not_exist(resource, rows, north, as_user):
    client = as_user(north.admin)
    foreign, nobody = f"{BASE}/{resource}/{rows[resource][1].pk}", f"{BASE}/{resource}/{10**12}"
    for method, suffix, body in [
        ("get", "", None),
        ("put", "", rows[resource][2]),
        ("patch", "", {"title": "Mine now"}),
        ("delete", "", None),
        ("post", "/restore", None),
    ]:
        theirs = getattr(client, method)(foreign + suffix, body)
        nobodys = getattr(client, method)(nobody + suffix, body)
        assert theirs.status_code == 404
        assert theirs.content == nobodys.content
    row = type(rows[resource][1]).unscoped.get(pk=rows[resource][1].pk)
    assert row.revision == 0


@pytest.mark.parametrize("resource", PARENTS)
def test_a_parent_of_another_tenant_does_not_exist(resource, rows, north, sunrise, as_user):
    client = as_user(north.admin)
    own, _foreign, body = rows[resource]
    parent = {"courses": sunrise.category, "sub-courses": sunrise.course, "videos": sunrise.sub_course}
    for parent_id in (parent[resource].pk, 10**12):
        sent = {**body, PARENTS[resource]: parent_id}
        for response in (
            client.post(f"{BASE}/{resource}", sent),
            client.patch(f"{BASE}/{resource}/{own.pk}", sent),
        ):
            assert response.status_code == 400
            error = error_of(response)
            assert (error["code"], error["attr"]) == ("does_not_exist", PARENTS[resource])


@pytest.mark.parametrize("resource", PARENTS)
def test_a_filter_by_another_tenants_parent_finds_nothing(resource, rows, north, sunrise, as_user):
    client = as_user(north.admin)
    parent = {"courses": sunrise.category, "sub-courses": sunrise.course, "videos": sunrise.sub_course}
    name = PARENTS[resource]
    foreign = client.get(f"{BASE}/{resource}?{name}={parent[resource].pk}")
    nobodys = client.get(f"{BASE}/{resource}?{name}={10**12}")
    assert foreign.content == nobodys.content
    assert foreign.json() == {"rows": [], "count": 0}


@pytest.mark.parametrize("resource", RESOURCES)
def test_lists_hold_the_tenants_rows_and_nothing_else(resource, rows, north, as_user, statements):
    client = as_user(north.admin)
    with statements() as few:
        first = client.get(f"{BASE}/{resource}").json()
    for _ in range(5):
        client.post(f"{BASE}/{resource}", rows[resource][2])
    with statements() as many:
        second = client.get(f"{BASE}/{resource}").json()
    assert second["count"] == first["count"] + 5 == len(second["rows"])
    assert rows[resource][1].pk not in [row["id"] for row in second["rows"]]
    assert len(few) == len(many) <= 3


@pytest.mark.parametrize("resource", RESOURCES)
@pytest.mark.parametrize(
    ("method", "suffix", "verb"),
    [
        ("list", "", "list"),
        ("post", "", "create"),
        ("get", "/{id}", "get"),
        ("put", "/{id}", "update"),
        ("patch", "/{id}", "update"),
        ("delete", "/{id}", "delete"),
        ("post", "/{id}/restore", "delete"),
    ],
)
def test_each_action_needs_its_key(resource, method, suffix, verb, rows, north, grant, as_user):
    names = {"categories": "course_categories", "sub-courses": "subcourses"}
    own, foreign, body = rows[resource]
    principal = make_user("head@north.test", "PRINCIPAL", at=north.scope)
    client = as_user(principal)
    for pk in (own.pk, foreign.pk, 10**12):
        url = f"{BASE}/{resource}{suffix.format(id=pk)}"
        assert send(client, method, url, body).status_code == 403
    grant(principal, f"{names.get(resource, resource)}.{verb}")
    url = f"{BASE}/{resource}{suffix.format(id=own.pk)}"
    assert send(client, method, url, body).status_code in (200, 201, 204)
    foreign_url = f"{BASE}/{resource}{suffix.format(id=foreign.pk)}"
    if suffix:
        assert send(client, method, foreign_url, body).status_code == 404


def send(client, method, url, body):
    return client.get(url) if method in ("get", "list") else getattr(client, method)(url, body)


def test_deleted_rows_are_listed_only_with_the_delete_key(north, sunrise, as_user):
    assert as_user(north.instructor).get(f"{BASE}/videos").status_code == 200
    assert as_user(north.instructor).get(f"{BASE}/videos?deleted=true").status_code == 403


@pytest.mark.parametrize(
    ("level", "sub_level", "fits"),
    [
        ("BEGINNER", "A1", True),
        ("BEGINNER", "A3", True),
        ("BEGINNER", "B1", False),
        ("INTERMEDIATE", "B2", True),
        ("INTERMEDIATE", "C1", False),
        ("ADVANCED", "C3", True),
        ("ADVANCED", "A1", False),
    ],
)
def test_a_sub_level_belongs_to_its_level(level, sub_level, fits, north, sunrise, as_user):
    body = {"course_id": north.course.pk, "title": "x", "level": level, "sub_level": sub_level}
    response = as_user(north.admin).post(f"{BASE}/sub-courses", body)
    assert response.status_code == (201 if fits else 400)
    if not fits:
        assert (error_of(response)["code"], error_of(response)["attr"]) == (
            "sub_level_mismatch",
            "sub_level",
        )


def test_changing_one_of_level_and_sub_level_checks_the_pair(north, sunrise, as_user):
    client, url = as_user(north.admin), f"{BASE}/sub-courses/{north.sub_course.pk}"
    assert client.patch(url, {"sub_level": "A2"}).status_code == 200
    assert error_of(client.patch(url, {"sub_level": "B1"}))["code"] == "sub_level_mismatch"
    assert error_of(client.patch(url, {"level": "ADVANCED"}))["code"] == "sub_level_mismatch"
    assert client.patch(url, {"level": "ADVANCED", "sub_level": "C2"}).status_code == 200


def test_the_database_refuses_a_sub_level_of_another_level(north, sunrise):
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError, match="sub_course_sub_level_belongs_to_level"), transaction.atomic():
        SubCourse.unscoped.filter(pk=north.sub_course.pk).update(sub_level="C1")


@pytest.mark.parametrize("resource", RESOURCES)
def test_the_position_defaults_to_the_end(resource, rows, north, as_user):
    client = as_user(north.admin)
    first = client.post(f"{BASE}/{resource}", rows[resource][2]).json()
    second = client.post(f"{BASE}/{resource}", rows[resource][2]).json()
    assert second["display_order"] == first["display_order"] + 1
    assert first["display_order"] > rows[resource][0].display_order


def test_shared_content_is_read_by_all_and_written_by_the_platform(north, sunrise, global_admin, as_user):
    platform = Organization.unscoped.get(slug="platform")
    course = factories.CourseFactory(category=factories.CategoryFactory(organization=platform))
    url = f"{BASE}/courses/{course.pk}"
    for tenant in (north, sunrise):
        client = as_user(tenant.admin)
        assert client.get(url).status_code == 200
        for refused in (client.patch(url, {"title": "Mine"}), client.delete(url)):
            assert refused.status_code == 403
            assert error_of(refused)["code"] == "shared_content"
        child = client.post(
            f"{BASE}/sub-courses",
            {"course_id": course.pk, "title": "x", "level": "BEGINNER", "sub_level": "A1"},
        )
        assert error_of(child)["code"] == "does_not_exist"
    as_platform = as_user(global_admin, platform.scope)
    assert as_platform.patch(url, {"title": "Ours"}).json()["title"] == "Ours"
    assert as_platform.delete(url).status_code == 204
    assert as_user(north.admin).post(f"{url}/restore").status_code == 403


def test_a_global_user_names_the_organization_to_write_in(north, sunrise, global_admin, as_user):
    nowhere = as_user(global_admin).post(f"{BASE}/categories", {"title": "x"})
    assert nowhere.status_code == 400
    assert error_of(nowhere)["code"] == "organization_required"
    somewhere = as_user(global_admin, sunrise.scope).post(f"{BASE}/categories", {"title": "x"})
    assert somewhere.status_code == 201
    assert as_user(north.admin).get(f"{BASE}/categories/{somewhere.json()['id']}").status_code == 404


def test_a_learner_with_a_list_key_is_told_no_addresses_and_no_drafts(north, sunrise, grant, as_user):
    draft = factories.VideoFactory(sub_course=north.sub_course, status="DRAFT")
    grant(north.student, "videos.list")
    rows = as_user(north.student).get(f"{BASE}/videos").json()["rows"]
    assert [row["id"] for row in rows] == [video.pk for video in north.videos]
    assert draft.pk not in [row["id"] for row in rows]
    assert all("video_url" not in row for row in rows)


def test_a_learner_with_authoring_keys_is_told_no_address_by_any_answer(north, sunrise, grant, as_user):
    student = make_user("learner@north.test", "STUDENT", at=north.scope)
    grant(student, "videos.update", "videos.delete")
    client, url = as_user(student), f"{BASE}/videos/{north.videos[2].pk}"
    assert client.get(url).status_code == 403
    changed = client.patch(url, {})
    assert changed.status_code == 200
    assert client.delete(url).status_code == 204
    restored = client.post(f"{url}/restore")
    assert restored.status_code == 200
    assert b"video_url" not in changed.content + restored.content
