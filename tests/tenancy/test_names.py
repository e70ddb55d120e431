"""Names are one in any spelling, are found without accents, and stand in the order people expect."""

import unicodedata

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Value
from django.utils import timezone

from accounts.models import User
from tenancy.models import Campus, Classroom, Organization, School
from tenancy.names import order_of
from tests.factories import ClassroomFactory, OrganizationFactory, make_user

pytestmark = pytest.mark.django_db

SPELLINGS = [
    ("École", unicodedata.normalize("NFD", "École")),
    ("École", "ÉCOLE"),
    ("İzmir", "İZMİR"),
    ("izmir", "IZMIR"),
    ("Isparta", "ısparta"),
    ("Straße", "STRASSE"),
    ("ΑΘΗΝΑΣ", "αθηνας"),
    ("ёлка", "ЁЛКА"),
    ("East 1", " east\u00a0 １ "),
    ("East", "Ea\u00adst\u200b"),
]
OTHERS = [("Emile", "Émile"), ("1И", "1Й"), ("A", "Å"), ("E1", "E 1"), ("ss", "s")]
FOUND = [
    ("Émile", "emile"),
    ("Emile", "ÉMILE"),
    ("İZMİR", "izmir"),
    ("izmir", "İZMİR"),
    ("Straße 5", "strasse"),
    ("Øster Ærø", "oster aero"),
    ("Łódź", "lodz"),
    ("O’Brien", "o'brien"),
    ("Ёлка", "елка"),
    (unicodedata.normalize("NFD", "Zoë"), "ZOË"),
    ("100 % sure_", "% sure_"),
]


def call(function, *texts):
    with connection.cursor() as cursor:
        sent = ", ".join(f"{function}(%s)" for _ in texts)
        return list(cursor.execute(f"SELECT {sent}", texts).fetchone())


@pytest.mark.parametrize(("one", "other"), SPELLINGS)
def test_two_spellings_are_one_name(one, other, north):
    first, second = call("name_identity", one, other)
    assert first == second
    ClassroomFactory(campus=north.campus, name=one)
    with pytest.raises(IntegrityError, match="classroom_names_differ"), transaction.atomic():
        ClassroomFactory(campus=north.campus, name=other)


@pytest.mark.parametrize(("one", "other"), OTHERS)
def test_two_names_are_two(one, other, north):
    ClassroomFactory(campus=north.campus, name=one)
    ClassroomFactory(campus=north.campus, name=other)


def test_names_differ_below_one_parent_only(north, sunrise):
    other = Campus.unscoped.create(school=north.school, name=sunrise.campus.name)
    for campus in (north.campus, other, sunrise.campus):
        ClassroomFactory(campus=campus, name="Same")
    School.unscoped.create(organization=north.organization, name=sunrise.school.name.upper() + " too")
    School.unscoped.create(organization=sunrise.organization, name=north.school.name + " TOO")


def test_the_name_of_an_archived_place_is_free(north):
    Classroom.unscoped.filter(pk=north.classroom.pk).update(archived_at=timezone.now())
    ClassroomFactory(campus=north.campus, name=north.classroom.name)


@pytest.mark.parametrize(
    "name", ["ﷺ" * 200, "\U0001f469\u200d" * 100, "é" * 200, " ", "12345678901234567890" * 10]
)
def test_any_name_can_be_kept(name, north):
    room = ClassroomFactory(campus=north.campus, name=name)
    assert len(Classroom.unscoped.get(pk=room.pk).sort_name) <= 500


@pytest.mark.parametrize(("name", "text"), FOUND)
def test_a_search_ignores_case_and_accents(name, text, north):
    OrganizationFactory(name=f"The {name}!", slug="wanted")
    assert Organization.unscoped.filter(name__mentions=text).get().slug == "wanted"


def test_a_search_finds_nothing_else(north):
    assert not Organization.unscoped.filter(name__mentions="x%").exists()
    assert not Organization.unscoped.filter(name__mentions="_orth").exists()
    assert Organization.unscoped.filter(name__mentions="ORTH").get().slug == "north"


NAMES = ["Zoë 1", "emile", "Émile", "E10", "E2", "e1", "Åse", "Anton", "zoe 2", "Ødegård", "Otto", "Øst"]
IN_ORDER = ["Anton", "Åse", "e1", "E2", "E10", "emile", "Émile", "Ødegård", "Øst", "Otto", "Zoë 1", "zoe 2"]


def test_names_stand_in_the_order_people_expect(north):
    for name in NAMES:
        ClassroomFactory(campus=north.campus, name=name)
    named = Classroom.unscoped.filter(campus=north.campus).exclude(pk=north.classroom.pk)
    assert list(named.order_by("sort_name", "name").values_list("name", flat=True)) == IN_ORDER


def test_the_order_is_kept_however_a_name_is_written(north):
    room = north.classroom
    Classroom.unscoped.filter(pk=room.pk).update(name="Émile 7")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE classrooms SET sort_name = 'x' WHERE id = %s", [room.pk])
    [(kept, wanted)] = Classroom.unscoped.filter(pk=room.pk).values_list(
        "sort_name", order_of(Value("Émile 7"))
    )
    assert kept == wanted == "emile 0000000007"


def test_someone_without_a_name_stands_where_their_address_belongs(north):
    make_user("b@north.test", "TEACHER", at=north.scope)
    make_user("z@north.test", "TEACHER", at=north.scope, name="Ärmel")
    people = User.unscoped.filter(email__in=["b@north.test", "z@north.test"]).order_by("sort_name")
    assert [person.sort_name for person in people] == ["armel", "b@north.test"]


def test_lists_by_name_are_read_from_an_index(north):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        plan = cursor.execute(
            "EXPLAIN SELECT id FROM users WHERE organization_id = %s ORDER BY sort_name, id LIMIT 5",
            [north.organization.pk],
        ).fetchall()
    assert "users_by_name" in str(plan)
