"""What a scope reads and writes, through the default managers."""

import pytest

from accounts.models import Membership, User
from learning.models import CourseCategory, Video
from tenancy.models import Campus, Classroom, Organization, School
from tenancy.scope import (
    EVERY_ORGANIZATION,
    PLATFORM_ID,
    Scope,
    ScopeNotEnteredError,
    every_organization,
    organization_scope,
    scope_entered,
)
from tests.factories import CampusFactory, CategoryFactory, ClassroomFactory, SchoolFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def shared(db) -> CourseCategory:
    return CategoryFactory(organization=Organization.unscoped.get(pk=PLATFORM_ID), title="Shared")


def ids(rows):
    return set(rows.values_list("pk", flat=True))


def test_nothing_is_read_without_a_scope(north):
    for read in (
        lambda: list(School.objects.all()),
        School.objects.count,
        lambda: School.objects.filter(pk=north.school.pk).exists(),
        lambda: School.objects.get(pk=north.school.pk),
        lambda: list(User.all_objects.all()),
        lambda: list(User.deleted_objects.all()),
        lambda: School.objects.filter(name="x").update(name="y"),
        lambda: School.objects.all().delete(),
    ):
        with pytest.raises(ScopeNotEnteredError):
            read()


def test_each_level_reads_its_own_line_of_the_hierarchy(north, sunrise):
    other_school = SchoolFactory(organization=north.organization)
    other_campus = CampusFactory(school=north.school)
    other_classroom = ClassroomFactory(campus=north.campus)
    everything = {
        School: {north.school, other_school},
        Campus: {north.campus, other_campus},
        Classroom: {north.classroom, other_classroom},
    }
    seen = {
        north.scope: everything,
        north.school.scope: {**everything, School: {north.school}},
        north.campus.scope: {**everything, School: {north.school}, Campus: {north.campus}},
        north.classroom.scope: {
            School: {north.school},
            Campus: {north.campus},
            Classroom: {north.classroom},
        },
    }
    for scope, expected in seen.items():
        with scope_entered(scope):
            assert {model: set(model.objects.all()) for model in expected} == expected
            assert list(Organization.objects.all()) == [north.organization]


def test_people_are_read_at_or_below_the_scope(north, sunrise):
    with scope_entered(north.campus.scope):
        assert ids(User.objects) == {
            north.people[name].pk
            for name in ("support", "teacher", "student", "student2", "guardian", "guest")
        }
        assert ids(Membership.objects.filter(user=north.principal)) == set()


def test_one_queryset_is_evaluated_in_whichever_scope_it_runs(north, sunrise):
    rows = School.objects.order_by("name")
    with organization_scope(north.organization):
        assert list(rows.all()) == [north.school]
    with organization_scope(sunrise.organization):
        assert list(rows.all()) == [sunrise.school]
    with every_organization():
        assert set(rows.all()) == {north.school, sunrise.school}


def test_the_condition_holds_in_subqueries_joins_and_exclusions(north, sunrise):
    with organization_scope(north.organization):
        assert ids(Campus.objects.filter(school__in=School.objects.all())) == {north.campus.pk}
        assert ids(Campus.objects.exclude(pk=north.campus.pk)) == set()
        assert not Campus.objects.filter(pk=sunrise.campus.pk).exists()
        assert Campus.objects.update(name="Renamed") == 1
    assert Campus.unscoped.get(pk=sunrise.campus.pk).name != "Renamed"


def test_shared_rows_are_read_by_every_organization_and_written_by_none(north, sunrise, shared):
    for tenant in (north, sunrise):
        with organization_scope(tenant.organization):
            assert ids(CourseCategory.objects) == {tenant.category.pk, shared.pk}
            assert ids(CourseCategory.objects.writable()) == {tenant.category.pk}


def test_rows_that_are_not_shared_stay_in_the_reserved_organization(north, independent):
    with organization_scope(north.organization):
        assert not User.objects.filter(pk=independent.pk).exists()


def test_the_reserved_organizations_own_scope_writes_its_rows(north, shared):
    with scope_entered(Scope(PLATFORM_ID)):
        assert ids(CourseCategory.objects) == ids(CourseCategory.objects.writable()) == {shared.pk}


def test_everywhere_reads_and_writes_everything(north, sunrise, shared):
    with scope_entered(EVERY_ORGANIZATION):
        assert ids(CourseCategory.objects) == {north.category.pk, sunrise.category.pk, shared.pk}
        assert ids(CourseCategory.objects.writable()) == ids(CourseCategory.objects)


def test_an_independent_learner_reads_shared_content_and_their_own_rows(north, independent, shared):
    from tests.factories import make_user

    neighbour = make_user("neighbour@demo.test")
    with scope_entered(independent.own_scope):
        assert ids(CourseCategory.objects) == {shared.pk}
        assert ids(CourseCategory.objects.writable()) == set()
        assert ids(User.objects) == {independent.pk}
        assert not User.objects.filter(pk=neighbour.pk).exists()
        assert ids(Membership.objects) == set()


def test_deleted_rows_have_managers_of_their_own_as_scoped_as_the_others(north, sunrise):
    for tenant in (north, sunrise):
        tenant.videos[0].delete()
    with organization_scope(north.organization):
        assert ids(Video.objects) == {video.pk for video in north.videos[1:]}
        assert ids(Video.deleted_objects) == {north.videos[0].pk}
        assert ids(Video.all_objects) == {video.pk for video in north.videos}
        assert ids(Video.all_objects.writable()) == {video.pk for video in north.videos}


def test_saving_a_stale_row_does_not_bring_it_back(north):
    stale = Video.unscoped.get(pk=north.videos[0].pk)
    stale.deleted = None
    north.videos[0].delete()
    north.videos[0].save()
    assert Video.unscoped.get(pk=stale.pk).deleted is not None


def test_the_escape_is_named(north, sunrise):
    assert {north.school.pk, sunrise.school.pk} <= ids(School.unscoped)
