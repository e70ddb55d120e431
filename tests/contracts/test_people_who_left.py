"""People who move take their name with them: what they are called now is told nowhere they were before."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Membership, User
from accounts.people.domain.membership import place
from learning.models import Reordering
from quizzes.models import SafetyQuizResult
from quizzes.safety.domain.weeks import current_week
from tests import factories
from tests.accounts.messages import make_message
from tests.conftest import error_of
from tests.contracts.admin_pages import sign_in, tenant_admins, url
from tests.contracts.routes import OPERATIONS, QUIZ
from tests.contracts.world import send

NOW_CALLED = "What-They-Are-Called-Now"
ADDRESS = "new-address@sunrise.test"


@pytest.fixture
def mover(world, as_user) -> User:
    """Someone who worked in north until a while ago, did something of everything, and is in sunrise now."""
    north, sunrise = world.north, world.sunrise
    person = factories.make_user("then@north.test", "TEACHER", at=north.classroom.scope, name="Then Called")
    assert as_user(person).post("/api/safety_quiz_results", QUIZ).status_code == 201
    ids = [video.pk for video in north.videos]
    Reordering(
        organization=north.organization,
        kind="videos",
        parent_id=north.sub_course.pk,
        user=person,
        before=ids[::-1],
        after=ids,
    ).save()
    make_message(north.student, sender=person, scope=str(north.scope))
    make_message(person)
    body = {"data": {"progress_type": "sign_learned", "item_id": "left"}}
    assert as_user(person).post("/api/user_progress", body).status_code == 200
    Membership.unscoped.filter(user=person).update(valid_from=timezone.now() - timedelta(days=30))
    place(user=person, at=sunrise.classroom.scope, role=person.role)
    User.unscoped.filter(pk=person.pk).update(name=NOW_CALLED, email=ADDRESS)
    # They left after the last week had ended.
    Membership.unscoped.filter(user=person, valid_until__isnull=False).update(
        valid_until=timezone.now() - timedelta(minutes=1)
    )
    Membership.unscoped.filter(user=person, valid_until=None).update(
        valid_from=timezone.now() - timedelta(minutes=1)
    )
    return User.unscoped.get(pk=person.pk)


def tells(content: bytes) -> bool:
    return NOW_CALLED.encode() in content or ADDRESS.encode() in content


def last_week() -> str:
    return (current_week(timezone.now()).ends - timedelta(days=10)).date().isoformat()


def test_a_report_of_a_past_week_withholds_the_name_of_who_has_left(world, as_user, mover):
    address = f"/api/safety_quiz_results/completion?week_of={last_week()}"
    rows = as_user(world.north.admin).get(address).json()["rows"]
    (row,) = [row for row in rows if row["userId"] == str(mover.pk)]
    assert row["user_name"] == "someone who has left"
    for more in ("", "&limit=200", "&format=csv"):
        answer = as_user(world.north.admin).get(address + more)
        content = b"".join(answer) if answer.streaming else answer.content
        assert not tells(content), more
        assert b"someone who has left" in content, more
    theirs = as_user(world.sunrise.admin).get("/api/safety_quiz_results/completion").json()["rows"]
    assert NOW_CALLED in {row["user_name"] for row in theirs}


def test_a_result_keeps_the_name_of_its_day(world, as_user, mover):
    result = SafetyQuizResult.unscoped.get(user=mover)
    assert result.user_name == "Then Called"
    answer = as_user(world.north.admin).get("/api/safety_quiz_results?limit=200")
    assert "Then Called" in {row["user_name"] for row in answer.json()["rows"]}
    assert not tells(answer.content)


def stale(client, north):
    items = [{"id": video.pk, "position": n} for n, video in enumerate(reversed(north.videos))]
    body = {"items": items, "version": "0" * 16}
    answer = client.put("/api/v1/course-management/videos/reorder", body)
    assert (answer.status_code, error_of(answer)["code"]) == (409, "stale_order")
    return error_of(answer)["meta"]["changed_by"], answer


def test_a_stale_order_names_nobody_who_has_left(world, as_user, mover):
    told, answer = stale(as_user(world.north.admin), world.north)
    assert told == "someone who has left"
    assert not tells(answer.content)


def test_a_stale_order_gives_away_no_address_of_the_platform(world, as_user, mover):
    north, boss = world.north, world.global_admin
    items = [{"id": video.pk, "position": n} for n, video in enumerate(reversed(north.videos))]
    done = as_user(boss, north.scope).put("/api/v1/course-management/videos/reorder", {"items": items})
    assert done.status_code == 200
    told, answer = stale(as_user(north.admin), north)
    assert told == "the platform"
    assert boss.email.encode() not in answer.content


def test_no_route_and_no_page_tells_what_they_are_called_now(world, mover):
    client, wrong = world.client("admin"), []
    ids = world.ids_for(world.north.admin)
    for route in OPERATIONS:
        if route.method == "get":
            answer = send(client, route, ids)
            content = b"".join(answer) if answer.streaming else answer.content
            wrong += [str(route)] if tells(content) else []
    browser = sign_in(world.north.admin)
    for model, made in tenant_admins().items():
        pages = [browser.get(url(model, "changelist"))]
        for row in pages[0].context["cl"].result_list[:20]:
            pages += [browser.get(url(model, page, row.pk)) for page in ("change", "history")]
        if made.export_fields:
            pages.append(browser.post(url(model, "export"), {"format": "2", "resource": ""}))
        wrong += [f"{model.__name__} {page.request['PATH_INFO']}" for page in pages if tells(page.content)]
    assert not wrong, "\n".join(wrong)
