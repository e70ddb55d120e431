"""``/api/v1/reports/learning``, and the path of somebody else for who holds the key."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import ScopedViewSet
from accounts.api.filters import PAGING, checked_parameters, refuse_unknown_parameters
from accounts.api.scoping import resolve_place
from accounts.models import User
from accounts.rights.explain_api import find_person
from progress.reports.domain import learning
from progress.reports.domain.learning import MOST_STUCK_DAYS, STUCK_DAYS, LearnerState, WantedLearners
from progress.reports.keys import REPORT
from progress.steps.api.serializers import LearningPathSerializer
from progress.steps.domain import path
from progress.steps.keys import COMPLETIONS_LIST
from tenancy.api.fields import StrictCharField, StrictChoiceField
from tenancy.lists import MOST_LISTED
from tenancy.scope import current_scope, scope_entered

_MOST_ID = 2**63 - 1
PAGES = [
    OpenApiParameter("limit", int, description="People per page, at most 200; 50 without it."),
    OpenApiParameter("page", int, description="The page, from 1; one past the end is empty."),
]


class ReportedCourseParameters(serializers.Serializer[Any]):
    """Which course."""

    course_id = serializers.IntegerField(min_value=1, max_value=_MOST_ID)


class ReportParameters(ReportedCourseParameters):
    """Which course, of whom, and which of them."""

    scope = StrictCharField(
        required=False, max_length=100, help_text="`level:uuid` of a place at or below the active scope."
    )
    stuck_days = serializers.IntegerField(
        min_value=1,
        max_value=MOST_STUCK_DAYS,
        default=STUCK_DAYS,
        help_text="After how many days without completing anything somebody is stuck.",
    )
    state = StrictChoiceField(
        choices=list(LearnerState),
        required=False,
        help_text="Only these in `rows`; refused where learners are too many.",
    )
    search = StrictCharField(default="", max_length=200, help_text="Words that all occur in a name.")


class FiguresSerializer(serializers.Serializer[Any]):
    """How many learners, and how many of those who were looked at are how far."""

    learners = serializers.IntegerField()
    counted = serializers.IntegerField(
        help_text="Of how many these figures and those of the steps are: all, or a sample of too many."
    )
    not_started = serializers.IntegerField()
    in_progress = serializers.IntegerField()
    stuck = serializers.IntegerField()
    finished = serializers.IntegerField()


class FunnelStepSerializer(serializers.Serializer[Any]):
    """A step of the course."""

    type = serializers.CharField()
    id = serializers.IntegerField(read_only=True)
    title = serializers.CharField()
    sub_course = serializers.CharField()
    done = serializers.IntegerField(help_text="How many have completed it, or need not do it.")
    here = serializers.IntegerField(help_text="How many have begun the course and have it to do next.")
    stuck = serializers.IntegerField(help_text="How many of those are stuck.")


class LearnerSerializer(serializers.Serializer[Any]):
    """How far one learner is."""

    id = serializers.UUIDField(read_only=True)
    name = serializers.CharField()
    email = serializers.CharField()
    classroom = serializers.CharField(allow_null=True)
    state = serializers.ChoiceField(choices=list(LearnerState))
    done = serializers.IntegerField()
    waived = serializers.IntegerField()
    last_activity_at = serializers.DateTimeField(allow_null=True)
    next_step = serializers.CharField(allow_null=True, help_text="The title of the step to do next.")


class CourseReferenceSerializer(serializers.Serializer[Any]):
    """A course, named."""

    id = serializers.IntegerField(read_only=True)
    title = serializers.CharField()


class ReportSerializer(serializers.Serializer[Any]):
    """How far learners are with a course, and where they stop."""

    course = CourseReferenceSerializer()
    figures = FiguresSerializer()
    funnel = FunnelStepSerializer(many=True)
    rows = LearnerSerializer(many=True)
    count = serializers.IntegerField()


class LearningReportViewSet(ScopedViewSet):
    """How far the learners of a place are with a course."""

    queryset = User.objects.none()
    permission_keys = {"report": REPORT}

    @extend_schema(parameters=[ReportParameters, *PAGES], responses=ReportSerializer)
    def report(self, request: Request) -> Response:
        """Return the figures of all learners at or below the place, the steps, and a page of people."""
        refuse_unknown_parameters(request, PAGING | ReportParameters().fields.keys())
        limit, offset = self.paginator.window(request)  # type: ignore[union-attr]
        asked = checked_parameters(ReportParameters, request)
        course = learning.find_course(asked["course_id"])
        state = LearnerState(asked["state"]) if "state" in asked else None
        wanted = WantedLearners(course.id, asked["stuck_days"], state, asked["search"])
        place = resolve_place(asked["scope"], attr="scope") if "scope" in asked else current_scope()
        with scope_entered(place):
            figures, funnel = learning.read_figures(wanted)
            count, people = learning.list_learners(wanted, limit=limit, offset=offset)
        told = {
            "course": course._asdict(),
            "figures": FiguresSerializer(figures).data,
            "funnel": [step._asdict() for step in funnel],
            "rows": [person._asdict() for person in people],
            "count": min(count, MOST_LISTED),
        }
        return Response(told)


class PathOfPersonViewSet(ScopedViewSet):
    """A course as somebody else meets it."""

    queryset = User.objects.none()
    permission_keys = {"retrieve": COMPLETIONS_LIST}

    @extend_schema(parameters=[ReportedCourseParameters], responses=LearningPathSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """Return the learning path as it would be sent to them now."""
        refuse_unknown_parameters(request, ReportedCourseParameters().fields.keys())
        asked = checked_parameters(ReportedCourseParameters, request)
        person = find_person(pk)
        with scope_entered(person.own_scope):
            course = path.find_course(user=person, course_id=asked["course_id"], with_states=True)
            found = path.build_path(user=person, course=course)
        return Response(found)
