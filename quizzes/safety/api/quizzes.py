"""``/api/safety_quizzes``: the quiz of a week, answering it, and the schedules it comes from."""

from typing import Any, Final

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import mixins, serializers
from rest_framework.fields import empty
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from accounts.api.base import AttributedView, ScopedViewSet
from accounts.api.filters import checked_parameters, refuse_unknown_parameters
from accounts.idempotency.api import idempotent
from accounts.rights.permissions import AUTHENTICATED
from learning.tree.api.base import crud_keys
from learning.tree.domain.structure import check_content_scope, organization_to_write_in
from quizzes.models import Question, QuestionSet, SafetyQuizResult, SafetyQuizSchedule
from quizzes.safety.api.results import SafetyQuizResultSerializer, WeekOfField
from quizzes.safety.domain.results import acts_in_own_scope, own_result
from quizzes.safety.domain.schedules import (
    change_schedule,
    delete_schedules,
    open_quiz_of,
    schedule_quiz,
)
from quizzes.safety.domain.submissions import (
    Attempts,
    attempts_of,
    check_has_begun,
    shown_grading,
    submit_quiz,
    why_not_now,
)
from quizzes.safety.domain.weeks import SLIP, Week, current_week
from quizzes.sets.api.serializers import AnswersSerializer, QuestionSerializer
from tenancy.api.fields import ReadableRelatedField, StrictModelSerializer

_ID: Final = OpenApiParameter("id", int, OpenApiParameter.PATH)


class NamedWeekField(WeekOfField):
    """A text that names a week, as a date or an ISO week; shown as the week's Monday."""

    def run_validation(self, data: Any = empty) -> Any:
        text = super().run_validation(data)
        week = None if text is None else Week.named(text)
        if week is None and text is not None:
            raise serializers.ValidationError(_("Must be an ISO date or an ISO week."), code=SLIP)
        return week

    def to_representation(self, value: Any) -> str:
        return str(value)


class ScheduleSerializer(StrictModelSerializer):
    """A question set that an organization's staff answer in some weeks."""

    question_set_id = ReadableRelatedField(
        source="question_set",
        queryset=QuestionSet.objects.safety_quizzes(),
        help_text="A set of type SAFETY_QUIZ, of the organization or shared.",
    )
    title = serializers.CharField(source="question_set.title", read_only=True)
    first_week = NamedWeekField(
        required=False, help_text="A date or an ISO week; without it, the current week. Answered as a Monday."
    )
    last_week = NamedWeekField(
        required=False, allow_null=True, help_text="The same; null goes on until another schedule begins."
    )

    class Meta:
        model = SafetyQuizSchedule
        fields = [
            "id",
            "question_set_id",
            "title",
            "first_week",
            "last_week",
            "pass_mark",
            "retakes",
            "graded_only",
        ]

    def validate_first_week(self, value: Week) -> Any:
        """Keep the week's Monday."""
        return value.monday

    def validate_last_week(self, value: Week | None) -> Any:
        """Keep the week's Monday."""
        return value and value.monday


class ScheduleViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, mixins.CreateModelMixin, AttributedView, ScopedViewSet
):
    """Which safety quiz an organization's weeks have, those that begin last first."""

    queryset = SafetyQuizSchedule.objects.select_related("question_set")
    permission_keys = crud_keys("safety_quizzes")
    tenant_users_only = True
    serializer_class = ScheduleSerializer

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if self.action in self.permission_keys and request.method not in ("GET", "HEAD"):
            # Before the body is looked at.
            check_content_scope()

    def perform_create(self, serializer: BaseSerializer[Any]) -> None:
        values = {"first_week": current_week(timezone.now()).monday, **serializer.validated_data}
        serializer.instance = schedule_quiz(schedule=SafetyQuizSchedule(**values))

    @extend_schema(parameters=[_ID])
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change the sent fields; results that were graded already stay as they are."""
        schedule = self.get_object()
        body = self.get_serializer(schedule, data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        changed = change_schedule(schedule=schedule, values=body.validated_data)
        return Response(self.get_serializer(changed).data)

    @extend_schema(parameters=[_ID], request=None, responses={204: None})
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Take a quiz off its weeks; results that were given stay."""
        delete_schedules(schedules=[self.get_object()])
        return Response(status=204)


class GradedQuestionSerializer(serializers.Serializer[Any]):
    """How one question was answered."""

    question_id = serializers.IntegerField()
    correct = serializers.BooleanField()
    correct_option_ids = serializers.ListField(
        child=serializers.IntegerField(),
        required=False,
        help_text="Absent while the caller still has to pass.",
    )
    explanation = serializers.CharField(required=False, help_text="Likewise.")


class QuizResultSerializer(SafetyQuizResultSerializer):
    """A result, and what is told of its grading; of a self-reported one nothing is."""

    results = GradedQuestionSerializer(many=True, read_only=True)

    class Meta(SafetyQuizResultSerializer.Meta):
        fields = [*SafetyQuizResultSerializer.Meta.fields, "passed", "attempt", "results"]
        read_only_fields = fields


class CurrentQuizSerializer(serializers.Serializer[Any]):
    """The quiz of a week, without what is correct, and how far the caller is with it."""

    id = serializers.IntegerField(help_text="For its submissions.")
    question_set_id = serializers.IntegerField()
    title = serializers.CharField()
    description = serializers.CharField()
    week_of = serializers.DateField(help_text="The week's Monday.")
    ends_at = serializers.DateTimeField(help_text="From then on a result is late.")
    pass_mark = serializers.IntegerField(help_text="Percent of the questions.")
    retakes = serializers.CharField()
    graded_only = serializers.BooleanField()
    attempts = serializers.IntegerField(help_text="How often the caller has taken it.")
    may_submit = serializers.BooleanField()
    result = QuizResultSerializer(allow_null=True, help_text="The caller's result that counts.")
    questions = QuestionSerializer(many=True)


class CurrentParameters(serializers.Serializer[Any]):
    """Which week."""

    week_of = NamedWeekField(
        required=False,
        help_text="A date or an ISO week that has begun. Without it, the current week.",
    )


class SubmissionBody(AnswersSerializer):
    """What is answered; a multiple choice takes one entry per option chosen."""

    week_of = NamedWeekField(
        required=False, help_text="The week it is for, where that is over: the result is late."
    )


_GRADED_OR_NOT: Final = OpenApiResponse(
    {"nullable": True, "allOf": [{"$ref": "#/components/schemas/QuizResult"}]},
    "The result; null when the active scope is not the caller's own, which leaves no row.",
)


class SafetyQuizViewSet(ScopedViewSet):
    """Taking the quiz of a week."""

    queryset = SafetyQuizSchedule.objects.select_related("question_set")
    permission_keys = {"current": AUTHENTICATED, "submit": AUTHENTICATED}
    tenant_users_only = True

    @extend_schema(parameters=[CurrentParameters], responses=CurrentQuizSerializer)
    def current(self, request: Request) -> Response:
        """Return the quiz that the caller's organization has this week, or had in an earlier one."""
        refuse_unknown_parameters(request, CurrentParameters().fields.keys())
        wanted = checked_parameters(CurrentParameters, request)
        organization_to_write_in()
        now = timezone.now()
        week = wanted.get("week_of") or current_week(now)
        check_has_begun(week, now=now)
        schedule = open_quiz_of(week)
        question_set = schedule.question_set
        attempts = attempts_of(user=self.user, schedule=schedule, week=week)
        refusal = why_not_now(user=self.user, schedule=schedule, week=week, attempts=attempts)
        result = own_result(user=self.user, week_of=str(week))
        questions = Question.objects.filter(question_set=question_set).in_order().prefetch_related("options")
        quiz = {
            "id": schedule.pk,
            "question_set_id": question_set.pk,
            "title": question_set.title,
            "description": question_set.description,
            "week_of": week.monday,
            "ends_at": week.ends,
            "pass_mark": schedule.pass_mark,
            "retakes": schedule.retakes,
            "graded_only": schedule.graded_only,
            "attempts": attempts.number,
            "may_submit": refusal is None,
            "result": result and _shown(result, schedule, attempts),
            "questions": questions,
        }
        return Response(CurrentQuizSerializer(quiz).data)

    @extend_schema(parameters=[_ID], request=SubmissionBody, responses={201: _GRADED_OR_NOT})
    @idempotent
    def submit(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Grade the caller's answers and record the result. A question left out counts as wrong.

        Below their own scope callers may take the quiz too: that leaves no row, and the answer is ``null``.
        """
        body = SubmissionBody(data=request.data)
        schedule = get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])
        if not acts_in_own_scope(user=self.user):
            return Response(b"null", status=201)
        body.is_valid(raise_exception=True)
        organization_to_write_in()
        week = body.validated_data.get("week_of") or current_week(timezone.now())
        result = submit_quiz(
            user=self.user, schedule=schedule, week=week, answers=body.validated_data["answers"]
        )
        attempts = attempts_of(user=self.user, schedule=schedule, week=week)
        return Response(QuizResultSerializer(_shown(result, schedule, attempts)).data, status=201)


def _shown(result: SafetyQuizResult, schedule: SafetyQuizSchedule, attempts: Attempts) -> Any:
    """Return a result with what its owner is told of its grading."""
    result.results = shown_grading(result, schedule=schedule, attempts=attempts)  # type: ignore[attr-defined]
    return result
