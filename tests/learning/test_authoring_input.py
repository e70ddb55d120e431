"""What authoring endpoints make of input: strict types, named fields, pages."""

import pytest

from learning.models import Video
from tests.conftest import error_of

BASE = "/api/v1/course-management"


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


def test_a_refused_choice_is_not_repeated_in_the_answer(rows, north, as_user):
    sent = {**rows["videos"][2], "status": "x" * 100_000}
    response = as_user(north.admin).post(f"{BASE}/videos", sent)
    assert error_of(response)["code"] == "invalid_choice"
    assert len(response.content) < 1000


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
    response = as_user(north.admin).get(f"{BASE}/videos?limit=2&page=5000")
    assert response.json() == {"rows": [], "count": 3}


def test_pages_share_out_the_rows(north, sunrise, as_user):
    client = as_user(north.admin)
    pages = [client.get(f"{BASE}/videos?limit=2&page={page}").json()["rows"] for page in (1, 2)]
    assert [row["id"] for page in pages for row in page] == [video.pk for video in north.videos]
