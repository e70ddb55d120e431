"""What the tests of authoring share."""

import pytest

from quizzes.models import QuestionSet
from tests import factories
from tests.learning.ordering import sign_in


@pytest.fixture
def rows(north, sunrise):
    """For each resource: a row of North, one of Sunrise, and a body that makes another in North."""
    return {
        "categories": (north.category, sunrise.category, {"title": "New"}),
        "courses": (north.course, sunrise.course, {"title": "New", "category_id": north.category.pk}),
        "sub-courses": (
            north.sub_course,
            sunrise.sub_course,
            {"title": "New", "course_id": north.course.pk, "level": "BEGINNER", "sub_level": "A2"},
        ),
        "videos": (
            north.videos[0],
            sunrise.videos[0],
            {
                "title": "New",
                "sub_course_id": north.sub_course.pk,
                "video_url": "https://videos.example/new.mp4",
            },
        ),
    }


@pytest.fixture
def staff(north, sunrise):
    """North's administrator in the admin."""
    return sign_in(north.admin)


@pytest.fixture
def course(north, sunrise):
    """North's course, with questions in its practices and its entry assessment."""
    for practice in north.practices:
        factories.QuestionFactory(question_set=practice, text=f"What is {practice.title}?", points=3)
    assessment = QuestionSet.unscoped.get(sub_course=north.sub_course, set_type="INITIAL_ASSESSMENT")
    factories.QuestionFactory(question_set=assessment, text="Ready?", options=[False, True])
    return north.course
