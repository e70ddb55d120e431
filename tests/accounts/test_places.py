"""Places are archived when nothing is left in them, and merged when two were meant to be one."""

import pytest
from django.db import IntegrityError
from django.utils import timezone

from accounts.models import Membership, User
from accounts.places.domain import closing
from accounts.places.domain.closing import archive_places, merge_places, reopen_places
from tenancy.errors import ConflictError, InvalidError, NotFoundError
from tenancy.models import Campus, Classroom, School
from tenancy.scope import EVERY_ORGANIZATION, every_organization, scope_entered
from tests.contracts.admin_pages import messages_of, sign_in
from tests.factories import CampusFactory, ClassroomFactory, SchoolFactory, make_user

pytestmark = pytest.mark.django_db

ROOMS = "/admin/tenancy/classroom/"


@pytest.fixture(autouse=True)
def room(north, sunrise):
    """Two organizations, whose administrator of the first acts."""
    with scope_entered(north.scope):
        yield


def is_archived(place):
    with every_organization():
        return type(place).unscoped.get(pk=place.pk).archived_at is not None


def place_of(email):
    with every_organization():
        user = User.unscoped.get(email=email)
    return user.school_id, user.campus_id, user.classroom_id


# --- Archiving ------------------------------------------------------------------------------------


def test_an_empty_place_is_archived_and_its_name_is_free(north):
    room = ClassroomFactory(campus=north.campus, name="E9")
    with pytest.raises(IntegrityError), closing.transaction.atomic():
        ClassroomFactory(campus=north.campus, name="e9")
    archive_places(places=[room])
    assert is_archived(room)
    ClassroomFactory(campus=north.campus, name="e9")


def test_a_place_with_people_or_places_in_it_is_not_archived(north):
    for place, what in ((north.classroom, "people belong"), (north.campus, "people belong")):
        with pytest.raises(ConflictError, match=what) as refused:
            archive_places(places=[place])
        assert refused.value.error_code == "place_in_use"
    campus = ClassroomFactory(campus=CampusFactory(school=north.school)).campus
    with pytest.raises(ConflictError, match="1 places lie in"):
        archive_places(places=[campus])
    assert not is_archived(campus)


def test_a_place_is_used_again_unless_its_name_is_taken_or_its_parent_is_archived(north):
    campus = CampusFactory(school=north.school, name="Hill")
    room = ClassroomFactory(campus=campus, name="E9")
    archive_places(places=[room])
    archive_places(places=[campus])
    with pytest.raises(ConflictError, match="which is archived"):
        reopen_places(places=[room])
    reopen_places(places=[campus])
    taken = ClassroomFactory(campus=campus, name="E9")
    with pytest.raises(ConflictError, match="now has this name"):
        reopen_places(places=[room])
    archive_places(places=[taken])
    reopen_places(places=[room])
    assert not is_archived(room)


def test_nobody_is_put_into_an_archived_place(north, as_user):
    room = ClassroomFactory(campus=north.campus)
    archive_places(places=[room])
    body = {"email": "new@north.test", "name": "New", "role": "STUDENT", "classroomId": str(room.pk)}
    answer = as_user(north.admin).post("/api/v1/users", body)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "does_not_exist")
    assert str(room.pk) not in as_user(north.admin).get("/api/v1/scopes").content.decode()


# --- Merging --------------------------------------------------------------------------------------


def test_twins_become_one_and_everyone_moves(north):
    twin = ClassroomFactory(campus=north.campus, name="E1 (2)")
    make_user("twin@north.test", "STUDENT", at=twin.scope)
    gone = make_user("gone@north.test", "STUDENT", at=twin.scope)
    User.unscoped.filter(pk=gone.pk).update(deleted=timezone.now())
    assert merge_places(places=[twin], into=north.classroom) == 2
    here = (north.school.pk, north.campus.pk, north.classroom.pk)
    assert (place_of("twin@north.test"), place_of("gone@north.test")) == (here, here)
    assert (is_archived(twin), is_archived(north.classroom)) == (True, False)
    before, now = Membership.unscoped.filter(user__email="twin@north.test").order_by("valid_from")
    assert (before.classroom_id, now.classroom_id) == (twin.pk, north.classroom.pk)
    assert before.valid_until == now.valid_from


def test_what_lies_below_becomes_one_with_its_namesake_or_is_made(north):
    school = SchoolFactory(organization=north.organization, name="Copy")
    campus = CampusFactory(school=school, name=north.campus.name.upper())
    same = ClassroomFactory(campus=campus, name=north.classroom.name.upper())
    other = ClassroomFactory(campus=campus, name="Only here")
    make_user("head@north.test", "PRINCIPAL", at=school.scope)
    make_user("lead@north.test", "PRINCIPAL", at=campus.scope)
    make_user("a@north.test", "STUDENT", at=same.scope)
    make_user("b@north.test", "STUDENT", at=other.scope)
    assert merge_places(places=[school], into=north.school) == 4
    made = Classroom.unscoped.get(campus=north.campus, name="Only here")
    assert place_of("head@north.test") == (north.school.pk, None, None)
    assert place_of("lead@north.test") == (north.school.pk, north.campus.pk, None)
    assert place_of("a@north.test") == (north.school.pk, north.campus.pk, north.classroom.pk)
    assert place_of("b@north.test") == (north.school.pk, north.campus.pk, made.pk)
    assert all(is_archived(place) for place in (school, campus, same, other))
    assert Campus.unscoped.filter(school=north.school).count() == 1


def test_several_places_are_merged_in_as_many_statements_as_one(north, statements):
    def count(number):
        schools = [SchoolFactory(organization=north.organization) for _ in range(number)]
        for school in schools:
            make_user(f"{school.pk}@north.test", "STUDENT", at=ClassroomFactory(campus__school=school).scope)
        with statements() as sent:
            assert merge_places(places=schools, into=north.school) == number
        return len(sent)

    assert count(1) == count(5)


def test_what_another_organization_has_is_not_merged(north, sunrise, global_admin):
    with pytest.raises(NotFoundError):
        merge_places(places=[sunrise.school], into=north.school)
    with scope_entered(EVERY_ORGANIZATION), pytest.raises(InvalidError):
        merge_places(places=[sunrise.school], into=north.school)
    assert not is_archived(sunrise.school)


def test_the_place_one_acts_in_is_for_whoever_acts_above_it(north):
    twin = SchoolFactory(organization=north.organization)
    with scope_entered(north.school.scope):
        for places, into in (([north.school], twin), ([twin], north.school)):
            with pytest.raises(NotFoundError):
                merge_places(places=places, into=into)
        with pytest.raises(NotFoundError):
            archive_places(places=[north.school])


def test_an_archived_place_is_not_merged(north):
    twin = ClassroomFactory(campus=north.campus)
    archive_places(places=[twin])
    with pytest.raises(ConflictError, match="archived already"):
        merge_places(places=[twin], into=north.classroom)


# --- In the admin ---------------------------------------------------------------------------------


def test_the_admin_merges_twins_behind_a_page_that_asks_which_stays(north):
    twin = ClassroomFactory(campus=north.campus, name="Twin")
    make_user("twin@north.test", "STUDENT", at=twin.scope)
    browser = sign_in(north.admin)
    chosen = {"action": "merge_selected", "_selected_action": [str(north.classroom.pk), str(twin.pk)]}
    page = browser.post(ROOMS, chosen)
    assert page.status_code == 200
    assert [(place.name, people) for place, _where, people in page.context["choices"]] == [
        (north.classroom.name, 5),
        ("Twin", 1),
    ]
    assert not is_archived(twin)
    browser.post(ROOMS, {**chosen, "into": str(north.classroom.pk)})
    assert messages_of(browser.get(ROOMS)) == [f"Merged into “{north.classroom.name}”: 1 person moved."]
    assert is_archived(twin)
    assert "Twin" not in browser.get(ROOMS).content.decode()
    archived = f"{ROOMS}?archived=yes"
    assert "Twin" in browser.get(archived).content.decode()
    browser.post(archived, {"action": "reopen_selected", "_selected_action": [str(twin.pk)]})
    assert not is_archived(twin)


def test_the_admin_archives_what_is_empty_and_says_what_is_not(north):
    empty = ClassroomFactory(campus=north.campus, name="Empty")
    browser = sign_in(north.admin)
    for room in (empty, north.classroom):
        browser.post(ROOMS, {"action": "archive_selected", "_selected_action": [str(room.pk)]})
    assert (is_archived(empty), is_archived(north.classroom)) == (True, False)
    assert "people belong to" in "".join(messages_of(browser.get(ROOMS)))


def test_another_organizations_places_are_not_merged_in_the_admin(north, sunrise):
    browser = sign_in(north.admin)
    ids = [str(north.classroom.pk), str(sunrise.classroom.pk)]
    chosen = {"action": "merge_selected", "_selected_action": ids, "into": ids[0]}
    browser.post(ROOMS, chosen)
    assert not is_archived(sunrise.classroom)
    assert place_of(sunrise.student.email)[2] == sunrise.classroom.pk


def test_whoever_may_not_manage_places_is_offered_none_of_it(north):
    User.unscoped.filter(pk=north.principal.pk).update(is_staff=True)
    browser = sign_in(north.principal)
    page = browser.get(ROOMS).content.decode()
    assert "merge_selected" not in page
    twin = ClassroomFactory(campus=north.campus)
    ids = [str(north.classroom.pk), str(twin.pk)]
    browser.post(ROOMS, {"action": "merge_selected", "_selected_action": ids, "into": ids[0]})
    browser.post(ROOMS, {"action": "archive_selected", "_selected_action": ids[1:]})
    assert not is_archived(twin)


def test_a_form_says_that_a_name_is_taken(north):
    room = ClassroomFactory(campus=north.campus, name="E9")
    browser = sign_in(north.admin)
    page = browser.post(f"{ROOMS}{room.pk}/change/", {"name": north.classroom.name.upper()})
    assert "There is a classroom of this name already." in page.content.decode()
    page = browser.post(f"{ROOMS}add/", {"name": "e9", "campus": str(north.campus.pk)})
    assert "There is a classroom of this name already." in page.content.decode()
    browser.post("/admin/tenancy/school/add/", {"name": north.school.name.upper()})
    assert School.unscoped.filter(organization=north.organization).count() == 1
    browser.post(f"{ROOMS}{room.pk}/change/", {"name": "E10"})
    assert Classroom.unscoped.get(pk=room.pk).name == "E10"


def test_an_archived_place_can_be_read_and_not_changed(north):
    room = ClassroomFactory(campus=north.campus, name="E9")
    archive_places(places=[room])
    browser = sign_in(north.admin)
    assert 'name="_save"' not in browser.get(f"{ROOMS}{room.pk}/change/").content.decode()
    browser.post(f"{ROOMS}{room.pk}/change/", {"name": "E10"})
    assert Classroom.unscoped.get(pk=room.pk).name == "E9"
