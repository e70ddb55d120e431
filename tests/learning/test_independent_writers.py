"""An independent learner changes no content, whatever keys someone gave them by mistake."""

import pytest

from learning.models import Reordering
from tenancy.models import Organization
from tests import factories
from tests.conftest import error_of

BASE = "/api/v1/course-management"


@pytest.fixture
def shared(db):
    platform = Organization.unscoped.get(slug="platform")
    return factories.VideoFactory(
        sub_course=factories.SubCourseFactory(
            course=factories.CourseFactory(category=factories.CategoryFactory(organization=platform))
        )
    )


def test_keys_open_no_shared_content_to_an_independent_learner(shared, independent, grant, as_user):
    grant(
        independent,
        *(f"videos.{verb}" for verb in ("list", "create", "update", "delete", "reorder")),
        "course_categories.create",
    )
    client = as_user(independent)
    url = f"{BASE}/videos/{shared.pk}"
    for refused in (client.patch(url, {"title": "Mine"}), client.delete(url)):
        assert refused.status_code == 403
        assert error_of(refused)["code"] == "shared_content"
    body = {"sub_course_id": shared.sub_course_id, "title": "Mine", "video_url": "https://a.example/1"}
    assert error_of(client.post(f"{BASE}/videos", body))["code"] == "does_not_exist"
    items = [{"id": shared.pk, "position": 0}]
    # Shared rows are not theirs to put in order, and naming nothing else changes nothing.
    assert client.put(f"{BASE}/videos/reorder", {"items": items}).json()["items"] == []
    assert not Reordering.unscoped.exists()
    category = client.post(f"{BASE}/categories", {"title": "Mine"})
    assert (category.status_code, error_of(category)["code"]) == (403, "tenant_required")


@pytest.mark.parametrize("method", ["put", "patch"])
def test_shared_content_is_refused_before_the_body_is_looked_at(method, shared, north, as_user):
    response = getattr(as_user(north.admin), method)(f"{BASE}/videos/{shared.pk}", {"title": 3})
    assert response.status_code == 403
    assert error_of(response)["code"] == "shared_content"
