"""Places over the API: list, add and rename, at or below where one acts."""

import pytest
from django.utils import timezone

from tenancy.models import Campus, Classroom, School
from tenancy.scope import PLATFORM_ID
from tests.conftest import Client, error_of
from tests.factories import CampusFactory, ClassroomFactory, SchoolFactory

SCHOOLS, CAMPUSES, CLASSROOMS = "/api/v1/schools", "/api/v1/campuses", "/api/v1/classrooms"


def names_of(answer):
    assert answer.status_code == 200, answer.json()
    return [row["name"] for row in answer.json()["rows"]]


def refusal_of(answer):
    return answer.status_code, error_of(answer)["code"], error_of(answer)["attr"]


def test_an_administrator_adds_a_school_with_a_campus_and_a_classroom_and_renames_them(
    north, sunrise, as_user
):
    admin = as_user(north.admin)
    school = admin.post(SCHOOLS, {"name": "Lakeside"})
    assert school.status_code == 201
    assert school.json()["organizationId"] == str(north.organization.pk)
    campus = admin.post(CAMPUSES, {"name": "East", "schoolId": school.json()["id"]}).json()
    room = admin.post(CLASSROOMS, {"name": "E1", "campusId": campus["id"]}).json()
    assert (room["schoolId"], room["archivedAt"]) == (school.json()["id"], None)
    for url, place in ((SCHOOLS, school.json()), (CAMPUSES, campus), (CLASSROOMS, room)):
        assert admin.get(f"{url}/{place['id']}").json() == place
        renamed = admin.patch(f"{url}/{place['id']}", {"name": "Élan"}).json()
        assert renamed == {**place, "name": "Élan"}
        assert names_of(admin.get(f"{url}?search=elan")) == ["Élan"]
    assert School.unscoped.filter(organization=sunrise.organization).count() == 1


@pytest.mark.parametrize("name", ["east", "EAST", "  East "])
def test_no_two_places_beside_each_other_have_one_name(name, north, sunrise, as_user):
    admin = as_user(north.admin)
    CampusFactory(school=north.school, name="East")
    other = CampusFactory(school=north.school, name="West")
    taken = admin.post(CAMPUSES, {"name": name, "schoolId": str(north.school.pk)})
    assert refusal_of(taken) == (409, "name_taken", None)
    assert refusal_of(admin.patch(f"{CAMPUSES}/{other.pk}", {"name": name})) == (409, "name_taken", None)
    elsewhere = SchoolFactory(organization=north.organization)
    assert admin.post(CAMPUSES, {"name": name, "schoolId": str(elsewhere.pk)}).status_code == 201


def test_places_of_another_organization_are_not_there(north, sunrise, as_user):
    admin, before = as_user(north.admin), Campus.unscoped.count()
    theirs = ((SCHOOLS, sunrise.school), (CAMPUSES, sunrise.campus), (CLASSROOMS, sunrise.classroom))
    for url, foreign in theirs:
        assert admin.get(f"{url}/{foreign.pk}").status_code == 404
        assert admin.patch(f"{url}/{foreign.pk}", {"name": "Ours"}).status_code == 404
        assert foreign.name not in names_of(admin.get(url))
    added = admin.post(CAMPUSES, {"name": "East", "schoolId": str(sunrise.school.pk)})
    assert refusal_of(added) == (400, "does_not_exist", "schoolId")
    assert Campus.unscoped.count() == before


def test_who_acts_in_a_campus_manages_it_and_its_classrooms_and_nothing_above(north, sunrise, as_user, grant):
    lead = north.teacher
    lead.classroom = None
    lead.save()
    grant(lead, "places.list", "places.create", "places.update")
    beside, client = CampusFactory(school=north.school), as_user(lead)
    assert names_of(client.get(SCHOOLS)) == []
    assert names_of(client.get(CAMPUSES)) == [north.campus.name]
    assert client.get(f"{SCHOOLS}/{north.school.pk}").status_code == 404
    assert client.patch(f"{CAMPUSES}/{north.campus.pk}", {"name": "Ours"}).status_code == 200
    assert client.patch(f"{CAMPUSES}/{beside.pk}", {"name": "Ours"}).status_code == 404
    assert client.post(CLASSROOMS, {"name": "X1", "campusId": str(north.campus.pk)}).status_code == 201
    for url, parent in (
        (CLASSROOMS, {"campusId": str(beside.pk)}),
        (CAMPUSES, {"schoolId": str(north.school.pk)}),
    ):
        refused = client.post(url, {"name": "X2", **parent})
        assert refusal_of(refused) == (400, "does_not_exist", next(iter(parent)))
    school = client.post(SCHOOLS, {"name": "X3"})
    assert refusal_of(school) == (403, "organization_scope_required", None)


@pytest.mark.parametrize("who", ["student", "teacher", "principal"])
def test_without_the_keys_places_are_closed(who, north, as_user):
    client = as_user(north.people[who])
    for url, place in ((SCHOOLS, north.school), (CAMPUSES, north.campus), (CLASSROOMS, north.classroom)):
        answers = [client.get(url), client.post(url, {"name": "X"}), client.get(f"{url}/{place.pk}")]
        answers.append(client.patch(f"{url}/{place.pk}", {"name": "X"}))
        assert {answer.status_code for answer in answers} == {403}


def test_a_place_stays_where_it_is(north, as_user):
    admin, other = as_user(north.admin), CampusFactory(school=north.school)
    url = f"{CLASSROOMS}/{north.classroom.pk}"
    moved = admin.patch(url, {"name": "X", "campusId": str(other.pk)})
    assert refusal_of(moved) == (400, "place_stays", "campusId")
    assert admin.patch(url, {"name": "X", "campusId": str(north.campus.pk)}).status_code == 200
    assert Classroom.unscoped.get(pk=north.classroom.pk).campus_id == north.campus.pk


def test_an_archived_place_is_listed_as_such_and_takes_nothing(north, as_user):
    admin = as_user(north.admin)
    campus = CampusFactory(school=north.school, archived_at=timezone.now(), name="Closed")
    room = ClassroomFactory(campus=campus, archived_at=timezone.now())
    assert names_of(admin.get(f"{CAMPUSES}?archived=true")) == ["Closed"]
    assert "Closed" not in names_of(admin.get(f"{CAMPUSES}?archived=false"))
    assert "Closed" in names_of(admin.get(CAMPUSES))
    added = admin.post(CLASSROOMS, {"name": "X", "campusId": str(campus.pk)})
    assert refusal_of(added) == (400, "does_not_exist", "campusId")
    renamed = admin.patch(f"{CLASSROOMS}/{room.pk}", {"name": "X"})
    assert refusal_of(renamed) == (409, "place_archived", None)


def test_a_global_user_adds_a_school_to_the_organization_they_name(north, global_admin):
    everywhere = Client().as_user(global_admin)
    assert refusal_of(everywhere.post(SCHOOLS, {"name": "X"})) == (400, "organization_required", "X-Scope")
    reserved = everywhere.post(SCHOOLS, {"name": "X"}, HTTP_X_SCOPE=f"organization:{PLATFORM_ID}")
    assert refusal_of(reserved) == (400, "organization_required", "X-Scope")
    added = everywhere.post(SCHOOLS, {"name": "X"}, HTTP_X_SCOPE=str(north.scope))
    assert (added.status_code, added.json()["organizationId"]) == (201, str(north.organization.pk))
    assert everywhere.patch(f"{SCHOOLS}/{north.school.pk}", {"name": "Y"}).status_code == 200


@pytest.mark.parametrize(
    "body", [{}, {"name": ""}, {"name": " "}, {"name": 7}, {"name": "x" * 201}, {"name": None}]
)
def test_a_name_that_is_none_is_refused_by_name(body, north, as_user):
    answer = as_user(north.admin).post(SCHOOLS, body)
    assert (answer.status_code, error_of(answer)["attr"]) == (400, "name")


def test_a_list_of_many_places_takes_no_further_statement(north, as_user, statements):
    admin = as_user(north.admin)
    with statements() as few:
        admin.get(CLASSROOMS)
    for _ in range(5):
        ClassroomFactory(campus=north.campus)
    with statements() as many:
        admin.get(CLASSROOMS)
    assert len(few) == len(many)
