"""The two organizations that exist in each test: ``north`` and ``sunrise``."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models

from accounts.models import Membership, User
from learning.models import Course, CourseCategory, SubCourse, Video
from quizzes.models import QuestionSet
from tenancy.models import Campus, Classroom, Organization, School
from tenancy.scope import Scope
from tests import factories


@dataclass
class Tenant:
    """One organization with a place of every level, a person of every role, and a small tree."""

    organization: Organization
    school: School
    campus: Campus
    classroom: Classroom
    people: dict[str, User]
    category: CourseCategory
    course: Course
    sub_course: SubCourse
    videos: list[Video]
    practices: list[QuestionSet]

    @property
    def scope(self) -> Scope:
        return self.organization.scope

    def __getattr__(self, name: str) -> User:
        """``north.student``, ``north.admin``, ..."""
        try:
            return self.__dict__["people"][name]
        except KeyError as error:
            raise AttributeError(name) from error


def make_tenant(slug: str) -> Tenant:
    organization = factories.OrganizationFactory(name=slug.title(), slug=slug)
    school = factories.SchoolFactory(organization=organization)
    campus = factories.CampusFactory(school=school)
    classroom = factories.ClassroomFactory(campus=campus)
    places = {
        "admin": ("ADMIN", organization.scope),
        "principal": ("PRINCIPAL", school.scope),
        "teacher": ("TEACHER", classroom.scope),
        "instructor": ("INSTRUCTOR", organization.scope),
        "support": ("SUPPORT", campus.scope),
        "student": ("STUDENT", classroom.scope),
        "student2": ("STUDENT", classroom.scope),
        "guardian": ("GUARDIAN", classroom.scope),
        "guest": ("GUEST", classroom.scope),
    }
    people = factories.make_people(slug, places)
    category = factories.CategoryFactory(organization=organization)
    course = factories.CourseFactory(category=category)
    sub_course = factories.SubCourseFactory(course=course)
    inside = {"sub_course": sub_course, "organization": organization}
    return Tenant(
        organization=organization,
        school=school,
        campus=campus,
        classroom=classroom,
        people=people,
        category=category,
        course=course,
        sub_course=sub_course,
        videos=_saved(factories.VideoFactory.build(**inside, display_order=n) for n in range(3)),
        practices=_saved(factories.PracticeFactory.build(**inside, display_order=n) for n in range(2)),
    )


def _saved(rows: Iterable[Any]) -> list[Any]:
    """Return unsaved rows of one model, saved together."""
    made = list(rows)
    return type(made[0]).unscoped.bulk_create(made)


def rows_of(tenant: Tenant) -> list[models.Model]:
    """Return what ``make_tenant`` saved."""
    people = list(tenant.people.values())
    memberships = Membership.unscoped.filter(user__in=people)
    places = [tenant.organization, tenant.school, tenant.campus, tenant.classroom]
    tree = [tenant.category, tenant.course, tenant.sub_course, *tenant.videos, *tenant.practices]
    return [*places, *people, *memberships, *tree]
