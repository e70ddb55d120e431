"""Reordering siblings: document 004, section 4; ``API.md`` "Reorder"."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from learning.models import CourseCategory, Reordering, Video
from learning.tree.domain.ordering import check_order, version_of
from tenancy.errors import InvalidError
from tenancy.scope import organization_scope
from tests import factories
from tests.conftest import error_of
from tests.learning.reordering import BASE, KINDS, body, siblings


@pytest.mark.parametrize("kind", KINDS)
def test_the_order_sent_is_the_order_kept(kind, north, sunrise, as_user):
    rows = siblings(north, kind)
    wanted = [row.pk for row in reversed(rows)]
    response = as_user(north.admin).put(f"{BASE}/{kind}/reorder", body(wanted))
    assert response.status_code == 200
    assert response.json()["items"] == body(wanted)["items"]
    for position, pk in enumerate(wanted):
        assert type(rows[0]).unscoped.get(pk=pk).display_order == position


@pytest.mark.parametrize("kind", KINDS)
def test_a_reorder_takes_three_statements_and_authentication_one(kind, north, sunrise, as_user, statements):
    for number in (2, 20):
        siblings(north, kind, number)
        wanted = _all_of(kind, north)[::-1]
        with statements() as sent:
            response = as_user(north.admin).put(f"{BASE}/{kind}/reorder", body(wanted))
        assert response.status_code == 200
        assert len(sent) == 1 + 3


def _all_of(kind, tenant):
    rows = siblings(tenant, kind, 0)
    model = type(rows[0])
    queryset = model.unscoped.filter(organization=tenant.organization, deleted=None)
    if kind == "practices":
        queryset = queryset.filter(set_type="PRACTICE")
    return list(queryset.order_by("display_order", "id").values_list("pk", flat=True))


@pytest.mark.parametrize("kind", KINDS)
def test_ids_of_another_tenant_are_answered_like_ids_that_do_not_exist(kind, north, sunrise, as_user):
    foreign = [row.pk for row in siblings(sunrise, kind)]
    client = as_user(north.admin)
    theirs = client.put(f"{BASE}/{kind}/reorder", body(foreign))
    nobodys = client.put(f"{BASE}/{kind}/reorder", body([10**12 + n for n in range(len(foreign))]))
    assert theirs.status_code == nobodys.status_code == 400
    assert theirs.content == nobodys.content
    assert error_of(theirs)["code"] == "not_siblings"


@pytest.mark.parametrize(
    ("items", "code"),
    [
        ([], "empty_items"),
        ([(0, 0), (0, 1), (1, 2)], "duplicate_id"),
        ([(0, 0), (1, 0), (2, 1)], "duplicate_position"),
        ([(0, 0), (1, 1), (2, 3)], "position_gap"),
        ([(0, 1), (1, 2), (2, 3)], "position_gap"),
        ([(0, 0), (1, 1)], "incomplete_siblings"),
    ],
)
def test_a_list_that_is_not_a_permutation_is_refused_whole(items, code, north, sunrise, as_user):
    ids = [video.pk for video in north.videos]
    sent = {"items": [{"id": ids[index], "position": position} for index, position in items]}
    response = as_user(north.admin).put(f"{BASE}/videos/reorder", sent)
    assert response.status_code == 400
    assert error_of(response)["code"] == code
    assert error_of(response)["attr"] == "items"
    orders = Video.unscoped.filter(pk__in=ids).order_by("pk").values_list("display_order", flat=True)
    assert list(orders) == [0, 1, 2]


def test_missing_siblings_are_named(north, sunrise, as_user):
    ids = [video.pk for video in north.videos]
    response = as_user(north.admin).put(f"{BASE}/videos/reorder", body(ids[:1]))
    assert error_of(response)["meta"] == {"missing": ids[1:]}


def test_siblings_of_two_parents_are_not_siblings(north, sunrise, as_user):
    elsewhere = factories.VideoFactory(sub_course=factories.SubCourseFactory(course=north.course))
    ids = [*(video.pk for video in north.videos), elsewhere.pk]
    response = as_user(north.admin).put(f"{BASE}/videos/reorder", body(ids))
    assert error_of(response)["code"] == "not_siblings"


def test_an_entry_assessment_is_no_sibling_of_practices(north, sunrise, as_user):
    assessment = north.sub_course.question_sets(manager="unscoped").get(set_type="INITIAL_ASSESSMENT")
    ids = [*(practice.pk for practice in north.practices), assessment.pk]
    response = as_user(north.admin).put(f"{BASE}/practices/reorder", body(ids))
    assert error_of(response)["code"] == "not_siblings"


def test_deleted_siblings_are_not_part_of_the_list(north, sunrise, as_user):
    client = as_user(north.admin)
    gone, *rest = [video.pk for video in north.videos]
    client.delete(f"{BASE}/videos/{gone}")
    assert client.put(f"{BASE}/videos/reorder", body(rest[::-1])).status_code == 200
    refused = client.put(f"{BASE}/videos/reorder", body([gone, *rest]))
    assert error_of(refused)["code"] == "not_siblings"


@pytest.mark.parametrize(
    "sent",
    [
        None,
        [],
        {},
        {"items": None},
        {"items": {}},
        {"items": "1"},
        {"items": [1]},
        {"items": [{"id": 1}]},
        {"items": [{"id": "1", "position": 0}]},
        {"items": [{"id": True, "position": 0}]},
        {"items": [{"id": 1.5, "position": 0}]},
        {"items": [{"id": 1, "position": -1}]},
        {"items": [{"id": 10**19, "position": 0}]},
        {"items": [{"id": 1, "position": 0}], "version": 3},
        {"items": [{"id": 1, "position": 0}], "version": "\x00"},
    ],
)
def test_a_body_of_another_shape_is_a_400(sent, north, sunrise, as_user):
    response = as_user(north.admin).put(f"{BASE}/videos/reorder", sent)
    assert response.status_code == 400
    assert response.json()["type"] in ("validation_error", "client_error")


def test_a_stale_version_is_told_who_changed_the_order_and_when(north, sunrise, as_user):
    client = as_user(north.admin)
    ids = [video.pk for video in north.videos]
    seen = version_of(ids)
    moved = client.put(f"{BASE}/videos/reorder", body(ids[::-1], version=seen))
    assert moved.status_code == 200
    late = client.put(f"{BASE}/videos/reorder", body(ids, version=seen))
    assert late.status_code == 409
    error = error_of(late)
    assert error["code"] == "stale_order"
    assert error["meta"]["items"] == moved.json()["items"]
    assert error["meta"]["version"] == moved.json()["version"]
    assert error["meta"]["changed_by"] == north.admin.name
    assert error["meta"]["changed_at"].endswith("Z")
    again = client.put(f"{BASE}/videos/reorder", body(ids, version=error["meta"]["version"]))
    assert again.status_code == 200


def test_a_stale_version_blames_nobody_for_what_no_reordering_did(north, sunrise, as_user):
    client = as_user(north.admin)
    ids = [video.pk for video in north.videos]
    client.put(f"{BASE}/videos/reorder", body(ids[::-1]))
    seen = version_of(ids[::-1])
    client.delete(f"{BASE}/videos/{ids[0]}")
    late = client.put(f"{BASE}/videos/reorder", body(ids[1:], version=seen))
    error = error_of(late)
    assert (late.status_code, error["code"]) == (409, "stale_order")
    assert (error["meta"]["changed_by"], error["meta"]["changed_at"]) == (None, None)


def test_the_version_of_a_list_is_the_one_the_path_and_the_tree_tell(north, sunrise, as_user):
    client = as_user(north.admin)
    path = client.get(f"{BASE}/courses/{north.course.pk}/learning-path").json()
    tree = client.get(f"{BASE}/learning-tree").json()
    [sub_course] = path["sub_courses"]
    [in_tree] = tree["categories"][0]["courses"][0]["sub_courses"]
    practices = client.put(f"{BASE}/practices/reorder", body([p.pk for p in north.practices])).json()
    videos = client.put(f"{BASE}/videos/reorder", body([v.pk for v in north.videos])).json()
    sub_courses = client.put(f"{BASE}/sub-courses/reorder", body([north.sub_course.pk])).json()
    courses = client.put(f"{BASE}/courses/reorder", body([north.course.pk])).json()
    categories = client.put(f"{BASE}/categories/reorder", body([north.category.pk])).json()
    assert sub_course["videos_version"] == in_tree["videos_version"] == videos["version"]
    assert sub_course["practices_version"] == in_tree["practices_version"] == practices["version"]
    assert path["sub_courses_version"] == sub_courses["version"]
    assert tree["categories"][0]["courses"][0]["sub_courses_version"] == sub_courses["version"]
    assert tree["categories"][0]["courses_version"] == courses["version"]
    assert tree["categories_version"] == categories["version"]


def test_each_reordering_leaves_one_record_and_a_repeat_none(north, sunrise, as_user):
    client = as_user(north.admin)
    ids = [video.pk for video in north.videos]
    client.put(f"{BASE}/videos/reorder", body(ids[::-1]))
    client.put(f"{BASE}/videos/reorder", body(ids[::-1]))
    with organization_scope(north.organization):
        record = Reordering.objects.get()
    assert (record.before, record.after) == (ids, ids[::-1])
    assert record.user_id == north.admin.pk
    with organization_scope(sunrise.organization):
        assert not Reordering.objects.exists()


def test_ties_break_by_id_until_a_reorder_settles_them(north, sunrise, as_user):
    ids = [video.pk for video in north.videos]
    Video.unscoped.filter(pk__in=ids).update(display_order=5)
    client = as_user(north.admin)
    listed = client.get(f"{BASE}/videos").json()["rows"]
    assert [row["id"] for row in listed] == ids
    assert client.put(f"{BASE}/videos/reorder", body(ids)).status_code == 200
    orders = Video.unscoped.filter(pk__in=ids).order_by("pk").values_list("display_order", flat=True)
    assert list(orders) == [0, 1, 2]


def test_only_rows_that_move_are_written(north, sunrise, as_user):
    first, second, third = north.videos
    as_user(north.admin).put(f"{BASE}/videos/reorder", body([second.pk, first.pk, third.pk]))
    revisions = {v.pk: v.revision for v in Video.unscoped.filter(sub_course=north.sub_course)}
    assert (revisions[first.pk], revisions[second.pk], revisions[third.pk]) == (1, 1, 0)


def test_a_move_is_told_by_when_it_was_as_any_other_change(north, sunrise, as_user):
    first, second, third = north.videos
    before = {v.pk: v.updated_at for v in Video.unscoped.filter(sub_course=north.sub_course)}
    as_user(north.admin).put(f"{BASE}/videos/reorder", body([second.pk, first.pk, third.pk]))
    changed = {
        v.pk for v in Video.unscoped.filter(sub_course=north.sub_course) if v.updated_at > before[v.pk]
    }
    assert changed == {first.pk, second.pk}


def test_a_copy_from_before_that_is_saved_is_counted_as_a_change_too(north, sunrise):
    older = Video.unscoped.get(pk=north.videos[0].pk)
    Video.unscoped.filter(pk=older.pk).update(title="First")
    Video.unscoped.filter(pk=older.pk).update(title="Second")
    older.save()
    assert Video.unscoped.get(pk=older.pk).revision == 3


@pytest.mark.parametrize("role", ["principal", "teacher", "instructor", "support", "student", "guest"])
@pytest.mark.parametrize("kind", KINDS)
def test_reordering_needs_its_key_whatever_the_ids(kind, role, north, sunrise, as_user):
    own = as_user(getattr(north, role)).put(f"{BASE}/{kind}/reorder", body([1]))
    assert own.status_code == 403
    assert error_of(own)["code"] == "permission_denied"


def test_shared_categories_are_reordered_by_global_users_only(north, sunrise, global_admin, as_user):
    from tenancy.models import Organization

    platform = Organization.unscoped.get(slug="platform")
    shared = [factories.CategoryFactory(organization=platform).pk for _ in range(2)]
    refused = as_user(north.admin).put(f"{BASE}/categories/reorder", body(shared[::-1]))
    assert error_of(refused)["code"] == "incomplete_siblings"
    assert error_of(refused)["meta"] == {"missing": [north.category.pk]}
    allowed = as_user(global_admin, platform.scope).put(f"{BASE}/categories/reorder", body(shared[::-1]))
    assert allowed.status_code == 200
    assert CourseCategory.unscoped.get(pk=shared[1]).display_order == 0


@given(st.permutations(range(12)))
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_permutation_is_read_back_as_it_was_sent(order):
    assert check_order([(pk, position) for position, pk in enumerate(order)]) == list(order)


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=7))
@settings(max_examples=200, deadline=None)
def test_anything_but_a_permutation_is_refused(pairs):
    ids, positions = [p[0] for p in pairs], [p[1] for p in pairs]
    permutation = bool(pairs) and len(set(ids)) == len(ids) and sorted(positions) == list(range(len(pairs)))
    if permutation:
        assert sorted(check_order(pairs)) == sorted(ids)
    else:
        with pytest.raises(InvalidError):
            check_order(pairs)
