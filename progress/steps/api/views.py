"""What learners open and complete, and the path they see."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import ScopedViewSet
from accounts.api.filters import PAGING, checked_parameters, refuse_unknown_parameters
from learning.models import Course
from learning.tree.api.views import VideoViewSet
from learning.tree.levels import TreeLevel
from progress.steps.api import serializers
from progress.steps.domain import path, sequence
from progress.steps.domain.completing import complete_step
from progress.steps.domain.courses import list_courses
from quizzes.models import QuestionSet, SetType
from quizzes.sets.api.access import OpensQuestionSets
from quizzes.sets.api.attempts import AttemptViewSet
from quizzes.sets.api.views import QuestionSetViewSet, SetQuestionsViewSet
from quizzes.sets.domain.siblings import PRACTICES
from tenancy.api.conditional import has_seen, private_headers, tag_of


class SequencedVideoViewSet(VideoViewSet):
    """Videos as authored; reading one asks the sequence first."""

    hot_actions = frozenset({"retrieve"})

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return one video. A learner is refused (403 ``locked``) until earlier ones are complete."""
        video = sequence.open_video(user=self.user, video_id=int(kwargs["pk"]))
        return Response(video, headers={"ETag": tag_of(video.pop("revision"))})


class CompletionViewSet(ScopedViewSet):
    """Finishing the steps of one level: ``as_view({"post": "complete"}, level=VIDEOS)``."""

    permission_keys = {"complete": "progress.update"}
    hot_actions = frozenset({"complete"})
    level: TreeLevel | None = None

    @extend_schema(request=None, responses=serializers.CompletedSerializer)
    def complete(self, request: Request, pk: str) -> Response:
        """Finish a step. A repeat keeps the first ``completed_at``."""
        assert self.level is not None
        done = complete_step(user=self.user, level=self.level, step_id=int(pk))
        return Response({"completed": True, "completed_at": done.completed_at, "next": done.next_step})


class LearningPathViewSet(ScopedViewSet):
    """A course as one person meets it: sub-courses, entry assessments, videos and practices."""

    permission_keys = {"retrieve": ("learning_path.get", "learning_tree.get")}
    hot_actions = frozenset({"retrieve"})

    @extend_schema(
        parameters=[OpenApiParameter("If-None-Match", str, "header", description="The last ETag seen.")],
        responses={
            200: serializers.LearningPathSerializer,
            304: OpenApiResponse(description="Nothing has changed since that ETag."),
        },
    )
    def retrieve(self, request: Request, pk: str) -> Response:
        asks_again = "HTTP_IF_NONE_MATCH" in request.META
        course = path.find_course(user=self.user, course_id=int(pk), with_states=not asks_again)
        if has_seen(request, course.etag):
            return Response(status=304, headers=private_headers(course.etag))
        return Response(path.build_path(user=self.user, course=course), headers=private_headers(course.etag))


class MyCoursesViewSet(ScopedViewSet):
    """The courses that the caller may take: those of their organization and the shared ones."""

    queryset = Course.objects.none()
    permission_keys = {"list": LearningPathViewSet.permission_keys["retrieve"]}
    serializer_class = serializers.MyCourseSerializer

    @extend_schema(parameters=[serializers.CourseParameters])
    def list(self, request: Request) -> Response:
        """Return published courses with something to do in them, in the order of the tree."""
        parameters = serializers.CourseParameters
        refuse_unknown_parameters(request, PAGING | parameters().fields.keys())
        limit, offset = self.paginator.window(request)  # type: ignore[union-attr]
        wanted = checked_parameters(parameters, request)
        return Response(list_courses(user=self.user, limit=limit, offset=offset, **wanted))


class FollowsSequence(OpensQuestionSets):
    """Mixed in before a view of question sets: a learner opens a practice when it is its turn."""

    def check_open(self, question_set: QuestionSet) -> None:
        """Ask the sequence; entry assessments are open, and so are templates to staff."""
        if question_set.set_type == SetType.PRACTICE and not self.user.is_staff_member:
            sequence.check_open(user=self.user, level=PRACTICES, step_id=question_set.pk)


class SequencedQuestionSetViewSet(FollowsSequence, QuestionSetViewSet):
    """Question sets as authored; reading a practice asks the sequence first."""


class SequencedSetQuestionsViewSet(FollowsSequence, SetQuestionsViewSet):
    """The questions of a set, once it is open."""


class SequencedAttemptViewSet(FollowsSequence, AttemptViewSet):
    """Attempts at a set, once it is open."""
