"""``/api/safety_quiz_results``: taking the weekly quiz and reading results (document 001)."""

from typing import Any, Final

from django import forms
from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import ScopedViewSet
from accounts.api.filters import checked_parameters
from accounts.idempotency.api import idempotent
from accounts.rights.permissions import AUTHENTICATED
from quizzes.models import MAX_WEEK_OF, SafetyQuizResult
from quizzes.safety.domain.results import (
    MAX_RESULT_ANSWERS,
    SCORE_ABOVE_TOTAL,
    SCORE_MESSAGE,
    Submission,
    acts_in_own_scope,
    in_week,
    own_result,
    record_result,
    results_of,
    results_of_scope,
)
from quizzes.safety.domain.weeks import SLIP, SLIP_MESSAGE, is_slip
from tenancy.api.fields import BoundedListField, StrictCharField, StrictIntegerField

REPORTS: Final = "READ_SAFETY_QUIZ_REPORTS"
MAX_INTEGER: Final = 2**31 - 1


class WeekOfField(StrictCharField):
    """A week in a client's words."""

    default_error_messages = {SLIP: SLIP_MESSAGE}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=MAX_WEEK_OF, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if is_slip(text):
            self.fail(SLIP)
        return text


class SubmissionSerializer(serializers.Serializer[Any]):
    """A quiz as it was taken."""

    quiz_id = StrictCharField(max_length=200)
    quiz_title = StrictCharField(max_length=500)
    week_of = WeekOfField(
        help_text="Kept as sent, trimmed. A date (2026-11-16) or an ISO week (2026-W47) names a week; a text "
        "that looks like one but names no week is refused; any other text is kept as it is."
    )
    score = StrictIntegerField(
        min_value=0, max_value=MAX_INTEGER, help_text="At most the number of questions."
    )
    total_questions = StrictIntegerField(min_value=0, max_value=MAX_INTEGER)
    answers = BoundedListField(
        child=StrictIntegerField(min_value=-MAX_INTEGER - 1, max_value=MAX_INTEGER),
        max_length=MAX_RESULT_ANSWERS,
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["score"] > attrs["total_questions"]:
            raise serializers.ValidationError({"score": SCORE_MESSAGE}, code=SCORE_ABOVE_TOTAL)
        return attrs


class SafetyQuizSerializer(serializers.Serializer[Any]):
    """A quiz in its envelope."""

    data = SubmissionSerializer()  # type: ignore[assignment]


class SafetyQuizResultSerializer(serializers.ModelSerializer[SafetyQuizResult]):
    """A result as it was recorded."""

    answers = serializers.ListField(child=serializers.IntegerField(), read_only=True)
    organizationId = serializers.UUIDField(source="organization_id", read_only=True)
    campusId = serializers.UUIDField(source="campus_id", read_only=True, allow_null=True)
    userId = serializers.UUIDField(source="user_id", read_only=True)
    createdAt = serializers.DateTimeField(source="created_at", read_only=True)
    updatedAt = serializers.DateTimeField(source="updated_at", read_only=True)

    class Meta:
        model = SafetyQuizResult
        fields = [
            "id",
            "quiz_id",
            "quiz_title",
            "week_of",
            "score",
            "total_questions",
            "answers",
            "user_name",
            "user_role",
            "completed_at",
            "organizationId",
            "campusId",
            "userId",
            "createdAt",
            "updatedAt",
        ]
        read_only_fields = fields


class OwnStatusSerializer(serializers.Serializer[Any]):
    """Whether the caller has done the quiz, and the result that counts: the latest that was on time."""

    completed = serializers.BooleanField()
    result = SafetyQuizResultSerializer(allow_null=True)


class WeekParameters(serializers.Serializer[Any]):
    """The week to answer for."""

    week_of = WeekOfField(
        required=False,
        help_text="A date or an ISO week: the week it falls in, however the results name it. Any other text: "
        "the results that were sent with it. Without it: any week.",
    )


class WeekField(forms.CharField):
    """A week in a client's words; blanks name none, which is not the same as asking for any."""

    def clean(self, value: Any) -> Any:
        if value is not None and not value.strip():
            raise forms.ValidationError(self.error_messages["required"], code="blank")
        text = super().clean(value)
        if is_slip(text):
            raise forms.ValidationError(SLIP_MESSAGE, code=SLIP)
        return text


class WeekFilter(filters.CharFilter):  # type: ignore[misc]
    """Results of a week, whichever way they name it."""

    field_class = WeekField

    def filter(self, qs: "QuerySet[SafetyQuizResult, Any]", value: str) -> Any:
        return in_week(qs, value) if value else qs


class SafetyQuizResultFilterSet(filters.FilterSet):  # type: ignore[misc]
    """Results."""

    week_of = WeekFilter(max_length=MAX_WEEK_OF, label="As in completion.")

    class Meta:
        model = SafetyQuizResult
        fields: list[str] = []


_RECORDED_OR_NOT: Final = OpenApiResponse(
    {"nullable": True, "allOf": [{"$ref": "#/components/schemas/SafetyQuizResult"}]},
    "The result; null when the active scope is not the caller's own, which leaves no row.",
)


class SafetyQuizResultViewSet(mixins.ListModelMixin, ScopedViewSet):
    """Results of safety quizzes: everyone's own, and a scope's for those who may read its reports."""

    queryset = SafetyQuizResult.objects.none()
    permission_keys = {"list": AUTHENTICATED, "create": AUTHENTICATED, "me": AUTHENTICATED}
    tenant_users_only = True
    ignores_unknown_parameters = True
    serializer_class = SafetyQuizResultSerializer
    filterset_class = SafetyQuizResultFilterSet

    def get_queryset(self) -> "QuerySet[SafetyQuizResult, Any]":
        return results_of_scope() if self.user.holds(REPORTS) else results_of(user=self.user)

    @extend_schema(request=SafetyQuizSerializer, responses={201: _RECORDED_OR_NOT})
    @idempotent
    def create(self, request: Request) -> Response:
        """Record a quiz of the caller's. Below their own scope they may take it too: that leaves no row.

        The answer is then ``null``.
        """
        # Read first: what is no JSON is refused below one's own scope too.
        body = SafetyQuizSerializer(data=request.data)
        if not acts_in_own_scope(user=self.user):
            # As bytes: the renderer takes None for no body at all.
            return Response(b"null", status=201)
        body.is_valid(raise_exception=True)
        result = record_result(user=self.user, submission=Submission(**body.validated_data["data"]))
        return Response(SafetyQuizResultSerializer(result).data, status=201)

    @extend_schema(parameters=[WeekParameters], responses=OwnStatusSerializer)
    def me(self, request: Request) -> Response:
        """Return whether the caller has done the quiz, and the result that counts; nobody else's, ever."""
        wanted = checked_parameters(WeekParameters, request)
        result = own_result(user=self.user, week_of=wanted.get("week_of"))
        shown = None if result is None else SafetyQuizResultSerializer(result).data
        return Response({"completed": result is not None, "result": shown})
