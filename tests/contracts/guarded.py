"""Learners whom a change of the tree would move."""

from learning.models import Course, CourseCategory, SubCourse, Video
from quizzes.models import QuestionSet
from tests import factories
from tests.contracts.admin_pages import sign_in

CM = "/api/v1/course-management"


class World:
    """One learner in the middle of North's only lists, one who has finished them, and one of Sunrise."""

    def __init__(self, north, sunrise, as_user):
        self.north, self.as_user = north, as_user
        self.category, self.course, self.sub_course = north.category, north.course, north.sub_course
        self.video, self.practice = north.videos[1], north.practices[1]
        hidden = factories.CourseFactory(category=north.category, title="Hidden", status="DRAFT")
        self.hidden = factories.SubCourseFactory(course=hidden, title="Out of sight")
        self.other = factories.SubCourseFactory(course=north.course, title="Other")
        self.hidden_category = factories.CategoryFactory(organization=north.organization, status="DRAFT")
        self.drafts = {
            Video: factories.VideoFactory(sub_course=north.sub_course, status="DRAFT", display_order=0),
            QuestionSet: factories.PracticeFactory(
                sub_course=north.sub_course, status="DRAFT", display_order=0
            ),
        }
        for practice in (self.drafts[QuestionSet], self.practice):
            factories.QuestionFactory(question_set=practice)
        for learner, videos, practices in (
            (north.student, north.videos[:1], north.practices[:1]),
            (north.student2, north.videos, north.practices),
            (sunrise.student, sunrise.videos[:1], sunrise.practices[:1]),
        ):
            for step, rows in (("videos", videos), ("practices", practices)):
                for row in rows:
                    done = as_user(learner).post(f"/api/v1/progress/{step}/{row.pk}/complete")
                    assert done.status_code == 200
        self.browser = sign_in(north.admin)

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
