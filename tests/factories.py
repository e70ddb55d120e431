"""Rows to test with. A second tenant is always in the room: see ``conftest.Tenant``."""

from datetime import timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import factory
from django.contrib.auth.hashers import make_password
from django.utils import timezone
from factory.django import DjangoModelFactory

from accounts.models import Membership, Role, User
from learning.models import Course, CourseCategory, SubCourse, Subscription, Tcode, Video
from quizzes.models import Option, Question, QuestionSet
from tenancy.models import Campus, Classroom, Organization, School
from tenancy.scope import PLATFORM_ID, Level, Scope

PASSWORD = "correct horse battery"


@cache
def hashed_password() -> str:
    """Return a real bcrypt hash of ``PASSWORD``."""
    return make_password(PASSWORD)


class OrganizationFactory(DjangoModelFactory):
    class Meta:
        model = Organization

    name = factory.Sequence(lambda n: f"Organization {n}")
    slug = factory.Sequence(lambda n: f"organization-{n}")


class SchoolFactory(DjangoModelFactory):
    class Meta:
        model = School

    organization = factory.SubFactory(OrganizationFactory)
    name = factory.Sequence(lambda n: f"School {n}")


class CampusFactory(DjangoModelFactory):
    class Meta:
        model = Campus

    school = factory.SubFactory(SchoolFactory)
    name = factory.Sequence(lambda n: f"Campus {n}")


class ClassroomFactory(DjangoModelFactory):
    class Meta:
        model = Classroom

    campus = factory.SubFactory(CampusFactory)
    name = factory.Sequence(lambda n: f"Classroom {n}")


def make_user(email: str, role: str | None = None, *, at: Scope | None = None, **fields: Any) -> User:
    """Return a user who belongs to ``at`` in the named role; without both, an independent learner."""
    user = _person(Role.objects.get(name=role) if role else None, at, email=email, **fields)
    user.save()
    if at is not None and user.is_active:
        _membership_of(user).save()
    return user


def make_people(slug: str, people: dict[str, tuple[str, Scope]]) -> dict[str, User]:
    """Return users by key, each made from ``(role, place)``; like ``make_user``, in two statements."""
    roles = {role.name: role for role in Role.objects.all()}
    users = {
        key: _person(roles[role], at, email=f"{key}@{slug}.test", name=f"{slug} {key}")
        for key, (role, at) in people.items()
    }
    User.unscoped.bulk_create(users.values())
    Membership.unscoped.bulk_create(map(_membership_of, users.values()))
    return users


def _person(role: Role | None, at: Scope | None, **fields: Any) -> User:
    """Return an unsaved user as ``place`` would leave one, which takes three times the statements."""
    places = {f"{level}_id": at.id_at(level) for level in Level} if at else {}
    return User(password=hashed_password(), role=role, **places, **fields)


def _membership_of(user: User) -> Membership:
    places = {f"{level}_id": getattr(user, f"{level}_id") for level in Level}
    return Membership(user=user, role=user.role, **places)


class CategoryFactory(DjangoModelFactory):
    class Meta:
        model = CourseCategory

    organization = factory.SubFactory(OrganizationFactory)
    title = factory.Sequence(lambda n: f"Category {n}")
    status = "PUBLISHED"
    display_order = factory.Sequence(lambda n: n)


class CourseFactory(DjangoModelFactory):
    class Meta:
        model = Course

    category = factory.SubFactory(CategoryFactory)
    title = factory.Sequence(lambda n: f"Course {n}")
    status = "PUBLISHED"
    display_order = factory.Sequence(lambda n: n)


class SubCourseFactory(DjangoModelFactory):
    """Its entry assessment comes from the database trigger."""

    class Meta:
        model = SubCourse

    course = factory.SubFactory(CourseFactory)
    title = factory.Sequence(lambda n: f"Sub-course {n}")
    status = "PUBLISHED"
    level = "BEGINNER"
    sub_level = "A1"
    display_order = factory.Sequence(lambda n: n)


class VideoFactory(DjangoModelFactory):
    class Meta:
        model = Video

    sub_course = factory.SubFactory(SubCourseFactory)
    title = factory.Sequence(lambda n: f"Video {n}")
    video_url = factory.Sequence(lambda n: f"https://videos.example/{n}.mp4")
    duration_seconds = 60
    status = "PUBLISHED"
    display_order = factory.Sequence(lambda n: n)


class PracticeFactory(DjangoModelFactory):
    class Meta:
        model = QuestionSet

    sub_course = factory.SubFactory(SubCourseFactory)
    title = factory.Sequence(lambda n: f"Practice {n}")
    set_type = "PRACTICE"
    owner_type = "SUB_COURSE"
    status = "PUBLISHED"
    display_order = factory.Sequence(lambda n: n)


class StandaloneAssessmentFactory(DjangoModelFactory):
    class Meta:
        model = QuestionSet

    organization = factory.SubFactory(OrganizationFactory)
    title = "Default entry assessment"
    set_type = "INITIAL_ASSESSMENT"
    owner_type = "STANDALONE"
    status = "PUBLISHED"


class QuestionFactory(DjangoModelFactory):
    """A single-choice question whose first option is right."""

    class Meta:
        model = Question
        skip_postgeneration_save = True

    question_set = factory.SubFactory(PracticeFactory)
    text = factory.Sequence(lambda n: f"Question {n}?")
    points = 1
    explanation = "Because it is so."
    display_order = factory.Sequence(lambda n: n)

    @factory.post_generation
    def options(self, create: bool, extracted: list[bool] | None, **kwargs: Any) -> None:
        for order, is_correct in enumerate(extracted or [True, False, False]):
            Option(question=self, text=f"Option {order}", is_correct=is_correct, display_order=order).save()


class TcodeFactory(DjangoModelFactory):
    """A published tcode; of the reserved organization unless told otherwise."""

    class Meta:
        model = Tcode

    organization = factory.LazyFunction(lambda: Organization.unscoped.get(pk=PLATFORM_ID))
    code = factory.Sequence(lambda n: f"T{n}")
    title = factory.Sequence(lambda n: f"Tcode {n}")
    subject = "Safety"
    description = "What it is about."
    slide_count = 20
    content_url = factory.Sequence(lambda n: f"https://content.example/{n}/")
    is_published = True


def make_subscription(
    user: User,
    tcode: Tcode | None,
    *,
    starts: timedelta = -timedelta(days=1),
    days: int = 30,
    **fields: Any,
) -> Subscription:
    """Return a subscription that begins ``starts`` from now and lasts ``days``; monthly, and then ends."""
    values: dict[str, Any] = {
        "subscription_type": "monthly" if tcode else "internal-access",
        "organization_id": user.organization_id,
        "period_days": days,
        "price": Decimal("9.90"),
        "currency": "EUR",
        "renewal": "none",
        "overlap": "stack",
        **fields,
    }
    row = Subscription(user=user, tcode=tcode, duration_days=days, **values)
    row.start_date = timezone.now() + starts
    row.save()
    return Subscription.unscoped.with_current_status().get(pk=row.pk)
