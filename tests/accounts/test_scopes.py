"""``X-Scope`` and the tree of places."""

from uuid import uuid4

import pytest

from tenancy.scope import PLATFORM_ID
from tests.conftest import error_of
from tests.factories import CampusFactory, ClassroomFactory, OrganizationFactory, SchoolFactory

pytestmark = pytest.mark.django_db

URL = "/api/v1/scopes"
ME = "/api/v1/users/me"


def in_scope(as_user, user, value):
    return as_user(user).get(ME, HTTP_X_SCOPE=value)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "organization",
        "organization:",
        ":",
        "planet:00000000-0000-7000-8000-000000000001",
        "Organization:00000000-0000-7000-8000-000000000001",
        "organization:1",
        "organization:0000000000007000800000000000000100000",
        "organization:{000000000000-7000-8000-00000000001}",
        "organization:00000000-0000-7000-8000-00000000000g",
        "organization: 0000000-0000-7000-8000-000000000001",
        "organization:00000000000070008000000000000001----",
        "organization:00000000-0000-7000-8000-000000000001:",
        "\xff:\xff",
    ],
)
def test_a_malformed_scope_is_refused(as_user, north, value):
    response = in_scope(as_user, north.admin, value)
    assert response.status_code == 400
    assert (error_of(response)["code"], error_of(response)["attr"]) == ("invalid_scope", "X-Scope")


def test_foreign_missing_and_wider_scopes_answer_alike(as_user, north, sunrise):
    values = [
        f"organization:{uuid4()}",
        f"classroom:{uuid4()}",
        str(sunrise.scope),
        str(sunrise.school.scope),
        str(sunrise.campus.scope),
        str(sunrise.classroom.scope),
        str(north.scope),
        str(north.school.scope),
        f"organization:{PLATFORM_ID}",
        f"school:{north.campus.pk}",
    ]
    answers = [in_scope(as_user, north.support, value) for value in values]
    assert {(answer.status_code, answer.content) for answer in answers} == {(404, answers[0].content)}
    assert error_of(answers[0])["code"] == "scope_not_found"


def test_drilling_down_and_naming_ones_own_scope_work(as_user, north):
    for node in (north.organization, north.school, north.campus, north.classroom):
        assert in_scope(as_user, north.admin, str(node.scope)).status_code == 200
    assert in_scope(as_user, north.support, str(north.campus.scope)).status_code == 200
    assert in_scope(as_user, north.support, str(north.classroom.scope)).status_code == 200
    upper = f"campus:{str(north.campus.pk).upper()}"
    assert in_scope(as_user, north.support, upper).status_code == 200


def test_a_global_user_may_act_anywhere(as_user, global_admin, north, sunrise):
    for scope in (north.scope, sunrise.classroom.scope, f"organization:{PLATFORM_ID}"):
        assert in_scope(as_user, global_admin, str(scope)).status_code == 200
    assert in_scope(as_user, global_admin, f"organization:{uuid4()}").status_code == 404


def test_an_independent_learner_acts_in_no_organization(as_user, independent, north):
    for scope in (f"organization:{PLATFORM_ID}", str(north.scope), f"organization:{uuid4()}"):
        response = in_scope(as_user, independent, scope)
        assert response.status_code == 404
        assert error_of(response)["code"] == "scope_not_found"


def test_a_scope_of_an_anonymous_caller_is_not_looked_up(client, north, statements):
    with statements() as sent:
        assert client.get(ME, HTTP_X_SCOPE=str(north.scope)).status_code == 401
    assert len(sent) == 0


def node(place, *children):
    return {
        "level": place.scope.level,
        "id": str(place.pk),
        "name": place.name,
        "scope": str(place.scope),
        "children": list(children),
    }


def test_the_tree_starts_at_ones_own_scope(as_user, north, sunrise):
    classroom = node(north.classroom)
    campus = node(north.campus, classroom)
    school = node(north.school, campus)
    for user, top in [
        (north.admin, node(north.organization, school)),
        (north.principal, school),
        (north.support, campus),
        (north.teacher, classroom),
    ]:
        assert as_user(user).get(URL).json() == {"rows": [top], "count": 1}


def test_the_tree_is_the_same_whatever_scope_is_active(as_user, north):
    drilled = as_user(north.admin, north.classroom.scope).get(URL)
    assert drilled.json() == as_user(north.admin).get(URL).json()


def test_a_global_user_sees_every_organization_the_reserved_one_included(
    as_user, global_admin, north, sunrise
):
    body = as_user(global_admin).get(URL).json()
    assert [row["name"] for row in body["rows"]] == ["North", "Platform", "Sunrise"]
    assert body["count"] == 3
    assert body["rows"][1] == {
        "level": "organization",
        "id": str(PLATFORM_ID),
        "name": "Platform",
        "scope": f"organization:{PLATFORM_ID}",
        "children": [],
    }
    assert body["rows"][2]["children"][0]["children"][0]["children"][0]["id"] == str(sunrise.classroom.pk)


def test_an_independent_learner_sees_an_empty_list(as_user, independent, north):
    assert as_user(independent).get(URL).json() == {"rows": [], "count": 0}


def test_organizations_have_pages(as_user, global_admin, north, sunrise):
    page = as_user(global_admin).get(URL, {"limit": 1, "page": 3}).json()
    assert [row["name"] for row in page["rows"]] == ["Sunrise"]
    assert page["count"] == 3
    assert as_user(global_admin).get(URL, {"page": 9}).json() == {"rows": [], "count": 3}
    assert as_user(global_admin).get(URL, {"limit": "x"}).status_code == 400
    assert as_user(global_admin).get(URL, {"level": "school"}).status_code == 400


def test_the_number_of_statements_does_not_grow(as_user, global_admin, north, statements):
    with statements() as sent:
        as_user(north.admin).get(URL)
    assert len(sent) == 1 + 4
    for _ in range(3):
        organization = OrganizationFactory()
        for school in (
            SchoolFactory(organization=organization),
            SchoolFactory(organization=north.organization),
        ):
            ClassroomFactory(campus=CampusFactory(school=school))
            ClassroomFactory(campus=CampusFactory(school=school))
    for user in (north.admin, global_admin):
        with statements() as sent:
            as_user(user).get(URL)
        assert len(sent) == 1 + 4


def test_names_order_the_tree(as_user, north):
    SchoolFactory(organization=north.organization, name="AAA")
    SchoolFactory(organization=north.organization, name="ZZZ")
    names = [row["name"] for row in as_user(north.admin).get(URL).json()["rows"][0]["children"]]
    assert names == sorted(names)


def test_nobody_sees_no_tree(client, db):
    assert client.get(URL).status_code == 401
