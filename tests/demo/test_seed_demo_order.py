"""The lists of the demo, loaded, rendered and sent back: document 004, section 10.1."""

import pytest

from accounts.models import User
from learning.models import Reordering

CM = "/api/v1/course-management"


@pytest.mark.parametrize("slug", ["north", "sunrise"])
def test_an_administrator_sends_back_the_categories_they_are_shown_shared_ones_included(slug, demo, as_user):
    admin = as_user(User.unscoped.get(email=f"admin@{slug}.test"))
    rows = admin.get(f"{CM}/categories?limit=200").json()["rows"]
    assert {row["is_shared"] for row in rows} == {False, True}
    ids, own = (
        [row["id"] for row in rows if shown(row)] for shown in (bool, lambda row: not row["is_shared"])
    )
    before = Reordering.unscoped.count()
    for order, writes in ((ids, 0), (ids[::-1], 1), (ids, 2)):
        items = [{"id": pk, "position": position} for position, pk in enumerate(order)]
        answer = admin.put(f"{CM}/categories/reorder", {"items": items})
        assert answer.status_code == 200, answer.json()
        assert [item["id"] for item in answer.json()["items"]] == [pk for pk in order if pk in own]
        assert Reordering.unscoped.count() == before + writes
