"""What the script of the ordering page asks for: JSON, signed in by the admin's session."""

import json

import pytest
from django.test import Client as Browser

from accounts.models import Role, RoleKeptOut, User
from learning.models import SubCourse, Video
from learning.tree.domain.ordering import version_of
from learning.tree.ordering_page import api
from progress.models import VideoCompletion
from tests import factories
from tests.conftest import error_of
from tests.contracts.poison import ITEMS, VALUES
from tests.learning.ordering import PAGE, ask, items, order_of, row_of, sign_in

KINDS = ["categories", "courses", "sub-courses", "videos", "practices"]


def test_a_list_is_put_in_order_with_its_version_and_a_stale_one_is_told(staff, north):
    one, two, three = order_of(north.sub_course)
    done = ask(
        staff,
        "videos/reorder",
        {"items": items([three, one, two]), "version": version_of([one, two, three])},
    )
    assert done.status_code == 200
    assert done.json() == {"items": items([three, one, two]), "version": version_of([three, one, two])}
    late = ask(
        staff,
        "videos/reorder",
        {"items": items([two, one, three]), "version": version_of([one, two, three])},
    )
    error = error_of(late)
    assert (late.status_code, error["code"]) == (409, "stale_order")
    assert error["meta"]["changed_by"] == north.admin.display_name
    assert error["meta"]["items"] == items([three, one, two])


def test_what_touches_learners_is_answered_with_a_question(staff, north):
    one, two, three = order_of(north.sub_course)
    VideoCompletion.unscoped.create(user=north.student, organization=north.organization, video_id=one)
    body = {"items": items([one, three, two])}
    asked = ask(staff, "videos/reorder", body)
    error = error_of(asked)
    assert (asked.status_code, error["code"]) == (409, "confirmation_required")
    assert error["meta"]["impact"]["asked"] == [
        {"type": "video", "id": three, "title": north.videos[2].title, "learners": 1}
    ]
    assert "asked to complete" in error["meta"]["message"]
    assert ask(staff, "videos/reorder", {**body, "confirmed": True}).status_code == 200
    assert order_of(north.sub_course) == [one, three, two]


def test_an_item_moves_to_another_parent_and_both_lists_are_told(staff, north):
    one, two, three = order_of(north.sub_course)
    target = factories.SubCourseFactory(course=north.course)
    body = {"id": two, "parent_id": target.pk, "position": 0}
    assert error_of(ask(staff, "videos/move", body))["code"] == "confirmation_required"
    done = ask(staff, "videos/move", {**body, "confirmed": True})
    assert done.json() == {
        "lists": [
            {
                "parent": str(north.sub_course.pk),
                "version": version_of([one, three]),
                "counts": "2 videos, 2 practices, 4 published, 2 without questions",
            },
            {
                "parent": str(target.pk),
                "version": version_of([two]),
                "counts": "1 video, 0 practices, 1 published",
            },
        ]
    }
    assert order_of(target) == [two]


def test_a_sub_course_moves_to_another_course(staff, north):
    target = factories.CourseFactory(category=north.category)
    body = {"id": north.sub_course.pk, "parent_id": target.pk, "confirmed": True}
    assert ask(staff, "sub-courses/move", body).status_code == 200
    assert SubCourse.unscoped.get(pk=north.sub_course.pk).course_id == target.pk


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_taken_back_and_published_again(kind, staff, north):
    row = row_of(north, kind)
    factories.QuestionFactory(question_set=north.practices[0])
    for published in (False, True):
        done = ask(staff, f"{kind}/status", {"id": row.pk, "published": published})
        assert done.status_code == 200, done.content
        assert done.json()["is_published"] is published
        assert done.json()["status_label"]


@pytest.mark.parametrize("kind", KINDS)
def test_rows_of_another_organization_are_answered_like_rows_that_do_not_exist(kind, staff, north, sunrise):
    mine, theirs = row_of(north, kind), row_of(sunrise, kind)
    parent = {"courses": sunrise.category, "sub-courses": sunrise.course}.get(kind, sunrise.sub_course)
    for path, body in (
        ("reorder", lambda pk: {"items": items([pk])}),
        ("move", lambda pk: {"id": pk, "parent_id": parent.pk, "confirmed": True}),
        ("status", lambda pk: {"id": pk, "published": False, "confirmed": True}),
    ):
        foreign, missing = (ask(staff, f"{kind}/{path}", body(pk)) for pk in (theirs.pk, 10**12))
        assert foreign.status_code in (400, 404)
        assert (foreign.status_code, foreign.json()) == (missing.status_code, missing.json())
    to_them, to_nobody = (
        ask(staff, f"{kind}/move", {"id": mine.pk, "parent_id": pk, "confirmed": True})
        for pk in (parent.pk, 10**12)
    )
    assert to_them.status_code == to_nobody.status_code == 400
    assert to_them.json() == to_nobody.json()
    assert Video.unscoped.filter(organization=sunrise.organization, status="PUBLISHED").count() == 3


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("path", ["reorder", "move", "status"])
def test_the_key_is_asked_before_anything_else(path, kind, north, sunrise):
    body = {"items": items([1]), "id": 1, "parent_id": 1, "published": True}
    for name in ("teacher", "principal", "student", "guest"):
        refused = ask(sign_in(getattr(north, name)), f"{kind}/{path}", body)
        assert (refused.status_code, error_of(refused)["code"]) == (403, "permission_denied")


def test_one_withheld_key_closes_that_list_only(north, sunrise):
    from django.contrib.auth.models import Permission

    north.admin.custom_permissions_filter.add(Permission.objects.get(codename="videos.reorder"))
    staff = sign_in(north.admin)
    assert ask(staff, "videos/reorder", {"items": items([1])}).status_code == 403
    practices = [practice.pk for practice in north.practices]
    assert ask(staff, "practices/reorder", {"items": items(practices[::-1])}).status_code == 200


def test_a_token_of_the_api_or_no_session_at_all_opens_nothing(north, sunrise, as_user):
    body = {"items": items(order_of(north.sub_course))}
    for client in (Browser(), as_user(north.admin)):
        answer = client.post(f"{PAGE}videos/reorder/", json.dumps(body), content_type="application/json")
        assert (answer.status_code, error_of(answer)["code"]) == (403, "not_authenticated")


def test_a_request_without_the_csrf_token_changes_nothing(north, sunrise):
    signed_in = sign_in(north.admin)
    strict = Browser(enforce_csrf_checks=True)
    strict.cookies = signed_in.cookies
    one, two, three = order_of(north.sub_course)
    body = {"items": items([three, two, one])}
    refused = ask(strict, "videos/reorder", body)
    assert (refused.status_code, error_of(refused)["code"]) == (403, "csrf_failed")
    assert order_of(north.sub_course) == [one, two, three]
    strict.get(PAGE)
    token = strict.cookies["csrftoken"].value
    assert ask(strict, "videos/reorder", body, **{"X-CSRFToken": token}).status_code == 200


def test_someone_who_may_not_enter_the_admin_any_more_is_refused_at_once(north, sunrise):
    staff = sign_in(north.admin)
    RoleKeptOut.unscoped.create(organization=north.organization, role=north.admin.role)
    User.unscoped.filter(pk=north.admin.pk).update(is_staff=False)
    assert ask(staff, "videos/reorder", {"items": items([1])}).status_code == 403


def test_someone_who_changed_organization_acts_in_the_new_one(north, sunrise):
    from accounts.people.domain.membership import place

    staff = sign_in(north.admin)
    place(user=north.admin, at=sunrise.organization.scope, role=Role.objects.get(name="ADMIN"))
    mine = ask(staff, "videos/reorder", {"items": items(order_of(north.sub_course)[::-1])})
    theirs = ask(staff, "videos/reorder", {"items": items(order_of(sunrise.sub_course)[::-1])})
    assert (mine.status_code, theirs.status_code) == (400, 200)


@pytest.mark.parametrize(
    ("path", "endpoint"),
    [("reorder", api.ReorderEndpoint), ("move", api.MoveEndpoint), ("status", api.PublishEndpoint)],
    ids=["reorder", "move", "status"],
)
def test_no_body_makes_a_failure(path, endpoint, staff, north):
    for body in (b"", b"{", b"[]", b"null", b'"x"', b"\xff", json.dumps({"items": [[]]}), "[" * 5000):
        assert 400 <= ask(staff, f"videos/{path}", body).status_code < 500, body
    fields = {
        "id": north.videos[0].pk,
        "parent_id": north.sub_course.pk,
        "published": True,
        "items": items(order_of(north.sub_course)),
    }
    names = {*fields, "position", "version", "confirmed"}
    read = {*endpoint.body().fields}
    assert read <= names
    # What is not read of a body may be anything, all at once.
    for together in [{name} for name in sorted(read)] + [names - read]:
        for value in VALUES + (ITEMS if together == {"items"} else []):
            sent = json.dumps({**fields, **dict.fromkeys(together, "?")}).replace('"?"', value)
            answer = ask(staff, f"videos/{path}", sent)
            assert answer.status_code < 500, (together, value)


def test_other_methods_and_unknown_kinds_are_refused(staff):
    assert ask(staff, "nothing/reorder", {}).status_code == 404
    for method in ("get", "put", "patch", "delete"):
        assert getattr(staff, method)(f"{PAGE}videos/reorder/").status_code == 405
