"""What the tests of quizzes share: shared content, questions, and people with exactly one key."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.models import Permission

from accounts.models import User
from learning.models import SubCourse
from quizzes.models import Option, Question, QuestionSet
from tenancy.models import Organization
from tenancy.scope import PLATFORM_ID
from tests import factories


def entry_assessment_of(sub_course: SubCourse) -> QuestionSet:
    return QuestionSet.unscoped.get(sub_course=sub_course, set_type="INITIAL_ASSESSMENT", deleted=None)


def questions_of(question_set: QuestionSet) -> list[Question]:
    live = Question.unscoped.filter(question_set=question_set, deleted=None)
    return list(live.order_by("display_order", "id"))


def options_of(question: Question) -> list[Option]:
    return list(Option.unscoped.filter(question=question).order_by("display_order", "id"))


def right_answers(question_set: QuestionSet) -> list[dict[str, int]]:
    return [
        {"question_id": question.pk, "option_id": option.pk}
        for question in questions_of(question_set)
        for option in options_of(question)
        if option.is_correct
    ]


def wrong_answers(question_set: QuestionSet) -> list[dict[str, int]]:
    return [
        {
            "question_id": question.pk,
            "option_id": next(o.pk for o in options_of(question) if not o.is_correct),
        }
        for question in questions_of(question_set)
    ]


@dataclass
class Shared:
    """Content of the reserved organization, which every tenant may read."""

    sub_course: SubCourse
    practice: QuestionSet
    question: Question


@pytest.fixture
def shared(db: None) -> Shared:
    platform = Organization.unscoped.get(pk=PLATFORM_ID)
    category = factories.CategoryFactory(organization=platform)
    sub_course = factories.SubCourseFactory(course=factories.CourseFactory(category=category))
    practice = factories.PracticeFactory(sub_course=sub_course)
    return Shared(sub_course, practice, factories.QuestionFactory(question_set=practice))


@pytest.fixture
def withhold(db: None) -> Callable[..., None]:
    """``withhold(user, "videos.list")`` takes a key away from one person."""

    def take(user: User, *keys: str) -> None:
        user.custom_permissions_filter.add(*Permission.objects.filter(codename__in=keys))

    return take


@pytest.fixture
def with_only(grant: Callable[..., None]) -> Callable[..., User]:
    """``with_only(north, "questions.get")``: a member of staff who holds the named keys and no other."""

    def make(tenant: Any, *keys: str) -> User:
        email = f"{'+'.join(keys) or 'nothing'}@{tenant.organization.slug}.test".lower()
        user = factories.make_user(email, "PRINCIPAL", at=tenant.organization.scope)
        grant(user, *keys)
        return user

    return make
