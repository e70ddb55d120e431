"""Creating, reading, changing, deleting and restoring rows of the tree."""

import pytest

from learning.models import Course, SubCourse, Video
from quizzes.models import QuestionSet
from tenancy.models import Organization
from tests import factories
from tests.conftest import error_of

BASE = "/api/v1/course-management"


@pytest.fixture
def rows(north, sunrise):
    """For each resource: a row of North, one of Sunrise, and a body that makes another in North."""
    return {
        "categories": (north.category, sunrise.category, {"title": "New"}),
        "courses": (north.course, sunrise.course, {"title": "New", "category_id": north.category.pk}),
        "sub-courses": (
            north.sub_course,
            sunrise.sub_course,
            {"title": "New", "course_id": north.course.pk, "level": "BEGINNER", "sub_level": "A2"},
        ),
        "videos": (
            north.videos[0],
            sunrise.videos[0],
            {
                "title": "New",
                "sub_course_id": north.sub_course.pk,
                "video_url": "https://videos.example/new.mp4",
            },
        ),
    }


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
    client = as_user(north.principal)
    for pk in (own.pk, foreign.pk, 10**12):
        url = f"{BASE}/{resource}{suffix.format(id=pk)}"
        assert send(client, method, url, body).status_code == 403
    grant(north.principal, f"{names.get(resource, resource)}.{verb}")
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


@pytest.mark.parametrize(
    ("sent", "attr", "code"),
    [
        ({"title": 12}, "title", "invalid"),
        ({"title": None}, "title", "null"),
        ({"title": ""}, "title", "blank"),
        ({"title": "x" * 201}, "title", "max_length"),
        ({"title": "a\x00b"}, "title", "null_characters_not_allowed"),
        ({"display_order": "1"}, "display_order", "invalid"),
        ({"display_order": True}, "display_order", "invalid"),
        ({"display_order": 1.5}, "display_order", "invalid"),
        ({"display_order": -1}, "display_order", "min_value"),
        ({"display_order": 2**31}, "display_order", "max_value"),
        ({"duration_seconds": 10**19}, "duration_seconds", "max_value"),
        ({"status": "GONE"}, "status", "invalid_choice"),
        ({"status": 1}, "status", "invalid_choice"),
        ({"video_url": "javascript:alert(1)"}, "video_url", "invalid"),
        ({"sub_course_id": "1"}, "sub_course_id", "incorrect_type"),
        ({"sub_course_id": True}, "sub_course_id", "incorrect_type"),
        ({"sub_course_id": 10**19}, "sub_course_id", "does_not_exist"),
        ({"sub_course_id": 0}, "sub_course_id", "does_not_exist"),
        ({"sub_course_id": None}, "sub_course_id", "null"),
    ],
)
def test_a_bad_value_is_a_400_that_names_the_field(sent, attr, code, rows, north, as_user):
    response = as_user(north.admin).post(f"{BASE}/videos", {**rows["videos"][2], **sent})
    assert response.status_code == 400
    assert (error_of(response)["attr"], error_of(response)["code"]) == (attr, code)


@pytest.mark.parametrize("missing", ["title", "sub_course_id", "video_url"])
def test_only_the_documents_own_fields_are_required(missing, rows, north, as_user):
    body = dict(rows["videos"][2])
    del body[missing]
    response = as_user(north.admin).post(f"{BASE}/videos", body)
    assert (error_of(response)["attr"], error_of(response)["code"]) == (missing, "required")


def test_server_owned_values_in_a_body_are_ignored(rows, north, sunrise, as_user):
    owned = {
        "id": 1,
        "organization": str(sunrise.organization.pk),
        "organization_id": str(sunrise.organization.pk),
        "organizationId": str(sunrise.organization.pk),
        "deleted": "2020-01-01T00:00:00Z",
        "deleted_by_cascade": True,
        "revision": 99,
        "created_at": "2020-01-01T00:00:00Z",
        "updated_at": "2020-01-01T00:00:00Z",
    }
    made = as_user(north.admin).post(f"{BASE}/videos", {**rows["videos"][2], **owned}).json()
    video = Video.unscoped.get(pk=made["id"])
    assert video.organization_id == north.organization.pk
    assert (video.deleted, video.revision, video.created_at.year > 2020) == (None, 0, True)


@pytest.mark.parametrize(
    ("query", "attr"),
    [
        ("limit=", "limit"),
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=x", "limit"),
        ("limit=1.5", "limit"),
        ("page=0", "page"),
        ("page=-1", "page"),
        ("page=99999999999", "page"),
        ("cours_id=1", "cours_id"),
        ("sub_course_id=x", "sub_course_id"),
        ("sub_course_id=", "sub_course_id"),
        ("sub_course_id=1.5", "sub_course_id"),
        ("sub_course_id=99999999999999999999", "sub_course_id"),
        ("sub_course_id=1.0", "sub_course_id"),
        ("deleted=yes", "deleted"),
        ("deleted=1", "deleted"),
        ("status=GONE", "status"),
        ("status=", "status"),
        ("status=%00", "status"),
    ],
)
def test_a_bad_query_parameter_is_refused_by_name(query, attr, north, sunrise, as_user):
    response = as_user(north.admin).get(f"{BASE}/videos?{query}")
    assert response.status_code == 400
    assert error_of(response)["attr"] == attr


@pytest.mark.parametrize("resource", ["categories", "courses", "sub-courses"])
def test_a_filter_by_a_truth_value_takes_true_and_false_only(resource, north, sunrise, as_user):
    client = as_user(north.admin)
    assert client.get(f"{BASE}/{resource}?is_active=true").json()["count"] == 1
    assert client.get(f"{BASE}/{resource}?is_active=false").json()["count"] == 0
    refused = client.get(f"{BASE}/{resource}?is_active=banana")
    assert (refused.status_code, error_of(refused)["attr"]) == (400, "is_active")


def test_a_page_past_the_end_is_empty(north, sunrise, as_user):
    response = as_user(north.admin).get(f"{BASE}/videos?limit=2&page=1000000000")
    assert response.json() == {"rows": [], "count": 3}


def test_pages_share_out_the_rows(north, sunrise, as_user):
    client = as_user(north.admin)
    pages = [client.get(f"{BASE}/videos?limit=2&page={page}").json()["rows"] for page in (1, 2)]
    assert [row["id"] for page in pages for row in page] == [video.pk for video in north.videos]


def test_deleting_a_course_hides_what_is_below_and_restoring_brings_back_just_that(
    north, sunrise, as_user, statements
):
    client = as_user(north.admin)
    earlier = north.videos[0]
    client.delete(f"{BASE}/videos/{earlier.pk}")
    with statements() as sent:
        client.delete(f"{BASE}/courses/{north.course.pk}")
    assert len(sent) == 1 + 1 + 5
    assert not Video.unscoped.filter(sub_course=north.sub_course, deleted=None).exists()
    assert not QuestionSet.unscoped.filter(sub_course=north.sub_course, deleted=None).exists()
    assert client.get(f"{BASE}/videos").json()["count"] == 0
    assert as_user(sunrise.admin).get(f"{BASE}/videos").json()["count"] == 3
    client.post(f"{BASE}/courses/{north.course.pk}/restore")
    alive = Video.unscoped.filter(sub_course=north.sub_course, deleted=None)
    assert [video.pk for video in alive] == [video.pk for video in north.videos[1:]]
    sets = QuestionSet.unscoped.filter(sub_course=north.sub_course, deleted=None)
    assert sets.filter(set_type="INITIAL_ASSESSMENT").count() == 1
    assert sets.filter(set_type="PRACTICE").count() == 2


def test_what_stands_in_something_deleted_is_restored_after_it(north, sunrise, as_user):
    client = as_user(north.admin)
    client.delete(f"{BASE}/courses/{north.course.pk}")
    response = client.post(f"{BASE}/sub-courses/{north.sub_course.pk}/restore")
    assert response.status_code == 409
    assert error_of(response)["code"] == "parent_deleted"


def test_nothing_is_added_under_a_deleted_parent(rows, north, as_user):
    client = as_user(north.admin)
    client.delete(f"{BASE}/sub-courses/{north.sub_course.pk}")
    response = client.post(f"{BASE}/videos", rows["videos"][2])
    assert (error_of(response)["code"], error_of(response)["attr"]) == ("does_not_exist", "sub_course_id")


def test_deleting_and_creating_fifty_times_never_fails(rows, north, as_user):
    client = as_user(north.admin)
    for _ in range(50):
        made = client.post(f"{BASE}/videos", rows["videos"][2])
        assert made.status_code == 201
        assert client.delete(f"{BASE}/videos/{made.json()['id']}").status_code == 204


def test_an_item_moves_to_the_end_of_another_parent(north, sunrise, as_user):
    other = factories.SubCourseFactory(course=north.course)
    factories.VideoFactory(sub_course=other, display_order=7)
    moved = as_user(north.admin).patch(f"{BASE}/videos/{north.videos[0].pk}", {"sub_course_id": other.pk})
    assert moved.status_code == 200
    assert (moved.json()["sub_course_id"], moved.json()["display_order"]) == (other.pk, 8)


def test_an_item_does_not_move_into_another_organization(north, sunrise, global_admin, as_user):
    response = as_user(global_admin).patch(
        f"{BASE}/videos/{north.videos[0].pk}", {"sub_course_id": sunrise.sub_course.pk}
    )
    assert (error_of(response)["code"], error_of(response)["attr"]) == ("does_not_exist", "sub_course_id")


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


def test_a_child_has_its_parents_organization_however_it_is_written(north, sunrise):
    [course] = Course.unscoped.bulk_create(
        [Course(category=north.category, organization=sunrise.organization, title="Astray")]
    )
    assert Course.unscoped.get(pk=course.pk).organization_id == north.organization.pk
    Course.unscoped.filter(pk=course.pk).update(organization=sunrise.organization)
    assert Course.unscoped.get(pk=course.pk).organization_id == north.organization.pk


def test_a_stale_instance_does_not_bring_a_deleted_row_back(north, sunrise, as_user):
    stale = Video.unscoped.get(pk=north.videos[0].pk)
    as_user(north.admin).delete(f"{BASE}/videos/{stale.pk}")
    stale.title = "Back?"
    stale.save(update_fields=["title"])
    assert Video.unscoped.get(pk=stale.pk).deleted is not None


def test_a_learner_with_a_list_key_is_told_no_addresses_and_no_drafts(north, sunrise, grant, as_user):
    draft = factories.VideoFactory(sub_course=north.sub_course, status="DRAFT")
    grant(north.student, "videos.list")
    rows = as_user(north.student).get(f"{BASE}/videos").json()["rows"]
    assert [row["id"] for row in rows] == [video.pk for video in north.videos]
    assert draft.pk not in [row["id"] for row in rows]
    assert all("video_url" not in row for row in rows)


def test_a_learner_with_authoring_keys_is_told_no_address_by_any_answer(north, sunrise, grant, as_user):
    grant(north.student, "videos.update", "videos.delete")
    client, url = as_user(north.student), f"{BASE}/videos/{north.videos[2].pk}"
    assert client.get(url).status_code == 403
    changed = client.patch(url, {})
    assert changed.status_code == 200
    assert client.delete(url).status_code == 204
    restored = client.post(f"{url}/restore")
    assert restored.status_code == 200
    assert b"video_url" not in changed.content + restored.content


def test_content_is_organization_wide_and_the_key_decides_who_writes_it(north, sunrise, grant, as_user):
    """A place narrower than the organization narrows people, not the tree (``docs/decisions``)."""
    grant(north.teacher, "videos.update")
    own, foreign = north.videos[0].pk, sunrise.videos[0].pk
    client = as_user(north.teacher)
    assert client.patch(f"{BASE}/videos/{own}", {"title": "Better"}).status_code == 200
    assert client.patch(f"{BASE}/videos/{foreign}", {"title": "Mine"}).status_code == 404


def test_changes_are_recorded_with_who_made_them(north, sunrise, as_user):
    as_user(north.admin).patch(f"{BASE}/courses/{north.course.pk}", {"title": "Renamed"})
    events = Course._meta.apps.get_model("learning", "CourseEvent").unscoped
    event = events.filter(pgh_obj_id=north.course.pk).latest("pgh_id")
    assert (event.title, event.organization_id) == ("Renamed", north.organization.pk)
    assert event.pgh_context["user"] == str(north.admin.pk)
    assert event.pgh_context["request"]
