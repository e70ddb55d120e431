"""``GET /api/v1/explain/permission``: why somebody may do something, or may not."""

from itertools import product

import pytest
from django.contrib.auth.models import Permission

from accounts.models import Role, User
from tests import factories
from tests.conftest import error_of

URL = "/api/v1/explain/permission"
KEY = "READ_SAFETY_QUIZ_REPORTS"


def explain(client, person, key=KEY, **more):
    answer = client.get(URL, {"user": str(person.pk), "key": key, **more})
    assert answer.status_code == 200, answer.json()
    return answer.json()


def chain_of(told):
    return {link["check"]: link["holds"] for link in told["chain"]}


@pytest.mark.parametrize(
    ("role", "extra", "withheld"), list(product(["PRINCIPAL", "TEACHER", None], [True, False], [True, False]))
)
def test_the_answer_is_the_one_that_decides_whatever_grants_and_withholds(
    north, sunrise, as_user, role, extra, withheld
):
    person = factories.make_user("she@north.test", role, at=north.school.scope)
    key = Permission.objects.get(codename=KEY)
    if extra:
        person.custom_permissions.add(key)
    if withheld:
        person.custom_permissions_filter.add(key)
    told = explain(as_user(north.admin), person)
    may = as_user(person).get("/api/safety_quiz_results/completion").status_code == 200
    assert told["allowed"] == may == User.unscoped.get(pk=person.pk).holds(KEY)
    by_role = role == "PRINCIPAL"
    assert (
        chain_of(told)
        == {
            "account": True,
            "role": by_role,
            "custom_permission": extra,
            "custom_permissions_filter": not (withheld and (by_role or extra)) if withheld else True,
        }
        or withheld
    )
    expected = (
        "custom_permissions_filter"
        if withheld
        else "role"
        if by_role
        else "custom_permission"
        if extra
        else "nothing"
    )
    assert told["decided_by"] == expected
    assert (role or "STUDENT") in told["chain"][1]["detail"]


def test_a_place_that_does_not_lie_below_ones_own_refuses(north, sunrise, as_user):
    client, lead = as_user(north.admin), north.principal
    inside = explain(client, lead, scope=str(north.classroom.scope))
    assert (inside["allowed"], chain_of(inside)["scope"]) == (True, True)
    for place in (north.organization.scope, sunrise.classroom.scope):
        outside = explain(client, lead, scope=str(place))
        assert (outside["allowed"], outside["decided_by"]) == (False, "scope")
        assert as_user(lead, place).get("/api/safety_quiz_results/completion").status_code == 404
    foreign = explain(client, lead, scope=str(sunrise.classroom.scope))
    nobodys = explain(client, lead, scope="classroom:00000000-0000-7000-8000-00000000dead")
    assert foreign == nobodys


def test_who_is_deactivated_may_do_nothing(north, sunrise, as_user):
    User.unscoped.filter(pk=north.principal.pk).update(is_active=False)
    told = explain(as_user(north.admin), north.principal)
    assert (told["allowed"], told["decided_by"]) == (False, "account")


def test_a_global_person_holds_every_key_and_nothing_can_be_withheld(north, sunrise, as_user, global_admin):
    global_admin.custom_permissions_filter.add(Permission.objects.get(codename=KEY))
    told = explain(as_user(global_admin), global_admin)
    assert (told["allowed"], told["decided_by"]) == (True, "global")


def test_people_out_of_reach_are_not_there_and_the_key_is_needed_first(north, sunrise, as_user):
    client = as_user(north.admin)
    answers = [
        client.get(URL, {"user": str(pk), "key": KEY})
        for pk in (sunrise.principal.pk, "00000000-0000-7000-8000-00000000dead")
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert answers[0].content == answers[1].content
    Role.objects.get(name="TEACHER").permissions.remove(
        *Permission.objects.filter(codename="permissions.list")
    )
    assert as_user(north.teacher).get(URL, {"user": "x"}).status_code == 403


@pytest.mark.parametrize(
    ("query", "attr", "code"),
    [
        ({"key": "nonsense"}, "key", "unknown_permission"),
        ({"scope": "nowhere"}, "scope", "invalid_scope"),
        ({"user": "me"}, "user", "invalid"),
        ({"keys": "x"}, "keys", "unknown_parameter"),
    ],
)
def test_a_parameter_that_says_nothing_is_named(north, sunrise, as_user, query, attr, code):
    asked = {"user": str(north.student.pk), "key": KEY, **query}
    answer = as_user(north.admin).get(URL, asked)
    error = error_of(answer)
    assert (answer.status_code, error["attr"], error["code"]) == (400, attr, code)
