"""``Idempotency-Key``: sent again, done once."""

import json

import pytest
from django.urls import path
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from accounts.api.base import ScopedView
from accounts.idempotency.api import idempotent
from accounts.models import IdempotentRequest
from accounts.people.domain.membership import place
from accounts.rights.permissions import AUTHENTICATED
from learning.models import CourseCategory
from tenancy.errors import RefusedError
from tenancy.scope import organization_scope
from tests.conftest import error_of

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


class SchoolsView(ScopedView):
    """Appends a school: stands for every view that appends."""

    permission_keys = {"post": AUTHENTICATED}

    @idempotent
    def post(self, request, **kwargs):
        name = request.data["name"]
        if name == "nothing":
            return Response(b"null", status=201)
        made = CourseCategory.unscoped.create(organization_id=self.user.organization_id, title=name)
        if name == "bad":
            raise ValidationError({"name": "Bad."})
        if name == "refused":
            raise RefusedError
        if name == "returned":
            return Response({"errors": []}, status=422)
        # Not in alphabetical order, and a number that would not survive a database's JSON.
        return Response({"name": name, "id": str(made.pk), "half": 1.0}, status=201)


urlpatterns = [path("schools", SchoolsView.as_view()), path("colleges", SchoolsView.as_view())]


@pytest.fixture
def post(as_user):
    def send(user, name, key=None, to="/schools", scope=None, **more):
        headers = {} if key is None else {"HTTP_IDEMPOTENCY_KEY": key}
        return as_user(user, scope).post(to, {"name": name, **more}, **headers)

    return send


def count(name):
    return CourseCategory.unscoped.filter(title=name).count()


def test_the_same_key_and_body_return_the_first_answer_and_add_no_row(post, north, sunrise):
    first = post(north.teacher, "new", "k1")
    again = post(north.teacher, "new", "k1")
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert first["Content-Type"] == again["Content-Type"] == "application/json"
    assert list(json.loads(first.content)) == ["name", "id", "half"]
    assert count("new") == 1


def test_the_order_of_the_bodys_fields_makes_no_difference(as_user, north):
    client = as_user(north.teacher)
    bodies = ['{"name": "new", "a": 1}', '{"a":1,"name":"new"}']
    answers = [
        client.post("/schools", data=body, content_type="application/json", HTTP_IDEMPOTENCY_KEY="k")
        for body in bodies
    ]
    assert answers[0].content == answers[1].content
    assert count("new") == 1


def nested(levels, innermost="0"):
    return '{"name": "new", "a": ' + '[{"b":' * (levels // 2) + innermost + "}]" * (levels // 2) + "}"


def test_a_nested_body_is_compared_to_its_innermost_value(as_user, north):
    def send(innermost):
        body = nested(90, innermost)
        client = as_user(north.teacher)
        return client.post("/schools", body, content_type="application/json", HTTP_IDEMPOTENCY_KEY="k")

    first = send('{"x": 1, "y": [2, 3]}')
    assert first.status_code == 201
    assert send('{"y":[2,3],"x":1}').content == first.content
    for other in ('{"x": 1, "y": [3, 2]}', '{"x": "1", "y": [2, 3]}', '{"x": 1}'):
        assert send(other).status_code == 409
    assert count("new") == 1


@pytest.mark.parametrize("levels", [300, 600, 1100])
def test_a_body_nested_too_deeply_is_malformed_with_a_key_and_without(as_user, north, levels):
    client, body = as_user(north.teacher), nested(levels)
    for headers in ({}, {"HTTP_IDEMPOTENCY_KEY": "k"}):
        response = client.post("/schools", body, content_type="application/json", **headers)
        assert (response.status_code, error_of(response)["code"]) == (400, "parse_error")
    assert count("new") == 0


def test_another_key_or_none_appends_again(post, north):
    for key in ("k1", "k2", None, None):
        assert post(north.teacher, "new", key).status_code == 201
    assert count("new") == 4


def test_a_key_belongs_to_its_user(post, north, sunrise):
    answers = {post(user, "new", "k1").content for user in (north.teacher, north.student, sunrise.teacher)}
    assert len(answers) == 3
    assert count("new") == 3


def test_the_same_key_with_another_request_is_a_conflict(post, north, sunrise):
    post(north.admin, "new", "k1")
    for other in (
        post(north.admin, "other", "k1"),
        post(north.admin, "new", "k1", more=1),
        post(north.admin, "new", "k1", to="/colleges"),
        post(north.admin, "new", "k1", scope=north.campus.scope),
    ):
        assert other.status_code == 409
        assert error_of(other)["code"] == "idempotency_key_reused"
    assert CourseCategory.unscoped.exclude(pk__in=[north.category.pk, sunrise.category.pk]).count() == 1


def test_who_was_moved_in_between_gets_the_first_answer_too(post, north, sunrise):
    first = post(north.teacher, "new", "k1")
    place(user=north.teacher, at=north.campus.scope, role=north.teacher.role)
    again = post(north.teacher, "new", "k1")
    assert (again.status_code, again.content) == (201, first.content)
    assert count("new") == 1


@pytest.mark.parametrize(("name", "status"), [("bad", 400), ("refused", 403), ("returned", 422)])
def test_a_refused_request_does_not_use_the_key_up_and_leaves_nothing(post, north, name, status):
    for _ in range(2):
        assert post(north.teacher, name, "k1").status_code == status
    assert count(name) == 0
    assert not IdempotentRequest.unscoped.exists()
    assert post(north.teacher, "new", "k1").status_code == 201


def test_an_answer_of_nothing_does_use_it_up(post, north):
    assert post(north.teacher, "nothing", "k1").content == b"null"
    assert post(north.teacher, "nothing", "k1").content == b"null"
    assert post(north.teacher, "new", "k1").status_code == 409


@pytest.mark.parametrize("key", ["", "x" * 201, "caf\xe9", "tab\there"])
def test_a_malformed_key_is_refused(post, north, key):
    response = post(north.teacher, "new", key)
    assert response.status_code == 400
    assert error_of(response)["code"] == "invalid_idempotency_key"
    assert error_of(response)["attr"] == "Idempotency-Key"
    assert count("new") == 0


@pytest.mark.parametrize("key", ["x", "y" * 200, "a b~!", "6f1c2f9e-5d0f-4a0e-9d36-0d6a1f0f8f55"])
def test_any_printable_key_will_do(post, north, key):
    assert post(north.teacher, "new", key).content == post(north.teacher, "new", key).content


def test_without_a_key_there_is_no_statement_more(post, north, statements):
    with statements() as sent:
        post(north.teacher, "new")
    assert len(sent) == 2  # who is calling, and the row
    with statements() as sent:
        post(north.teacher, "new", "k1")
    assert len(sent) == 4


def test_a_stored_answer_belongs_to_its_users_organization(post, north, sunrise):
    post(north.teacher, "new", "k1")
    with organization_scope(sunrise.organization):
        assert not IdempotentRequest.objects.exists()
    with organization_scope(north.organization):
        assert IdempotentRequest.objects.get().user_id == north.teacher.pk
