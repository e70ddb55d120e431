"""Lists that shared content stands in, loaded, rendered and sent back: document 004, section 10.1."""

import pytest
from django.utils import timezone

from learning.models import CourseCategory, Reordering
from tenancy.models import Organization
from tenancy.scope import organization_scope
from tests import factories
from tests.conftest import error_of
from tests.learning.reordering import BASE, KINDS, body, siblings


@pytest.fixture
def platform(db):
    return Organization.unscoped.get(slug="platform")


@pytest.fixture
def shared(platform):
    """For each kind two shared rows, positions before all others."""
    categories = [factories.CategoryFactory(organization=platform, display_order=0) for _ in range(2)]
    courses = [factories.CourseFactory(category=categories[0], display_order=0) for _ in range(2)]
    sub_courses = [factories.SubCourseFactory(course=courses[0], display_order=0) for _ in range(2)]
    inside = {"sub_course": sub_courses[0], "display_order": 0}
    return {
        "categories": categories,
        "courses": courses,
        "sub-courses": sub_courses,
        "videos": [factories.VideoFactory(**inside) for _ in range(2)],
        "practices": [factories.PracticeFactory(**inside) for _ in range(2)],
    }


def ids_of(rows):
    return [row["id"] for row in rows]


def orders_of(rows):
    model = type(rows[0])
    return {row.pk: model.unscoped.get(pk=row.pk).display_order for row in rows}


def test_the_categories_that_a_list_and_the_tree_show_can_be_sent_back(north, sunrise, shared, as_user):
    siblings(north, "categories")
    client = as_user(north.admin)
    tree = client.get(f"{BASE}/learning-tree").json()
    listed = client.get(f"{BASE}/categories").json()["rows"]
    own = [row["id"] for row in listed if not row["is_shared"]]
    assert ids_of(listed) == ids_of(tree["categories"])
    assert [row["is_shared"] for row in listed] == [row["is_shared"] for row in tree["categories"]]
    assert [row["is_shared"] for row in listed] == [False] * 4 + [True] * 2
    as_shown = client.put(
        f"{BASE}/categories/reorder", body(ids_of(listed), version=tree["categories_version"])
    )
    assert as_shown.status_code == 200
    assert as_shown.json() == {**body(own), "version": tree["categories_version"]}
    dragged = client.put(
        f"{BASE}/categories/reorder", body(ids_of(listed)[::-1], version=tree["categories_version"])
    )
    assert dragged.status_code == 200
    assert dragged.json()["items"] == body(own[::-1])["items"]
    again = client.get(f"{BASE}/learning-tree").json()
    assert ids_of(again["categories"]) == own[::-1] + ids_of(listed)[4:]
    assert again["categories_version"] == dragged.json()["version"]


@pytest.mark.parametrize("kind", KINDS)
def test_shared_rows_are_ignored_wherever_they_stand(kind, north, sunrise, shared, as_user):
    own = [row.pk for row in siblings(north, kind, 2)][::-1]
    first, second = (row.pk for row in shared[kind])
    before = orders_of(shared[kind])
    client = as_user(north.admin)
    versions = set()
    for sent in ([first, *own, second], [own[0], first, second, *own[1:]], [*own, first], own):
        response = client.put(f"{BASE}/{kind}/reorder", body(sent))
        assert response.status_code == 200, response.json()
        assert response.json()["items"] == body(own)["items"]
        versions.add(response.json()["version"])
    assert len(versions) == 1
    assert orders_of(shared[kind]) == before
    with organization_scope(north.organization):
        assert Reordering.objects.get().after == own


@pytest.mark.parametrize("kind", KINDS)
def test_only_ones_own_rows_must_be_complete(kind, north, sunrise, shared, as_user):
    own = [row.pk for row in siblings(north, kind, 2)]
    sent = [shared[kind][0].pk, *own[1:]]
    response = as_user(north.admin).put(f"{BASE}/{kind}/reorder", body(sent))
    assert error_of(response)["code"] == "incomplete_siblings"
    assert error_of(response)["meta"] == {"missing": own[:1]}


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "categories"])
def test_nothing_but_shared_rows_is_nothing_to_put_in_order(kind, north, sunrise, shared, as_user):
    before, own = orders_of(shared[kind]), siblings(north, kind, 2)
    client, sent = as_user(north.admin), [row.pk for row in shared[kind]][::-1]
    for more in ({}, {"version": "of the shared list"}, {"dry_run": True}):
        response = client.put(f"{BASE}/{kind}/reorder", body(sent, **more))
        assert response.status_code == 200, response.json()
        assert response.json()["items"] == []
    assert orders_of(shared[kind]) == before
    assert not Reordering.unscoped.exists()
    # Nothing that is not shared may stand among them.
    for other in (siblings(sunrise, kind, 0)[0].pk, 10**12):
        refused = client.put(f"{BASE}/{kind}/reorder", body([*sent, other]))
        assert error_of(refused)["code"] == "not_siblings"
    mixed = client.put(f"{BASE}/{kind}/reorder", body([*sent, own[0].pk]))
    assert error_of(mixed)["code"] == "incomplete_siblings"


def test_who_has_no_category_of_their_own_sends_back_what_they_were_shown(north, sunrise, shared, as_user):
    client = as_user(north.admin)
    only_shared = [row.pk for row in shared["categories"]]
    incomplete = client.put(f"{BASE}/categories/reorder", body(only_shared))
    assert error_of(incomplete)["code"] == "incomplete_siblings"
    assert error_of(incomplete)["meta"] == {"missing": [north.category.pk]}
    CourseCategory.unscoped.filter(organization=north.organization).update(deleted=timezone.now())
    tree = client.get(f"{BASE}/learning-tree").json()
    assert ids_of(tree["categories"]) == only_shared
    for sent in (only_shared, only_shared[::-1]):
        answer = client.put(f"{BASE}/categories/reorder", body(sent, version=tree["categories_version"]))
        assert answer.status_code == 200, answer.json()
        assert answer.json() == {"items": [], "version": tree["categories_version"]}
    stale = client.put(f"{BASE}/categories/reorder", body(only_shared, version="0000000000000000"))
    assert (stale.status_code, error_of(stale)["code"]) == (409, "stale_order")


@pytest.mark.parametrize("kind", KINDS)
def test_rows_of_others_and_deleted_shared_rows_are_not_ignored(kind, north, sunrise, shared, as_user):
    own = [row.pk for row in siblings(north, kind, 2)]
    gone = shared[kind][0]
    type(gone).unscoped.filter(pk=gone.pk).update(deleted=gone.created_at)
    client = as_user(north.admin)
    for other in (siblings(sunrise, kind, 0)[0].pk, gone.pk, 10**12):
        response = client.put(f"{BASE}/{kind}/reorder", body([*own, other]))
        assert error_of(response)["code"] == "not_siblings"
        assert error_of(response)["meta"] == {"ids": [other]}


def test_who_writes_shared_rows_orders_them_and_no_other_rows_with_them(
    north, sunrise, shared, platform, global_admin, as_user
):
    own = [row.pk for row in siblings(north, "categories", 1)]
    theirs = [row.pk for row in shared["categories"]][::-1]
    everywhere = as_user(global_admin)
    assert everywhere.put(f"{BASE}/categories/reorder", body(theirs)).status_code == 200
    mixed = everywhere.put(f"{BASE}/categories/reorder", body([*own, *theirs]))
    assert error_of(mixed)["code"] == "not_siblings"
    in_north = as_user(global_admin, north.scope)
    assert in_north.put(f"{BASE}/categories/reorder", body([*theirs, *own[::-1]])).status_code == 200
    assert CourseCategory.unscoped.get(pk=theirs[0]).display_order == 0
    in_platform = as_user(global_admin, platform.scope).put(f"{BASE}/categories/reorder", body(own))
    assert error_of(in_platform)["code"] == "not_siblings"


def test_a_stale_version_is_stale_also_for_who_sends_shared_rows_along(north, sunrise, shared, as_user):
    client = as_user(north.admin)
    own = [row.pk for row in siblings(north, "categories", 2)]
    full = [*own, *(row.pk for row in shared["categories"])]
    seen = client.get(f"{BASE}/learning-tree").json()["categories_version"]
    client.put(f"{BASE}/categories/reorder", body(own[::-1]))
    late = client.put(f"{BASE}/categories/reorder", body(full, version=seen))
    assert (late.status_code, error_of(late)["code"]) == (409, "stale_order")
    assert error_of(late)["meta"]["items"] == body(own[::-1])["items"]
    again = client.put(f"{BASE}/categories/reorder", body(full, version=error_of(late)["meta"]["version"]))
    assert again.status_code == 200


def test_a_change_of_shared_rows_makes_no_version_of_ones_own_stale(
    north, sunrise, shared, platform, global_admin, as_user
):
    client = as_user(north.admin)
    tree = client.get(f"{BASE}/learning-tree").json()
    theirs = [row.pk for row in shared["categories"]][::-1]
    as_user(global_admin, platform.scope).put(f"{BASE}/categories/reorder", body(theirs))
    sent = body(ids_of(tree["categories"]), version=tree["categories_version"])
    assert client.put(f"{BASE}/categories/reorder", sent).status_code == 200


def test_a_dry_run_ignores_shared_rows_too(north, sunrise, shared, as_user):
    own = [video.pk for video in north.videos][::-1]
    sent = body([shared["videos"][0].pk, *own], dry_run=True)
    response = as_user(north.admin).put(f"{BASE}/videos/reorder", sent)
    assert response.status_code == 200
    assert response.json()["items"] == body(own)["items"]


@pytest.mark.parametrize("kind", ["categories", "courses", "sub-courses", "videos", "question-sets"])
def test_flat_lists_show_ones_own_rows_before_the_shared_ones(kind, north, sunrise, shared, as_user):
    client = as_user(north.admin)
    path = f"/api/v1/{kind}" if kind == "question-sets" else f"{BASE}/{kind}"
    rows = client.get(f"{path}?limit=200").json()["rows"]
    flags = [row["is_shared"] for row in rows]
    assert False in flags
    assert True in flags
    assert flags == sorted(flags)
    for row in (rows[0], rows[-1]):
        assert client.get(f"{path}/{row['id']}").json()["is_shared"] is row["is_shared"]


def test_courses_and_sub_courses_of_the_tree_are_flagged_as_well(north, sunrise, shared, as_user):
    tree = as_user(north.admin).get(f"{BASE}/learning-tree").json()
    for category in tree["categories"]:
        for course in category["courses"]:
            assert course["is_shared"] is category["is_shared"]
            assert {one["is_shared"] for one in course["sub_courses"]} <= {category["is_shared"]}


@pytest.mark.parametrize("kind", KINDS)
def test_shared_rows_cost_no_further_statement(kind, north, sunrise, shared, as_user, statements):
    own = [row.pk for row in siblings(north, kind, 3)][::-1]
    sent_along = [row.pk for row in shared[kind]]
    with statements() as sent:
        response = as_user(north.admin).put(f"{BASE}/{kind}/reorder", body([*sent_along, *own]))
    assert response.status_code == 200
    assert len(sent) == 1 + 3
