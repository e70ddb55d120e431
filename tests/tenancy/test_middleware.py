"""The outermost layer: a request id, no scope left over, and who and where in every log line."""

import logging

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from tenancy.middleware import RequestContextFilter, TenancyMiddleware, request_id, request_user
from tenancy.scope import (
    ScopeNotEnteredError,
    current_scope,
    enter_scope,
    every_organization,
    organization_scope,
    scope_entered,
)

pytestmark = pytest.mark.django_db


def test_a_clients_request_id_is_returned_when_it_is_harmless(client):
    assert client.get("/api/v1/users/me", HTTP_X_REQUEST_ID="abc-DEF_1.23")["X-Request-ID"] == "abc-DEF_1.23"


@pytest.mark.parametrize(
    "sent", [None, "", "short", "x" * 65, "with space", "new\nline-here", "<script>alert"]
)
def test_any_other_gets_a_fresh_one(client, sent):
    headers = {} if sent is None else {"HTTP_X_REQUEST_ID": sent}
    first = client.get("/api/v1/users/me", **headers)["X-Request-ID"]
    second = client.get("/api/v1/users/me", **headers)["X-Request-ID"]
    assert len(first) == 32
    assert first != second
    assert first != sent


def test_a_request_starts_without_a_scope_and_leaves_none_behind(north, sunrise):
    def view(request):
        with pytest.raises(ScopeNotEnteredError):
            current_scope()
        enter_scope(sunrise.scope)
        request_user.set("someone")
        return HttpResponse(request_id.get())

    with organization_scope(north.organization):
        response = TenancyMiddleware(view)(RequestFactory().get("/"))
        assert current_scope() == north.scope
    assert response.content.decode() == response["X-Request-ID"]
    assert (request_id.get(), request_user.get()) == ("-", "-")


def test_a_failing_request_leaves_nothing_behind_either(north):
    def view(request):
        enter_scope(north.scope)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        TenancyMiddleware(view)(RequestFactory().get("/"))
    with pytest.raises(ScopeNotEnteredError):
        current_scope()


def test_two_requests_of_different_tenants_on_one_thread_do_not_mix(as_user, north, sunrise):
    for tenant in (north, sunrise, north):
        body = as_user(tenant.admin).get("/api/v1/scopes").json()
        assert [row["id"] for row in body["rows"]] == [str(tenant.organization.pk)]
        with pytest.raises(ScopeNotEnteredError):
            current_scope()


def record():
    made = logging.makeLogRecord({"msg": "x"})
    assert RequestContextFilter().filter(made)
    return made


def test_log_lines_carry_request_user_and_organization(north):
    assert (record().request_id, record().user, record().organization) == ("-", "-", "-")
    with organization_scope(north.organization):
        assert record().organization == str(north.organization.pk)
    with every_organization():
        assert record().organization == "every"
    with scope_entered(None):
        assert record().organization == "-"


def test_what_a_view_logs_carries_the_caller_and_their_organization(as_user, north, monkeypatch):
    logged = []
    monkeypatch.setattr("accounts.people.api.me.rename", lambda **_: logged.append(record()))
    response = as_user(north.student).patch("/api/v1/users/me", {"name": "x"})
    assert [(line.user, line.organization, line.request_id) for line in logged] == [
        (str(north.student.pk), str(north.organization.pk), response["X-Request-ID"])
    ]


def test_no_token_gets_into_the_log(as_user, north, caplog):
    as_user(north.student).get("/api/v1/users/me", HTTP_X_SCOPE="nonsense")
    assert "Bad Request" in caplog.text
    assert "Bearer" not in caplog.text


def test_the_line_of_a_refused_request_names_it_too(north, as_user, caplog):
    """Django writes it when the request's own layers have ended."""
    caplog.handler.addFilter(RequestContextFilter())
    response = as_user(north.student).get("/api/v1/course-management/learning-tree")
    [line] = [record for record in caplog.records if record.name == "django.request"]
    assert line.request_id == response["X-Request-ID"]
    assert line.user == str(north.student.pk)
    assert line.organization == str(north.organization.pk)
