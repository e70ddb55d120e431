"""Who may call what, on whose rows: every route, every kind of row, every kind of caller."""

from typing import Any

import pytest
from django.urls import get_resolver

from accounts.rights import permissions
from accounts.rights.keys import ROLES
from quizzes.models import Attempt
from tests import citus
from tests.contracts.routes import ANONYMOUS, AUTHENTICATED, LISTS, ROUTES, resolved
from tests.contracts.world import answers_of, differences, dump, send, tenant_models

ROLE_OF = {
    "student": "STUDENT",
    "guardian": "GUARDIAN",
    "teacher": "TEACHER",
    "principal": "PRINCIPAL",
    "admin": "ADMIN",
    "global": "GLOBAL_ADMIN",
    "independent": "STUDENT",
}
CALLERS = ["anonymous", *ROLE_OF]
WITH_OBJECT = [route for route in ROUTES if route.kind]


def may(caller, route) -> bool:
    if route.for_tenants and caller == "independent":
        return False
    if route.keys in (ANONYMOUS, AUTHENTICATED):
        return route.keys == ANONYMOUS or caller != "anonymous"
    return caller != "anonymous" and not ROLES[ROLE_OF[caller]].keys.isdisjoint(route.any_of)


def test_the_table_names_every_route_and_only_those_there_are():
    named = [(route.method, route.path) for route in ROUTES]
    assert len(named) == len(set(named))
    assert set(named) == set(resolved())
    outside = [str(p.pattern) for p in get_resolver().url_patterns if not str(p.pattern).startswith("^api/")]
    # Pages that show nothing but who is signed in and whose link was followed, and the admin (see
    # test_admin_isolation).
    assert sorted(outside) == [
        "",
        r"^account/confirm/?\Z",
        r"^account/invitation/?\Z",
        r"^account/password-reset/?\Z",
        r"^account/password/?\Z",
        "admin",
        "admin/",
    ]


def test_every_view_asks_for_the_keys_that_the_table_names():
    wrong = []
    views = resolved()
    for route in ROUTES:
        view = views[route.method, route.path]
        action = getattr(view, "actions", {}).get(route.method, route.method)
        made = view.cls(**getattr(view, "initkwargs", {}))
        declared = getattr(made, "permission_keys", {}).get(action)
        if declared is None:
            keys = ANONYMOUS
        elif declared == permissions.AUTHENTICATED:
            keys = AUTHENTICATED
        else:
            keys = declared if isinstance(declared, str) else " or ".join(declared)
        if keys != route.keys:
            wrong.append(f"{route}: {keys}, not {route.keys}")
        if getattr(view.cls, "tenant_users_only", False) != route.for_tenants:
            wrong.append(f"{route}: for tenants only, or not")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("walls", [1, pytest.param(2, marks=citus.ON_ONE_MACHINE)])
def test_every_route_answers_those_who_may(walls, world, settings):
    """Without this, all refusals below could be refusals of a bad request."""
    settings.ROW_SECURITY = walls == 2
    wrong = []
    for route, response in answers_of(world, ROUTES):
        if response.status_code != route.status:
            wrong.append(f"{route}: {response.status_code} {response.content[:200]}")
        if (route.path in LISTS and route.method == "get") != (b'"rows":' in response.content[:9]):
            wrong.append(f"{route}: a list, or not one")
    assert not wrong, "\n".join(wrong)


def test_the_other_tenant_has_a_row_in_every_table(world):
    rows = dump(world.sunrise.organization)
    assert [label for label, found in rows.items() if not found] == []
    assert len(rows) == len(tenant_models())


@pytest.mark.parametrize("caller", CALLERS)
def test_rows_out_of_reach_answer_like_rows_that_do_not_exist(caller, world):
    client, before, wrong = world.client(caller), dump(), []
    for route in WITH_OBJECT:
        rows = {"missing": world.missing, "foreign": world.foreign, "deleted": world.deleted}
        if caller == "independent":
            rows["north's"] = world.own
        if route.path.endswith("/restore") and may(caller, route):
            del rows["deleted"]  # that is what it is for
        expected = 401 if caller == "anonymous" else 404 if may(caller, route) else 403
        answers = {name: send(client, route, ids) for name, ids in rows.items()}
        wrong += [
            f"{route} {name}: {answer.status_code} {answer.content[:200]}"
            for name, answer in answers.items()
            if answer.status_code != expected or answer.content != answers["missing"].content
        ]
    assert not wrong, "\n".join(wrong)
    assert differences(before, dump()) == []


@pytest.mark.parametrize("caller", CALLERS)
def test_who_has_no_key_is_refused_whatever_they_name(caller, world):
    client, before, wrong, refused = world.client(caller), dump(), [], {}
    status = 401 if caller == "anonymous" else 403
    credentials = world.ids_for(world.north.student)
    for route in ROUTES:
        if may(caller, route):
            continue
        for url, body in named_by(route, credentials, world):
            response = send(client, route, {}, url=url, body=body)
            refused.setdefault(route.for_tenants, set()).add(response.content)
            if response.status_code != status:
                wrong.append(f"{route}: {response.status_code} {response.content[:200]}")
    assert not wrong, "\n".join(wrong)
    assert {len(answers) for answers in refused.values()} <= {1}
    assert differences(before, dump()) == []


def named_by(route, credentials, world) -> list[tuple[str, Any]]:
    """Return what can be sent to a route in the name of rows of each kind: each address with each body."""
    sent: list[tuple[str, Any]] = []
    for rows in (world.own, world.foreign, world.deleted, world.missing):
        ids = {**credentials, **rows}
        bodies = [None] if route.method == "get" else [route.filled(ids), {"nonsense": "{"}]
        sent += [pair for body in bodies if (pair := (route.url(ids), body)) not in sent]
    return sent


def test_deleted_rows_are_listed_with_the_delete_key_only(world):
    wrong = []
    for route in ROUTES:
        filters = getattr(
            getattr(resolved()[route.method, route.path].cls, "filterset_class", None), "base_filters", {}
        )
        if route.path not in LISTS or route.method != "get" or "deleted" not in filters:
            continue
        for caller, status in (("teacher", 403), ("principal", 403), ("student", 403), ("admin", 200)):
            response = world.client(caller).get(f"{route.url(world.own)}?deleted=true")
            if response.status_code != status:
                wrong.append(f"{route} {caller}: {response.status_code}")
    assert not wrong, "\n".join(wrong)


def test_head_answers_like_get(world):
    wrong, clients = [], {caller: world.client(caller) for caller in ("anonymous", "student", "admin")}
    for route in ROUTES:
        if route.method != "get":
            continue
        for caller in ("anonymous", "student", "admin") if route.keys != ANONYMOUS else ["anonymous"]:
            for ids in (world.own, world.foreign) if route.kind else [world.own]:
                client, url = clients[caller], route.url(ids)
                got, head = client.get(url).status_code, client.head(url).status_code
                if got != head:
                    wrong.append(f"{route} {caller}: GET {got}, HEAD {head}")
    assert not wrong, "\n".join(sorted(set(wrong)))


def test_nobody_sees_the_attempts_of_another_user(world):
    """Not even those who may do everything else: attempts are read in the admin, behind its keys."""
    attempt = Attempt.unscoped.get(user=world.north.student)
    url = f"/api/v1/question-sets/{world.own['practice']}/attempts"
    own = world.client("student").get(url).json()
    assert [row["id"] for row in own["rows"]] == [str(attempt.pk)]
    for caller in ("student2", "teacher", "instructor", "admin", "global", "global everywhere"):
        client = world.client(caller)
        assert client.get(url).json() == {"rows": [], "count": 0}, caller
        assert client.get(f"{url}/{attempt.pk}").status_code == 404


def test_one_users_idempotency_key_is_nothing_to_another(world):
    route = next(r for r in ROUTES if r.path.endswith("/attempts") and r.method == "post")
    ids = {**world.own}
    first = send(world.client("student"), route, ids, HTTP_IDEMPOTENCY_KEY="same key")
    second = send(world.client("student2"), route, ids, HTTP_IDEMPOTENCY_KEY="same key")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] != second.json()["id"]
    assert Attempt.unscoped.get(pk=second.json()["id"]).user_id == world.north.student2.pk
