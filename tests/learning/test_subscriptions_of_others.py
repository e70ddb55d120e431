"""Reading the subscriptions of people in scope, for who manages them (document 003)."""

from datetime import timedelta

import pytest

from tenancy.scope import PLATFORM_ID
from tests import factories
from tests.conftest import error_of
from tests.factories import make_subscription, make_user

URL = "/api/v1/subscriptions"


@pytest.fixture
def tcodes(north, sunrise):
    return [factories.TcodeFactory() for _ in range(2)]


def ids_of(answer):
    assert answer.status_code == 200, answer.json()
    return [row["id"] for row in answer.json()["rows"]]


def granted(*arguments, **options):
    return str(make_subscription(*arguments, **options).pk)


def test_who_manages_subscriptions_lists_those_in_scope_by_person_tcode_and_status(tcodes, north, as_user):
    first, second = (granted(north.student, tcode) for tcode in tcodes)
    over = granted(north.student, tcodes[1], starts=-timedelta(days=99), days=9)
    other = granted(north.student2, tcodes[0])
    admin, about = as_user(north.admin), f"{URL}?userId={north.student.pk}"
    assert ids_of(admin.get(about)) == [over, second, first]
    assert ids_of(admin.get(f"{about}&tcodeId={tcodes[0].pk}")) == [first]
    assert ids_of(admin.get(f"{about}&status=expired")) == [over]
    assert ids_of(admin.get(URL)) == [other, over, second, first]
    read = admin.get(f"{URL}/{first}")
    assert (read.status_code, read.json()["userId"]) == (200, str(north.student.pk))


def test_subscriptions_of_people_elsewhere_are_not_there(tcodes, north, sunrise, as_user):
    foreign = granted(sunrise.student, tcodes[0])
    admin = as_user(north.admin)
    assert ids_of(admin.get(URL)) == ids_of(admin.get(f"{URL}?userId={sunrise.student.pk}")) == []
    assert admin.get(f"{URL}/{foreign}").status_code == 404


def test_who_manages_a_classroom_reads_those_of_its_people_and_their_own(tcodes, north, as_user, grant):
    grant(north.teacher, "subscriptions.manage")
    outside = make_user("w1@north.test", "STUDENT", at=north.scope)
    inside, elsewhere = (granted(person, tcodes[0]) for person in (north.student, outside))
    # Granted before they came to the organization.
    own = granted(north.teacher, tcodes[1], organization_id=PLATFORM_ID)
    teacher = as_user(north.teacher)
    assert ids_of(teacher.get(URL)) == [own, inside]
    assert teacher.get(f"{URL}/{elsewhere}").status_code == 404


def test_a_learner_sees_their_own_alone_whatever_is_asked_for(tcodes, north, as_user):
    own, other = granted(north.student, tcodes[0]), granted(north.student2, tcodes[0])
    student = as_user(north.student)
    assert ids_of(student.get(URL)) == ids_of(student.get(f"{URL}?userId={north.student.pk}")) == [own]
    assert ids_of(student.get(f"{URL}?userId={north.student2.pk}")) == []
    assert student.get(f"{URL}/{own}").json()["id"] == own
    assert student.get(f"{URL}/{other}").status_code == 404


def test_a_list_of_many_takes_no_further_statement(tcodes, north, as_user, statements):
    admin = as_user(north.admin)
    granted(north.student, tcodes[0])
    with statements() as few:
        admin.get(URL)
    for person in (north.student2, north.teacher, north.guest):
        granted(person, tcodes[1])
    with statements() as many:
        assert len(ids_of(admin.get(URL))) == 4
    assert len(many) == len(few)


@pytest.mark.parametrize("sent", ["", "7", "%00"])
def test_a_user_id_that_is_none_is_refused_by_name(sent, tcodes, north, sunrise, as_user):
    answer = as_user(north.admin).get(f"{URL}?userId={sent}")
    assert (answer.status_code, error_of(answer)["attr"]) == (400, "userId")
