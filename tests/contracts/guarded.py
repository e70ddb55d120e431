"""Learners whom a change of the tree would move."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from django.conf import settings
from django.test import Client as Browser

from learning.models import Course, CourseCategory, SubCourse, Video
from quizzes.models import QuestionSet
from tests import factories
from tests.conftest import Client
from tests.contracts.admin_pages import sign_in
from tests.remembered import RememberedDatabase
from tests.tenants import Tenant

CM = "/api/v1/course-management"


@dataclass
class World:
    """One learner in the middle of North's only lists, one who has finished them, and one of Sunrise.

    Attributes:
        hidden, hidden_category: a sub-course and a category that no learner sees.
        other: a second sub-course, beside the one with all the steps.
        drafts: a row that is no step yet, for each kind of steps.
        session: the one in which North's administrator is signed in.
    """

    north: Tenant
    sunrise: Tenant
    hidden: Any
    hidden_category: Any
    other: Any
    drafts: dict[Any, Any]
    session: str

    @cached_property
    def browser(self):
        browser = Browser(raise_request_exception=False)
        browser.cookies[settings.SESSION_COOKIE_NAME] = self.session
        return browser

    def as_user(self, user):
        return Client().as_user(user)

    @property
    def category(self):
        return self.north.category

    @property
    def course(self):
        return self.north.course

    @property
    def sub_course(self):
        return self.north.sub_course

    @property
    def video(self):
        return self.north.videos[1]

    @property
    def practice(self):
        return self.north.practices[1]

    def row(self, model):
        rows = {SubCourse: self.sub_course, Video: self.video, QuestionSet: self.practice}
        return {CourseCategory: self.category, Course: self.course, **rows}[model]

    def next_steps(self):
        """Where each learner of North goes on in the course, as they are told."""
        return [self._next(learner) for learner in (self.north.student, self.north.student2)]

    def _next(self, learner):
        path = self.as_user(learner).get(f"{CM}/courses/{self.course.pk}/learning-path")
        if path.status_code == 404:
            return None
        lists = [row[name] for row in path.json()["sub_courses"] for name in ("videos", "practices")]
        return [next((step["id"] for step in steps if not step["is_completed"]), None) for steps in lists]


def make_world(north, sunrise):
    hidden = factories.CourseFactory(category=north.category, title="Hidden", status="DRAFT")
    inside = {"sub_course": north.sub_course, "status": "DRAFT", "display_order": 0}
    drafts = {Video: factories.VideoFactory(**inside), QuestionSet: factories.PracticeFactory(**inside)}
    for practice in (drafts[QuestionSet], north.practices[1]):
        factories.QuestionFactory(question_set=practice)
    for learner, videos, practices in (
        (north.student, north.videos[:1], north.practices[:1]),
        (north.student2, north.videos, north.practices),
        (sunrise.student, sunrise.videos[:1], sunrise.practices[:1]),
    ):
        for step, rows in (("videos", videos), ("practices", practices)):
            for row in rows:
                done = Client().as_user(learner).post(f"/api/v1/progress/{step}/{row.pk}/complete")
                assert done.status_code == 200
    return World(
        *(north, sunrise),
        hidden=factories.SubCourseFactory(course=hidden, title="Out of sight"),
        hidden_category=factories.CategoryFactory(organization=north.organization, status="DRAFT"),
        other=factories.SubCourseFactory(course=north.course, title="Other"),
        drafts=drafts,
        session=sign_in(north.admin).cookies[settings.SESSION_COOKIE_NAME].value,
    )


REMEMBERED: Final = RememberedDatabase(make_world)
"""``REMEMBERED.again(north, sunrise)``; in a transaction."""
